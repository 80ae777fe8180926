"""The TypeScript that needs no browser, tested by Node's own runner."""

import re
import subprocess
from pathlib import Path

from tests.bundles import bundle, environment

HERE = Path(__file__).parent


def test_typescript(tmp_path: Path) -> None:
    """All at once: a bundler and a runner for each file would take longer than the tests."""
    suites = sorted(HERE.glob("*.test.ts"))
    bundle(suites, tmp_path, "--platform=node", "--out-extension:.js=.mjs")
    built = sorted(tmp_path.glob("*.test.mjs"))
    assert [one.stem for one in built] == [one.stem for one in suites]
    ran = subprocess.run(
        ["node", "--test", "--test-reporter=spec", *built],
        capture_output=True, encoding="utf-8", timeout=240, check=False, env=environment(),
    )  # fmt: skip
    _, _, failed = ran.stdout.rpartition("failing tests:")
    assert ran.returncode == 0, failed[-6000:] + ran.stderr[-2000:]
    counts = dict(re.findall(r"^. (tests|pass) (\d+)$", ran.stdout, re.MULTILINE))
    assert counts["pass"] == counts["tests"]  # none was left out
    assert int(counts["tests"]) >= len(suites)
