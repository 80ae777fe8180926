"""The ledger outside the database: nothing in it is lost, and nobody changes it unseen."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from privacy import erasure
from privacy.erasure import leaving, ledger
from privacy.models import Erasure
from tests.cast import Cast


def events() -> list[str]:
    return [entry.event for entry in ledger.replay()]


@pytest.mark.clause("leaving")
def test_it_holds_what_happened_and_no_id(cast: Cast) -> None:
    row = erasure.request(cast["owner"])
    leaving.settle(row.pk)
    erasure.cancel(cast["owner"])
    leaving.settle(row.pk)
    again = erasure.request(cast["owner"])
    Erasure.objects.filter(pk=again.pk).update(due_at=again.requested_at)
    erasure.run(again.pk)
    user = ledger.fingerprint(cast["owner"].public_id)
    one, other = (ledger.fingerprint(each.public_id) for each in (row, again))
    told = [(entry.number, entry.event, entry.user, entry.erasure) for entry in ledger.replay()]
    assert told == [
        (1, "requested", user, one), (2, "cancelled", user, one),
        (3, "requested", user, other), (4, "erased", user, other),
    ]  # fmt: skip
    assert {entry.erasure: entry.event for entry in ledger.replay()} == {
        one: "cancelled", other: "erased",
    }  # fmt: skip
    text = Path(settings.LEDGER_PATH).read_text()
    for name in (cast["owner"].public_id, "owner", row.public_id, again.public_id):
        assert name not in text
    assert oct(Path(settings.LEDGER_PATH).stat().st_mode)[-3:] == "600"


@pytest.mark.parametrize("change", ["event", "cut out", "moved", "added", "forged"])
def test_a_line_that_is_not_as_written_is_found(change: str) -> None:
    for number in range(5):
        ledger.record("requested", f"user-{number}", f"erasure-{number}")
    path = Path(settings.LEDGER_PATH)
    lines = path.read_text().splitlines(keepends=True)
    if change == "event":
        lines[2] = lines[2].replace("requested", "cancelled")
    elif change == "cut out":
        del lines[2]
    elif change == "moved":
        lines[1], lines[2] = lines[2], lines[1]
    elif change == "added":
        lines.insert(2, lines[2])
    else:  # by somebody who has the file, and not the key
        values = json.loads(lines[2])
        values["event"] = "cancelled"
        lines[2] = json.dumps(values, sort_keys=True, separators=(",", ":")) + "\n"
    path.write_text("".join(lines))
    with pytest.raises(ledger.Tampered, match=r"Line [234]"):
        list(ledger.replay())


def test_a_line_torn_by_a_kill_is_no_line_and_the_next_one_is_whole() -> None:
    ledger.record("requested", "one", "a")
    path = Path(settings.LEDGER_PATH)
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:40])
    assert events() == ["requested"]
    ledger.record("erased", "one", "a")
    assert events() == ["requested", "erased"]


def test_many_writers_at_once_make_one_chain() -> None:
    def write(name: str) -> None:
        for number in range(10):
            ledger.record("requested", name, f"{name}{number}")

    threads = [threading.Thread(target=write, args=[name]) for name in "abcd"]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    entries = list(ledger.replay())
    assert [entry.number for entry in entries] == list(range(1, 41))
    assert len({entry.erasure for entry in entries}) == 40


def test_writers_that_are_killed_lose_nothing_they_were_told_is_there() -> None:
    """A process says each entry after `record` returned, and is killed in the middle of it all."""
    program = (
        "import django; django.setup()\n"
        "from privacy.erasure import ledger\n"
        "for n in range(100000):\n"
        "    ledger.record('requested', 'u', str(n)); print(n, flush=True)\n"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "jamsite.settings.test",
        "LEDGER_PATH": str(settings.LEDGER_PATH),
    }
    process = subprocess.Popen(
        [sys.executable, "-c", program], cwd=settings.BASE_DIR, env=environment,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    said: list[str] = []
    output: Any = process.stdout
    while len(said) < 20:
        said.append(output.readline().strip())
    os.kill(process.pid, signal.SIGKILL)
    said += [line for line in output.read().split("\n")[:-1] if line]
    process.wait(10)
    there = {entry.erasure for entry in ledger.replay()}
    assert {ledger.fingerprint(number) for number in said} <= there
    assert len(there) - len(said) <= 1  # one may be written and not said


@pytest.mark.clause("leaving")
def test_a_ledger_that_cannot_be_written_stops_the_request_and_the_purge(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    good = settings.LEDGER_PATH
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    settings.LEDGER_PATH = blocked / "ledger.jsonl"
    with pytest.raises(OSError, match=r"ledger|folder|directory|file"):
        erasure.request(cast["owner"])
    cast["owner"].refresh_from_db()
    assert (cast["owner"].is_leaving, Erasure.objects.count()) == (False, 0)

    settings.LEDGER_PATH = good
    row = erasure.request(cast["owner"])
    Erasure.objects.filter(pk=row.pk).update(due_at=row.requested_at)
    settings.LEDGER_PATH = blocked / "ledger.jsonl"
    with pytest.raises(OSError, match=r"ledger|folder|directory|file"):
        erasure.run(row.pk)
    row.refresh_from_db()
    assert (row.stage, row.user_id) == ("purging", cast["owner"].pk)
    assert row.error in {"NotADirectoryError", "FileExistsError"}


def test_unknown_events_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown event"):
        ledger.record("forgot", "a", "b")
    assert events() == []
