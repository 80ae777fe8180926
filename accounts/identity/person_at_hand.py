"""The person that was read together with their web session, for whoever asks for them next.

Django finds a person by the key in the session and checks that the session is still good for their
password; that stays as it is. Only the row that its backend would read is at hand already, so a
page asks the database once who is signed in.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.contrib.auth import SESSION_KEY, get_user

_at_hand: ContextVar[Any] = ContextVar("person at hand", default=None)


@contextmanager
def brought_by(session: Any) -> Iterator[None]:
    """Have the backend take, inside the block, the person whom this session's row brought."""
    token = _at_hand.set(getattr(session, "person", None))
    try:
        yield
    finally:
        _at_hand.reset(token)


def with_key(key: int) -> Any:
    """Return the person at hand if it is the one with this key, else None."""
    person = _at_hand.get()
    return person if person is not None and person.pk == key else None


def of_request(request: Any) -> Any:
    """Return who is signed in, as Django does: a person or AnonymousUser."""
    request.session.get(SESSION_KEY)  # reads it, and with it the person
    with brought_by(request.session):
        return get_user(request)
