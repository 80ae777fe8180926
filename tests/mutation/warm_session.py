"""A pytest plugin: a session that has collected its tests and made its databases, and forks.

In place of running the tests it reads a line of JSON for each task, forks a child that takes the
changed code in (`tests/mutation/swapping.py`) and runs the tests that the task names until one
fails, and answers with how that ended. A child that takes too long is ended, with all it started.
"""

import contextlib
import gc
import inspect
import json
import os
import select
import signal
import threading
import time
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

from tests.mutation import swapping

_failed: list[str] = []
_there: list[FunctionType] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.failed:
        _failed.append(report.nodeid)


def pytest_runtestloop(session: pytest.Session) -> bool:
    tests = {item.nodeid: item for item in session.items}
    _warm_up(session)
    policies = _policies()
    _let_go()
    gc.collect()
    _there.extend(swapping.functions(str(Path.cwd())))
    gc.freeze()  # a child copies less of what it never changes
    tasks, answers = (int(os.environ[name]) for name in ("MUTATION_TASKS", "MUTATION_ANSWERS"))
    with os.fdopen(tasks) as asked, os.fdopen(answers, "w") as told:
        _tell(told, {"ready": sorted(tests), "threads": threading.active_count()})
        for line in asked:
            task = json.loads(line)
            _tell(told, _forked(session, [tests[one] for one in task["tests"]], task, policies))
    return True


def _tell(file: Any, answer: Any) -> None:
    file.write(json.dumps(answer) + "\n")
    file.flush()


class _Session:
    """Stands for a test of another module: all is torn down but what the whole session shares."""

    def __init__(self, session: pytest.Session) -> None:
        self.session = session

    def listchain(self) -> list[pytest.Session]:
        return [self.session]


def _run(session: pytest.Session, item: pytest.Item) -> None:
    after: Any = _Session(session)
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)


def _warm_up(session: pytest.Session) -> None:
    """Run a test that asks for the database, so that all databases are made; none with threads."""
    for item in session.items:
        names = set(getattr(item, "fixturenames", ()))
        function = getattr(item, "obj", None)
        if "cast" in names and not inspect.iscoroutinefunction(function):
            _run(session, item)
            break
    if _failed:
        raise pytest.UsageError(f"{_failed[0]} fails without any change")


def _let_go() -> None:
    """Close all connections: a child can't use its parent's."""
    from django.db import connections

    from tests.stages import stages

    for wrapper in (*connections.all(), *(one.wrapper for one in stages.made.values())):
        wrapper.close()
        wrapper.close_pool()


def _policies() -> list[str]:
    from privacy.rls import install

    return install.statements()


def _forked(
    session: pytest.Session, items: list[pytest.Item], task: dict[str, Any], policies: list[str]
) -> dict[str, Any]:
    reading, writing = os.pipe()
    begun = time.monotonic()
    child = os.fork()
    if child == 0:
        os.setsid()
        os.close(reading)
        _say(writing, _in_child(session, items, task, policies, writing))
        os._exit(0)
    os.close(writing)
    answer = _await(reading, task["start"], task["limits"])
    os.close(reading)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # and whatever it started
    os.waitpid(child, 0)
    return {**answer, "took": round(time.monotonic() - begun, 2)}


def _say(writing: int, answer: dict[str, Any]) -> None:
    os.write(writing, json.dumps(answer).encode() + b"\n")


def _await(reading: int, start: float, limits: dict[str, float]) -> dict[str, Any]:
    """Return how a child ended: its last line; the lines before name the test that it is at.

    It has `start` seconds before the first test, and those of `limits` for each.
    """
    until, told, at = time.monotonic() + start, b"", ""
    while select.select([reading], [], [], max(0.0, until - time.monotonic()))[0]:
        part = os.read(reading, 65536)
        if not part:
            return {"end": "killed", "test": at, "how": "crash"}
        *lines, told = (told + part).split(b"\n")
        for line in lines:
            answer: dict[str, Any] = json.loads(line)
            if "end" in answer:
                return answer
            at = answer["at"]
            until = time.monotonic() + limits[at]
    return {"end": "timeout", "test": at}


def _in_child(
    session: pytest.Session, items: list[pytest.Item], task: dict[str, Any], policies: list[str],
    writing: int,
) -> dict[str, Any]:  # fmt: skip
    from privacy.gate import rules

    _failed.clear()
    try:
        if task["file"]:
            path = str(Path.cwd() / task["file"])
            swapping.swap(_there, path, task["before"], task["after"])
        rules._changed()
        if task["file"] and _policies() != policies:
            return {"end": "cold", "why": "row-level security would be another"}
    except swapping.Unfit as unfit:
        return {"end": "cold", "why": f"{unfit} is another function"}
    except Exception:
        return {"end": "killed", "test": "", "how": "row-level security: it can't be written"}
    for number, item in enumerate(items, start=1):
        _say(writing, {"at": item.nodeid})
        _run(session, item)
        if _failed:
            return {"end": "killed", "test": _failed[0], "ran": number}
    return {"end": "survived", "ran": len(items)}
