"""Production: refuses to start with anything unsafe."""

from psycopg.conninfo import conninfo_to_dict

from jamsite.settings.base import *  # noqa: F403
from jamsite.settings.base import (
    ALLOWED_HOSTS,
    ENV,
    IS_FRONT,
    SITE_URL,
    SOCKET_URL,
    STORAGES,
    TURN_URLS,
    WEB_ROLE,
)
from jamsite.settings.environment import refuse

DEBUG = False
DEVELOPMENT_PAGES = False

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-jamsite_session"
CSRF_COOKIE_NAME = "__Host-csrftoken"
DEVICE_COOKIE_NAME = "__Host-jamsite_device"
CHOICES_COOKIE_NAME = "__Host-jamsite_choices"
AGE_COOKIE_NAME = "__Host-jamsite_later"
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.trusted_proxies else None
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 * 2
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True

STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}

EMAIL_BACKEND = "integrations.mail.Backend"
EMAIL_HOST = ENV.email_host
EMAIL_PORT = ENV.email_port
EMAIL_HOST_USER = ENV.email_user
EMAIL_HOST_PASSWORD = ENV.email_password
EMAIL_USE_TLS = ENV.email_security == "starttls"
EMAIL_USE_SSL = ENV.email_security == "tls"


def _faults() -> list[str]:
    """Return why these settings must not run, one sentence each."""
    faults = []
    if ENV.debug:
        faults.append("DEBUG must be off.")
    if len(ENV.secret_key) < 50 or len(set(ENV.secret_key)) < 10:
        faults.append("SECRET_KEY must be set, at least 50 characters long and random.")
    if not SITE_URL.startswith("https://"):
        faults.append("SITE_URL must begin with https://.")
    if SOCKET_URL and not SOCKET_URL.startswith("wss://"):
        faults.append("SOCKET_URL must begin with wss:// (or be empty: same host).")
    if not ALLOWED_HOSTS or any("*" in host or host.startswith(".") for host in ALLOWED_HOSTS):
        faults.append("ALLOWED_HOSTS must name the hosts, without wildcards.")
    if not IS_FRONT and not ENV.database_url:
        faults.append("DATABASE_URL must be set.")
    if not ENV.web_database_url:
        faults.append("WEB_DATABASE_URL must be set: the wall is built for its role.")
    elif conninfo_to_dict(ENV.database_url).get("user") == WEB_ROLE:
        faults.append("WEB_DATABASE_URL must sign in as another role than DATABASE_URL does.")
    if not ENV.redis_url:
        faults.append("REDIS_URL must be set.")
    if not ENV.email_host:
        faults.append("EMAIL_HOST must be set: people confirm their address by mail.")
    if ENV.email_security == "none" and ENV.email_host not in {"127.0.0.1", "localhost"}:
        faults.append("EMAIL_SECURITY=none is only for a mail server on this machine.")
    return faults


def _outside_faults() -> list[str]:
    """Return what would go wrong with services outside."""
    faults = []
    if any(not one.server_url.startswith("https://") for one in ENV.openid_providers):
        faults.append("OPENID_PROVIDERS must have a server_url that begins with https://.")
    if TURN_URLS and len(ENV.turn_secret) < 32:
        faults.append("TURN_SECRET must have at least 32 characters when TURN_URLS is set.")
    return faults


def _erasure_faults() -> list[str]:
    """Return what an erasure could not be proved with."""
    faults = []
    if len(ENV.ledger_key) < 32:
        faults.append("LEDGER_KEY must be set, at least 32 characters long, and never changed.")
    if not ENV.receipt_keys:
        faults.append("RECEIPT_KEYS must be set (manage.py receipt_key makes one).")
    if any(not one.url.startswith("https://") for one in ENV.deletion_endpoints.values()):
        faults.append("DELETION_ENDPOINTS must begin with https://.")
    return faults


if _found := [*_faults(), *_outside_faults(), *_erasure_faults()]:
    refuse(_found)
