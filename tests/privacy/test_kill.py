"""`kill -9` at any statement: the next worker takes up where the killed one was."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone
from psycopg.conninfo import make_conninfo

from accounts.models import User
from privacy import erasure
from privacy.erasure import ledger
from privacy.models import Erasure, Export
from privacy.portability import export
from privacy.portability.export import parts
from privacy.tasks import run_erasure, sweep
from tests.privacy.canaries import Canary
from tests.privacy.traces import everywhere, found
from tests.told import deliver

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pair(transactional_db: None) -> Iterator[tuple[Canary, Canary]]:
    one, other = Canary("alma"), Canary("bruno")
    one.fill(other)
    other.fill(one)
    yield one, other
    from django.core.cache import cache

    cache.clear()


def environment() -> dict[str, str]:
    options = {
        key: value
        for key, value in connection.settings_dict["OPTIONS"].items()
        if key in {"host", "port", "user", "password"}
    }
    return {
        **os.environ,
        "DATABASE_URL": make_conninfo(dbname=connection.settings_dict["NAME"], **options),
        "REDIS_URL": settings.REDIS_URL,
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "JAMSITE_DATA": str(Path(settings.WORK_DIR).parent),
        "DJANGO_SETTINGS_MODULE": "jamsite.settings.test",
    }


def start(*command: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=settings.BASE_DIR, env=environment(), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def killed_again_and_again(what: str, key: int) -> int:
    """Run a job in processes that die later and later; return how many died."""
    process = start("-m", "tests.privacy.killed", what, str(key))
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return int(out)


def killed_everywhere(key: int) -> list[str]:
    """Erase in processes that die at every distinct point; return the points."""
    process = start("-m", "tests.privacy.killed_everywhere", str(key))
    out, err = process.communicate(timeout=900)
    assert process.returncode == 0, err
    return out.splitlines()


def due(user: User) -> Erasure:
    row = erasure.request(user)
    Erasure.objects.filter(pk=row.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    return row


@pytest.mark.clause("leaving")
@pytest.mark.promise("VJ-19")
def test_an_erasure_killed_at_many_points_ends_with_nothing_left(
    pair: tuple[Canary, Canary],
) -> None:
    one, other = pair
    marks, theirs = one.marks(), other.marks()
    row = due(one.user)
    counts = {item.name: item.rows_of(one.user).count() for item in erasure.declared()}
    deaths = killed_everywhere(row.pk)
    died_in = {point.split(": ")[0] for point in deaths}
    assert died_in >= {name for name, count in counts.items() if count}, "a step without a death"
    assert {"start", "after the steps"} <= died_in
    folders = {point.split()[-1] for point in deaths if "after the file" in point}
    assert folders == {"bands", "chat-files", "chunks", "mixes", "photos", "stems"}
    assert [entry.event for entry in ledger.replay()].count("erased") >= 1
    row.refresh_from_db()
    assert (row.stage, row.status, row.user_id) == ("erased", "done", None)
    deliver()
    after = everywhere()
    assert found({*marks, one.code}, after) == {}
    assert set(found(theirs, after)) == theirs


@pytest.mark.clause("export")
@pytest.mark.promise("VJ-22")
def test_an_export_killed_at_many_points_ends_whole_and_alone(
    pair: tuple[Canary, Canary],
) -> None:
    one, _ = pair
    made = Export.objects.create(user=one.user)
    assert killed_again_and_again("export", made.pk) >= 5
    made.refresh_from_db()
    assert (made.status, made.missing) == ("done", 0)
    with zipfile.ZipFile(default_storage.open(made.file.name)) as archive:
        assert archive.testzip() is None
        assert "export.json" in archive.namelist()
    assert default_storage.listdir("exports")[1] == [Path(export.file_name(made)).name]


@pytest.mark.clause("export")
@pytest.mark.promise("VJ-22")
def test_an_export_goes_on_from_its_last_finished_part(
    pair: tuple[Canary, Canary], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after 7 parts, then after 12 more: every part is made once, the rest by us."""
    one, _ = pair
    monkeypatch.setattr(parts, "BATCH", 2)
    put, made_here = parts.Folder._put, []

    def counted(self: Any, section: Any, number: int, rows: Any, user: Any) -> None:
        made_here.append((section.name, number))
        put(self, section, number, rows, user)

    monkeypatch.setattr(parts.Folder, "_put", counted)
    whole = Export.objects.create(user=one.user)
    export.run(whole.pk)
    all_parts = list(made_here)
    assert len(all_parts) == len(set(all_parts)) > 20
    Export.objects.all().delete()
    made_here.clear()

    row = Export.objects.create(user=one.user)
    for lived in (7, 12):
        process = start("-m", "tests.privacy.killed_parts", str(row.pk), str(lived))
        _, err = process.communicate(timeout=60)
        assert process.returncode == -signal.SIGKILL, err
    Export.objects.filter(pk=row.pk).update(leased_until=None)
    export.run(row.pk)
    row.refresh_from_db()
    assert (row.status, row.attempts) == ("done", 3)
    # The first copy was told of in a notice, which the second holds as well.
    told_of = {part for part in made_here if part[0] == "privacy.notice"} - set(all_parts)
    assert [part for part in made_here if part not in told_of] == all_parts[19:]
    with zipfile.ZipFile(default_storage.open(row.file.name)) as archive:
        assert archive.testzip() is None
        told = json.loads(archive.read("export.json"))["sections"]
        assert {len(json.loads(archive.read(part["file"]))) - part["count"] for part in told} == {0}
    assert list(Path(settings.WORK_DIR).iterdir()) == []


