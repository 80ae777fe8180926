"""What Jamsite reads from the environment, with types, checked at start."""

import base64
import ipaddress
import json
import os
import sys
from typing import Annotated, Any, Literal, NoReturn

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

CommaList = Annotated[list[str], NoDecode]


# Sign-in networks with variables of their own: each is on with all of its variables, off with none.
NETWORKS = {
    "facebook": ("facebook_app_id", "facebook_secret"),
    "google": ("google_client_id", "google_secret"),
    "apple": ("apple_client_id", "apple_team_id", "apple_key_id", "apple_private_key"),
    "x": ("x_client_id", "x_secret"),
}
LIVEKIT = ("livekit_url", "livekit_api_key", "livekit_api_secret", "livekit_region")
TAKEN_IDS = {*NETWORKS, "twitter_oauth2", "openid_connect", "3rdparty"}


class OpenIdProvider(BaseModel):
    """One OpenID Connect provider that people may sign in with.

    - `verifies_addresses`: its word that an address is verified is taken for new accounts.
    - `login_origins`: where its sign-in page is, if on other hosts than `server_url`.
    - `picture_hosts`: where its pictures may be fetched from, besides its own host.
    """

    id: str = Field(pattern=r"^[a-z0-9-]{1,30}$")
    name: str = Field(min_length=1, max_length=40)
    client_id: str = Field(min_length=1)
    secret: str
    server_url: str = Field(pattern=r"^https?://[^/]+")
    scopes: list[str] = ["openid", "profile", "email"]
    verifies_addresses: bool = False
    login_origins: list[Annotated[str, Field(pattern=r"^https?://[^/]+$")]] = []
    picture_hosts: list[str] = []

    @field_validator("id")
    @classmethod
    def free(cls, value: str) -> str:
        if value in TAKEN_IDS:
            raise ValueError(f"{value} names another network; choose another id")
        return value


class DeletionEndpoint(BaseModel):
    """Where one outside service takes deletion orders (docs/deletion-orders.md)."""

    url: str = Field(pattern=r"^https?://")
    secret: str = Field(min_length=32)


class ReceiptKey(BaseModel):
    """An Ed25519 key that signs receipts: its name and its seed, 32 bytes in base64url."""

    id: str = Field(pattern=r"^[A-Za-z0-9-]{1,40}$")
    seed: str

    @field_validator("seed")
    @classmethod
    def whole(cls, value: str) -> str:
        if len(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))) != 32:
            raise ValueError("a seed has 32 bytes")
        return value


# Variables that are read before these, or by other programs: what the documents say of them.
OUTSIDE = {
    "JAMSITE_DATA": ("the data folder", "`.data`"),
    "DJANGO_SETTINGS_MODULE": (
        "`jamsite.settings.production` where people are; else development",
        "`jamsite.settings.development`",
    ),
    "PG_BIN": ("folder of PostgreSQL's programs (`pg_dump`, `pg_restore`)", "those of the wheel"),
}


