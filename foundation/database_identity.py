"""On whose behalf the database is asked: what a statement tells row-level security.

Each request, socket and job has one `DatabaseIdentity` in a ContextVar. The database backend sends
it in front of every statement, in the same message and the same transaction
(`foundation.postgres`), so nothing stays behind on a pooled connection. What it is good for:
docs/row-security.md.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

PREFIX = "app."  # of our settings in PostgreSQL
NAMES = ("viewer", "links")
_PLAIN = re.compile(r"[0-9A-Za-z_,.:-]*")


@dataclass(frozen=True)
class DatabaseIdentity:
    """What PostgreSQL is told of who asks: our settings, and a role when it isn't the usual one.

    - `viewer`: key of the account that looks, empty for nobody.
    - `links`: keys of the share links that are held, with commas between.
    - `role`: the database role to take.
    """

    viewer: str = ""
    links: str = ""
    role: str = ""

    def __post_init__(self) -> None:
        for value in (self.viewer, self.links, self.role):
            if not _PLAIN.fullmatch(value):
                raise ValueError("a setting of row-level security holds a forbidden character")


NOBODY = DatabaseIdentity()
_now: ContextVar[DatabaseIdentity | None] = ContextVar("acting", default=None)


def now() -> DatabaseIdentity | None:
    """Return on whose behalf this code runs; None outside requests and sockets."""
    return _now.get()


def become(acting: DatabaseIdentity | None) -> None:
    """From here on act for this one, until the request ends or somebody else is named."""
    _now.set(acting)


@contextmanager
def behalf(acting: DatabaseIdentity | None) -> Iterator[None]:
    """Act for this one inside the block, and for whom it was before after it."""
    token = _now.set(acting)
    try:
        yield
    finally:
        _now.reset(token)


class NobodyMiddleware:
    """Every request begins as nobody, whatever its thread did before (outermost of all)."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        with behalf(NOBODY):
            return self.get_response(request)
