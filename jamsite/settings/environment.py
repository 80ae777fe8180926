"""What Jamsite reads from the environment, with types, checked at start."""

import base64
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


class Environment(BaseSettings):
    """Every variable, its type and its default. Names in the environment are upper case."""

    model_config = SettingsConfigDict(extra="ignore")

    debug: bool = Field(default=False, description="Django's own error pages; development only")
    secret_key: str = ""
    database_url: str = ""
    web_database_url: str = Field(default="", description="the same database, as the web's role")
    jamsite_front: bool = Field(default=False, description="set by the servers of pages, sockets")
    redis_url: str = ""
    site_url: str = "http://127.0.0.1:8000"
    socket_url: str = Field(default="", description="where /ws/ is served; empty: same as the site")
    allowed_hosts: CommaList = []
    own_client_ids: Annotated[list[Annotated[str, Field(min_length=32)]], NoDecode] = Field(
        default=[], description="ids that your own apps send; all others are other people's apps"
    )
    media_root: str = ""
    media_accel_prefix: str = ""
    region: str = "not stated"
    contact_email: str = "privacy@localhost"
    support_email: str = Field(default="", description="empty: the privacy contact")

    email_host: str = ""
    email_port: int = Field(default=587, ge=1, le=65535)
    email_user: str = ""
    email_password: str = ""
    email_security: Literal["starttls", "tls", "none"] = "starttls"
    email_from: str = "Jamsite <noreply@localhost>"

    erasure_grace_days: float = Field(default=14, ge=0, le=28)
    policy_notice_days: int = Field(
        default=30, ge=1, le=365, description="between telling of a material change and its day"
    )
    control_notice_days: int = Field(
        default=60, ge=30, le=365, description="the same for a change of control; time to leave"
    )

    # How long things are kept, in days; told on the policy page and to each person.
    retention_ip_days: int = Field(default=7, ge=1, le=30)
    retention_sign_ins_days: int = Field(default=90, ge=31, le=365)
    retention_devices_days: int = Field(default=180, ge=30, le=365)
    retention_safety_days: int = Field(default=365, ge=90, le=730)
    retention_unverified_days: int = Field(default=14, ge=3, le=60)
    retention_inactive_days: int = Field(default=730, ge=365, le=1825)
    retention_exports_days: int = Field(default=7, ge=1, le=30)
    retention_takes_days: int = Field(default=7, ge=1, le=30)
    retention_invites_days: int = Field(default=30, ge=1, le=90)
    retention_notices_days: int = Field(default=180, ge=30, le=730)
    retention_names_days: int = Field(default=730, ge=365, le=3650)
    retention_erasures_days: int = Field(default=1095, ge=365, le=3650)
    retention_staff_log_days: int = Field(default=730, ge=90, le=1825)
    retention_logs_days: int = Field(default=14, ge=1, le=60)

    usage_min_people: int = Field(
        default=10, ge=5, description="fewest people that a published number may describe"
    )
    backup_life_days: int = Field(default=30, ge=1, le=58)
    ledger_path: str = Field(default="", description="file of the ledger of erasures")
    ledger_key: str = ""
    receipt_keys: Annotated[list[ReceiptKey], NoDecode] = []
    deletion_endpoints: dict[str, DeletionEndpoint] = {}
    deletion_order_days: int = Field(default=30, ge=1, le=90)
    backup_dir: str = ""
    backup_recipients: CommaList = []
    openid_providers: Annotated[list[OpenIdProvider], NoDecode] = []
    facebook_app_id: str = ""
    facebook_secret: str = ""
    facebook_scopes: CommaList = ["email", "public_profile"]
    facebook_version: str = Field(default="v23.0", pattern=r"^v\d+\.\d+$")
    google_client_id: str = ""
    google_secret: str = ""
    apple_client_id: str = Field(default="", description="the Services ID")
    apple_team_id: str = ""
    apple_key_id: str = ""
    apple_private_key: str = Field(default="", description="PEM; line ends may be written as \\n")
    x_client_id: str = ""
    x_secret: str = ""

    socket_threads: int = Field(
        default=8, ge=1, le=32, description="threads of a socket process that ask the database"
    )
    stun_urls: CommaList = []
    turn_urls: CommaList = []
    turn_secret: str = ""

    staff_second_step: bool = Field(
        default=False, description="development only: ask staff for it, as production always does"
    )
    geoip_database: str = Field(
        default="", description="file (MaxMind format) that tells the town of an address, or empty"
    )
    trusted_proxies: int = Field(default=0, ge=0, le=5)

    @field_validator(
        "allowed_hosts",
        "own_client_ids",
        "backup_recipients",
        "stun_urls",
        "turn_urls",
        "facebook_scopes",
        mode="before",
    )
    @classmethod
    def split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return value

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
        if len({one.id for one in value}) < len(value):
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
    def whole_networks(self) -> "Environment":
        """Refuse a network that is half configured, before somebody presses its button."""
        faults = []
        for names in NETWORKS.values():
            missing = [name.upper() for name in names if not getattr(self, name)]
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
        refuse([line for one in error.errors() for line in _told(one)])


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
