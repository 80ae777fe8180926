"""Development: `make run`. Everything real but the mail, which lands in a folder."""

import secrets
from pathlib import Path

from jamsite.settings.base import *  # noqa: F403
from jamsite.settings.base import DATA_DIR, ENV, INTERNAL_HOSTS, MAIL_DIR

DEBUG = True
ALLOWED_HOSTS = ENV.allowed_hosts or INTERNAL_HOSTS


def _remembered_secret(path: Path) -> str:
    """Return a secret made once for this data folder, so that sign-ins outlive a restart."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text()


SECRET_KEY = ENV.secret_key or _remembered_secret(DATA_DIR / "secret_key")
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = MAIL_DIR
DEVELOPMENT_PAGES = True
