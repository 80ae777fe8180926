"""People put into rooms as their sockets would: a line each in Valkey, and the room's lease."""

import json
import time
from dataclasses import asdict

from accounts.models import User
from foundation.limits import valkey
from sessions_app.models import JamSession, Recording
from sessions_app.presence import Peer
from sessions_app.services import rooms


def come_in(session: JamSession, *people: User, take: Recording | None = None) -> None:
    """Have people be in a room, each by one connection; `take`: what their browsers capture for."""
    for person in people:
        now = time.time()
        captures = take.public_id if take else ""
        peer = Peer(f"peer-{person.pk}", person.pk, take=captures, since=now, seen=now)
        valkey().hset(f"room:{session.pk}", peer.peer, json.dumps(asdict(peer)))
    rooms.still_in(session.pk)


def vanish(session: JamSession, *people: User) -> None:
    """Have people be gone without a word, as when their machine or ours is cut off."""
    for person in people:
        valkey().hdel(f"room:{session.pk}", f"peer-{person.pk}")
