"""`make test ARGS="-k …"` loads the files that can hold what is asked for, and no others."""

from scripts.test import files_with


def named(expression: str) -> set[str]:
    return {path.rpartition("/")[2] for path in files_with(expression)}


def test_files_are_found_by_what_they_say_and_by_their_name() -> None:
    assert named("test_files_are_found_by_what_they_say_and_by_their_name") == {"test_runner.py"}
    assert named("test_runner") == {"test_runner.py"}
    assert named("no_such_word_anywhere_else"[:-5]) == {"test_runner.py"}


def test_what_only_pytest_understands_is_left_to_it() -> None:
    assert files_with("not slow") == files_with("one or other") == files_with("") == []
