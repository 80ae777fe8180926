"""What apps above say on the page on which somebody leaves."""

from collections.abc import Callable
from typing import Any

from accounts.identity.models import User

_more: list[Callable[[User], dict[str, Any]]] = []


def also(says: Callable[[User], dict[str, Any]]) -> None:
    """Register what an app tells somebody who is about to leave, as context of the template."""
    _more.append(says)


def context(user: User) -> dict[str, Any]:
    """Return what all apps tell somebody who is about to leave."""
    return {name: value for says in _more for name, value in says(user).items()}
