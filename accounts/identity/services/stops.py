"""What goes on elsewhere when an account stops: a child's without consent, one that is suspended.

Apps above register what they end, and what they bring back.
"""

from collections.abc import Callable

from accounts.identity.models import User

Act = Callable[[User], None]
_acts: list[tuple[Act, Act]] = []


def when_stopped(stop: Act, resume: Act) -> None:
    """Register what an app does when an account stops, and when it goes on."""
    _acts.append((stop, resume))


def stop(user: User) -> None:
    for end, _resume in _acts:
        end(user)


def resume(user: User) -> None:
    for _end, go_on in _acts:
        go_on(user)
