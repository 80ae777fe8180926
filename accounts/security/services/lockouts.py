"""Guessing passwords, and not locking others out by it.

Attempts are counted three ways, and none of the counts can be filled up for somebody else:

- for an account from one network: who guesses shuts their own network out of that account;
- for a network, whatever the account: who tries many accounts shuts themselves out;
- a browser in which the person signed in before has a count of its own, and none of these.

A link to choose a new password goes out whatever was counted. A right password is given back.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from accounts.identity.models import User
from accounts.security.services import devices
from foundation.limits import give_back, masked, network_of, spend

QUARTER = 15 * 60


@dataclass(frozen=True)
class Count:
    name: str
    who: str
    limit: int
    seconds: int = QUARTER


PER_ACCOUNT, PER_NETWORK, PER_DEVICE = 10, 100, 20


def counts_of(request: HttpRequest, user: Any, login: str) -> list[Count]:
    """Return what an attempt counts towards; the same for names that nobody has."""
    account = str(user.pk) if user is not None else masked(login.strip().lower())
    # Asked of nobody as well: the answer takes as long.
    known = devices.is_known(request, user if user is not None else User(pk=0))
    if user is not None and known:
        return [Count("password-known", account, PER_DEVICE)]
    network = network_of(request)
    return [
        Count("password", f"{account}:{network}", PER_ACCOUNT),
        Count("password-network", network, PER_NETWORK),
    ]


def before(counts: list[Count]) -> None:
    """Count an attempt before the password is looked at. Raises TooMany."""
    for count in counts:
        spend(count.name, count.who, limit=count.limit, seconds=count.seconds, guards=True)


def was_right(counts: list[Count]) -> None:
    """Give the attempt back: the password was right."""
    for count in counts:
        give_back(count.name, count.who, seconds=count.seconds)
