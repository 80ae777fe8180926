"""What each app does when a person goes and when they come back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from foundation.work import Work
from privacy.models import Erasure, Export, LeaveLink, Notice

UNDONE = [Work.Progress.WAITING, Work.Progress.RUNNING]

Act = Callable[[Any, Erasure], None]


def nothing(user: Any, erasure: Erasure) -> None:
    """The part of an app that has nothing to do then."""


def end_queued_work(user: Any, erasure: Erasure | None = None) -> None:
    """The machinery's own part: no copy is made, and no notice sent, for who is leaving.

    A copy that is being made finds its row ended when it comes to store its archive.
    """
    Export.objects.filter(user=user, work__in=UNDONE).update(
        work=Export.Progress.CANCELLED, leased_until=None
    )
    Notice.objects.filter(user=user, work__in=UNDONE).update(
        work=Notice.Progress.CANCELLED, leased_until=None
    )
    LeaveLink.objects.filter(user=user, used_at__isnull=True).update(expires_at=timezone.now())


@dataclass(frozen=True)
class Hook:
    """One app's part in leaving.

    `hide` and `show` run inside the transaction that changes the account's state. `after` runs
    once that is committed, at least once and perhaps again: sockets, keys, whatever is no row.
    `returns` and `ends` are sentences for the person: what comes back if they stay, what doesn't.
    """

    hide: Act
    show: Act
    after: Act = nothing
    returns: tuple[Any, ...] = ()
    ends: tuple[Any, ...] = ()


_hooks: list[Hook] = []


def hook(
    hide: Act,
    show: Act,
    after: Act = nothing,
    *,
    returns: tuple[Any, ...] = (),
    ends: tuple[Any, ...] = (),
) -> None:
    """Register an app's part in leaving; called from `<app>/privacy.py`."""
    _hooks.append(Hook(hide, show, after, returns, ends))


def hooks() -> list[Hook]:
    return _hooks


def if_they_stay() -> dict[str, list[str]]:
    """Return what comes back with a person who stays (`returns`), and what doesn't (`ends`)."""
    return {
        "returns": [str(line) for each in _hooks for line in each.returns],
        "ends": [str(line) for each in _hooks for line in each.ends],
    }
