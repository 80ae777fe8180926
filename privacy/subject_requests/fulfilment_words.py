"""What the desk's words say of people who leave, and how it goes with them.

A request has up to two people: who asks, tied by the account or by an address, and, of a report,
whom it is about. Others may be quoted. Whatever names somebody who is erased is emptied; that it
was asked and answered, and when, stays.
"""

import re
from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Upper

from privacy.datamap import identifiers
from privacy.datamap.identifiers import Identifiers
from privacy.subject_requests.models import Request, RequestStep

GONE = "[erased]"
CHILD, UNCONFIRMED = Request.Kind.CHILD, Request.State.UNCONFIRMED


def username_in(account: str) -> str:
    """Return the username that somebody wrote: bare, with an @, or as a profile's address."""
    word = account.strip().split("\n")[0].strip()
    if "/" in word:
        path = word.partition("?")[0].partition("#")[0]
        word = next((part for part in reversed(path.split("/")) if part), "")
    return word.removeprefix("@").strip()


@transaction.atomic
def account_named(account: str) -> Any:
    """Return the account that a report names, or None.

    Held until the report is written: an erasure that has got to the account comes first, and then
    there is nobody to name.
    """
    people = get_user_model()._default_manager.select_for_update(no_key=True)
    return people.filter(username__iexact=username_in(account)).first()


def empty_over(row: Request) -> None:
    """Empty a request that ended, where somebody it concerns was erased before."""
    if row.emptied_when_closed and not row.is_open:
        empty([row.pk])
        row.text = row.address = ""


def empty(keys: Iterable[int]) -> None:
    """Empty everything that requests and their steps say; kinds, states and dates stay."""
    some = list(keys)
    RequestStep.objects.filter(request__in=some).exclude(text="").update(text="")
    Request.objects.filter(pk__in=some).update(
        user=None, about=None, address="", text="", export=None, emptied_when_closed=False
    )


@transaction.atomic
def purge(user: Any, batch: int) -> int:
    """Empty what a person who is erased wrote, was answered, and what was written about them."""
    known = identifiers.of(user)
    requests = Request.objects.select_for_update(of=("self",)).filter(_emptied_for(user, known))
    done = [row.pk for row in requests.order_by("pk")[:batch]]
    empty(done)
    later = _left_open(known)
    count = len(done) + later.update(emptied_when_closed=True)
    reports = _reports_by(known)
    count += reports.update(address="", emptied_when_closed=True)
    return count + _unname(known, batch)


def is_left(user: Any) -> bool:
    """Return whether the desk's words say anything of a person yet."""
    known = identifiers.of(user)
    has_requests = Request.objects.filter(_emptied_for(user, known)).exists()
    return bool(
        has_requests
        or _left_open(known).exists()
        or _reports_by(known).exists()
        or any(rows.exists() for rows in _quoting(known))
    )


def _emptied_for(user: Any, known: Identifiers) -> Q:
    """Return the condition for requests that go whole: the person's own, and reports on them.

    An address that was never confirmed may be somebody else's. Who opened the link in its mailbox
    is owed an answer: those that are open wait for it (`_left_open`).
    """
    own = Q(user=user) | Q(about=user)
    theirs = Q(pk__in=_at(known.proven).exclude(kind=CHILD).values("pk"))
    claimed = Q(pk__in=_at(known.claimed).exclude(kind=CHILD).values("pk"))
    over = ~Q(state__in=Request.OPEN_STATES)
    named = Q(kind=CHILD, pk__in=_reports_naming(known.names))
    closed_reports = Q(kind=CHILD, pk__in=_at(known.addresses).values("pk")) & over
    return own | theirs | (claimed & over) | named | closed_reports


def _at(addresses: frozenset[str]) -> QuerySet[Request]:
    """Return the requests of who has no account, at these addresses."""
    rows = Request.objects.filter(user=None).exclude(address="").alias(upper=Upper("address"))
    return rows.filter(upper__in=[address.upper() for address in addresses])


def _left_open(known: Identifiers) -> QuerySet[Request]:
    rows = Request.objects.filter(pk__in=_at(known.claimed).exclude(kind=CHILD).values("pk"))
    return rows.filter(state__in=Request.OPEN_STATES, emptied_when_closed=False)


def _reports_by(known: Identifiers) -> QuerySet[Request]:
    """Return open reports by the person: the child has to be looked after, whoever said so."""
    rows = Request.objects.filter(pk__in=_at(known.addresses).filter(kind=CHILD).values("pk"))
    return rows.filter(state__in=Request.OPEN_STATES)


def _reports_naming(names: frozenset[str]) -> list[int]:
    """Return reports that name an account by any of these names, also one of long ago."""
    report_keys = []
    for name in names:
        rows = Request.objects.filter(kind=CHILD, text__icontains=name)
        report_keys += [
            key for key, text in rows.values_list("pk", "text") if username_in(text).lower() == name
        ]
    return report_keys


def _mentions(known: Identifiers) -> str:
    """Return an expression for what names a person for certain in a free text.

    That is an address and @name, as in the path of a profile; a bare name may be a plain word.
    """
    words = [*known.addresses, *(f"@{name}" for name in known.names)]
    longest_first = sorted(map(re.escape, words), key=len, reverse=True)
    return f"(?<![a-z0-9.+_-])({'|'.join(longest_first)})(?![a-z0-9_-])"


def _quoting(known: Identifiers) -> list[QuerySet[Any]]:
    """Return requests and steps of others that quote a person."""
    if known == Identifiers():
        return []
    quoted = Q(text__iregex=_mentions(known))
    return [Request.objects.filter(quoted), RequestStep.objects.filter(quoted)]


def _unname(known: Identifiers, batch: int) -> int:
    """Take a person's name and addresses out of what others wrote; steps can only be emptied."""
    count = 0
    for rows in _quoting(known):
        some = list(rows.order_by("pk")[:batch])
        if rows.model is RequestStep:
            RequestStep.objects.filter(pk__in=[row.pk for row in some]).update(text="")
        for row in some if rows.model is Request else ():
            row.text = re.sub(_mentions(known), GONE, row.text, flags=re.IGNORECASE)
            row.save(update_fields=["text"])
        count += len(some)
    return count
