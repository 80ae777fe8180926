"""Places that are no tables: what is in them was declared, and ends when it says."""

import asyncio
import json
import os
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import redis
from django.apps import apps
from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import FileField
from django.test import Client
from django.urls import reverse

from foundation.work import sweep_workshops, workshop
from privacy import datamap
from privacy.datamap import Fades
from privacy.tasks import run_export
from sessions_app.presence import Peer, Room
from tests.cast import PASSWORD, Cast
from tests.privacy.canaries import Canary


def store(name: str) -> datamap.Store:
    return next(one for one in datamap.stores() if one.name == name)


def lifetime(name: str) -> timedelta:
    retention = store(name).retention
    assert isinstance(retention, Fades)
    return retention.length()


def undeclared(found: set[str], *names: str) -> set[str]:
    patterns = [pattern for name in names for pattern in store(name).places]
    return {one for one in found if not any(fnmatchcase(one, each) for each in patterns)}


@pytest.fixture
def valkey() -> Iterator[Any]:
    client: Any = redis.from_url(settings.REDIS_URL, decode_responses=True)
    client.flushdb()
    yield client
    client.flushdb()
    client.close()


@pytest.mark.clause("how-long")
@pytest.mark.promise("VJ-18", "JK-05")
@pytest.mark.retention("valkey")
def test_keys_of_valkey_are_declared_and_run_out(cast: Cast, valkey: Any, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
    visitor, owner = Client(), cast.client("owner")
    visitor.post(reverse("account_login"), {"login": "owner", "password": "wrong"})
    visitor.get("/api/v1/recordings/")
    owner.get("/api/v1/recordings/")
    owner.post(reverse("exports"))
    run_export.delay(0)
    found = set(valkey.keys("*"))
    families = {one.split(":")[2] for one in found if one.startswith(":1:")}
    assert families == {"limit", "throttle", "allauth"}
    assert undeclared(found, "valkey", "queue") == set()
    lives = [valkey.ttl(one) for one in found if not undeclared({one}, "valkey")]
    assert min(lives) > 0 and max(lives) <= lifetime("valkey").total_seconds()
    # Addresses stand in the keys of allauth alone, and are gone with them.
    assert {one.split(":")[2] for one in found if "127.0.0.1" in one} == {"allauth"}


@pytest.mark.clause("how-long")
@pytest.mark.retention("room")
def test_who_is_in_a_room_is_forgotten_in_minutes(valkey: Any) -> None:
    async def enter() -> None:
        room = Room(7)
        await room.enter(Peer(peer="p", user_id=1))
        await room.close()

    # In a thread: a browser test before may have left this one with a running loop.
    with ThreadPoolExecutor() as apart:
        apart.submit(asyncio.run, enter()).result()
    found = set(valkey.keys("*"))
    assert undeclared(found, "room") == set()
    assert found == {"room:7", "room:7:renewed"}
    for key in found:
        assert 0 < valkey.ttl(key) <= lifetime("room").total_seconds()
    (line,) = valkey.hvals("room:7")
    assert set(json.loads(line)) == {
        "peer",
        "user_id",
        "muted",
        "take",
        "sfu",
        "since",
        "seen",
    }  # no name


@pytest.mark.clause("how-long")
@pytest.mark.retention("work")
def test_what_a_killed_job_left_is_swept(settings: Any) -> None:
    hours = lifetime("work").total_seconds()
    with workshop() as kept, workshop() as old:
        for folder, seconds in ((kept, hours - 60), (old, hours + 60)):
            (folder / "sound").write_bytes(b"-")
            past = time.time() - seconds
            os.utime(folder, (past, past))
        sweep_workshops()
        assert (kept.exists(), old.exists()) == (True, False)
        old.mkdir()


@pytest.mark.clause("how-long")
@pytest.mark.retention("cookies")
def test_cookies_live_no_longer_than_declared(cast: Cast) -> None:
    client = Client()
    client.get(reverse("account_login"))
    client.post(reverse("account_login"), {"login": "owner", "password": PASSWORD})
    assert undeclared(set(client.cookies), "cookies") == set()
    for cookie in client.cookies.values():
        assert 0 < int(cookie["max-age"]) <= lifetime("cookies").total_seconds()


def test_files_lie_where_the_map_says(db: None, media_folder: Path) -> None:
    one, other = Canary("alma"), Canary("bruno")
    one.fill(other)
    found = {str(path.relative_to(media_folder)) for path in media_folder.rglob("*.*")}
    found |= {str(path.relative_to(media_folder)) for path in media_folder.glob("chunks/*/*")}
    assert found and undeclared(found, "media") == set()
    folders = {pattern.split("/")[0] for pattern in store("media").places}
    for model in apps.get_models():
        for column in model._meta.concrete_fields:
            if isinstance(column, FileField):
                assert str(column.upload_to).strip("/") in folders, column
    assert default_storage.listdir("")[1] == []


def test_what_pages_keep_in_the_browser_is_declared() -> None:
    """Every name that our scripts use with the browser's own storage is in the map."""
    sources = {
        path: path.read_text()
        for path in (settings.BASE_DIR / "frontend").rglob("*.ts")
        if "dist" not in path.parts
    }
    text = "\n".join(sources.values())
    used = {path.name for path, each in sources.items()
            if re.search(r"localStorage|sessionStorage", each)}  # fmt: skip
    assert used == {
        "theme.ts", "theme-switch.ts", "wave-player.ts", "settings.ts", "stem-rescue.ts",
        "shortcuts.ts", "loopback.ts", "pictures.ts",
    }  # fmt: skip
    names = set(re.findall(r"Storage\.(?:get|set|remove)Item\(\s*\"([^\"]+)\"", text))
    names |= set(re.findall(r"(?:VOLUME|SAID|KEPT) = \"([^\"]+)\"", text))
    names |= {one.replace("${session}", "x") for one in re.findall(r"#key = `(jam[^`]+)`", text)}
    assert undeclared(names, "browser-settings") == set()
    assert names == {
        "jamsite.theme", "jamsite.volume", "jamsite.kept-said", "jam-input", "jam-room:x",
        "jam-keys", "jam-loopback", "jam-pictures",
    }  # fmt: skip
    assert set(re.findall(r"getDirectoryHandle\(\"(\w+)\"", text)) == {"stems"}
    assert re.findall(r"indexedDB|caches\.open|document\.cookie\s*=[^=]", text) == []
