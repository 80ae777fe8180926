"""Telling people things, in the product and by mail: a row first, the mail by a job.

A notice is written in the transaction that makes it true. When the mail is about to go, everything
is asked again: is the person still there, may they still see what the notice is about, does its
kind still want to go (`Kind.still`). At worst a killed worker sends the same letter twice; it
carries the same Message-ID, so that mail programs show it once.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Upper
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

from foundation.addresses import absolute
from foundation.moments import quiet_until
from foundation.work import failing_kindly, soon
from integrations.mail import Letter
from privacy import datamap
from privacy.datamap import identifiers
from privacy.gate import mutes
from privacy.gate.access import visible
from privacy.gate.viewer import Via, Viewer
from privacy.notices.kinds import find, kind_of, urgent
from privacy.notices.models import Notice
from privacy.notices.preferences import wishes

_reach: list[Callable[[str], str]] = []


def reach_with(says: Callable[[str], str]) -> None:
    """Have an app say where letters to some addresses go instead; empty: nowhere."""
    _reach.append(says)


def reach(address: str) -> str:
    """Return where a letter to this address really goes, or an empty text."""
    for says in _reach:
        address = says(address)
    return address


def tell(
    user: Any,
    kind: str,
    title: str,
    text: str,
    *,
    url: str = "",
    mail: bool = True,
    about: Model | None = None,
) -> Notice | None:
    """Write a notice to a person, shown at /notices/ and, with `mail`, sent to their address.

    `url` is a path of this site; `about` the row whose visibility the notice depends on. Kinds
    that people may choose come as each of them did: None when they want neither.
    """
    made = tell_many([user], kind, title, text, url=url, mail=mail, about=about)
    return made[0] if made else None


def tell_many(
    users: Iterable[Any],
    kind: str,
    title: str,
    text: str,
    *,
    url: str = "",
    mail: bool = True,
    about: Model | None = None,
) -> list[Notice]:
    """Write the same notice to many people with one INSERT, to each as they chose."""
    people = list(users)
    wanted = wishes(people, kind)
    made = []
    for user in people:
        listed, by_mail = wanted[user.pk]
        if listed or (by_mail and mail):
            made.append(
                Notice(
                    user=user,
                    kind=kind_of(kind).key,
                    title=title[:200],
                    text=text,
                    url=url,
                    about=name_of(about) if about is not None else "",
                    listed=listed,
                    status=Notice.Status.WAITING if mail and by_mail else Notice.Status.DONE,
                )
            )
    Notice.objects.bulk_create(made)
    if len(made) == 1 and made[0].status == Notice.Status.WAITING:
        _soon(made[0])  # more than one: the sweeper takes them in turn
    return made


def write(address: str, kind: str, subject: str, text: str) -> Notice:
    """Send a letter to an address that needs no account; its row goes when the letter has gone."""
    made = Notice.objects.create(
        address=address, kind=kind_of(kind).key, title=subject[:200], text=text
    )
    _soon(made)
    return made


def name_of(about: Model) -> str:
    return _name(type(about), about.public_id)  # type: ignore[attr-defined]


def _name(model: type[Model], public_id: str) -> str:
    return f"{model._meta.label_lower}:{public_id}"


def row_named(name: str) -> Model | None:
    """Return the row that `name_of` named, or None when it is gone."""
    label, _, public_id = name.partition(":")
    row: Model | None = apps.get_model(label)._default_manager.filter(public_id=public_id).first()
    return row


def _soon(notice: Notice) -> None:
    soon("privacy.run_notice", notice.pk)


def run(notice_id: int) -> None:
    """Send one notice's mail, if it still holds. Safe to repeat, and to kill at any line."""
    notice = Notice.claim(notice_id)
    if notice is None:
        return
    with failing_kindly(notice):
        if not _may_go(notice):
            _over(notice, notice.cancel)
            return
        morning = _quiet_until(notice)
        if morning is not None:
            notice.wait_until(morning)
            return
        letter = _letter(notice)
        if letter.to != [""]:
            letter.send()
        _over(notice, notice.finish)


def wake(user: Any) -> None:
    """Have the mail that quiet hours held back looked at now: the hours have changed."""
    waiting = Notice.objects.filter(user=user, status=Notice.Status.WAITING)
    waiting.filter(leased_until=None, attempts=0).update(due_at=timezone.now())


def _over(notice: Notice, end: Callable[[], None]) -> None:
    """End the mail of a notice; what stands in nobody's list goes with it."""
    if notice.user_id is None or not notice.listed:
        notice.delete()
    else:
        end()


def _quiet_until(notice: Notice) -> datetime | None:
    """Return when a mail may go that its person's quiet hours hold back, if they do."""
    if notice.user is None or kind_of(notice.kind).urgent:
        return None
    return quiet_until(notice.user, timezone.now())


