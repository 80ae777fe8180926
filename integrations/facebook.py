"""What is Facebook's own: the signed request with which it says that somebody ended it there.

Source: Meta for Developers, "Data Deletion Request Callback" and "Parsing the Signed Request".
"""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from django.core import signing

from integrations.networks import Network

LONGEST_MESSAGE = 16 * 1024
MESSAGE_AGE = 24 * 3600  # seconds
_RECEIPT = "integrations.facebook.deletion"


class NotFacebook(Exception):
    """A message that Facebook didn't sign for us, or that is too old."""


def subject_of(network: Network, signed: str) -> str:
    """Return whom a signed request is about: their id at Facebook. Raises NotFacebook.

    `signed` is base64url(HMAC-SHA256 of the payload with the app's secret) "." base64url(payload).
    """
    signature, _, payload = signed[:LONGEST_MESSAGE].partition(".")
    key = str(network.app["secret"]).encode()
    right = hmac.new(key, payload.encode(), hashlib.sha256).digest()
    try:
        given, said = _decoded(signature), _decoded(payload)
    except ValueError:
        raise NotFacebook("unreadable") from None
    if not hmac.compare_digest(given, right):
        raise NotFacebook("not signed with our secret")
    try:
        about: Any = json.loads(said)
    except (ValueError, RecursionError):
        raise NotFacebook("no JSON") from None
    if not isinstance(about, dict) or not {"issued_at", "algorithm", "user_id"} <= set(about):
        raise NotFacebook("something is missing")
    if str(about["algorithm"]).upper() != "HMAC-SHA256":
        raise NotFacebook("another algorithm")
    issued, subject = about["issued_at"], str(about["user_id"])
    if not isinstance(issued, int):
        raise NotFacebook("no time")
    if abs(time.time() - issued) > MESSAGE_AGE:
        raise NotFacebook("too old")
    return subject


def deletion_code() -> str:
    """Return the confirmation of a deletion done now: a time that we signed, naming nobody."""
    return signing.dumps(int(time.time()), salt=_RECEIPT)


def deleted_at(code: str) -> int | None:
    """Return the time (in seconds since 1970) in a confirmation of ours, or None."""
    try:
        return int(signing.loads(code, salt=_RECEIPT))
    except (signing.BadSignature, ValueError, TypeError):
        return None


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
