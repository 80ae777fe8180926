"""What Valkey writes to its disk goes with who is erased, and with what ran out."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from django.utils import timezone

from foundation import persistence
from jamsite.embedded import services
from privacy import erasure
from privacy.models import Erasure
from privacy.tasks import rewrite_store
from tests.cast import Cast


@pytest.fixture
def durable(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """A Valkey that keeps a log, as `manage.py up` starts it; yields the log's folder."""
    given = {"DATABASE_URL": "postgres://elsewhere", "WEB_DATABASE_URL": "postgres://elsewhere"}
    running = services.start(tmp_path, durable=True, environment=given)
    settings.REDIS_URL = running.redis_url
    yield tmp_path / "valkey" / "appendonlydir"
    running.close()


def logged(folder: Path, mark: str) -> bool:
    """Return whether a mark stands in the log; old files of it go a moment after a rewriting."""
    until = time.monotonic() + 10
    while True:
        names = [path.name for path in folder.iterdir()]
        texts = [path.read_bytes() for path in folder.iterdir() if path.exists()]
        if any(mark.encode() in text for text in texts):
            if time.monotonic() > until:
                return True
        elif sum("incr" in name for name in names) <= 1:
            return False
        time.sleep(0.05)


def written(folder: Path, mark: str) -> None:
    """Wait until a mark is on the disk (`everysec`)."""
    until = time.monotonic() + 10
    while not any(mark.encode() in path.read_bytes() for path in folder.iterdir()):
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.clause("leaving")
@pytest.mark.promise("JK-14", "VJ-19")
def test_presence_of_who_is_erased_leaves_the_log_too(cast: Cast, durable: Path) -> None:
    from sessions_app.services import absence

    with absence.valkey() as client:
        for name, mark in (("owner", "mark-peer-owner"), ("stranger", "mark-peer-stranger")):
            peer = json.dumps({"peer": mark, "user_id": cast[name].pk})
            client.hset("room:7", mark, peer)
        client.set("room:7:renewed", "1")
    written(durable, "mark-peer-owner")
    row = erasure.request(cast["owner"], way=Erasure.Way.CHILD)  # at once: nothing ran out yet
    Erasure.objects.filter(pk=row.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    erasure.run(row.pk)
    row.refresh_from_db()
    assert (row.stage, row.steps["room"], row.steps["valkey"]) == ("erased", 1, 1)
    assert not logged(durable, "mark-peer-owner")
    with absence.valkey() as client:
        assert client.hkeys("room:7") == ["mark-peer-stranger"]


@pytest.mark.clause("how-long")
@pytest.mark.promise("JK-05")
def test_what_ran_out_leaves_the_log_with_the_hour(durable: Path, settings: Any) -> None:
    with redis.from_url(settings.REDIS_URL) as client:
        client.set("room:8", "mark-ran-out", px=200)
        written(durable, "mark-ran-out")
        until = time.monotonic() + 10
        while client.exists("room:8") and time.monotonic() < until:
            time.sleep(0.05)
    assert any(b"mark-ran-out" in path.read_bytes() for path in durable.iterdir())
    rewrite_store()
    assert not logged(durable, "mark-ran-out")


@pytest.mark.clause("leaving")
def test_a_valkey_that_refuses_holds_the_erasure_open_and_says_so(
    cast: Cast, durable: Path, settings: Any
) -> None:
    with redis.from_url(settings.REDIS_URL) as client:
        client.acl_setuser(
            "managed", enabled=True, passwords=["+secret"], keys=["*"], channels=["*"],
            categories=["+@all"], commands=["-bgrewriteaof"],
        )  # fmt: skip
    root = settings.REDIS_URL
    settings.REDIS_URL = root.replace("redis://:", "redis://managed:").replace(
        root.split("@")[0].removeprefix("redis://:"), "secret"
    )
    row = erasure.request(cast["owner"])
    for _ in range(2):
        Erasure.objects.filter(pk=row.pk).update(due_at=timezone.now(), leased_until=None)
        with pytest.raises(persistence.NotRewritten, match="VALKEY_REWRITE"):
            erasure.run(row.pk)
    row.refresh_from_db()
    assert (row.stage, row.status, row.error) == ("purging", "waiting", "NotRewritten")
    settings.VALKEY_REWRITE = False  # its operator says that it keeps no log for longer than a day
    Erasure.objects.filter(pk=row.pk).update(due_at=timezone.now(), leased_until=None)
    erasure.run(row.pk)
    row.refresh_from_db()
    assert (row.stage, row.steps["valkey"]) == ("erased", 0)


def test_a_valkey_without_a_log_has_nothing_to_write(db: None) -> None:
    assert persistence.rewrite() is False
