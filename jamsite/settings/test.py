"""Tests: real PostgreSQL and Valkey; mail in memory, bcrypt at its least cost."""

import os

from jamsite.settings.base import *  # noqa: F403
from jamsite.settings.base import CACHES, DATABASES, INTERNAL_HOSTS
from jamsite.settings.base import REDIS_URL as GIVEN_REDIS_URL

SECRET_KEY = "not-a-secret-used-by-tests-only-0123456789-abcdefghijklmnop"  # noqa: S105
LEDGER_KEY = "not-a-secret-either-0123456789-abcdefgh"
RECEIPT_KEYS = [("test", "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")]  # RFC 8037, appendix A
ALLOWED_HOSTS = [*INTERNAL_HOSTS, "testserver"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
DEVELOPMENT_PAGES = True
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
PASSWORD_HASHERS = ["tests.hashers.QuickBCrypt"]
STAFF_SECOND_STEP = False  # switched on where it is what a test is about

# Each xdist worker has its own database in PostgreSQL (pytest-django) and in Valkey (here).
_number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
REDIS_URL = CELERY_BROKER_URL = f"{GIVEN_REDIS_URL.rpartition('/')[0]}/{_number}"
CACHES["default"]["LOCATION"] = REDIS_URL
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": f"test{_number}"},
    }
}
CELERY_TASK_DEFAULT_QUEUE = f"test{_number}"

# A worker's database is a copy of one that is migrated already, where there is one.
if "JAMSITE_TEST_TEMPLATE" in os.environ:
    DATABASES["default"]["TEST"] = {"TEMPLATE": os.environ["JAMSITE_TEST_TEMPLATE"]}

# Sockets of tests ask the database on the thread that holds the test's transaction.
SOCKET_THREADS = 0

# Requests and sockets of tests run as the web's role, behind row-level security; the tests' own
# code doesn't.
ROW_SECURITY = ROW_SECURITY_ASSUMED = True
