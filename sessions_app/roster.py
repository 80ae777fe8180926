"""Who is in a room for one socket: those of whom its person may know, pair by pair."""

import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from accounts.profile.faces import Face
from sessions_app.direct_queries import RELAYED, Path
from sessions_app.presence import Peer, Room
from sessions_app.room_queries import Seat

VERDICT_LASTS = 30.0  # seconds; whatever changes one says `gate.check`, and ends it before

Known = tuple[dict[int, Face], dict[int, Path]]
Ask = Callable[[list[int]], Awaitable[Known]]


@dataclass
class Changes:
    """What differs from what the client was shown last, as frames' fields."""

    came: list[dict[str, Any]]
    left: list[str]
    changed: list[dict[str, Any]]


class Roster:
    """What one client has been shown of the others in its room, and the verdicts behind it."""

    def __init__(self, room: Room, me: Peer, ask: Ask, *, session_is_large: bool = False) -> None:
        self._room, self._me, self._ask = room, me, ask
        self._verdicts: dict[int, tuple[float, Face | None]] = {}
        self.shown: dict[str, dict[str, Any]] = {}
        self._paths: dict[int, Path] = {}  # by person: who agreed to be connected directly
        self._age = 0  # how often what was known was forgotten
        self._users: dict[str, int] = {}
        self.seats: dict[int, Seat] = {}  # of everybody with one, by person
        self.by_server = session_is_large  # sound goes through a media server
        self.take = ""  # id of the recording that the client knows of: others' part in it is shown

    def forget(self) -> None:
        """The gate may say something else from now on."""
        self._age += 1
        self._verdicts.clear()
        self._paths.clear()

    def knows(self, peer: str, user_id: int) -> bool:
        """Return whether a peer is shown, by a verdict that still holds: asks nobody."""
        ends, person = self._verdicts.get(user_id, (0.0, None))
        return peer in self.shown and person is not None and ends > time.monotonic()

    def is_direct(self, peer: str) -> bool:
        """Return whether a peer and this one may know each other's network address."""
        if not settings.TURN_URLS:
            return True
        path = self._paths.get(self._users.get(peer, 0), RELAYED)
        return path.is_direct

    async def refresh(self, peer: str) -> None:
        """Ask about a peer that is shown, unless what is known of it still holds."""
        if (user := self._users.get(peer)) is not None:
            await self._people([user])

    async def person(self, user_id: int) -> Face | None:
        """Return somebody in the room if this socket's person may know of them."""
        return (await self._people([user_id])).get(user_id)

    async def known(self, users: Iterable[int]) -> set[int]:
        """Return those of some people of whom this socket's person may know, and themselves."""
        others = set(users)
        own = others & {self._me.user_id}
        return own | set(await self._people(others - own))

    async def look(self) -> Changes:
        """Ask who is there, and the gate about each; return what changed for the client."""
        peers = [peer for peer in await self._room.peers() if peer.user_id != self._me.user_id]
        people = await self._people(peer.user_id for peer in peers)
        now = {
            peer.peer: self._public(peer, people[peer.user_id])
            for peer in peers
            if peer.user_id in people
        }
        before, self.shown = self.shown, now
        self._users = {peer.peer: peer.user_id for peer in peers}
        return Changes(
            came=[about for peer, about in now.items() if peer not in before],
            left=[peer for peer in before if peer not in now],
            changed=[
                about
                for peer, about in now.items()
                if peer in before and state_of(before[peer]) != state_of(about)
            ],
        )

    async def _people(self, keys: Iterable[int]) -> dict[int, Face]:
        wanted, now = set(keys), time.monotonic()
        unknown = [key for key in wanted if self._verdicts.get(key, (0.0, None))[0] <= now]
        if unknown:
            age = -1
            while age != self._age:  # what was forgotten meanwhile is asked anew
                age = self._age
                met, paths = await self._ask(unknown)
            for key in unknown:
                self._verdicts[key] = (now + VERDICT_LASTS, met.get(key))
            self._paths.update(paths)
        known = {key: self._verdicts[key][1] for key in wanted if key in self._verdicts}
        return {key: person for key, person in known.items() if person is not None}

    def _is_relayed(self, path: Path) -> bool:
        return self.by_server or bool(settings.TURN_URLS and not path.is_direct)

    @property
    def mine(self) -> Seat:
        """Return the seat of this socket's own person."""
        return self.seats.get(self._me.user_id, Seat())

    def _public(self, peer: Peer, person: Face) -> dict[str, Any]:
        seat = self.seats.get(peer.user_id, Seat())
        path = self._paths.get(peer.user_id, RELAYED)
        return {
            "peer": peer.peer,
            "user": person.public_id,
            "name": person.username,
            "shown": person.name,
            "photo": person.photo_url,
            "instrument": person.instrument,
            "muted": peer.muted,
            "muted_by_host": peer.by_host,
            "picture_held": peer.picture_held,
            "recorded": peer.take != "" and peer.take == self.take,
            "role": seat.role,
            "policy": "relay" if self._is_relayed(path) else "all",
            "sfu": peer.sfu,
            "agreed": path.mine,
            "asks": path.asks,
            "rights": seat.rights if self.mine.is_host else None,
        }


STATE = (
    "peer", "muted", "muted_by_host", "picture_held", "recorded", "role", "rights", "policy",
    "agreed", "asks", "sfu",
)  # fmt: skip


def state_of(about: dict[str, Any]) -> dict[str, Any]:
    """Return what a client is told when it changes; a photo's address is another each time."""
    return {key: about[key] for key in STATE}
