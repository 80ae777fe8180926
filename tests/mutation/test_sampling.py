"""What is changed, which of it a seed draws, and which tests are asked about it."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.mutation import swapping, targets
from tests.mutation.__main__ import told
from tests.mutation.covering import Record, uses
from tests.mutation.judging import Verdict
from tests.mutation.mutants import File, Mutant, sample

TEXT = '''\
"""A door: how many go in."""

MOST = 2


@held("at once")
def lets(guest: int = 7, *, full: bool = False) -> str | None:
    """Say who may go in."""
    if guest and not full:
        return f"{guest}"
    logger.warning("nobody", guest)
    raise Closed("at 9", _("Come back."))
'''


def changes(text: str) -> list[tuple[int, str, str]]:
    return [(one.line, one.operator, one.change) for one in File("door.py", text).mutants()]


def test_conditions_numbers_and_values_are_changed_and_words_are_not() -> None:
    assert changes(TEXT) == [
        (3, "assignment", "MOST = 2 → MOST = None"),
        (3, "number", "2 → 3"),
        (7, "number", "7 → 8"),
        (7, "name", "False → True"),
        (9, "condition", "guest and not full → not (guest and not full)"),
        (9, "swap_op", "guest and not full → guest or not full"),
        (9, "remove_unary_ops", "not full → full"),
    ]


def test_each_change_is_the_file_with_one_place_another() -> None:
    file = File("door.py", TEXT)
    for one in file.mutants():
        changed = file.mutated(one)
        assert changed is not None
        differing = [
            number
            for number, (old, new) in enumerate(
                zip(TEXT.splitlines(), changed.splitlines(), strict=True), start=1
            )
            if old != new
        ]
        assert differing == [one.line]


def mutant(line: int, operator: str = "number", number: int = 0, file: str = "a.py") -> Mutant:
    return Mutant(file, number, operator, line, line, line, f"{line} {operator} {number}")


def always(one: Mutant) -> bool:
    return True


def test_a_seed_draws_the_same_each_time_and_every_line_before_any_twice() -> None:
    """A line with a hundred strings in it counts as one; so does an operator of a line."""
    wordy = [mutant(1, "string", number) for number in range(100)]
    plain = [mutant(line, "condition", 100 + line) for line in range(2, 7)]
    drawn = sample([*wordy, *plain], 6, 7, always)
    assert drawn == sample([*wordy, *plain], 6, 7, always)
    assert drawn != sample([*wordy, *plain], 6, 8, always)
    assert sorted(one.line for one in drawn) == [1, 2, 3, 4, 5, 6]
    whole = sample([*wordy, *plain], 1000, 7, always)
    assert sorted(whole, key=lambda one: one.number) == [*wordy, *plain]


def test_what_does_not_fit_is_passed_over_for_another_of_its_line() -> None:
    line = [mutant(1, "number", number) for number in range(5)]
    assert sample(line, 1, 3, lambda one: one.number == 4) == [line[4]]
    assert sample(line, 5, 3, lambda one: False) == []


def record() -> Record:
    """Three files of tests about a.py; one of them is about b.py more than about a.py."""
    found = Record(uses={"a.py": {"MOST": [("b.py", 3)]}})
    found.add({
        "import": {"a.py": [1]},
        "tests": {
            "tests/near.py::slow": {"seconds": 3.0}, "tests/near.py::quick": {"seconds": 1.0},
            "tests/far.py::quick": {"seconds": 0.5}, "tests/far.py::more": {"seconds": 0.6},
            "tests/far.py::red": {"seconds": 0.1, "failed": True},
        },
        "lines": {
            "tests/near.py::slow": {"a.py": [4, 5]}, "tests/near.py::quick": {"a.py": [4]},
            "tests/far.py::quick": {"a.py": [4], "b.py": [1, 2, 3]},
            "tests/far.py::more": {"a.py": [4], "b.py": [1, 2]},
            "tests/far.py::red": {"a.py": [4]},
        },
    })  # fmt: skip
    return found


def test_tests_that_run_the_line_are_asked_the_nearest_and_quickest_first() -> None:
    near, far = "tests/near.py", "tests/far.py"
    asked = record().asked
    assert asked(mutant(4), "", 60) == (
        [f"{near}::quick", f"{far}::quick", f"{near}::slow", f"{far}::more"], 4
    )  # fmt: skip
    assert asked(mutant(5), "", 60) == ([f"{near}::slow"], 1)
    assert asked(mutant(9), "", 60) == ([], 0)


def test_a_mutant_is_worth_so_many_seconds_and_one_test_at_least() -> None:
    near, far = "tests/near.py", "tests/far.py"
    asked = record().asked
    assert asked(mutant(4), "", 2) == ([f"{near}::quick", f"{far}::quick"], 4)
    assert asked(mutant(5), "", 2) == ([f"{near}::slow"], 1)


def test_who_fails_without_any_change_is_asked_no_more() -> None:
    found = record()
    assert "tests/far.py::red" not in found.covering(mutant(4), "")
    found.leave_out("tests/near.py::slow")
    assert found.asked(mutant(5), "", 60) == ([], 0)


def test_what_runs_at_the_start_is_covered_by_who_uses_its_name() -> None:
    found = record()
    assert [found.runs_at_start(mutant(line)) for line in (1, 4)] == [True, False]
    assert found.covering(mutant(1), "MOST = 2\n") == {"tests/far.py::quick"}
    # Whatever nobody names is for all who run anything of its file.
    assert found.covering(mutant(1), "LEAST = 2\n") == found.covering(mutant(4), "")


def test_uses_are_found_by_the_word_in_every_app(tmp_path: Path) -> None:
    (tmp_path / "foundation").mkdir()
    (tmp_path / "foundation/door.py").write_text("MOST: int = 2\n\nOTHER = MOSTLY\n")
    (tmp_path / "accounts").mkdir()
    (tmp_path / "accounts/hall.py").write_text("from foundation.door import MOST\n")
    assert uses(tmp_path, ["foundation/door.py"]) == {
        "foundation/door.py": {
            "MOST": [("accounts/hall.py", 1), ("foundation/door.py", 1)],
            "OTHER": [("foundation/door.py", 3)],
        }
    }


RUNNING = """\
import functools

