"""Logs are cut by size and by age: no line is kept longer than the period."""

import os
import time
from pathlib import Path

import pytest

from jamsite.embedded.logs import LogFile
from jamsite.environment import Environment

DAY = 86400


def age(path: Path, days: float) -> None:
    past = time.time() - days * DAY
    os.utime(path, (past, past))


@pytest.mark.clause("how-long")
@pytest.mark.promise("JK-05", "VJ-18")
@pytest.mark.retention("logs")
def test_no_line_is_older_than_the_period(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "web.log", kept=14 * DAY)
    with log.open() as out:
        out.write(b"first\n")
    age(tmp_path / "web.begun", 6.9)
    log.trim()
    assert log.path.read_bytes() == b"first\n"
    age(tmp_path / "web.begun", 7.1)
    log.trim()
    older = tmp_path / "web.log.1"
    assert (log.path.read_bytes(), older.read_bytes()) == (b"", b"first\n")
    with log.open() as out:
        out.write(b"second\n")
    age(older, 6.9)
    log.trim()
    assert older.exists()
    age(older, 7.1)
    log.trim()
    assert not older.exists()
    assert log.path.read_bytes() == b"second\n"


def test_the_period_is_the_sites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert LogFile(tmp_path / "a.log").kept == Environment().retention_logs_days * DAY
    monkeypatch.setenv("RETENTION_LOGS_DAYS", "3")
    assert LogFile(tmp_path / "a.log").kept == 3 * DAY
