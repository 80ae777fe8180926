"""Settings that every place shares. Nothing here is safe or unsafe by itself; see production."""

from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONCE, NONE, SELF
from psycopg.conninfo import conninfo_to_dict
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

from jamsite import static_headers
from jamsite.embedded.paths import data_dir
from jamsite.embedded.services import running_urls
from jamsite.environment import read
from jamsite.settings import networks
from jamsite.settings.api import *  # noqa: F403
from jamsite.settings.jobs import *  # noqa: F403
from jamsite.settings.logs import *  # noqa: F403
from jamsite.settings.ways_in import *  # noqa: F403

# Django's generic classes take type arguments at run time as they do for the type checker.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent.parent
ENV = read()
# Each variable is the setting of its name: what it means stands with it (jamsite.environment).
# Written out below is what is made of one, or of several.
globals().update({name.upper(): value for name, value in ENV if name.upper() not in globals()})
DATA_DIR = data_dir()
_running = running_urls(DATA_DIR) or {}
# Two sign-ins to one database: its owner's for jobs and migrations, and the web's, which row-level
# security holds (docs/row-security.md). The servers of pages and sockets know themselves
# (jamsite.wsgi, asgi).
ROW_SECURITY = IS_FRONT = ENV.jamsite_front
WEB_DATABASE_URL = ENV.web_database_url or _running.get("WEB_DATABASE_URL", "")
OWNER_DATABASE_URL = ENV.database_url or _running.get("DATABASE_URL", "")
DATABASE_URL = WEB_DATABASE_URL if IS_FRONT else OWNER_DATABASE_URL
WEB_ROLE = conninfo_to_dict(WEB_DATABASE_URL).get("user", "jamsite_web")
SYSTEM_ROLE = "jamsite_system"
ROW_SECURITY_ASSUMED = False  # tests sign in as the owner and take the web's role by statement
REDIS_URL = ENV.redis_url or _running.get("REDIS_URL", "redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = REDIS_URL

INTERNAL_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
WORK_DIR = DATA_DIR / "work"
MAIL_DIR = DATA_DIR / "mail"
DEVELOPMENT_PAGES = False

SITE_NAME = "Jamsite"
SITE_URL = ENV.site_url.rstrip("/")
SOCKET_URL = ENV.socket_url.rstrip("/")
OPERATOR_NAME = ENV.operator_name or SITE_NAME
DEBUG = False
ROOT_URLCONF = "jamsite.urls"
WSGI_APPLICATION = "jamsite.wsgi.application"
ASGI_APPLICATION = "jamsite.asgi.application"

INSTALLED_APPS = [
    "foundation",
    "privacy",
    "accounts",
    "schools",
    "bands",
    "sessions_app",
    "messaging",
    "community",
    "jamsite.apps.StaffAdminConfig",  # django.contrib.admin with our site
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.humanize",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.apple",
    "allauth.socialaccount.providers.facebook",
    "allauth.socialaccount.providers.google",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.twitter_oauth2",
    "accounts.sign_in.usersessions.SignInsConfig",
    "allauth.headless",
    "allauth.mfa",
    "channels",
    "csp",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django.forms",  # so that templates/django/forms/ come before its own
    "jamsite",  # last: it knows every app, and has the last word in the admin
]

MIDDLEWARE = [
    "foundation.database_identity.NobodyMiddleware",  # outermost: every request begins as nobody
    "django.middleware.security.SecurityMiddleware",
    "jamsite.middleware.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "accounts.identity.signed_in.SignInMiddleware",  # the web session, by cookie or token
    "django.middleware.locale.LocaleMiddleware",
    "jamsite.middleware.SlashMiddleware",  # Django's CommonMiddleware, for bodies too
    "accounts.identity.signed_in.CsrfMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.identity.signed_in.ViewerMiddleware",
    "accounts.identity.services.last_use.LastUseMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "privacy.telemetry.middleware.ChoicesMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "jamsite.middleware.LeavingMiddleware",
    "jamsite.middleware.ClockMiddleware",
    "schools.middleware.ChildrenMiddleware",
    "foundation.middleware.InputMiddleware",
    "accounts.sign_in.middleware.OutsideApps",
    "jamsite.suspended.SuspendedMiddleware",
    "jamsite.middleware.ErrorPagesMiddleware",
    "accounts.sign_in.middleware.EntranceLimits",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "accounts.context.me",
                "jamsite.context.site",
            ],
            "builtins": [
                "foundation.templatetags.components",
                "privacy.templatetags.audience_tags",
                "sessions_app.templatetags.lists",
                "jamsite.templatetags.frame",
            ],
        },
    }
]
FORM_RENDERER = "foundation.form_renderer.Renderer"
FORMS_URLFIELD_ASSUME_HTTPS = True  # the rule from Django 6.0 on