def kept(function):
    @functools.wraps(function)
    def around(*given):
        return function(*given) + 10
    return around

@kept
def double(number):
    return [each * 2 for each in (number,)][0]

RULES = {"low": lambda number: number < 3, "high": lambda number: number > 3}
"""


@pytest.fixture
def running(tmp_path: Path) -> tuple[Any, Callable[[str, str], int]]:
    """A module that has been loaded, and what changes it where it runs."""
    place = tmp_path / "running.py"
    place.write_text(RUNNING)
    spec = importlib.util.spec_from_file_location("running", place)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def change(old: str, new: str) -> int:
        there = swapping.functions(str(tmp_path))
        return swapping.swap(there, str(place), RUNNING, RUNNING.replace(old, new))

    return module, change


def test_a_change_reaches_functions_wherever_they_are_kept(running: Any) -> None:
    module, change = running
    kept, low, high = module.double, module.RULES["low"], module.RULES["high"]
    change("each * 2", "each / 2")
    assert (kept(4), low(2), high(2)) == (12.0, True, False)
    change("number > 3", "number >= 2")
    assert (kept(4), low(2), high(2)) == (18, True, True)


def test_a_comprehension_less_is_nobodys_loss(running: Any) -> None:
    module, change = running
    kept = module.double
    change("[each * 2 for each in (number,)][0]", "number")
    assert kept(4) == 14


def test_a_function_less_needs_a_process_of_its_own(running: Any) -> None:
    module, change = running
    with pytest.raises(swapping.Unfit):
        change("lambda number: number > 3", "None")
    assert (module.double(4), module.RULES["high"](4)) == (18, True)


def test_the_share_counts_hanging_as_killed_and_leaves_out_what_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tests.mutation.__main__.equivalents", lambda: {("a.py", "4 number 0")})
    ends = ["killed", "timeout", "survived", "survived", "uncovered"]
    verdicts = [Verdict(mutant(line), end) for line, end in enumerate(ends, start=1)]
    assert told(verdicts, 7).splitlines()[-1] == (
        "seed 7: 2 of 4 mutants killed, 50.0 %; 1 more change nothing; 0.0 s each"
    )


def test_gate_policies_limits_and_every_step_of_erasure_are_changed() -> None:
    found = targets.files()
    assert {path.partition("/")[0] for path in found} == {"foundation", "privacy", "sessions_app"}
    assert {"privacy/gate/decision.py", "privacy/erasure/steps.py", "foundation/limits.py",
            "privacy/rls/compile.py"} - {*found} == set()  # fmt: skip
    assert [one for one in (*found, *targets.TESTS) if not (targets.ROOT / one).is_file()] == []
