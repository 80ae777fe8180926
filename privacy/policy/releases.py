"""Which policy and which terms are in force here: drafted, announced, posted, withdrawn by staff.

The repository says what this code's policy is (`privacy.policy.versions`); a release says since
when it holds here. Material changes and changes of control are announced to every account
(`privacy.policy.announcing`) and wait until everybody has had their time.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from foundation.work import soon
from privacy.policy import site, versions
from privacy.policy.compare import Comparison, compare
from privacy.policy.models import PolicyNotice, PolicyNoticeRun, PolicyRelease
from privacy.policy.texts import Clause, terms, tests

Kind, State, What = PolicyRelease.Kind, PolicyRelease.State, PolicyNoticeRun.What
SHOWN_FOR = timedelta(days=30)  # after it came into force: for those who were away
ANNOUNCED = "policy:announced"
SAME_ON_EVERY_SITE = ("clauses", "asks", "map", "cookies")
TEXTS = (Kind.TEXT, Kind.TERMS)  # kinds that have numbers, and one version in force


class Refused(Exception):
    """What staff asked for can't be done; the message says why, in a sentence for them."""


def deployed(kind: str = Kind.TEXT) -> dict[str, Any]:
    """Return what this code's policy or terms say on this site: the next release's content."""
    if kind == Kind.TERMS:
        names = ("id", "title", "since", "text")
        return {"clauses": [{name: getattr(term, name) for name in names} for term in terms()]}
    facts = site.facts()
    return {
        **versions.content(),
        **{name: site.plain(facts[name]) for name in ("providers", "regions")},
    }


def in_force(kind: str = Kind.TEXT) -> PolicyRelease:
    """Return the text in force; before any release, this code's own as number 1, unsaved."""
    posted = PolicyRelease.objects.filter(kind=kind, state=State.POSTED)
    return posted.order_by("-number").first() or _first(kind)


def _first(kind: str) -> PolicyRelease:
    if kind == Kind.TERMS:
        since, source, summary = max(term.since for term in terms()), 0, ""
    else:
        newest = versions.newest()
        since = newest.date if newest else timezone.localdate().isoformat()
        source, summary = (newest.number, newest.summary) if newest else (0, "")
    day = date.fromisoformat(since)
    return PolicyRelease(
        kind=kind,
        number=1,
        state=State.POSTED,
        source=source,
        summary=summary,
        content=deployed(kind),
        posted_at=datetime(day.year, day.month, day.day, tzinfo=timezone.get_default_timezone()),
    )


def numbered(number: int, kind: str = Kind.TEXT) -> PolicyRelease | None:
    """Return a text that was announced or posted, by its number."""
    public = PolicyRelease.objects.filter(kind=kind, number=number)
    release = public.exclude(state=State.DRAFT).first()
    if release is None and number == 1 and not public.exists():
        return _first(kind)
    return release


def published(kind: str = Kind.TEXT) -> list[PolicyRelease]:
    """Return all texts that people were shown, newest first."""
    releases = list(
        PolicyRelease.objects.filter(kind=kind, number__isnull=False)
        .exclude(state=State.DRAFT)
        .order_by("-number")
    )
    return releases or [_first(kind)]


def coming(*kinds: str) -> list[PolicyRelease]:
    """Return what is announced and not in force yet, the soonest first; of these kinds if named."""
    rows = PolicyRelease.objects.filter(state=State.SCHEDULED).order_by("effective_at")
    return list(rows.filter(kind__in=kinds) if kinds else rows)


def announced(public_id: str) -> PolicyRelease | None:
    """Return what people were told of, or None."""
    return PolicyRelease.objects.filter(public_id=public_id, announced_at__isnull=False).first()


def clauses_of(release: PolicyRelease) -> list[Clause]:
    """Return a release's clauses, each with the checks that this code has for it."""
    checks = tests()
    return [
        Clause(
            number=number,
            id=clause["id"],
            title=clause["title"],
            since=clause["since"],
            covers=tuple(clause.get("covers", ())),
            text=clause["text"],
            tests=tuple(checks.get(clause["id"], [])) if release.kind == Kind.TEXT else (),
        )
        for number, clause in enumerate(release.content["clauses"], start=1)
    ]


def comparison(old: PolicyRelease, new: PolicyRelease) -> Comparison:
    return compare(old.content, new.content)


