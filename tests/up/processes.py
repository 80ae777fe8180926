"""Looking at real processes: who carries a mark, and who is still there."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import psutil

PROJECT = Path(__file__).resolve().parent.parent.parent
MARK = "JAMSITE_TEST_MARK"
PATIENCE = 15.0


def start(program: str, *arguments: str, mark: str, cwd: Path = PROJECT) -> subprocess.Popen[str]:
    """Run Python code in a process of its own; all that it starts carries the mark."""
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        env=clean_environment({MARK: mark}),
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def clean_environment(more: Mapping[str, str]) -> dict[str, str]:
    """Return this environment without what the test run itself has set."""
    ours = {
        "DATABASE_URL",
        "WEB_DATABASE_URL",
        "REDIS_URL",
        "DJANGO_SETTINGS_MODULE",
        "JAMSITE_DATA",
    }
    kept = {k: v for k, v in os.environ.items() if k not in ours and not k.startswith("PYTEST_")}
    return {**kept, "PYTHONPATH": str(PROJECT), **more}


def marked(mark: str, folder: Path | None = None) -> list[psutil.Process]:
    """Return the live processes that carry a mark, or whose command or folder names the folder.

    PostgreSQL overwrites its environment with its title, hence the second way.
    """
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                continue
            if process.environ().get(MARK) == mark or (folder and _in(process, folder)):
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def _in(process: psutil.Process, folder: Path) -> bool:
    return process.cwd().startswith(str(folder)) or str(folder) in " ".join(process.cmdline())


def eventually(condition: Callable[[], object], what: str, within: float = PATIENCE) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"not within {within} s: {what}"
        time.sleep(0.02)
