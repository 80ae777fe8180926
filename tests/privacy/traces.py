"""Everything that is stored anywhere, as text: what a thief of all disks would read."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection


def tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        return [name for (name,) in cursor.fetchall()]


def rows() -> Iterator[tuple[str, str]]:
    """Yield every row of every table of the database, and what web sessions hold, decoded."""
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f'SELECT t::text FROM "{table}" AS t')
            for (text,) in cursor.fetchall():
                yield f"table {table}", text
    for session in Session.objects.all():
        yield "web session", str(session.get_decoded())


def files() -> Iterator[tuple[str, str]]:
    """Yield names and bytes of all stored files; archives opened."""
    for folder in (settings.MEDIA_ROOT, settings.WORK_DIR, settings.MAIL_DIR):
        for path in sorted(Path(folder).rglob("*")):
            yield "folder", str(path.relative_to(folder))
            if path.is_file():
                yield from contents(f"file {path.relative_to(folder)}", path.read_bytes())


def contents(name: str, data: bytes) -> Iterator[tuple[str, str]]:
    if not data.startswith(b"PK"):
        yield name, data.decode("latin-1")
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for inner in archive.namelist():
            yield name, inner
            yield f"{name} → {inner}", archive.read(inner).decode("utf-8", "replace")


def keys() -> Iterator[tuple[str, str]]:
    """Yield every key of Valkey with its value, whatever its kind."""
    valkey: Any = redis.from_url(settings.REDIS_URL)
    readers = {
        b"string": valkey.get,
        b"hash": valkey.hgetall,
        b"list": lambda key: valkey.lrange(key, 0, -1),
        b"set": valkey.smembers,
        b"zset": lambda key: valkey.zrange(key, 0, -1),
    }
    for key in valkey.scan_iter(count=1000):
        reader = readers.get(valkey.type(key))
        yield f"valkey {key!r}", f"{key!r} {reader(key) if reader else ''}"
    valkey.close()


def everywhere() -> list[tuple[str, str]]:
    return [*rows(), *files(), *keys()]


def found(marks: set[str], places: list[tuple[str, str]]) -> dict[str, set[str]]:
    """Return the marks that are stored anywhere, each with its places."""
    hits: dict[str, set[str]] = {}
    for place, text in places:
        lowered = text.lower()
        for mark in marks:
            if mark.lower() in lowered:
                hits.setdefault(mark, set()).add(place)
    return hits
