"""TURN relays (coturn's `use-auth-secret`): short-lived credentials that name nobody."""

import base64
import hashlib
import hmac
import time
from typing import Any

from django.conf import settings

from integrations.boundary import disclose

LIFETIME = 3600  # seconds; who is in a room gets fresh ones when half of it is over


def ice_servers(peer: str, user_id: int) -> tuple[list[dict[str, Any]], str]:
    """Return the ICE servers for one connection and the policy: "relay" or "all".

    With a relay configured addresses stay hidden ("relay") but from those with whom a player
    agreed to be connected directly (`sessions_app.direct_queries`). Without one, players of a room
    connect directly and see each other's network address; the room says so before joining.
    The user name holds the connection's random id, never a person's
    (draft-uberti-behave-turn-rest). That the relays will see the player's network address is
    recorded as a disclosure when the credentials are given out.
    """
    servers: list[dict[str, Any]] = []
    if not settings.STUN_URLS and not settings.TURN_URLS:
        return servers, "all"
    with disclose("relay", [user_id], ("user.device.ip_address",), "jamming"):
        return _servers(peer)


def _servers(peer: str) -> tuple[list[dict[str, Any]], str]:
    servers: list[dict[str, Any]] = []
    if settings.STUN_URLS:
        servers.append({"urls": settings.STUN_URLS})
    if not settings.TURN_URLS:
        return servers, "all"
    username = f"{int(time.time()) + LIFETIME}:{peer}"
    digest = hmac.new(settings.TURN_SECRET.encode(), username.encode(), hashlib.sha1).digest()
    servers.append(
        {
            "urls": settings.TURN_URLS,
            "username": username,
            "credential": base64.b64encode(digest).decode(),
        }
    )
    return servers, "relay"