class Environment(BaseSettings):
    """Every variable: its type, bounds, default and meaning.

    In capitals its name is the environment's and the setting's. Nothing else names one but what
    uses it; the table of docs/operations.md is written from here (`scripts/documents.py`).
    """

    # Written down and left empty is not set, as in a file that lists them all.
    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    debug: bool = Field(default=False, description="Django's own error pages; development only")
    secret_key: str = Field(
        default="", description="at least 50 random characters; development makes one and keeps it"
    )
    database_url: str = Field(
        default="",
        description="PostgreSQL 15 or newer, as the tables' owner; empty: started from a wheel",
    )
    web_database_url: str = Field(
        default="",
        description="the same database, as the web's own role; pages and sockets need this alone",
    )
    jamsite_front: bool = Field(
        default=False, description="set by the servers of pages and sockets themselves"
    )
    redis_url: str = Field(
        default="", description="Valkey or Redis 7 or newer; empty: started from a wheel"
    )
    valkey_rewrite: bool = Field(
        default=True,
        description="have Valkey write its log on disk anew each hour and with each erasure; off"
        " only for a service that allows no such command and keeps no log for longer than a day",
    )
    site_url: str = Field(
        default="http://127.0.0.1:8000",
        description="address of the site, as people see it; letters and links come from it",
    )
    socket_url: str = Field(default="", description="where /ws/ is served; empty: same as the site")
    allowed_hosts: CommaList = Field(
        default=[], description="hosts that the site answers to, without wildcards"
    )
    own_client_ids: Annotated[list[Annotated[str, Field(min_length=32)]], NoDecode] = Field(
        default=[], description="ids that your own apps send; all others are other people's apps"
    )
    static_root: str = Field(default="", description="where collectstatic puts the static files")
    media_root: str = Field(
        default="", description="folder of sound and pictures; empty: `media` in the data folder"
    )
    media_accel_prefix: str = Field(
        default="",
        description="the proxy's internal place of that folder (`X-Accel-Redirect`); empty: the web"
        " server sends files itself",
    )
    operator_name: str = Field(
        default="", description="who runs this site, as the law names them; shown in the policy"
    )
    region: str = Field(
        default="not stated", description="where data is stored; shown in the policy"
    )
    contact_email: str = Field(
        default="privacy@localhost",
        description="whom to write to about data; alarms of the desk go there too",
    )
    support_email: str = Field(
        default="", description="whom to write to about anything else; empty: `CONTACT_EMAIL`"
    )

    email_host: str = Field(
        default="", description="the mail server; development keeps letters in a folder instead"
    )
    email_port: int = Field(default=587, ge=1, le=65535, description="its port")
    email_user: str = Field(default="", description="the name to sign in there with")
    email_password: str = Field(default="", description="the password to sign in there with")
    email_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="`starttls`, `tls`, or `none` (on this machine alone)"
    )
    email_from: str = Field(
        default="Jamsite <noreply@localhost>", description="what letters come from"
    )

    erasure_grace_days: float = Field(
        default=14, ge=0, le=28, description="days between leaving and the purge"
    )
    policy_notice_days: int = Field(
        default=30, ge=1, le=365, description="between telling of a material change and its day"
    )
    control_notice_days: int = Field(
        default=60, ge=30, le=365, description="the same for a change of control; time to leave"
    )

    # How long things are kept, in days; told on the policy page and to each person.
    retention_ip_days: int = Field(
        default=7, ge=1, le=30, description="days until network addresses of sign-ins are shortened"
    )
    retention_sign_ins_days: int = Field(
        default=90, ge=31, le=365, description="days that are kept: ended sign-ins"
    )
    retention_devices_days: int = Field(
        default=180, ge=30, le=365, description="days that are kept: browsers that are known"
    )
    retention_safety_days: int = Field(
        default=365,
        ge=90,
        le=730,
        description="days that are kept: the log of what happened to an account",
    )
    retention_unverified_days: int = Field(
        default=14,
        ge=3,
        le=60,
        description="days that are kept: accounts whose address nobody confirmed",
    )
    retention_inactive_days: int = Field(
        default=730, ge=365, le=1825, description="days that are kept: accounts that nobody uses"
    )
    retention_exports_days: int = Field(
        default=7, ge=1, le=30, description="days that are kept: finished copies"
    )
    retention_takes_days: int = Field(
        default=7, ge=1, le=30, description="days that are kept: unfinished recordings"
    )
    retention_invites_days: int = Field(
        default=30, ge=1, le=90, description="days that are kept: invitations that are over"
    )
    retention_room_words_days: int = Field(
        default=90,
        ge=7,
        le=365,
        description="days after a session that are kept: its chat, notes and set list",
    )
    retention_notices_days: int = Field(
        default=180, ge=30, le=730, description="days that are kept: notices"
    )
    retention_names_days: int = Field(
        default=730, ge=365, le=3650, description="days that are kept: usernames that were given up"
    )
    retention_erasures_days: int = Field(
        default=1095, ge=365, le=3650, description="days that are kept: records of erasures"
    )
    retention_staff_log_days: int = Field(
        default=730,
        ge=90,
        le=1825,
        description="days that are kept: the log of what staff looked at",
    )
    retention_logs_days: int = Field(
        default=14, ge=1, le=60, description="days that are kept: log files"
    )

    storage_gb_per_person: float = Field(
        default=20, ge=1, le=10_000, description="how much of their own sound a person may keep"
    )
    room_empty_minutes: int = Field(
        default=30, ge=5, le=1440, description="a room with nobody in it closes after so long"
    )
    room_kept_days: int = Field(
        default=7, ge=1, le=30, description="the longest that a host can keep an empty room open"
    )
    usage_min_people: int = Field(
        default=10, ge=5, description="fewest people that a published number may describe"
    )
    backup_life_days: int = Field(default=30, ge=1, le=58, description="days that a backup is kept")
    ledger_path: str = Field(default="", description="file of the ledger of erasures")
    ledger_key: str = Field(
        default="", description="key of that ledger, 32 characters or more; never change it"
    )
    receipt_keys: Annotated[list[ReceiptKey], NoDecode] = Field(
        default=[],
        description="`id:seed,…`, the one that signs first (`manage.py receipt_key` makes one; keep"
        " the old ones)",
    )
    deletion_endpoints: dict[str, DeletionEndpoint] = Field(
        default={},
        description="JSON `{provider: {url, secret}}`, see [protocol](deletion-orders.md)",
    )
    deletion_order_days: int = Field(
        default=30, ge=1, le=90, description="days in which a provider has to confirm a deletion"
    )
    backup_dir: str = Field(
        default="", description="where backups go; empty: `backups` in the data folder"
    )
    backup_recipients: CommaList = Field(
        default=[], description="age public keys that backups are sealed for; none: no backups"
    )
    openid_providers: Annotated[list[OpenIdProvider], NoDecode] = Field(
        default=[],
        description="JSON list of `{id, name, client_id, secret, server_url}`; also"
        " `scopes`, `verifies_addresses`, `login_origins`, `picture_hosts`",
    )
    facebook_app_id: str = Field(default="", description='Facebook; see "Sign-in networks"')
    facebook_secret: str = Field(default="", description="Facebook")
    facebook_scopes: CommaList = Field(
        default=["email", "public_profile"], description="what Facebook is asked for"
    )
    facebook_version: str = Field(
        default="v23.0", pattern=r"^v\d+\.\d+$", description="version of its Graph API"
    )
    google_client_id: str = Field(default="", description="Google")
    google_secret: str = Field(default="", description="Google")
    apple_client_id: str = Field(default="", description="the Services ID")
    apple_team_id: str = Field(default="", description="Apple: the team")
    apple_key_id: str = Field(default="", description="Apple: the key")
    apple_private_key: str = Field(default="", description="PEM; line ends may be written as \\n")
    x_client_id: str = Field(default="", description="X (OAuth 2.0)")
    x_secret: str = Field(default="", description="X")

    socket_threads: int = Field(
        default=8, ge=1, le=32, description="threads of a socket process that ask the database"
    )
    stun_urls: CommaList = Field(default=[], description="helpers for connections between players")
    turn_urls: CommaList = Field(
        default=[], description="relays for players: with them addresses stay hidden"
    )
    turn_addresses: CommaList = Field(
        default=[], description="addresses that the relays relay from: no other is passed on"
    )
    turn_secret: str = Field(
        default="", description="the secret shared with the relays, 32 characters or more"
    )

    livekit_url: str = Field(
        default="",
        pattern=r"^(wss?://[^/?#@]+/?)?$",
        description='LiveKit server (`wss://…`) for more than eight places; see "Larger rooms"',
    )
    livekit_api_key: str = Field(default="", description="the key that LiveKit knows this site by")
    livekit_api_secret: str = Field(default="", description="its secret, 32 characters or more")
    livekit_region: str = Field(default="", description="where that server stands; people are told")

    staff_second_step: bool = Field(
        default=False, description="development only: ask staff for it, as production always does"
    )
    geoip_database: str = Field(
        default="", description="file (MaxMind format) that tells the town of an address, or empty"
    )
    trusted_proxies: int = Field(
        default=0,
        ge=0,
        le=5,
        description="how many proxies stand before the site; production needs 1 or more",
    )

    @field_validator(
        "allowed_hosts",
        "own_client_ids",
        "backup_recipients",
        "stun_urls",
        "turn_urls",
        "turn_addresses",
        "facebook_scopes",
        mode="before",
    )
    @classmethod
    def split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return value

    @field_validator("turn_addresses")
    @classmethod
    def as_written(cls, value: list[str]) -> list[str]:
        """Return addresses as they are compared. Raises ValueError."""
        return [str(ipaddress.ip_address(one)) for one in value]

    @field_validator("receipt_keys", mode="before")
    @classmethod
    def name_and_seed(cls, value: Any) -> Any:
        """Read `id:seed,id:seed`, the one that signs first."""
        if isinstance(value, str):
            pairs = [part.strip().partition(":") for part in value.split(",") if part.strip()]
            return [{"id": name, "seed": seed} for name, _, seed in pairs]
        return value

    @field_validator("openid_providers", mode="before")
    @classmethod
    def parse(cls, value: Any) -> Any:
        return json.loads(value) if isinstance(value, str) and value else value or []

    @field_validator("openid_providers")
    @classmethod
    def once(cls, value: list[OpenIdProvider]) -> list[OpenIdProvider]:
        if len({provider.id for provider in value}) < len(value):
            raise ValueError("two providers have the same id")
        return value

    @field_validator("apple_private_key")
    @classmethod
    def on_p256(cls, value: str) -> str:
        """Return the key with real line ends; Apple's keys are on the curve P-256."""
        if not value:
            return value
        pem = value.replace("\\n", "\n")
        try:
            key = load_pem_private_key(pem.encode(), password=None)
        except (ValueError, TypeError):
            raise ValueError("not a private key in PEM") from None
        if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
            raise ValueError("not a key on the curve P-256, as Apple gives them")
        return pem

    @model_validator(mode="after")
    def whole(self) -> "Environment":
        """Refuse what is half configured, before somebody presses its button."""
        faults = []
        for names in (*NETWORKS.values(), LIVEKIT):
            missing = [name.upper() for name in names if not getattr(self, name).strip()]
            if missing and len(missing) < len(names):
                given = next(name.upper() for name in names if getattr(self, name))
                faults.append(f"{', '.join(missing)}: must be set, because {given} is.")
        if faults:
            raise ValueError("\n".join(faults))
        return self


def read() -> Environment:
    """Return the environment, or end the program with one sentence for each bad value."""
    try:
        return Environment()
    except ValidationError as error:
        refuse([line for fault in error.errors() for line in _told(fault)])


def _told(error: Any) -> list[str]:
    """Return what is wrong, a sentence for each fault, with the variable's name before it."""
    if not error["loc"]:  # about several variables, which it names itself
        return str(error["ctx"]["error"]).splitlines()
    return [f"{'.'.join(str(part) for part in error['loc']).upper()}: {error['msg']}"]


def refuse(reasons: list[str]) -> NoReturn:
    """End the program: it must not run with these settings."""
    sys.stderr.write("Jamsite can't start with these settings:\n")
    sys.stderr.writelines(f"  - {reason}\n" for reason in reasons)
    raise SystemExit(os.EX_CONFIG)