@pytest.mark.clause("export")
def test_a_part_that_was_damaged_is_made_again(pair: tuple[Canary, Canary]) -> None:
    one, _ = pair
    row = Export.objects.create(user=one.user)
    process = start("-m", "tests.privacy.killed_parts", str(row.pk), "9")
    process.communicate(timeout=60)
    damaged = sorted(Path(settings.WORK_DIR).rglob("*.json"))[0]
    damaged.write_bytes(damaged.read_bytes()[:-3])
    Export.objects.filter(pk=row.pk).update(leased_until=None)
    export.run(row.pk)
    row.refresh_from_db()
    with zipfile.ZipFile(default_storage.open(row.file.name)) as archive:
        for part in json.loads(archive.read("export.json"))["sections"]:
            assert len(json.loads(archive.read(part["file"]))) == part["count"]


@pytest.mark.clause("leaving")
def test_two_workers_at_once_erase_once(pair: tuple[Canary, Canary]) -> None:
    one, other = pair
    theirs = other.marks()
    row = due(one.user)
    faults: list[BaseException] = []

    def work() -> None:
        try:
            erasure.run(row.pk)
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    row.refresh_from_db()
    assert (faults, row.stage, row.attempts) == ([], "erased", 1)
    deliver()
    assert found({one.code}, everywhere()) == {}
    assert set(found(theirs, everywhere())) == theirs


def worker() -> subprocess.Popen[str]:
    return start("-m", "celery", "-A", "jamsite", "worker", "--pool", "solo",
                 "-Q", settings.CELERY_TASK_DEFAULT_QUEUE, "--loglevel", "error",
                 "--without-gossip", "--without-mingle", "--without-heartbeat")  # fmt: skip


@pytest.mark.clause("leaving")
@pytest.mark.promise("VJ-19")
def test_a_celery_worker_that_is_killed_is_followed_by_the_next(
    pair: tuple[Canary, Canary],
) -> None:
    """A real worker gets the message and is killed; the sweeper's next message finishes it."""
    one, _ = pair
    row = due(one.user)
    run_erasure.delay(row.pk)
    workers = [worker()]
    try:
        _until(lambda: Erasure.objects.get(pk=row.pk).attempts > 0)
        os.kill(workers[0].pid, signal.SIGKILL)
        workers[0].wait(10)
        time.sleep(0.5)  # what it had sent to the database is done or undone by now
        Erasure.objects.filter(pk=row.pk, status="running").update(
            leased_until=timezone.now() - timedelta(seconds=1)
        )
        workers.append(worker())
        _until(lambda: Erasure.objects.get(pk=row.pk).stage == "erased", meanwhile=sweep)
    finally:
        for process in workers:
            if process.poll() is None:
                process.kill()
                process.wait(10)
    deliver()
    assert found({one.code}, everywhere()) == {}


def _until(
    condition: Callable[[], bool],
    seconds: float = 90,
    meanwhile: Callable[[], Any] = lambda: None,
) -> None:
    """Wait for a condition, and do `meanwhile` every two seconds, as the scheduler would."""
    end = time.monotonic() + seconds
    next_time = 0.0
    while not condition():
        assert time.monotonic() < end, "waited too long"
        if time.monotonic() > next_time:
            meanwhile()
            next_time = time.monotonic() + 2
        time.sleep(0.05)
