"""A pytest plugin that notes which lines each test runs, and how long it takes.

Django's start, and the making of the stages, run lines too: those are noted as `IMPORT`'s, and a
change of one of them needs a process that begins with it. What the gate has worked out is forgotten
before each test; else only the first that asks would run the rules.
"""

import json
import os
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import coverage
import pytest

IMPORT, ASIDE = "import", "aside"  # Django's start; the collection of tests, and what is shared
OUT = Path(os.environ["MUTATION_RECORD"])
# {file: its lines of interest, null for all}
WANTED: dict[str, list[int] | None] = json.loads(Path(os.environ["MUTATION_WANTED"]).read_text())

_measured = coverage.Coverage(
    data_file=str(OUT.with_suffix(".coverage")), config_file=False, messages=False,
    include=[str(Path.cwd() / name) for name in WANTED],
)  # fmt: skip
_measured.erase()
_measured.start()
_measured.switch_context(IMPORT)
_tests: dict[str, dict[str, Any]] = {}


def pytest_sessionstart(session: pytest.Session) -> None:
    from tests.stages import Stages

    make = Stages.make
    Stages.make = lambda *arguments: _within(IMPORT, make, *arguments)  # type: ignore[method-assign]


def pytest_collection(session: pytest.Session) -> None:
    _enter(ASIDE)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: Any) -> Generator[None, Any, Any]:
    """What is made for all tests is no work of the first that asks for it."""
    before = _now
    if fixturedef.scope == "session":
        _enter(ASIDE)
    try:
        return (yield)
    finally:
        _enter(before)


def _within(context: str, function: Any, *arguments: Any) -> None:
    before = _now
    _enter(context)
    try:
        function(*arguments)
    finally:
        _forget()
        _enter(before)


_now = IMPORT


def _enter(context: str) -> None:
    global _now  # noqa: PLW0603
    if context != _now:
        _now = context
        _measured.switch_context(context)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    _forget()
    _enter(item.nodeid)
    begun = time.monotonic()
    try:
        return (yield)
    finally:
        _enter(ASIDE)
        _tests.setdefault(item.nodeid, {})["seconds"] = round(time.monotonic() - begun, 3)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if not report.passed:
        _tests.setdefault(report.nodeid, {})["failed"] = True


def _forget() -> None:
    from privacy.gate import rules

    rules._changed()


def pytest_unconfigure(config: pytest.Config) -> None:
    _measured.stop()
    data = _measured.get_data()
    lines: dict[str, dict[str, list[int]]] = {}
    for name, wanted in WANTED.items():
        keep = None if wanted is None else set(wanted)
        for line, contexts in data.contexts_by_lineno(str(Path.cwd() / name)).items():
            if keep is None or line in keep:
                for one in contexts:
                    lines.setdefault(one, {}).setdefault(name, []).append(line)
    found = {"import": lines.pop(IMPORT, {}), "tests": _tests, "lines": lines}
    OUT.write_text(json.dumps(found))
