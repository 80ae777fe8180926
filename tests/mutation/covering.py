"""Which tests run the lines of a mutant, and which of them are asked, in which order.

What a run of the tests recorded (`tests/mutation/recording.py`) is kept for each test file, with a
hash of the code and of that file: only those that changed are run anew.
"""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any

from tests.apps import APPS
from tests.mutation.mutants import Mutant

IMPORT = "import"
_NAME = re.compile(r"^([A-Za-z_]\w*)\s*(?::[^=]+)?=|^(?:def|class)\s+([A-Za-z_]\w*)")


@dataclass
class Record:
    """Of each test, the lines that it runs; of each test, the seconds that it takes.

    `lines`: file → line → tests. `started`: lines that run while Django starts. `uses`: file →
    names that it binds at its outermost level → where else the code says that name.
    """

    lines: dict[str, dict[int, set[str]]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    started: dict[str, set[int]] = field(default_factory=dict)
    uses: dict[str, dict[str, list[tuple[str, int]]]] = field(default_factory=dict)

    def add(self, recorded: Mapping[str, Any]) -> None:
        passed = {name: one for name, one in recorded["tests"].items() if "failed" not in one}
        self.seconds |= {name: one["seconds"] for name, one in passed.items()}
        for file, lines in recorded["import"].items():
            self.started.setdefault(file, set()).update(lines)
        for test, files in recorded["lines"].items():
            for file, lines in files.items() if test in passed else ():
                for line in lines:
                    self.lines.setdefault(file, {}).setdefault(line, set()).add(test)

    def leave_out(self, test: str) -> None:
        self.seconds.pop(test, None)
        for lines in self.lines.values():
            for tests in lines.values():
                tests.discard(test)

    def runs_at_start(self, mutant: Mutant) -> bool:
        """Return whether a mutant's lines run before any test does."""
        return not self.started.get(mutant.file, set()).isdisjoint(_lines(mutant))

    def covering(self, mutant: Mutant, text: str) -> set[str]:
        """Return the tests that run a mutant's lines.

        For what runs at the start, also those that run a line that names it; where that too runs at
        the start only, all that run anything of the file.
        """
        own = self.lines.get(mutant.file, {})
        found = set[str]().union(*(own.get(line, ()) for line in _lines(mutant)))
        if self.runs_at_start(mutant):
            for file, line in self.uses.get(mutant.file, {}).get(_bound(text, mutant), []):
                found |= self.lines.get(file, {}).get(line, set())
            found = found or set[str]().union(*own.values())
        return found

    def asked(self, mutant: Mutant, text: str, budget: float) -> tuple[list[str], int]:
        """Return the tests to ask, those of `budget` seconds, and how many there are in all.

        One test file after the other gives its quickest; of the files, those come first whose tests
        run little else than the mutant's file, then the quick ones.
        """
        by_file: dict[str, list[str]] = {}
        there = self.covering(mutant, text)
        for test in sorted(there, key=lambda one: (self.seconds[one], one)):
            by_file.setdefault(test.partition("::")[0], []).append(test)
        order = sorted(by_file, key=lambda one: (-self._focus(by_file[one], mutant.file), one))
        chosen: list[str] = []
        spent = 0.0
        for row in zip_longest(*(by_file[one] for one in order)):
            for test in row:
                if test is not None and (not chosen or spent + self.seconds[test] <= budget):
                    chosen.append(test)
                    spent += self.seconds[test]
        return chosen, len(there)

    def _focus(self, tests: Iterable[str], file: str) -> float:
        """Return how much of what tests run, of all that is mutated, lies in one file."""
        if not hasattr(self, "_counts"):
            self._counts: dict[str, dict[str, int]] = {}
            for name, lines in self.lines.items():
                for among in lines.values():
                    for test in among:
                        counts = self._counts.setdefault(test, {})
                        counts[name] = counts.get(name, 0) + 1
        shares = [self._counts[one].get(file, 0) / sum(self._counts[one].values()) for one in tests]
        return round(max(shares), 2)


def _lines(mutant: Mutant) -> range:
    return range(mutant.first, mutant.last + 1)


def _bound(text: str, mutant: Mutant) -> str:
    """Return the outermost name whose definition a mutant is part of."""
    lines = reversed(text.splitlines()[: mutant.line])
    return next(filter(None, map(_bound_by, lines)), "")


def _bound_by(line: str) -> str:
    found = _NAME.match(line)
    return (found[1] or found[2]) if found else ""


def uses(root: Path, files: Iterable[str]) -> dict[str, dict[str, list[tuple[str, int]]]]:
    """Return where the code of all apps says a name that one of the files binds."""
    whose: dict[str, set[str]] = {}
    for file in files:
        for name in map(_bound_by, (root / file).read_text().splitlines()):
            whose.setdefault(name, set()).add(file)
    whose.pop("", None)
    found: dict[str, dict[str, list[tuple[str, int]]]] = {}
    for place, number, word in _words(root):
        for file in whose.get(word, ()):
            found.setdefault(file, {}).setdefault(word, []).append((place, number))
    return found


def _words(root: Path) -> Iterator[tuple[str, int, str]]:
    """Yield each word of the code of all apps, once a line, with its file and line."""
    for app in APPS:
        for path in sorted((root / app).rglob("*.py")):
            name = str(path.relative_to(root))
            for number, line in enumerate(path.read_text().splitlines(), start=1):
                for word in sorted(set(re.findall(r"\w+", line))):
                    yield name, number, word


# The record, kept ---------------------------------------------------------------------------


def digest(root: Path, test_file: str) -> str:
    """Return a hash of the code, of what tests share, and of one test file."""
    found = hashlib.sha256()
    for folder in (*APPS, "tests"):
        for path in sorted((root / folder).rglob("*.py")):
            name = str(path.relative_to(root))
            shared = not path.name.startswith("test_") and "/mutation/" not in name
            if shared or name == test_file:
                found.update(name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:24]


def record(
    root: Path, kept: Path, files: Iterable[str], tests: Iterable[str],
    environment: Mapping[str, str], say: Any,
) -> Record:  # fmt: skip
    """Return what tests run, recorded anew for the test files that aren't as they were."""
    kept.mkdir(parents=True, exist_ok=True)
    used = uses(root, files)
    places = {one: kept / f"{_dotted(one)}-{digest(root, one)}.json" for one in tests}
    stale = [one for one, place in places.items() if not place.exists()]
    if stale:
        say(f"recording which lines {len(stale)} test files run …")
        _run(root, kept, stale, _wanted(files, used), environment)
        _keep(json.loads((kept / "record.json").read_text()), {one: places[one] for one in stale})
    found = Record(uses=used)
    for place in places.values():
        found.add(json.loads(place.read_text()))
    return found


def _dotted(file: str) -> str:
    return file.removesuffix(".py").replace("/", ".")


def _wanted(
    files: Iterable[str], used: dict[str, dict[str, list[tuple[str, int]]]]
) -> dict[str, list[int] | None]:
    wanted: dict[str, Any] = {}
    for names in used.values():
        for places in names.values():
            for file, line in places:
                wanted.setdefault(file, set()).add(line)
    return {**{name: sorted(lines) for name, lines in wanted.items()}, **dict.fromkeys(files)}


def _run(
    root: Path, kept: Path, tests: list[str], wanted: Any, environment: Mapping[str, str]
) -> None:
    (kept / "wanted.json").write_text(json.dumps(wanted))
    paths = {"MUTATION_RECORD": kept / "record.json", "MUTATION_WANTED": kept / "wanted.json"}
    with (kept / "record.log").open("w") as log:
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
             "-p", "tests.mutation.recording", *tests],
            cwd=root, stdout=log, stderr=log, check=False,
            env={**os.environ, **environment, **{name: str(path) for name, path in paths.items()}},
        )  # fmt: skip
    if not (kept / "record.json").exists():
        raise SystemExit(f"the tests could not be recorded: see {kept / 'record.log'}")


def _keep(recorded: dict[str, Any], places: dict[str, Path]) -> None:
    for file, place in places.items():
        for old in place.parent.glob(f"{_dotted(file)}-*.json"):
            old.unlink()
        own = {
            "import": recorded["import"],
            "tests": {k: v for k, v in recorded["tests"].items() if k.startswith(f"{file}::")},
            "lines": {k: v for k, v in recorded["lines"].items() if k.startswith(f"{file}::")},
        }
        place.write_text(json.dumps(own))
    (places[file].parent / "record.json").unlink()
