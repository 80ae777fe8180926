"""Production: refuses to start with anything unsafe."""

from email.utils import parseaddr

from psycopg.conninfo import conninfo_to_dict
from whitenoise.compress import Compressor

from jamsite.environment import refuse
from jamsite.settings.base import *  # noqa: F403
from jamsite.settings.base import (
    ENV,
    IS_FRONT,
    MIDDLEWARE,
    SITE_URL,
    SOCKET_URL,
    STORAGES,
    WEB_ROLE,
)

DEBUG = False
DEVELOPMENT_PAGES = False

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-jamsite_session"
CSRF_COOKIE_NAME = "__Host-csrftoken"
DEVICE_COOKIE_NAME = "__Host-jamsite_device"
CHOICES_COOKIE_NAME = "__Host-jamsite_choices"
AGE_COOKIE_NAME = "__Host-jamsite_later"
SECURE_SSL_REDIRECT = True
# TLS ends in a proxy, always: this process speaks plain HTTP to it.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
MIDDLEWARE.insert(0, "jamsite.middleware.ProxyMiddleware")
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 * 2
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True

STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}

# Source maps are for developers: packing them takes longer than all the rest.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")

EMAIL_BACKEND = "integrations.mail.Backend"
EMAIL_HOST = ENV.email_host
EMAIL_PORT = ENV.email_port
EMAIL_HOST_USER = ENV.email_user
EMAIL_HOST_PASSWORD = ENV.email_password
EMAIL_USE_TLS = ENV.email_security == "starttls"
EMAIL_USE_SSL = ENV.email_security == "tls"


def _site_faults() -> list[str]:
    """Return what is unsafe in the site itself and its addresses, one sentence each."""
    faults = []
    if ENV.debug:
        faults.append("DEBUG must be off.")
    if len(ENV.secret_key) < 50 or len(set(ENV.secret_key)) < 10:
        faults.append("SECRET_KEY must be set, at least 50 characters long and random.")
    if not SITE_URL.startswith("https://"):
        faults.append("SITE_URL must begin with https://.")
    if SOCKET_URL and not SOCKET_URL.startswith("wss://"):
        faults.append("SOCKET_URL must begin with wss:// (or be empty: same host).")
    if not ENV.trusted_proxies:
        faults.append(
            "TRUSTED_PROXIES must say how many proxies stand before the site (1 for one nginx): "
            "without it every page is sent to https for ever, and all people are one network."
        )
    hosts = ENV.allowed_hosts
    if not hosts or any("*" in host or host.startswith(".") for host in hosts):
        faults.append("ALLOWED_HOSTS must name the hosts, without wildcards.")
    return faults


def _service_faults() -> list[str]:
    """Return what is wrong with the services behind the site: database, queue, mail server."""
    faults = []
    if not IS_FRONT and not ENV.database_url:
        faults.append("DATABASE_URL must be set.")
    if not ENV.web_database_url:
        faults.append("WEB_DATABASE_URL must be set: row-level security is built for its role.")
    elif conninfo_to_dict(ENV.database_url).get("user") == WEB_ROLE:
        faults.append("WEB_DATABASE_URL must sign in as another role than DATABASE_URL does.")
    if not ENV.redis_url:
        faults.append("REDIS_URL must be set.")
    if not ENV.email_host:
        faults.append("EMAIL_HOST must be set: people confirm their address by mail.")
    if ENV.email_security == "none" and ENV.email_host not in {"127.0.0.1", "localhost"}:
        faults.append("EMAIL_SECURITY=none is only for a mail server on this machine.")
    return faults


def _told_faults() -> list[str]:
    """Return what people couldn't be told: who answers for the site, and where their data is."""
    said = ENV.model_fields_set
    faults = []
    if not ENV.operator_name.strip():
        faults.append("OPERATOR_NAME must be set: who runs this site, as the law names them.")
    if "region" not in said or not ENV.region.strip():
        faults.append("REGION must be set: where people's data is stored.")
    for name, value in (("CONTACT_EMAIL", ENV.contact_email), ("EMAIL_FROM", ENV.email_from)):
        address = parseaddr(value)[1]
        if "@" not in address or address.endswith(("@localhost", "@")):
            faults.append(f"{name} must be set to an address that can be written to.")
    return faults


def _outside_faults() -> list[str]:
    """Return what would go wrong with services outside."""
    faults = []
    if any(not provider.server_url.startswith("https://") for provider in ENV.openid_providers):
        faults.append("OPENID_PROVIDERS must have a server_url that begins with https://.")
    if ENV.turn_urls and len(ENV.turn_secret) < 32:
        faults.append("TURN_SECRET must have at least 32 characters when TURN_URLS is set.")
    if ENV.livekit_url and not ENV.livekit_url.startswith("wss://"):
        faults.append("LIVEKIT_URL must begin with wss://.")
    if ENV.livekit_url and len(ENV.livekit_api_secret) < 32:
        faults.append("LIVEKIT_API_SECRET must have at least 32 characters.")
    return faults


def _erasure_faults() -> list[str]:
    """Return what an erasure could not be proved with."""
    faults = []
    if len(ENV.ledger_key) < 32:
        faults.append("LEDGER_KEY must be set, at least 32 characters long, and never changed.")
    if not ENV.receipt_keys:
        faults.append("RECEIPT_KEYS must be set (manage.py receipt_key makes one).")
    if any(not endpoint.url.startswith("https://") for endpoint in ENV.deletion_endpoints.values()):
        faults.append("DELETION_ENDPOINTS must begin with https://.")
    return faults


if _found := [
    *_site_faults(),
    *_service_faults(),
    *_told_faults(),
    *_outside_faults(),
    *_erasure_faults(),
]:
    refuse(_found)
