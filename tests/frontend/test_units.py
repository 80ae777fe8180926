"""The TypeScript that needs no browser, tested by Node's own runner."""

import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.mark.parametrize("suite", sorted(HERE.glob("*.test.ts")), ids=lambda path: path.stem)
def test_typescript(suite: Path, tmp_path: Path) -> None:
    bundle = tmp_path / f"{suite.stem}.mjs"
    subprocess.run(
        [ROOT / "node_modules/.bin/esbuild", str(suite), "--bundle", "--platform=node",
         "--format=esm", f"--outfile={bundle}", "--log-level=warning"],
        check=True, timeout=120,
    )  # fmt: skip
    ran = subprocess.run(
        ["node", "--test", str(bundle)], capture_output=True, text=True, timeout=240, check=False
    )
    assert ran.returncode == 0, ran.stdout[-6000:]
