"""The site as production runs it, on loopback without TLS, plus one empty view.

The API's throttles stay in place, so that their cost is measured; their limits are out of reach.
"""

from jamsite.settings.base import *  # noqa: F403
from jamsite.settings.base import INTERNAL_HOSTS, REST_FRAMEWORK

SECRET_KEY = "not-a-secret-used-by-benches-only-0123456789-abcdefghijk"
ALLOWED_HOSTS = INTERNAL_HOSTS
ROOT_URLCONF = "bench.urls"
REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] = {"anon": "1000000000/min", "user": "1000000000/min"}
