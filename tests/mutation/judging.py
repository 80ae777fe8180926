"""Judges mutants: in a copy of the project, by tests in a child of a warm session, or by a pytest
of its own where the change is one of what runs while Django starts.

A test kills a mutant when it fails with it and passes without it, in the same kind of process.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit, urlunsplit

from tests.mutation.covering import Record
from tests.mutation.mutants import File, Mutant

START_SECONDS = 90  # a process of its own may take for Django, the databases and the stages
GRACE, SLOWER = 10, 5  # seconds, and times as long as recorded; then the mutant hangs in a test


class Ended(Exception):
    """A session of tests isn't there any more; the message holds the end of what it wrote."""


@dataclass(frozen=True)
class Verdict:
    """How one mutant ended: killed, survived, timeout, or uncovered (no test runs its lines).

    `by`: the test that failed; "start" where Django, the databases or the collection of tests did.
    `asked` of `covering`: how many tests were to be run, and how many run its lines.
    """

    mutant: Mutant
    end: str
    by: str = ""
    asked: int = 0
    covering: int = 0
    seconds: float = 0.0
    cold: bool = False

    @property
    def is_killed(self) -> bool:
        return self.end in {"killed", "timeout"}

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "name": self.mutant.name}

    @classmethod
    def of_json(cls, values: dict[str, Any]) -> Self:
        kept = {key: value for key, value in values.items() if key not in {"mutant", "name"}}
        return cls(Mutant(**values["mutant"]), **kept)


def copy_of(root: Path, to: Path) -> None:
    """Copy what git knows of a project, or would add; what was built is linked."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root, check=True, capture_output=True,
    ).stdout.decode()  # fmt: skip
    for name in filter(None, listed.split("\0")):
        if (root / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, to / name)
    for name in ("frontend/dist", "node_modules", ".venv", ".tools"):
        if (root / name).exists() and not (to / name).exists():
            (to / name).symlink_to((root / name).resolve())


class Judge:
    """One worker: a copy of the project, a warm session, and databases of its own."""

    def __init__(
        self, number: int, root: Path, files: dict[str, File], record: Record,
        services: dict[str, str], budget: float,
    ) -> None:  # fmt: skip
        self.folder = Path(tempfile.mkdtemp(prefix=f"jamsite-mutants-{number}-"))
        self.tree = self.folder / "tree"
        copy_of(root, self.tree)
        self.number, self.files, self.record = number, files, record
        self.services, self.budget = services, budget
        self.changes = 0
        self.passing: dict[str, bool] = {}  # in processes of their own
        self.warm: _Warm | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.warm is not None:
            self.warm.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def judge(self, mutant: Mutant) -> Verdict:
        """Return how a mutant ends; its text lies in the copy meanwhile, for what tests start."""
        begun = time.monotonic()
        file = self.files[mutant.file]
        changed = file.mutated(mutant)
        assert changed is not None
        tests, covering = self.record.asked(mutant, file.text, self.budget)
        counts = {"asked": len(tests), "covering": covering}
        if not tests:
            return Verdict(mutant, "uncovered")
        cold = self.record.runs_at_start(mutant)
        self._start()
        self._write(mutant.file, changed)
        try:
            answer = {"end": "cold"}
            if not cold:
                answer = self._in_warm(tests, mutant.file, file.text, changed)
            if answer["end"] == "cold":
                cold, answer = True, self._alone(tests)
        finally:
            self._write(mutant.file, file.text)
        if answer.get("test") and not self._passes(answer["test"], cold):
            self.record.leave_out(answer["test"])  # it fails without the mutant too
            return self.judge(mutant)
        took = round(time.monotonic() - begun, 1)
        by = answer.get("test") or answer.get("how", "")
        return Verdict(mutant, answer["end"], by, **counts, seconds=took, cold=cold)

    def _write(self, name: str, text: str) -> None:
        """Write a file with a time of its own, as compiled files are known by size and second."""
        self.changes += 1
        place = self.tree / name
        place.write_text(text)
        os.utime(place, (1_000_000_000 + self.changes,) * 2)

    def _start(self) -> None:
        """Have a warm session, begun while the copy is as the project is."""
        if self.warm is None:
            self.warm = _Warm(self.tree, self._environment("warm"), sorted(self.record.seconds))

    def _limits(self, tests: list[str]) -> dict[str, float]:
        return {one: GRACE + SLOWER * self.record.seconds.get(one, 0.0) for one in tests}

    def _in_warm(self, tests: list[str], file: str, before: str, after: str) -> dict[str, Any]:
        assert self.warm is not None
        answer = self.warm.run(self._limits(tests), file, before, after)
        if answer["end"] == "timeout":  # it may have been in the middle of what it commits
            self.warm.close()
            self.warm = None
        return answer

    def _passes(self, test: str, cold: bool) -> bool:
        """Return whether a test passes without any change, in the same kind of process."""
        if cold:
            if test not in self.passing:
                self.passing[test] = self._alone([test])["end"] == "survived"
            return self.passing[test]
        self._start()
        return self._in_warm([test], "", "", "")["end"] == "survived"

    def _alone(self, tests: list[str]) -> dict[str, Any]:
        """Run tests in a process that begins with the change; its end as the warm session tells."""
        failed = self.folder / "failed"
        failed.unlink(missing_ok=True)
        with (self.folder / "alone.log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider",
                 "-p", "tests.mutation.first_failure", *tests],
                cwd=self.tree, stdout=log, stderr=log, start_new_session=True,
                env={**self._environment("cold"), "MUTATION_FAILED": str(failed)},
            )  # fmt: skip
            try:
                code = process.wait(START_SECONDS + sum(self._limits(tests).values()))
            except subprocess.TimeoutExpired:
                return {"end": "timeout"}
            finally:
                _end(process)
        if code == 0:
            return {"end": "survived"}
        test = failed.read_text() if failed.exists() else ""
        return {"end": "killed", "how": "start", "test": test}

    def _environment(self, kind: str) -> dict[str, str]:
        """Name databases of this worker's own, for the warm session and for processes beside it."""
        number = 2 * self.number + (kind == "cold")
        named = {
            name: _named(address, f"jamsite_m{number}")
            for name, address in self.services.items()
            if name.endswith("DATABASE_URL")
        }
        data = self.folder / kind
        data.mkdir(exist_ok=True)
        return {
            **os.environ, **self.services, **named, "PYTHONPATH": str(self.tree),
            "PYTEST_XDIST_WORKER": f"gw{number}", "JAMSITE_DATA": str(data),
        }  # fmt: skip


