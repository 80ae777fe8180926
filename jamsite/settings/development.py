"""Development: `make run`. Everything real but the mail, which lands in a folder."""

import secrets
from pathlib import Path

from jamsite.embedded.paths import usable_data_dir
from jamsite.settings.base import *  # noqa: F403
from jamsite.settings.base import ENV, INTERNAL_HOSTS, MAIL_DIR

DEBUG = ENV.debug  # off by default: developers meet the same error pages as everybody
ALLOWED_HOSTS = ENV.allowed_hosts or INTERNAL_HOSTS


def _remembered_secret(path: Path, length: int = 48) -> str:
    """Return a secret made once for this data folder, so that sign-ins outlive a restart."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(length))
    return path.read_text()


SECRET_KEY = ENV.secret_key or _remembered_secret(usable_data_dir() / "secret_key")
LEDGER_KEY = ENV.ledger_key or _remembered_secret(usable_data_dir() / "ledger_key")
RECEIPT_KEYS = [(key.id, key.seed) for key in ENV.receipt_keys] or [
    ("development", _remembered_secret(usable_data_dir() / "receipt_key", 32))
]
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = MAIL_DIR
STAFF_SECOND_STEP = ENV.staff_second_step  # the admin says so on every page while it is off
DEVELOPMENT_PAGES = POLICY_FOLLOWS_CODE = True
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
