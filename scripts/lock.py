"""Resolves the dependencies of pyproject.toml into requirements/*.lock, with hashes."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV_FALLBACK = ROOT / ".tools/uv/bin/uv"
OPTIONS = ["--universal", "--generate-hashes", "--no-header", "--python-version", "3.11"]
SETS = {
    "production.lock": ["pyproject.toml"],
    "run.lock": ["pyproject.toml", "--group", "embedded"],
    "dev.lock": ["pyproject.toml", "--group", "embedded", "--group", "dev"],
    "build.lock": ["--group", "build"],
}


def main() -> int:
    uv = shutil.which("uv") or str(UV_FALLBACK)
    for name, sources in SETS.items():
        target = ["--quiet", "--output-file", f"requirements/{name}"]
        command = [uv, "pip", "compile", *sources, *OPTIONS, *target, *sys.argv[1:]]
        done = subprocess.run(command, cwd=ROOT, check=False)  # noqa: S603
        if done.returncode != 0:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
