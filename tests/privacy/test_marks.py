"""Which tests stand behind a clause: the policy's list and pytest's own are the same."""

import json
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from django.conf import settings

from privacy import policy
from privacy.policy.marks import by_clause
from tests.enforcing import COLLECTED
from tests.privacy.collecting import marks_of

PLUGIN = (
    "-p",
    "no:cacheprovider",
    "-p",
    "no:randomly",
    "-p",
    "tests.privacy.collecting",
    "--collect-only",
    "-q",
)


def collected(marks: Path, *arguments: str) -> dict[str, list[str]]:
    """Return the marks of all tests that pytest collects, by clause."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *PLUGIN, *arguments],
        cwd=settings.BASE_DIR, env={**os.environ, "JAMSITE_MARKS": str(marks)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert marks.exists(), done.stdout + done.stderr
    found: dict[str, list[str]] = json.loads(marks.read_text())
    return found


@pytest.mark.clause("changes")
def test_the_tests_told_of_are_those_that_pytest_collects(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    items = pytestconfig.stash.get(COLLECTED, None)  # there when the whole suite runs
    theirs = marks_of(items) if items is not None else collected(tmp_path / "marks.json")
    ours = by_clause(settings.BASE_DIR / "tests")
    assert {clause: sorted(tests) for clause, tests in ours.items()} == {
        clause: sorted(tests) for clause, tests in theirs.items()
    }
    told = {one["id"]: one["tests"] for one in policy.as_json()["clauses"]}
    assert {clause: sorted(tests) for clause, tests in told.items()} == {
        clause: sorted(theirs[clause]) for clause in told
    }


STORY = """
    import pytest

    pytestmark = [pytest.mark.clause("all"), pytest.mark.promise("JK-01")]

    @pytest.mark.clause("one", "two")
    @pytest.mark.parametrize("note", ["a", "b"])
    def test_parametrised(note): ...

    @pytest.mark.clause("asynchronous")
    async def test_waiting(): ...

    @pytest.mark.clause("klass")
    class TestScale:
        pytestmark = pytest.mark.clause("inside")

        @pytest.mark.clause("method")
        def test_up(self): ...

        class TestMinor:
            def test_down(self): ...

    @pytest.mark.skip(reason="not today")
    def test_skipped(): ...

    @pytest.mark.clause("one")
    @pytest.mark.skipif("True", reason="only elsewhere")
    def test_skipped_here(): ...

    @pytest.mark.clause("one")
    @pytest.mark.xfail
    def test_that_may_fail(): ...

    @pytest.mark.clause("one")
    class TestNothing:
        @pytest.mark.xfail(reason="never worked")
        def test_it(self): ...

    @pytest.mark.clause("one")
    def helper(): ...
"""


def test_every_way_to_mark_a_test_is_understood(tmp_path: Path) -> None:
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "test_story.py").write_text(dedent(STORY))
    story = "tests/test_story.py"
    up, down = f"{story}::TestScale::test_up", f"{story}::TestScale::TestMinor::test_down"
    expected = {
        "all": [f"{story}::test_parametrised", f"{story}::test_waiting", up, down],
        "one": [f"{story}::test_parametrised"],
        "two": [f"{story}::test_parametrised"],
        "asynchronous": [f"{story}::test_waiting"],
        "klass": [up, down],
        "inside": [up, down],
        "method": [up],
    }
    assert by_clause(folder) == expected
    theirs = collected(tmp_path / "marks.json", str(folder), f"--rootdir={tmp_path}",
                       "--override-ini=testpaths=", f"--confcutdir={folder}")  # fmt: skip
    assert theirs == expected


def test_a_test_that_skips_itself_enforces_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "test_inside.py").write_text(
        "import pytest\n@pytest.mark.clause('one')\ndef test_it():\n    pytest.skip('no')\n"
    )
    (folder / "test_module.py").write_text(
        "import pytest\npytest.importorskip('x')\n@pytest.mark.clause('one')\ndef test_it(): ...\n"
    )
    assert by_clause(folder) == {}


def test_a_check_of_a_clause_that_is_skipped_at_run_time_fails_the_run(tmp_path: Path) -> None:
    """Skipping through a helper is seen by no mark: the run itself notices."""
    (tmp_path / "test_quiet.py").write_text(
        "import pytest\n"
        "def away():\n    getattr(pytest, 'skip')('no microphone here')\n"
        "@pytest.mark.clause('one')\ndef test_enforcing(): away()\n"
        "def test_other(): away()\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tests.enforcing",
         f"--rootdir={tmp_path}", f"--confcutdir={tmp_path}", str(tmp_path)],
        cwd=settings.BASE_DIR, env=os.environ, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout
    assert "1 failed, 1 skipped" in done.stdout
    assert "enforces a clause of the policy and was skipped" in done.stdout
