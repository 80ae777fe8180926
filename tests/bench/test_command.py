"""`python -m bench`: what couldn't be measured fails the command and is named with its reason."""

import importlib
import json
import math
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bench import __main__ as command
from bench.rows import Row, row

FLOOR = "a stand-in that does nothing"


def good() -> Row:
    return row("quick", 2.0, 1.0, unit="ms", better="lower", note="floor: nothing")


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """Put a measure of ours in place of all; its rows are what the test puts under "rows"."""
    given: dict[str, Any] = {"rows": [good()]}

    def measure() -> list[Row]:
        if isinstance(given["rows"], Exception):
            raise given["rows"]
        found: list[Row] = given["rows"]
        return found

    module = ModuleType("bench.stand_in")
    module.measure = measure  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "bench.stand_in", module)
    only = {"stand-in": command.Measure("bench.stand_in", "ms", "lower", FLOOR)}
    monkeypatch.setattr(command, "MEASURES", only)
    given["results"] = tmp_path / "results.json"
    monkeypatch.setattr(command, "RESULTS", given["results"])
    return given


def test_what_was_measured_is_printed_beside_its_floor(
    measured: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([]) == 0
    said = capsys.readouterr().out
    assert "quick" in said and "2.000" in said
    assert f"  stand-in: {FLOOR}" in said.splitlines()
    assert "Not measured" not in said
    assert json.loads(measured["results"].read_text()) == [good()]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (RuntimeError("the server is away"), "RuntimeError: the server is away"),
        (ExceptionGroup("tasks", [OSError("no files left")]), "OSError: no files left"),
        (RuntimeError(""), "RuntimeError"),
        ([], "there are no rows"),
        ([{"name": "odd"}], "a row has other columns"),
        ([good(), good() | {"name": "slow", "value": None, "note": "why"}], "slow: why"),
        ([good() | {"name": "slow", "value": math.nan, "note": ""}], "slow: no figure"),
    ],
    ids=["fault", "group", "wordless", "empty", "odd", "one of two", "no number"],
)
def test_a_row_that_cant_be_measured_fails_the_command_with_its_reason(
    measured: dict[str, Any], capsys: pytest.CaptureFixture[str], rows: Any, reason: str
) -> None:
    measured["rows"] = rows
    assert command.main(["stand-in"]) == 1
    failed = capsys.readouterr().out.partition("Not measured (1 of ")[2]
    assert reason in failed


def test_an_unknown_name_lists_those_there_are(
    measured: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["nothing"]) == 2
    assert capsys.readouterr().out == "There is no bench named nothing; there are stand-in.\n"
    assert not measured["results"].exists()


@pytest.mark.parametrize("name", command.MEASURES)
def test_every_measure_is_there_and_says_in_one_line_what_its_floor_is(name: str) -> None:
    about = command.MEASURES[name]
    assert callable(importlib.import_module(about.module).measure)
    assert about.better in {"lower", "higher"}
    assert 0 < len(about.floor) <= 100
    assert "\n" not in about.floor