DATABASES: dict[str, Any] = {
    "default": {
        "ENGINE": "foundation.postgres",
        "NAME": conninfo_to_dict(DATABASE_URL).get("dbname", "jamsite"),
        # The pool looks before it hands a connection out: PostgreSQL may have been restarted.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **{k: v for k, v in conninfo_to_dict(DATABASE_URL).items() if k != "dbname"},
            "pool": {"min_size": 1, "max_size": max(12, ENV.socket_threads + 4), "timeout": 10},
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# While Valkey is away a request must not wait for it: one more try at once, and no pause.
VALKEY_PATIENCE = {
    "socket_connect_timeout": 1,
    "socket_timeout": 2,
    "retry": Retry(NoBackoff(), 1),
}
CACHES = {
    "default": {
        "BACKEND": "foundation.cache.ForgivingCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": VALKEY_PATIENCE,
    }
}
CHANNEL_LAYERS = {
    "default": {
        # Pub/sub delivers bursts whole; the list-based layer dropped a third of them.
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {
            "hosts": [
                {
                    "address": REDIS_URL,
                    "socket_connect_timeout": 1,
                    "retry": AsyncRetry(NoBackoff(), 1),
                }
            ],
            "prefix": "jamsite",
        },
    }
}

# Sign-up and sign-in -----------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.sign_in.backends.Backend"]
PASSWORD_HASHERS = ["accounts.identity.hashers.BCrypt"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.sign_in.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "accounts.networks.adapter.SocialAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
ACCOUNT_FORMS = {
    "login": "accounts.sign_in.forms.sign_up.SignInForm",
    "signup": "accounts.sign_in.forms.sign_up.SignUpForm",
    "add_email": "accounts.sign_in.forms.sign_up.AddressForm",
    "reset_password": "accounts.sign_in.forms.sign_up.ResetForm",
}
SOCIALACCOUNT_FORMS = {"signup": "accounts.networks.forms.NetworkSignUpForm"}
ACCOUNT_SIGNUP_FORM_HONEYPOT_FIELD = "website"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""  # privacy.notices puts one before every letter's subject
ACCOUNT_USERNAME_MIN_LENGTH = 3
ACCOUNT_USERNAME_BLACKLIST = ["admin", "root", "jamsite", "support", "privacy", "moderator", "me"]
ACCOUNT_DEFAULT_HTTP_PROTOCOL = SITE_URL.split(":")[0]
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_EMAIL_NOTIFICATIONS = True  # told by accounts.security.guarding, in the product too
STAFF_SECOND_STEP = True
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5  # seconds; integrations.fetching bounds the whole answer too
SOCIALACCOUNT_PROVIDERS = networks.providers(ENV)
NETWORK_URLS = networks.urls(ENV)
USERSESSIONS_TRACK_ACTIVITY = False
MFA_ADAPTER = "accounts.sign_in.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["webauthn", "totp", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = SITE_NAME
ALLAUTH_TRUSTED_PROXY_COUNT = ENV.trusted_proxies
REST_FRAMEWORK = REST_FRAMEWORK | {"NUM_PROXIES": ENV.trusted_proxies}  # noqa: F405

# Usernames are unique whatever their case, which a functional constraint says, not the field.
# W003: our own middleware is Django's with one check more (foundation.origins).
SILENCED_SYSTEM_CHECKS = ["auth.W004", "security.W003"]

# Cookies: essential ones, first-party ---------------------------------------------
SESSION_ENGINE = "accounts.sign_in.web_sessions"
SESSION_COOKIE_NAME = "jamsite_session"
DEVICE_COOKIE_NAME = "jamsite_device"  # tells a browser one signed in with before
CHOICES_COOKIE_NAME = "jamsite_choices"  # of visitors, after they chose something
AGE_COOKIE_NAME = "jamsite_later"  # of visitors who were too young, for a day
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False  # our own scripts read it to sign uploads
CSRF_FAILURE_VIEW = "jamsite.views.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LANGUAGE_COOKIE_SAMESITE = "Lax"

# Headers ----------------------------------------------------------------------------
_socket_sources = [SOCKET_URL] if SOCKET_URL else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "media-src": [SELF, "blob:"],
        "connect-src": [SELF, *_socket_sources],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, *networks.origins(ENV)],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Files ------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(ENV.static_root) if ENV.static_root else BASE_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "frontend" / "dist", BASE_DIR / "frontend" / "public"]
WHITENOISE_ADD_HEADERS_FUNCTION = static_headers.add
MEDIA_ROOT = Path(ENV.media_root) if ENV.media_root else DATA_DIR / "media"
MEDIA_URL = "/no-direct-media/"  # files are reachable through privacy.sharing.media alone
STORAGES: dict[str, Any] = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    },
    "backups": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": ENV.backup_dir or DATA_DIR / "backups",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

# Mail -------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.email_from
EMAIL_TIMEOUT = 10

# Language and time --------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

# What we keep and owe -------------------------------------------------------------------
POLICY_FOLLOWS_CODE = False  # staff post what a deployment says; development just shows it
# Outside the database, best on another disk: a restored backup reads there who was erased since.
LEDGER_PATH = Path(ENV.ledger_path) if ENV.ledger_path else DATA_DIR / "ledger" / "erasures.jsonl"
RECEIPT_KEYS = [(key.id, key.seed) for key in ENV.receipt_keys]  # the first one signs
DELETION_ENDPOINTS = {
    name: endpoint.model_dump() for name, endpoint in ENV.deletion_endpoints.items()
}

# Live ---------------------------------------------------------------------------------
ROOM_SCRIPTS = {  # data attribute of <jam-room>: built file
    "worker-audio": "jam-audio.worker.js",
    "worker-store": "jam-store.worker.js",
    "worker-track": "jam-track.worker.js",
    "worklet-capture": "jam-capture.worklet.js",
    "worklet-playout": "jam-playout.worklet.js",
}
SFU_SCRIPT = "jam-sfu.js"  # the same, of rooms whose sound goes through a media server
