"""`make mutate`: changes one small thing of the gate, the limits or a purge, and asks the tests.

    python -m tests.mutation --seed 7 --sample 200

Each mutant of a seeded sample is judged by the tests that run its lines. A table says how each
ended; the share that was killed leaves out those that are known to change nothing
(`equivalents.toml`). Results go to `.data/mutation/results.json`.
"""

import argparse
import contextlib
import json
import os
import queue
import sys
import tempfile
import time
import tomllib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from jamsite.embedded import services
from tests import prepared
from tests.mutation import covering, targets
from tests.mutation.judging import Judge, Verdict
from tests.mutation.mutants import File, Mutant, read, sample

KEPT = targets.ROOT / ".data" / "mutation"
RESULTS = KEPT / "results.json"
EQUIVALENTS = Path(__file__).with_name("equivalents.toml")


def say(text: str) -> None:
    sys.stdout.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stdout.flush()


def wanted(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutate", description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1, help="of the sample")
    parser.add_argument("--sample", type=int, default=200, help="how many mutants are judged")
    parser.add_argument("--budget", type=float, default=30, help="seconds of tests for a mutant")
    parser.add_argument("--workers", type=int, default=1, choices=(1, 2))
    parser.add_argument("--files", nargs="*", default=targets.files(), help="what is changed")
    parser.add_argument("--tests", nargs="*", default=targets.TESTS, help="test files to ask")
    parser.add_argument("--only", nargs="*", default=[], help="names of mutants, as in the table")
    parser.add_argument(
        "--again", action="store_true", help="only those of the last run that were left"
    )
    return parser.parse_args(arguments)


def chosen(wish: argparse.Namespace, files: dict[str, File]) -> list[Mutant]:
    everything = [one for file in files.values() for one in file.mutants()]
    if wish.only or wish.again:
        known = equivalents()
        left = [one for one in last(wish) if not one.is_killed and not is_known(one, known)]
        names = {*wish.only, *(one.mutant.name for one in left)}
        return [one for one in everything if one.name in names]
    return sample(
        everything, wish.sample, wish.seed,
        lambda one: files[one.file].mutated(one) is not None,
    )  # fmt: skip


def last(wish: argparse.Namespace) -> list[Verdict]:
    """Return the verdicts of the last run, where they are to be completed."""
    if not wish.again:
        return []
    return [Verdict.of_json(one) for one in json.loads(RESULTS.read_text())["mutants"]]


def equivalents() -> set[tuple[str, str]]:
    """Return the changes that are known to change nothing, by file."""
    known = tomllib.loads(EQUIVALENTS.read_text()) if EQUIVALENTS.exists() else {}
    return {(one["file"], one["change"]) for one in known.get("equivalent", [])}


def judge_all(
    judges: list[Judge], mutants: list[Mutant], before: list[Verdict], seed: int
) -> list[Verdict]:
    """Judge all, each worker taking the next; they are told and kept as they come.

    Verdicts of `before` stand for the mutants that aren't judged again.
    """
    waiting: queue.SimpleQueue[Mutant] = queue.SimpleQueue()
    for one in mutants:
        waiting.put(one)
    found: list[Verdict] = []

    def all_of_them() -> list[Verdict]:
        judged = {one.mutant.name for one in found}
        return [*(one for one in before if one.mutant.name not in judged), *found]

    def work(judge: Judge) -> None:
        with judge, contextlib.suppress(queue.Empty):
            while True:
                mutant = waiting.get_nowait()
                found.append(judge.judge(mutant))
                keep(all_of_them(), seed)
                say(f"{len(found):4}/{len(mutants)} {line(found[-1])}")

    with ThreadPoolExecutor(len(judges)) as pool:
        list(pool.map(work, judges))
    return all_of_them()


def line(one: Verdict) -> str:
    how = f"by {one.by}" if one.by else f"{one.asked} of {one.covering} tests"
    return (
        f"{one.end:<9} {one.seconds:6.1f}s {'cold' if one.cold else 'warm'} {one.mutant.name}"
        f"  {one.mutant.change}  [{how}]"
    )


def told(verdicts: list[Verdict], seed: int) -> str:
    """Return the table by operator, those that nobody killed, and the share."""
    known = equivalents()
    same = [one for one in verdicts if is_known(one, known)]
    counted = [one for one in verdicts if one not in same]
    kinds = sorted({one.mutant.operator for one in counted})
    rows = [f"{'operator':<34}{'mutants':>8}{'killed':>8}{'timeout':>8}{'left':>6}"]
    for kind in kinds:
        ends = Counter(one.end for one in counted if one.mutant.operator == kind)
        left = ends["survived"] + ends["uncovered"]
        rows.append(f"{kind:<34}{ends.total():>8}{ends['killed']:>8}{ends['timeout']:>8}{left:>6}")
    left_over = [one for one in counted if not one.is_killed]
    killed = len(counted) - len(left_over)
    rows += ["", *(line(one) for one in left_over), ""]
    share = 100 * killed / len(counted) if counted else 100.0
    seconds = sum(one.seconds for one in verdicts) / max(1, len(verdicts))
    rows.append(
        f"seed {seed}: {killed} of {len(counted)} mutants killed, {share:.1f} %; "
        f"{len(same)} more change nothing; {seconds:.1f} s each"
    )
    return "\n".join(rows)


def is_known(one: Verdict, known: set[tuple[str, str]]) -> bool:
    return not one.is_killed and (one.mutant.file, one.mutant.change) in known


def keep(verdicts: list[Verdict], seed: int) -> None:
    results = {"seed": seed, "mutants": [one.as_json() for one in verdicts]}
    RESULTS.write_text(json.dumps(results, indent=1))


def main(arguments: list[str]) -> int:
    wish = wanted(arguments)
    files = read(targets.ROOT, wish.files)
    mutants = chosen(wish, files)
    say(f"seed {wish.seed}: {len(mutants)} mutants of {len(files)} files")
    with tempfile.TemporaryDirectory(prefix="jamsite-mutation-") as folder:
        prepared.give(Path(folder))
        with services.start(Path(folder), durable=False, environment={}) as running:
            environment = {**running.environment, "JAMSITE_TEST_TEMPLATE": "jamsite"}
            record = covering.record(
                targets.ROOT, KEPT, wish.files, wish.tests,
                {**environment, "JAMSITE_DATA": folder}, say,
            )  # fmt: skip
            say(f"{len(record.seconds)} tests, {sum(record.seconds.values()):.0f} s")
            judges = [
                Judge(number, targets.ROOT, files, record, environment, wish.budget)
                for number in range(wish.workers)
            ]
            verdicts = judge_all(judges, mutants, last(wish), wish.seed)
    sys.stdout.write("\n" + told(verdicts, wish.seed) + "\n")
    return 0


if __name__ == "__main__":
    os.chdir(targets.ROOT)
    sys.exit(main(sys.argv[1:]))
