"""When a sign-in was last used: noted beside requests, written down once a minute for all at once.

A request notes its sign-in in Valkey, at most every five minutes a process; a job writes the notes
into the rows with one statement. Nothing but the row's key and a time is noted.
"""

import time
from datetime import UTC, datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest

from foundation.limits import AWAY, valkey

EVERY = 300.0  # seconds
SESSION_KEY = "sign_in"  # in the web session: key of its row
_NOTES = "sign-ins-used"
_noted: dict[int, float] = {}
_MOST_NOTED = 20_000


def note(request: HttpRequest) -> None:
    """Note that the request's sign-in was used now, unless this process did so lately."""
    key: Any = request.session.get(SESSION_KEY)
    now = time.time()
    if not isinstance(key, int) or now - _noted.get(key, 0.0) < EVERY:
        return
    if len(_noted) > _MOST_NOTED:
        _noted.clear()
    _noted[key] = now
    try:
        with valkey().pipeline(transaction=False) as pipe:
            pipe.hset(cache.make_key(_NOTES), str(key), str(int(now)))
            pipe.expire(cache.make_key(_NOTES), 3600)
            pipe.execute()
    except AWAY:
        _noted.pop(key, None)  # the next request notes it


def write_down() -> int:
    """Write the notes into the rows; return how many rows were newer than before."""
    taken = cache.make_key(f"{_NOTES}-taken")
    client = valkey()
    if not client.exists(taken):  # what a killed job had taken comes first
        if not client.exists(cache.make_key(_NOTES)):
            return 0
        client.rename(cache.make_key(_NOTES), taken)
    notes = {int(key): int(at) for key, at in client.hgetall(taken).items()}
    times = [datetime.fromtimestamp(at, UTC) for at in notes.values()]
    table = UserSession._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"update {table} as row set last_seen_at = seen.at "  # noqa: S608
            "from unnest(%s::bigint[], %s::timestamptz[]) as seen(id, at) "
            "where row.id = seen.id and row.last_seen_at < seen.at",
            [list(notes), times],
        )
        count = int(cursor.rowcount)
    client.delete(taken)
    return count


class LastUseMiddleware:
    """Notes the sign-in of every request whose web session was read, after it was answered."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        response = self.get_response(request)
        if request.session.accessed and "_auth_user_id" in request.session:
            note(request)
        return response
