"""One transaction at a time, for a purpose and a key: PostgreSQL's advisory locks."""

from enum import IntEnum

from django.db import connection


class Purpose(IntEnum):
    """What one waits for: each a number of its own among PostgreSQL's advisory locks."""

    MIXES = 0x6D6978
    STORAGE = 0x73746F


def one_at_a_time(purpose: Purpose, key: int) -> None:
    """Wait until no other transaction holds it. It is held until this one ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [int(purpose), key % 2**31])
