"""Receipts: signed statements of what was erased, what is kept and why, when backups expire.

A receipt is canonical JSON (RFC 8785 as far as strings and integers go: sorted keys, no spaces,
UTF-8), signed with Ed25519 (RFC 8032). It names nobody. Anybody can verify one with a key from
`/privacy/receipts/key`, with this site or without it.

Signed with `cryptography` and not as a JSON Web Signature (PyJWT, joserfc): a JWS signs its header
and the statement in base64url, so it would be another format. Receipts that people hold already
must verify, and a receipt has to be readable without a tool. What is hand-written is little: one
call of `json.dumps`, base64url without padding, and the key set (RFC 8037).
"""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils import timezone

from privacy import datamap
from privacy.erasure.models import Erasure, Receipt

FORMAT = "jamsite-receipt/1"


class NotGenuine(Exception):
    """Not signed by this key, changed since, or no receipt at all; the message says which."""


@dataclass(frozen=True)
class Key:
    """A signing key; the first configured one signs, the others still verify."""

    id: str
    private: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def keys() -> list[Key]:
    """Return the configured keys, the one in use first."""
    return [
        Key(key_id, Ed25519PrivateKey.from_private_bytes(decoded(seed)))
        for key_id, seed in settings.RECEIPT_KEYS
    ]


def key_set() -> dict[str, Any]:
    """Return the public keys as a JSON Web Key Set (RFC 8037)."""
    return {
        "keys": [
            {"kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": key.id, "x": encoded(key.public)}
            for key in keys()
        ]
    }


def issue(erasure: Erasure, kind: str) -> Receipt:
    """Write and sign an erasure's receipt of one kind; the one there is, the second time."""
    existing = Receipt.objects.filter(erasure=erasure, kind=kind).first()
    if existing is not None:
        return existing
    key, *_ = keys()
    body = canonical({**_statement(erasure, kind), "key": key.id})
    signature = encoded(key.private.sign(body))
    return Receipt.objects.create(
        erasure=erasure, kind=kind, body=body.decode(), signature=signature, key_id=key.id
    )


def as_file(receipt: Receipt) -> dict[str, Any]:
    """Return what is handed out: the statement and its signature."""
    return {"receipt": json.loads(receipt.body), "signature": receipt.signature}


def verify(document: Any, key_set: dict[str, Any]) -> dict[str, Any]:
    """Return the statement of a receipt's file; raise NotGenuine when it isn't what was signed.

    Needs nothing but the document and the published keys.
    """
    try:
        statement, signature = document["receipt"], document["signature"]
        key_id = statement["key"]
        by_id = {key["kid"]: key["x"] for key in key_set["keys"]}
        raw = decoded(signature)
    except (KeyError, TypeError, ValueError):
        raise NotGenuine("This is no receipt.") from None
    if key_id not in by_id:
        raise NotGenuine("It was signed with a key that isn't published.")
    try:
        Ed25519PublicKey.from_public_bytes(decoded(by_id[key_id])).verify(raw, canonical(statement))
    except (InvalidSignature, ValueError):
        raise NotGenuine("It isn't what was signed.") from None
    checked: dict[str, Any] = statement
    return checked


def canonical(statement: Any) -> bytes:
    """Return the one way in which these values are written down."""
    return json.dumps(
        statement, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Read base64url with or without padding; raise ValueError on anything else."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, TypeError):
        raise ValueError("not base64url") from None


def _statement(erasure: Erasure, kind: str) -> dict[str, Any]:
    about = {
        "format": FORMAT,
        "kind": kind,
        "site": settings.SITE_URL,
        "erasure": erasure.public_id,
        "requested_on": _day(erasure.requested_at),
        "erased_on": _day(erasure.ended_at),
        "backups_expire_on": _day(erasure.backups_expire_at),
        "issued_on": _day(timezone.now()),
    }
    if kind == Receipt.Kind.BACKUPS:
        return {**about, "backups": "No backup of this site holds anything of this account."}
    return {
        **about,
        "erased": _erased(erasure),
        "stores": [
            {"store": str(store.label), "erased": str(store.erased_how)}
            for store in datamap.stores()
        ],
        "kept": [
            {"what": str(item.label), "why": str(item.kept_because), "how_long": item.kept}
            for item in datamap.held()
            if item.erase is datamap.Erase.KEEP and item.purposes
        ],
        "providers": [
            {"provider": order.provider, "state": order.state}
            for order in erasure.orders.order_by("provider")
        ],
    }


def _erased(erasure: Erasure) -> list[dict[str, Any]]:
    """Return each step with its number of rows; the account itself is the last."""
    labels = {item.name: str(item.label) for item in datamap.held()}
    counted = [
        {"store": name, "what": labels.get(name, name), "count": count}
        for name, count in sorted(erasure.steps.items())
        if count
    ]
    return [*counted, {"store": "account", "what": "Your account", "count": 1}]


def _day(moment: Any) -> str | None:
    return moment.date().isoformat() if moment else None
