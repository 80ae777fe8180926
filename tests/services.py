"""A pytest plugin that starts PostgreSQL and Valkey before Django reads its settings.

The process that was started by hand runs them, on a cluster with a migrated database
(tests/prepared.py) that each worker's own is copied from; xdist's workers inherit the addresses.
"""

import os
import tempfile
from pathlib import Path
from typing import Any

from jamsite.embedded import services
from tests import prepared

_running: Any = None

if "PYTEST_XDIST_WORKER" not in os.environ:
    _folder = Path(os.environ.get("JAMSITE_DATA") or tempfile.mkdtemp(prefix="jamsite-tests-"))
    os.environ["JAMSITE_DATA"] = str(_folder)
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        if not (_folder / "postgres").exists():
            prepared.give(_folder)
            os.environ["JAMSITE_TEST_TEMPLATE"] = "jamsite"
        _running = services.start(_folder, durable=False)
        os.environ.update(_running.environment)


def pytest_unconfigure(config: Any) -> None:
    if _running is not None:
        _running.close()
