"""Runs the tests: `make test`, `make e2e`, `make coverage`, `make test ARGS="-k name"`.

The whole suite goes in two parts: what lets others work beside it, browsers too, on three workers;
then, alone, what listens to live sound or takes the time of answers, as a machine that is kept busy
starves the one and drowns the other. What waits for real processes and for clocks gets a second
try by itself, and is named, as a shared machine stands still now and then; anything else that
failed has failed. Arguments of pytest run what they select, in one process; with `-k`, files
without its words aren't loaded.
`coverage` runs the first part, reports what `[tool.coverage]` names, and fails below its bar.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parent.parent
TESTS = PROJECT / "tests"
FAILED = PROJECT / ".pytest_cache" / "v" / "cache" / "lastfailed"
WORKERS = "3"  # one of them waits for a browser most of its time
SLOWEST = "--durations=60"  # are told at the end: tests/order.py begins with them
SOME_FAILED, NOTHING_SELECTED = 1, 5  # pytest's exit codes
# A machine that stands still for seconds fails them, though nothing is wrong.
TIMED = re.compile(r"tests/(e2e|live|up)/|tests/accounts/test_enumeration\.py")
MOST_TRIED_AGAIN = 8  # more than that is no accident


def pytest(*arguments: str) -> int:
    command = [sys.executable, "-m", "pytest", *arguments]
    return subprocess.run(command, check=False).returncode  # noqa: S603


def files_with(expression: str) -> list[str]:
    """Return the test files that say a word of a `-k` expression; none when it can't be told."""
    words = re.findall(r"\w+", expression)
    if not words or {"not", "and", "or"} & set(words):
        return []
    return [
        str(path)
        for path in sorted(TESTS.rglob("test_*.py"))
        if all(word in f"{path.relative_to(TESTS)} {path.read_text()}" for word in words)
    ]


def some(arguments: list[str]) -> int:
    """Run what the arguments select."""
    narrow = files_with(arguments[1]) if len(arguments) == 2 and arguments[0] == "-k" else []
    code = pytest(*arguments, *narrow) if narrow else NOTHING_SELECTED
    return pytest(*arguments) if code == NOTHING_SELECTED else code


def whole(only: str = "") -> int:
    kind = f"{only} and " if only else ""
    workers = ("-n", "1" if only else WORKERS, "--dist", "loadgroup", "--cache-clear")
    beside = pytest(*workers, "-m", f"{kind}not alone", SLOWEST)
    by_itself = pytest("-m", f"{kind}alone", SLOWEST)
    codes = {beside, by_itself}
    return again() if SOME_FAILED in codes <= {0, SOME_FAILED} else beside or by_itself


def to_try_again(failed: list[str]) -> list[str]:
    """Return which of the failed tests to run once more; none if any has no excuse.

    `failed` has ids of pytest; those of a worker end with the group it is in ("@browsers").
    """
    names = sorted(re.sub(r"@\w+$", "", name) for name in failed)
    excused = all(TIMED.match(name) for name in names)
    return names if excused and len(names) <= MOST_TRIED_AGAIN else []


def again() -> int:
    """Run what failed once more where a busy machine may be why; tell what was tried."""
    names = to_try_again(list(json.loads(FAILED.read_text())))
    if not names:
        return SOME_FAILED
    print("\nOnce more, by themselves:", *names, sep="\n  ", flush=True)  # noqa: T201
    code = pytest(*names)
    if code == 0:
        print("\nPassed only at the second try:", *names, sep="\n  ")  # noqa: T201
    return code


def main() -> int:
    match sys.argv[1:]:
        case []:
            return whole()
        case ["coverage"]:
            return pytest("-n", WORKERS, "--dist", "loadgroup", "-m", "not alone", "--cov")
        case ["e2e"]:
            return whole("e2e")
        case ["e2e", *arguments]:
            return some(["-m", "e2e", *arguments])
        case arguments:
            return some(arguments)


if __name__ == "__main__":
    sys.exit(main())
