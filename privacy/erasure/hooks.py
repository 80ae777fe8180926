"""What each app does when a person goes and when they come back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from privacy.erasure.models import Erasure

Act = Callable[[Any, Erasure], None]


def nothing(user: Any, erasure: Erasure) -> None:
    """The part of an app that has nothing to do then."""


_queues: list[Callable[[Any], object]] = []


def queued_work_ends(end: Callable[[Any], object]) -> None:
    """Register what ends the queued work of somebody who leaves, or whose account stops."""
    _queues.append(end)


def end_queued_work(user: Any, erasure: Erasure | None = None) -> None:
    """Have no copy made, no notice sent and no link opened for who is leaving."""
    for end in _queues:
        end(user)


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
        "returns": [str(line) for hook in _hooks for line in hook.returns],
        "ends": [str(line) for hook in _hooks for line in hook.ends],
    }
