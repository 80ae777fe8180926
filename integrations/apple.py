"""What is Apple's own: the client secret that is a signed token, and the messages it sends us."""

import json
import time
from dataclasses import dataclass
from typing import Any

import jwt
from django.conf import settings
from django.core.cache import cache

from integrations.deletion import read_json, send
from integrations.networks import Network

SECRET_LIFE = 300  # seconds; Apple allows half a year
KEYS_LIFE = 3600
LONGEST_MESSAGE = 16 * 1024
ENDS = {"consent-revoked", "account-delete"}
MESSAGE_AGE = 24 * 3600  # seconds; Apple sends again what nobody took


class NotApple(Exception):
    """A message that Apple didn't sign for us, or that is too old."""


@dataclass(frozen=True)
class Message:
    """What happened to an account at Apple: "consent-revoked", "account-delete", "email-…"."""

    kind: str
    subject: str


def client_ids(network: Network) -> list[str]:
    return [client_id.strip() for client_id in str(network.app["client_id"]).split(",")]


def client_secret(network: Network) -> str:
    """Return a fresh client secret, signed with the key that Apple gave this site (ES256)."""
    now = int(time.time())
    about = {
        "iss": network.app["key"],
        "aud": settings.NETWORK_URLS["apple issuer"],
        "sub": client_ids(network)[0],
        "iat": now,
        "exp": now + SECRET_LIFE,
    }
    key = network.app["settings"]["certificate_key"]
    return jwt.encode(about, key, algorithm="ES256", headers={"kid": network.app["secret"]})


def payload_of(body: bytes) -> str:
    """Return the signed text in what Apple posted. Raises NotApple."""
    try:
        message = json.loads(body[: 2 * LONGEST_MESSAGE])
    except (ValueError, RecursionError):
        raise NotApple("no JSON") from None
    if not isinstance(message, dict) or not isinstance(message.get("payload"), str):
        raise NotApple("no payload")
    return str(message["payload"])


def read_message(network: Network, payload: str) -> Message:
    """Return what Apple tells in a signed message (a JWS). Raises NotApple, or Refused."""
    if len(payload) > LONGEST_MESSAGE:
        raise NotApple("too long")
    try:
        header = jwt.get_unverified_header(payload)
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise NotApple(type(error).__name__) from None
    key, audience = _key(str(header.get("kid", ""))), client_ids(network)
    try:
        said = jwt.decode(
            payload,
            key,
            algorithms=["RS256"],
            issuer=settings.NETWORK_URLS["apple issuer"],
            audience=audience,
            options={"require": ["iss", "aud", "iat", "events"]},
        )
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise NotApple(type(error).__name__) from None
    message = _event(said["events"])
    if said["iat"] < time.time() - MESSAGE_AGE:
        raise NotApple("too old")
    return message


def _event(value: Any) -> Message:
    """Return the one event of a message, which Apple writes as JSON within JSON."""
    try:
        event = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        raise NotApple("an unreadable event") from None
    if not isinstance(event, dict) or not {"type", "sub"} <= set(event):
        raise NotApple("no event")
    return Message(str(event["type"]), str(event["sub"]))


def _key(kid: str) -> Any:
    """Return Apple's key of this id; an unknown id has the list read anew once a minute."""
    keys = cache.get("apple:keys") or {}
    if kid not in keys and cache.add("apple:keys:asked", True, 60):
        answer = read_json(send("GET", settings.NETWORK_URLS["apple keys"], {}))
        keys = {str(key.get("kid")): key for key in answer.get("keys", [])}
        cache.set("apple:keys", keys, KEYS_LIFE)
    if kid not in keys:
        raise NotApple("an unknown key")
    return jwt.PyJWK(keys[kid]).key
