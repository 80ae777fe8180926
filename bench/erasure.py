"""How fast a person is erased, beside a raw DELETE of the same rows, and what a batch costs.

A person with 20,000 messages, 20,000 lines of chat and 20,000 favourites is purged by the whole
machinery. The floor deletes as many rows of an equal person's with one statement a table. Both are
in one database; the person's account, sign-ins and the like come on top of the value alone.
"""

import time
from typing import Any

from bench.place import place
from bench.rows import Row, row

EACH = 20_000


def measure() -> list[Row]:
    place()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from django.utils import timezone

    from privacy import erasure
    from privacy.models import Erasure

    _settle_settings()
    small, large, raw = (_person(name, size) for name, size in _SIZES)
    with connection.cursor() as cursor:
        cursor.execute("analyze")
    queries, seconds = {}, {}
    for name, person in (("small", small), ("large", large)):
        made = erasure.request(person)
        Erasure.objects.filter(pk=made.pk).update(due_at=timezone.now())
        begun = time.perf_counter()
        with CaptureQueriesContext(connection) as seen:
            erasure.run(made.pk)
        seconds[name], queries[name] = time.perf_counter() - begun, len(seen)
        made.refresh_from_db()
        if made.stage != Erasure.Stage.ERASED:
            raise RuntimeError(f"the erasure is {made.stage}")
    begun = time.perf_counter()
    count = _raw(raw)
    floor = time.perf_counter() - begun
    batches = 3 * (EACH // 5000 - 1)
    per_batch = (queries["large"] - queries["small"]) / batches
    note = (
        f"{count:,} rows; floor: one DELETE a table. {queries['large']:,} queries, {per_batch:.1f}"
        " for each further batch"
    )
    return [
        row(
            "erasure: rows a second",
            count / seconds["large"], count / floor, unit="rows/s", better="higher", note=note,
        ),
        row(
            "erasure: seconds for a person",
            seconds["large"], floor, unit="s", better="lower", note=f"{count:,} rows",
        ),
    ]  # fmt: skip


_SIZES = (("small", 500), ("large", EACH), ("raw", EACH))


def _settle_settings() -> None:
    """Keys as production has them; the settings of the benches have none."""
    import secrets

    from django.conf import settings

    settings.LEDGER_KEY = settings.LEDGER_KEY or secrets.token_urlsafe(32)
    settings.RECEIPT_KEYS = settings.RECEIPT_KEYS or [("bench", secrets.token_urlsafe(32))]


def _person(name: str, size: int) -> Any:
    """Return somebody who wrote and kept a lot."""
    import uuid

    from accounts.models import User
    from community.models import Favourite
    from messaging.models import Message
    from messaging.services import conversation_between
    from sessions_app.models import ChatLine, JamSession, Recording

    user = User.objects.create_user(f"bench-{name}", f"{name}@bench.example")
    other = User.objects.create_user(f"bench-{name}-other", f"{name}-other@bench.example")
    jam = JamSession.objects.create(host=other)
    talk = conversation_between(user, other)
    takes = Recording.objects.bulk_create([Recording(owner=other) for _ in range(size)], 5000)
    ChatLine.objects.bulk_create(
        [ChatLine(session=jam, author=user, ref=uuid.uuid4(), text="x" * 60) for _ in range(size)],
        5000,
    )
    Message.objects.bulk_create(
        [Message(conversation=talk, author=user, ref=uuid.uuid4(), text="x") for _ in range(size)],
        5000,
    )
    Favourite.objects.bulk_create([Favourite(user=user, recording=take) for take in takes], 5000)
    return user


def _raw(person: Any) -> int:
    from django.db import connection

    tables = (
        ("messaging_message", "author_id"),
        ("sessions_app_chatline", "author_id"),
        ("community_favourite", "user_id"),
    )
    count = 0
    with connection.cursor() as cursor:
        for table, column in tables:
            cursor.execute(f"delete from {table} where {column} = %s", [person.pk])
            count += cursor.rowcount
    return count
