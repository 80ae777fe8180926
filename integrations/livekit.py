"""LiveKit, the media server (SFU) of larger rooms: tokens, calls and webhooks.

Written against the documented protocol: access tokens are JWTs (HS256) with a `video` grant, the
room service is Twirp with JSON bodies, a webhook carries a JWT with the SHA-256 of its body. The
server writes identities to its log, so they are random ids of stays; nothing here names anybody.
What wasn't tried against a real server: docs/operations.md, "Larger rooms".
"""

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any

import jwt
from django.conf import settings

from integrations import deletion
from integrations.boundary import disclose

TOKEN_LIFETIME = 300  # seconds in which a token opens a connection
# LiveKit hands connected clients fresh tokens that live ten minutes: who was removed could come
# back with one, so removals are repeated for as long.
TOKENS_LIVE = 11 * 60
EMPTY_TIMEOUT = 300  # seconds that LiveKit keeps a room nobody has come into
DEPARTURE_TIMEOUT = 60  # seconds that it keeps one that everybody has left
LONGEST_EVENT = 64 * 1024  # bytes of a webhook; LiveKit's have some 2,000
LONGEST_VALID = 15 * 60  # seconds that a webhook's token may be valid; LiveKit's: five minutes
CLOCKS_DIFFER = 60  # seconds
SOURCE = "microphone"  # all that may be published: the room has no pictures
MICROPHONE = {2, "MICROPHONE"}  # the same, as an enum of LiveKit's JSON

Unreachable = deletion.Refused


class Unverified(Exception):
    """A webhook that LiveKit didn't send, or not lately."""


@dataclass(frozen=True)
class Event:
    """What a webhook tells: of which room and, if it is about one, which participant."""

    kind: str
    room: str
    identity: str = ""


def is_configured() -> bool:
    return bool(settings.LIVEKIT_URL)


def origins() -> list[str]:
    """Return what a room's page connects to: the signalling socket, and HTTP of the same host."""
    url = settings.LIVEKIT_URL.rstrip("/")
    return [url, _http(url)] if url else []


# Tokens ---------------------------------------------------------------------------------


def join_token(room: str, identity: str, user_id: int, *, publishes: bool) -> str:
    """Return a token that lets one stay into one room, for `TOKEN_LIFETIME` seconds to begin.

    It hears, publishes a microphone (`publishes`), and can do nothing else: no data, no metadata,
    no list of rooms, no administration. That LiveKit will see the person's network address and
    sound is recorded as a disclosure.
    """
    grant = {
        "room": room,
        "roomJoin": True,
        "canSubscribe": True,
        "canPublish": publishes,
        "canPublishSources": [SOURCE] if publishes else [],
        "canPublishData": False,
        "canUpdateOwnMetadata": False,
    }
    categories = ("user.biometric.voice", "user.device.ip_address")
    with disclose("livekit", [user_id], categories, "jamming"):
        return _signed({"sub": identity, "video": grant}, TOKEN_LIFETIME)


def _signed(claims: dict[str, Any], lifetime: int) -> str:
    now = int(time.time())
    about = {"iss": settings.LIVEKIT_API_KEY, "nbf": now - CLOCKS_DIFFER, "exp": now + lifetime}
    return jwt.encode({**claims, **about}, settings.LIVEKIT_API_SECRET, algorithm="HS256")


# Calls ----------------------------------------------------------------------------------


def create_room(room: str, places: int) -> None:
    """Make a room, or find it made. Raises Unreachable."""
    about = {
        "name": room,
        "emptyTimeout": EMPTY_TIMEOUT,
        "departureTimeout": DEPARTURE_TIMEOUT,
        "maxParticipants": places,
    }
    _call("CreateRoom", about, {"roomCreate": True})


def delete_room(room: str) -> None:
    """End a room with all connections; one that is gone already is fine. Raises Unreachable."""
    _call("DeleteRoom", {"room": room}, {"roomCreate": True}, gone_is_fine=True)


def remove(room: str, identity: str) -> None:
    """End one stay's connection; one that is gone already is fine. Raises Unreachable."""
    _administer("RemoveParticipant", room, {"identity": identity})


def mute(room: str, identity: str) -> None:
    """Mute the microphones that one stay publishes; its client may unmute. Raises Unreachable."""
    about = _administer("GetParticipant", room, {"identity": identity})
    tracks = about.get("tracks")
    for track in tracks if isinstance(tracks, list) else []:
        if track.get("source") in MICROPHONE and not track.get("muted"):
            said = {"identity": identity, "trackSid": str(track.get("sid", "")), "muted": True}
            _administer("MutePublishedTrack", room, said)


def _administer(method: str, room: str, about: dict[str, Any]) -> dict[str, Any]:
    grant = {"room": room, "roomAdmin": True}
    return _call(method, {"room": room, **about}, grant, gone_is_fine=True)


def _call(
    method: str, about: dict[str, Any], grant: dict[str, Any], *, gone_is_fine: bool = False
) -> dict[str, Any]:
    """Ask the room service; each call has a token of its own, for a minute and that call alone."""
    answer = deletion.send(
        "POST",
        f"{_http(settings.LIVEKIT_URL.rstrip('/'))}/twirp/livekit.RoomService/{method}",
        {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {_signed({'video': grant}, 60)}",
        },
        json.dumps(about).encode(),
        also={404},
    )
    if answer.status_code == 404:
        # Of Twirp's own 404s only `not_found` says that what we named is gone: `bad_route` is a
        # wrong address, and a proxy's page has no code at all.
        if gone_is_fine and deletion.read_json(answer).get("code") == "not_found":
            return {}
        raise Unreachable("status 404")
    return deletion.read_json(answer)


def _http(url: str) -> str:
    return "http" + url.removeprefix("ws")


# Webhooks -------------------------------------------------------------------------------


def read_event(body: bytes, authorization: str) -> Event:
    """Return what a webhook tells, or raise Unverified.

    The token must be our key's, valid now and not for long, and hold the hash of this body: one
    that somebody caught can be sent again for minutes alone, and says the same.
    """
    try:
        claims = jwt.decode(
            authorization.removeprefix("Bearer "),
            settings.LIVEKIT_API_SECRET,
            algorithms=["HS256"],
            issuer=settings.LIVEKIT_API_KEY,
            leeway=CLOCKS_DIFFER,
            options={"require": ["exp", "iss"]},
        )
    except (jwt.InvalidTokenError, ValueError):
        raise Unverified("token") from None
    if claims["exp"] > time.time() + LONGEST_VALID:
        raise Unverified("valid for too long")
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    if not hmac.compare_digest(str(claims.get("sha256", "")).encode(), digest.encode()):
        raise Unverified("body")
    return _event(body)


def _event(body: bytes) -> Event:
    """Read a body whose sender is known; what isn't understood is an event of no kind."""
    try:
        about = json.loads(body)
    except (ValueError, RecursionError):
        about = None
    about = about if isinstance(about, dict) else {}
    return Event(
        kind=_text(about.get("event")),
        room=_text(_object(about.get("room")).get("name")),
        identity=_text(_object(about.get("participant")).get("identity")),
    )


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    """Return a short text that can be looked up; anything else is none of ours."""
    return value if isinstance(value, str) and len(value) <= 64 and "\0" not in value else ""