def before(release: PolicyRelease) -> PolicyRelease | None:
    """Return the text that was in force before this one."""
    kind = Kind.TERMS if release.kind == Kind.TERMS else Kind.TEXT
    earlier = PolicyRelease.objects.filter(kind=kind, posted_at__isnull=False)
    if release.number is not None:
        earlier = earlier.filter(number__lt=release.number)
    return earlier.exclude(pk=release.pk).order_by("-number").first()


def asked_anew(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return the purposes whose words have a later version: an earlier yes no longer counts."""
    was = {ask["key"]: ask["version"] for ask in old.get("asks", [])}
    return [
        ask["key"] for ask in new.get("asks", [])
        if ask["key"] in was and ask["version"] > was[ask["key"]]
    ]  # fmt: skip


def differs_from_code(kind: str = Kind.TEXT) -> bool:
    """Whether this code says something else than the text in force: staff should draft it."""
    return _meaning(in_force(kind).content) != _meaning(deployed(kind))


def _meaning(content: Mapping[str, Any]) -> str:
    names = (*SAME_ON_EVERY_SITE, "providers", "regions")
    return versions.sealed({name: content.get(name) for name in names})


def notice_days(release: PolicyRelease) -> int:
    """Return how many days lie at least between telling everybody and coming into force."""
    if release.kind == Kind.CONTROL:
        return int(settings.CONTROL_NOTICE_DAYS)
    return int(settings.POLICY_NOTICE_DAYS) if release.material else 0


# What staff do ---------------------------------------------------------------------------


def draft(kind: str, summary: str, *, material: bool = False) -> PolicyRelease:
    """Write a draft of what this code says, or of a change of control.

    Raises Refused when the text is the one in force.
    """
    if kind in TEXTS and not differs_from_code(kind):
        raise Refused("This code says what is in force already: there is nothing to announce.")
    begin()
    newest = versions.newest()
    return PolicyRelease.objects.create(
        kind=kind,
        summary=summary,
        material=material,
        source=newest.number if newest and kind == Kind.TEXT else 0,
        content=deployed(kind) if kind in TEXTS else {},
    )


def announce(release_id: int, effective_at: datetime | None = None) -> PolicyRelease:
    """Make a draft public: posted at once, or on its day, everybody being told before.

    `effective_at` None means now, which only a change that isn't material may. Raises Refused.
    """
    now = timezone.now()
    with _one_at_a_time():
        release = PolicyRelease.objects.select_for_update().get(pk=release_id)
        _may_be_announced(release, effective_at, now)
        if release.kind in TEXTS:
            release.number = _next_number(release.kind)
        release.state = State.SCHEDULED
        release.announced_at, release.effective_at = now, effective_at or now
        release.save()
        if release.tells_everybody:
            _tell(release, What.ANNOUNCE)
        elif release.effective_at <= now:
            _post(release, now)
    return release


def _may_be_announced(release: PolicyRelease, effective_at: datetime | None, now: datetime) -> None:
    if release.state != State.DRAFT:
        raise Refused("Only a draft can be announced.")
    if not release.summary.strip():
        raise Refused("Say in plain words what changes for people.")
    if PolicyRelease.objects.filter(kind=release.kind, state=State.SCHEDULED).exists():
        raise Refused("Another one is announced already: withdraw it, or wait for its day.")
    if release.kind in TEXTS:
        if _meaning(release.content) != _meaning(deployed(release.kind)):
            raise Refused("The code says something else than this draft by now. Draft it anew.")
        if asked_anew(in_force(release.kind).content, release.content) and not release.material:
            raise Refused("Consent rests on words that change: people must be told. Mark it so.")
    days = notice_days(release)
    if days and (effective_at is None or effective_at < now + timedelta(days=days)):
        raise Refused(f"People have {days} days at least: choose a later day.")


def withdraw(release_id: int) -> PolicyRelease:
    """Take a draft or an announcement back; whoever was told of it is told of that too."""
    with _one_at_a_time():
        release = PolicyRelease.objects.select_for_update().get(pk=release_id)
        if release.state not in {State.DRAFT, State.SCHEDULED}:
            raise Refused("What came into force can't be taken back: post the next version.")
        announced = release.state == State.SCHEDULED and release.tells_everybody
        release.state, release.withdrawn_at = State.WITHDRAWN, timezone.now()
        release.save(update_fields=["state", "withdrawn_at"])
        for run in release.runs.select_for_update().filter(what=What.ANNOUNCE):
            run.cancel()
        if announced:
            _tell(release, What.WITHDRAW)
    return release


def begin() -> PolicyRelease | None:
    """Put the first policy and terms in force, once; return the policy if it was now."""
    _begin(Kind.TERMS)
    return _begin(Kind.TEXT)


def _begin(kind: str) -> PolicyRelease | None:
    """Put the first text of a kind in force: nobody has ever been shown another."""
    if PolicyRelease.objects.filter(kind=kind, state=State.POSTED).exists():
        return None
    first = _first(kind)
    first.effective_at = first.posted_at = timezone.now()
    try:
        with transaction.atomic():
            first.save()
    except IntegrityError:  # somebody else just did
        return None
    return first


def follow() -> None:
    """In development the text in force is always the code's: nobody was promised another."""
    for kind in TEXTS if settings.POLICY_FOLLOWS_CODE else ():
        if differs_from_code(kind):
            PolicyRelease.objects.filter(pk=in_force(kind).pk).update(content=deployed(kind))


def post_due() -> list[PolicyRelease]:
    """Put in force what is announced for now, once everybody has had their time."""
    posted = []
    with _one_at_a_time():
        now = timezone.now()
        for release in PolicyRelease.objects.select_for_update().filter(
            state=State.SCHEDULED, effective_at__lte=now
        ):
            if not release.tells_everybody or _had_their_time(release, now):
                posted.append(_post(release, now))
    return posted


def _had_their_time(release: PolicyRelease, now: datetime) -> bool:
    """Telling everybody takes a while; a day of it is within what was announced."""
    run = release.runs.get(what=What.ANNOUNCE)
    enough = timedelta(days=notice_days(release) - 1)
    return run.reached_at is not None and run.reached_at + enough <= now


def _post(release: PolicyRelease, now: datetime) -> PolicyRelease:
    release.state, release.posted_at = State.POSTED, now
    release.save(update_fields=["state", "posted_at"])
    return release


def _tell(release: PolicyRelease, what: str) -> None:
    run = PolicyNoticeRun.objects.create(release=release, what=what)
    soon("privacy.run_policy_notices", run.pk)


def _next_number(kind: str) -> int:
    numbered = PolicyRelease.objects.filter(kind=kind, number__isnull=False)
    last = numbered.order_by("-number").first()
    return last.number + 1 if last and last.number else 1


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Hold every release, so that nobody else changes what is in force; tell the pages after."""
    with transaction.atomic():
        list(PolicyRelease.objects.select_for_update().order_by("pk").values_list("pk"))
        yield
        transaction.on_commit(remember, robust=True)


# What every page asks ----------------------------------------------------------------------


@dataclass(frozen=True)
class Banner:
    """What a person was told and hasn't seen yet."""

    release: PolicyRelease
    withdrawn: bool


def remember() -> list[int]:
    """Note in the cache which announcements pages have to look for; mostly there are none.

    Said again by the scheduler every minute, so that an emptied cache heals by itself.
    """
    now = timezone.now()
    fresh = Q(state=State.SCHEDULED) | Q(posted_at__gt=now - SHOWN_FOR)
    fresh |= Q(withdrawn_at__gt=now - SHOWN_FOR)
    ids = list(
        PolicyRelease.objects.filter(fresh, announced_at__isnull=False)
        .filter(Q(material=True) | Q(kind=Kind.CONTROL))
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    cache.set(ANNOUNCED, ids, timeout=None)
    return ids


def banner_for(user: Any) -> Banner | None:
    """Return what this person was told and hasn't seen; no query while nothing is announced."""
    ids = cache.get(ANNOUNCED) if user is not None and user.is_authenticated else None
    if not ids:
        return None
    unseen = PolicyNotice.objects.filter(user=user, seen_at__isnull=True, run__release__in=ids)
    notice = unseen.select_related("run__release").order_by("-pk").first()
    if notice is None:
        return None
    return Banner(notice.run.release, notice.run.release.state == State.WITHDRAWN)


def see(user: Any, release: PolicyRelease) -> int:
    """Mark what this person was told about a release as seen."""
    theirs = PolicyNotice.objects.filter(user=user, run__release=release, seen_at__isnull=True)
    return theirs.update(seen_at=timezone.now())
