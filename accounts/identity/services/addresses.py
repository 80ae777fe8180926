"""Addresses and names that a person is, or was, known by: what leaving takes along."""

from collections.abc import Callable, Iterable
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.identity.models import FormerAddress, FormerName, User
from foundation import sealing
from privacy.datamap.identifiers import Identifiers, identifiers
from privacy.gate import tombstones

_held_elsewhere: list[Callable[[User], Iterable[str]]] = []


def held_elsewhere(addresses: Callable[[User], Iterable[str]]) -> None:
    """Have a room say which more addresses of a person it holds."""
    _held_elsewhere.append(addresses)


def remember(user: User, *addresses: str) -> None:
    """Remember addresses that an account doesn't have any more, encrypted, each once."""
    known = set(_former(user))
    FormerAddress.objects.bulk_create(
        FormerAddress(user=user, sealed=sealing.seal(address))
        for address in sorted({address.lower() for address in addresses} - known)
    )


def _former(user: User) -> list[str]:
    former = []
    for sealed in FormerAddress.objects.filter(user=user).values_list("sealed", flat=True):
        try:
            former.append(sealing.unseal(sealed))
        except sealing.Unreadable:
            continue  # sealed under a key nobody has any more
    return former


def known(user: User) -> Identifiers:
    """Return every name and address of a person's, but for what is somebody else's now.

    An address that was confirmed once and taken away may have a new owner: it is claimed, like one
    that was never confirmed.
    """
    own = dict(EmailAddress.objects.filter(user=user).values_list("email", "verified"))
    elsewhere = [address for held in _held_elsewhere for address in held(user)]
    names = FormerName.objects.filter(user=user).values_list("name", flat=True)
    known_now = identifiers(
        proven=[address for address, verified in own.items() if verified],
        claimed=[user.email, *own, *elsewhere, *_former(user)],
        names=[user.username, *names],
    )
    return Identifiers(
        known_now.proven, known_now.claimed - _of_others(user, known_now.claimed), known_now.names
    )


def _of_others(user: User, addresses: frozenset[str]) -> frozenset[str]:
    """Return those of the addresses that another account has confirmed."""
    rows = EmailAddress.objects.exclude(user=user).filter(verified=True)
    lowered = rows.annotate(lowered=Lower("email")).filter(lowered__in=addresses)
    return frozenset(lowered.values_list("lowered", flat=True))


def owner_of(address: str) -> User | None:
    """Return whose confirmed address this is."""
    return User.objects.filter(
        Q(emailaddress__email__iexact=address), emailaddress__verified=True
    ).first()


def purge_names(user: Any, batch: int) -> int:
    """Delete a person's former names; each stays reserved for the time it was declared for."""
    rows = list(FormerName.objects.filter(user=user).order_by("pk")[:batch])
    for row in rows:
        tombstones.bury(FormerName, [row.name], since=row.made_at)
    FormerName.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)