def marks(user: Any) -> bool:
    """Return whether unseen notices are to be marked now: in quiet hours only urgent ones are."""
    unseen = Notice.objects.filter(user=user, seen_at__isnull=True, listed=True)
    if quiet_until(user, timezone.now()) is not None:
        unseen = unseen.filter(kind__in=urgent())
    return unseen.exists()


def _may_go(notice: Notice) -> bool:
    about = find(notice.kind)
    if about is None or not about.still(notice):
        return False
    if notice.user is None:
        return True
    user: Any = notice.user
    if about.to is not None and not _concerns(about.to, notice):
        return False
    if not wishes([user], notice.kind)[user.pk][1]:
        return False
    if user.is_present:
        return bool(not notice.about or shown([notice], user))
    return about.while_leaving and user.is_active


def _concerns(to: Callable[[Any], QuerySet[Any]], notice: Notice) -> bool:
    """Return whether a notice that many were told is still for its person."""
    row = row_named(notice.about)
    return row is not None and bool(to(row).filter(pk=notice.user_id).exists())


def shown(notices: Sequence[Notice], user: Any) -> list[Notice]:
    """Return the notices whose subject the person may see and hasn't muted: a query each model."""
    by_model: dict[str, set[str]] = {}
    for notice in notices:
        if notice.about:
            label, _, public_id = notice.about.partition(":")
            by_model.setdefault(label, set()).add(public_id)
    viewer = Viewer.of(user, Via.JOB)
    seen = set()
    for label, ids in by_model.items():
        rows: Any = mutes.heard_owners(visible(apps.get_model(label), viewer), viewer)
        rows = rows.filter(public_id__in=ids)
        seen |= {f"{label}:{public_id}" for public_id in rows.values_list("public_id", flat=True)}
    return [notice for notice in notices if not notice.about or notice.about in seen]


def _letter(notice: Notice) -> Letter:
    about = kind_of(notice.kind)
    user: Any = notice.user
    to = reach(user.email if user is not None else notice.address)
    domain = settings.SITE_URL.split("//")[-1].split("/")[0].split(":")[0]
    headers = {"Message-ID": f"<{notice.public_id}@{domain}>", **about.headers(notice)}
    purpose = about.key if about.key in datamap.PURPOSES else "account"
    subject = f"[{settings.SITE_NAME}] {notice.title}"
    if about.whole:
        return Letter(subject, notice.text, to=[to], headers=headers, purpose=purpose)
    with override(settings.LANGUAGE_CODE):
        body = render_to_string(
            "email/notice.txt",
            {
                "title": notice.title,
                "text": notice.text,
                "link": absolute(notice.url) if notice.url else "",
                "why_text": about.why(notice) if callable(about.why) else about.why,
                "SITE_NAME": settings.SITE_NAME,
                "SITE_URL": settings.SITE_URL,
            },
        )
    return Letter(subject, body, to=[to], headers=headers, purpose=purpose)


def cancel_queued(user: Any) -> None:
    """Send nobody what waits to go by mail; what was told in the product stays."""
    waiting = [Notice.Status.WAITING, Notice.Status.RUNNING]
    Notice.objects.filter(user=user, status__in=waiting).update(
        status=Notice.Status.CANCELLED, leased_until=None
    )


def purge(user: Any, batch: int) -> int:
    """Delete what a person was told, and letters on their way to their address."""
    mailed = Notice.objects.exclude(address="").alias(upper=Upper("address"))
    known = [address.upper() for address in identifiers.of(user).addresses]
    letters = mailed.filter(user=None, upper__in=known)
    theirs = Notice.objects.filter(Q(user=user) | Q(pk__in=letters.values("pk")))
    keys = list(theirs.order_by("pk").values_list("pk", flat=True)[:batch])
    return int(Notice.objects.filter(pk__in=keys).delete()[0])


def delete_with(rows: QuerySet[Any]) -> int:
    """Delete rows and what was told of them, whoever was told; return how many rows."""
    keys = list(rows.values_list("pk", "public_id"))
    names = [_name(rows.model, public_id) for _key, public_id in keys]
    Notice.objects.filter(about__in=names).delete()
    rows.model._base_manager.filter(pk__in=[key for key, _id in keys]).delete()
    return len(keys)


def remove(user: Any, notice: Notice) -> None:
    """Delete one notice at its person's wish; mail that hasn't gone yet doesn't go."""
    Notice.objects.filter(pk=notice.pk, user=user).delete()


def see_all(user: Any) -> int:
    """Mark everything that a person was told as seen."""
    unseen = Notice.objects.filter(user=user, seen_at__isnull=True)
    return int(unseen.update(seen_at=timezone.now()))
