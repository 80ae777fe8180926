"""The site as production runs it, on loopback without TLS, plus one empty view.

The API's throttles and the limit of searches stay in place, so that their cost is measured; what
they allow is out of reach.
"""

import time

from jamsite.settings.base import *  # noqa: F403
from jamsite.settings.base import CACHES, INTERNAL_HOSTS, REST_FRAMEWORK

SECRET_KEY = "not-a-secret-used-by-benches-only-0123456789-abcdefghijk"
ALLOWED_HOSTS = INTERNAL_HOSTS
ROOT_URLCONF = "bench.urls"
REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] = {"anon": "1000000000/min", "user": "1000000000/min"}


def key_in_valkey(key: str, prefix: str, version: int) -> str:
    """Return Django's own key; of searches that are counted, another every hundredth of a second.

    The window of that limit is part of the view, so the count is divided among many keys instead:
    the same commands go to Valkey, and 120 searches in one hundredth are out of reach.
    """
    if key.startswith("limit:find:"):
        key = f"{key}:{time.monotonic_ns() // 10_000_000}"
    return f"{prefix}:{version}:{key}"


CACHES["default"]["KEY_FUNCTION"] = "bench.settings.key_in_valkey"
