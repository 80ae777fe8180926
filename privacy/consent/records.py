"""Consent and objection: asked before every optional processing, recorded with evidence.

`has(user, purpose)` is the question; `allowed(purpose, path)` is the same question as a condition
on rows. Records are only ever added; the newest of a person and purpose holds.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import get_language

from privacy.consent import purposes
from privacy.consent.models import ConsentRecord
from privacy.consent.purposes import Purpose

Channel = ConsentRecord.Channel


@dataclass(frozen=True)
class Standing:
    """Where a person stands on a purpose now.

    - `on`: whether the purpose may be served.
    - `stale`: they said yes to older words, which no longer counts: ask again.
    - `since`, `version`: of the newest record; None when they never said anything.
    """

    purpose: Purpose
    on: bool
    stale: bool = False
    since: datetime | None = None
    version: int | None = None
    against_signal: bool = False


def has(user: Any, key: str, *, signal: bool = False) -> bool:
    """Return whether this person's data may be used for a purpose now: one indexed query.

    Nobody, a child, and a person who is leaving or suspended agrees to nothing. `signal` says
    that their browser sends Global Privacy Control, which only a yes given in knowledge of it
    overrides.
    """
    purpose = purposes.get(key)
    if not user.is_authenticated or not user.is_present or user.restricted or user.is_child:
        return False
    if not purpose.concerns(user):
        return False
    newest = ConsentRecord.objects.filter(user=user, purpose=key).order_by("-pk").first()
    standing = _standing(purpose, newest)
    if signal and purpose.heeds_signal:
        return standing.on and standing.against_signal
    return standing.on


def standings(user: Any) -> list[Standing]:
    """Return where a person stands on what concerns them: one query, none if they came with it."""
    if hasattr(user, "consents"):
        newest = [ConsentRecord(**values) for values in user.consents]
        for record in newest:
            record.created_at = datetime.fromisoformat(str(record.created_at))
    else:
        newest = list(_newest(ConsentRecord.objects.filter(user=user)))
    by_key = {record.purpose: record for record in newest}
    return [
        _standing(purpose, by_key.get(purpose.key))
        for purpose in purposes.purposes()
        if purpose.concerns(user)
    ]


def _newest(rows: QuerySet[ConsentRecord]) -> QuerySet[ConsentRecord]:
    return rows.order_by("purpose", "-pk").distinct("purpose")


def newest(person: str = "pk") -> ArraySubquery:
    """Return an annotation for people, to be named `consents`: their newest record by purpose."""
    names = ("purpose", "given", "text_version", "against_signal", "created_at")
    rows = _newest(ConsentRecord.objects.filter(user=OuterRef(person)))
    return ArraySubquery(rows.values(record=JSONObject(**{name: name for name in names})))


def _standing(purpose: Purpose, record: ConsentRecord | None) -> Standing:
    if record is None:
        return Standing(purpose, on=not purpose.asks)
    current = record.text_version == purpose.text.version
    return Standing(
        purpose,
        on=record.given and (current or not purpose.asks),
        stale=record.given and purpose.asks and not current,
        since=record.created_at,
        version=record.text_version,
        against_signal=record.given and record.against_signal,
    )


def allowed(key: str, person: str = "pk") -> Q:
    """Return a condition on rows: their person, at this lookup path, allows the purpose now.

    The same answer as `has`, for querysets: `Recording.objects.filter(allowed("research",
    "owner"))`. Includes that the person is neither leaving nor suspended.
    """
    purpose = purposes.get(key)
    later = ConsentRecord.objects.filter(
        user=OuterRef("user"), purpose=OuterRef("purpose"), pk__gt=OuterRef("pk")
    )
    newest = ConsentRecord.objects.filter(~Exists(later), purpose=key, user=OuterRef(person))
    if purpose.asks:
        said = Q(Exists(newest.filter(given=True, text_version=purpose.text.version)))
    else:
        said = ~Q(Exists(newest.filter(given=False)))
    model: Any = get_user_model()
    present = model._default_manager.filter(model.present(), restricted=False, pk=OuterRef(person))
    present = present.exclude(age_group="child")
    if purpose.adults_only:
        present = present.filter(model.grown())
    return said & Q(Exists(present))


def willing(key: str) -> QuerySet[Any]:
    """Return the people who allow a purpose now."""
    people: QuerySet[Any] = get_user_model()._default_manager.filter(allowed(key))
    return people


def give(
    user: Any, key: str, *, channel: str, form: str = "", against_signal: bool = False
) -> ConsentRecord | None:
    """Record that a person agrees to the words in force, or no longer objects.

    Returns None where that holds already: a record says that something changed. Also where the
    purpose is for adults, and they aren't one.
    """
    return _record(user, key, True, channel=channel, form=form, against_signal=against_signal)


def withdraw(user: Any, key: str, *, channel: str, form: str = "") -> ConsentRecord | None:
    """Record a no, and delete what was collected for the purpose, in one transaction.

    Returns None where the person had said no already; what was collected is deleted then too.
    """
    return _record(user, key, False, channel=channel, form=form)


@transaction.atomic
def _record(user: Any, key: str, given: bool, **how: Any) -> ConsentRecord | None:
    purpose = purposes.get(key)
    if given and not purpose.concerns(user):
        return None  # whatever a request holds: a yes of theirs would not count
    if given and user.is_child:
        return None  # nothing optional is done with a child's data, whoever ticks the box
    with holding(user):
        newest = ConsentRecord.objects.filter(user=user, purpose=key).order_by("-pk").first()
        made = None
        if _is_news(purpose, newest, given, how.get("against_signal", False)):
            made = write(purpose, given, user=user, **how)
        if not given and purpose.stop is not None:
            purpose.stop(user)
    return made


def _is_news(
    purpose: Purpose, newest: ConsentRecord | None, given: bool, against_signal: bool
) -> bool:
    """Return whether a yes or no says more than the newest record did."""
    if newest is None:
        return purpose.asks or not given
    if newest.given != given or not given:
        return newest.given != given
    outdated = purpose.asks and newest.text_version != purpose.text.version
    return outdated or (against_signal and not newest.against_signal)


def write(purpose: Purpose, given: bool, *, channel: str, user: Any = None, **how: Any) -> Any:
    """Add one record of the words in force; without `user`, of a visitor who stays nobody.

    `how` may hold `form` and `against_signal`.
    """
    return ConsentRecord.objects.create(
        user=user,
        purpose=purpose.key,
        given=given,
        text_version=purpose.text.version,
        text_sha256=purpose.text.sha256(),
        language=get_language() or "",
        channel=channel,
        **how,
    )


@contextmanager
def holding(user: Any) -> Iterator[None]:
    """Let nobody else change this person's choices, nor act on them, until the transaction ends.

    Whoever stores something on the strength of `has` asks inside this, so that nothing slips in
    behind a withdrawal.
    """
    with transaction.atomic():
        model: Any = get_user_model()
        rows = model._default_manager.select_for_update(no_key=True)
        rows.filter(pk=user.pk).values_list("pk").first()
        yield


def heed_signal(user: Any) -> list[Purpose]:
    """Withdraw what the person agreed to before their browser said no; return the purposes.

    A yes given in knowledge of the signal stays. Asks nothing more when there is nothing to do.
    """
    ended = [
        standing.purpose
        for standing in standings(user)
        if standing.on
        and standing.purpose.asks
        and standing.purpose.heeds_signal
        and not standing.against_signal
    ]
    for purpose in ended:
        withdraw(user, purpose.key, channel=Channel.GPC)
    return ended


def erase(user: Any, batch: int) -> int:
    """Delete a batch of a person's evidence with their account; the one way past the trigger."""
    with transaction.atomic():
        keys = list(ConsentRecord.objects.filter(user=user).values_list("pk", flat=True)[:batch])
        with _door_open():
            ConsentRecord.objects.filter(pk__in=keys).delete()
    return len(keys)


@contextmanager
def _door_open() -> Iterator[None]:
    """Tell the trigger that an erasure is at work, until the end of the transaction at most."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('jamsite.erasing', 'on', true)")
        yield
        cursor.execute("SELECT set_config('jamsite.erasing', 'off', true)")
