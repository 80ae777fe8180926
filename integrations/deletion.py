"""Ordering outside services to delete, in a small signed protocol.

`docs/deletion-orders.md` describes the protocol for those who run such a service. Nothing here
knows the database; `privacy.erasure.provider_orders` keeps the rows and decides when.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Container
from dataclasses import dataclass
from typing import Any

import requests
from django.conf import settings

from integrations.boundary import disclose
from integrations.providers import Provider

TIMEOUT = (5, 10)  # seconds to connect, to answer
LONGEST_ANSWER = 64 * 1024  # bytes
CLOCKS_DIFFER = 300  # seconds a signature is good for
SIGNATURE = "X-Jamsite-Signature"


class Refused(Exception):
    """The service did not take the order; the message holds its status, never its words."""


@dataclass(frozen=True)
class Endpoint:
    """Where a service takes deletion orders, and the secret that both sides sign with."""

    url: str
    secret: str


def endpoint_of(provider: str) -> Endpoint | None:
    """Return where this provider takes orders, or None when it has no such door."""
    configured = settings.DELETION_ENDPOINTS.get(provider)
    return Endpoint(configured["url"], configured["secret"]) if configured else None


def order(to: Endpoint, provider: Provider, about: dict[str, Any], people: list[int]) -> bool:
    """Send one order; True when the service has deleted, False when it will and says so later.

    Sending the same order again is harmless: its id is the Idempotency-Key. To delete, a service
    must be told whom: that is a transfer, and `people` (keys of accounts) is whom it is about.
    """
    body = json.dumps(about, sort_keys=True).encode()
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": str(about["order"]),
        SIGNATURE: sign(to.secret, body),
    }
    with disclose(provider.key, people, identifiers(provider), "rights", "legal obligation"):
        return _says_deleted(send("POST", to.url, headers, body))


def ask(to: Endpoint, order_id: str) -> bool:
    """Ask how an accepted order stands; True when the service has deleted."""
    headers = {SIGNATURE: sign(to.secret, order_id.encode())}
    return _says_deleted(send("GET", f"{to.url.rstrip('/')}/{order_id}", headers))


def sign(secret: str, body: bytes) -> str:
    """Return the header value that proves who sent a body, and when (HMAC-SHA256)."""
    now = int(time.time())
    return f"t={now},v1={_mac(secret, now, body)}"


def is_signed(secret: str, body: bytes, header: str) -> bool:
    """Return whether a body carries a fresh signature made with this secret."""
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    try:
        made = int(parts.get("t", ""))
    except ValueError:
        return False
    fresh = abs(time.time() - made) <= CLOCKS_DIFFER
    return fresh and hmac.compare_digest(parts.get("v1", ""), _mac(secret, made, body))


def identifiers(provider: Provider) -> set[str]:
    """Return the categories that a service is told so that it knows whom to delete."""
    return {"user.unique_id", "user.contact.email"} & set(provider.categories)


def _mac(secret: str, moment: int, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()


def send(
    method: str,
    url: str,
    headers: dict[str, str],
    data: Any = None,
    auth: tuple[str, str] | None = None,
    also: Container[int] = (),
) -> requests.Response:
    """Send one request: no redirect is followed, no proxy or netrc of the machine is used.

    Raises Refused for an answer that says no; `also` are further statuses to be returned.
    """
    with requests.Session() as session:
        session.trust_env = False
        try:
            answer = session.request(
                method, url, headers=headers, data=data, auth=auth,
                timeout=TIMEOUT, allow_redirects=False, stream=True,
            )  # fmt: skip
            answer._content = answer.raw.read(LONGEST_ANSWER, decode_content=True)
        except requests.RequestException as error:
            raise Refused(type(error).__name__) from None
    if answer.status_code not in {200, 202, 204} and answer.status_code not in also:
        raise Refused(f"status {answer.status_code}")
    return answer


def _says_deleted(answer: requests.Response) -> bool:
    if answer.status_code == 204:
        return True
    state = read_json(answer).get("state")
    if state not in {"deleted", "pending"}:
        raise Refused("an answer that says neither deleted nor pending")
    return bool(state == "deleted")


def read_json(answer: requests.Response) -> dict[str, Any]:
    """Return an answer's object; raise Refused for what is no JSON."""
    try:
        values = json.loads(answer.content)
    except ValueError:
        raise Refused("an answer that is no JSON") from None
    return values if isinstance(values, dict) else {}