def _named(address: str, database: str) -> str:
    return urlunsplit(urlsplit(address)._replace(path=f"/{database}"))


def _end(process: "subprocess.Popen[Any]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)  # and whatever it started
    process.wait()


class _Warm:
    """The warm session (`tests/mutation/warm_session.py`), and what it is asked."""

    def __init__(self, tree: Path, environment: dict[str, str], tests: list[str]) -> None:
        task_end, self.tasks = os.pipe()
        self.answers, answer_end = os.pipe()
        files = sorted({one.partition("::")[0] for one in tests})
        ends = {"MUTATION_TASKS": str(task_end), "MUTATION_ANSWERS": str(answer_end)}
        self.log = tree.parent / "warm.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
                 "-p", "tests.mutation.warm_session", *files],
                cwd=tree, stdout=log, stderr=log, start_new_session=True,
                pass_fds=(task_end, answer_end), env={**environment, **ends},
            )  # fmt: skip
        os.close(task_end)
        os.close(answer_end)
        self._asked, self._told = os.fdopen(self.tasks, "w"), os.fdopen(self.answers)
        self.ready = self._answer()

    def run(self, limits: dict[str, float], file: str, before: str, after: str) -> dict[str, Any]:
        """Have the tests of `limits` run in their order; each may take as many seconds."""
        task = {"tests": list(limits), "start": START_SECONDS, "limits": limits}
        task |= {"file": file, "before": before, "after": after}
        self._asked.write(json.dumps(task) + "\n")
        self._asked.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        line = self._told.readline()
        if not line:
            said = self.log.read_text().splitlines()[-20:]
            raise Ended("\n".join(["the session of tests ended by itself:", *said]))
        found: dict[str, Any] = json.loads(line)
        return found

    def close(self) -> None:
        _end(self.process)
        self._asked.close()
        self._told.close()
