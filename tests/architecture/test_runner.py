"""`make test ARGS="-k …"` loads the files that can hold what is asked for, and no others."""

from scripts.test import files_with, to_try_again


def named(expression: str) -> set[str]:
    return {path.rpartition("/")[2] for path in files_with(expression)}


def test_files_are_found_by_what_they_say_and_by_their_name() -> None:
    assert named("test_files_are_found_by_what_they_say_and_by_their_name") == {"test_runner.py"}
    assert named("test_runner") == {"test_runner.py"}
    assert named("no_such_word_anywhere_else"[:-5]) == {"test_runner.py"}


def test_what_only_pytest_understands_is_left_to_it() -> None:
    assert files_with("not slow") == files_with("one or other") == files_with("") == []


def test_what_waits_for_processes_and_clocks_gets_a_second_try() -> None:
    timed = ["tests/up/test_away.py::test_b", "tests/e2e/test_story.py::test_a[x@y]@browsers"]
    assert to_try_again(timed) == ["tests/e2e/test_story.py::test_a[x@y]", timed[0]]


def test_one_that_has_no_excuse_lets_the_run_fail_at_once() -> None:
    assert to_try_again(["tests/up/test_up.py::test_a", "tests/privacy/test_gate.py::test_b"]) == []
    assert to_try_again([f"tests/live/test_paths.py::test_{n}" for n in range(9)]) == []
    assert to_try_again([]) == []
