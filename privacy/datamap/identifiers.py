"""Every name and address that somebody is, or was, known by here: what an erasure looks for.

People are named in rows that no foreign key ties to them: letters to an address, reports by a
username. Apps say where names and addresses are held (`held_by`). When a purge begins, all are put
away encrypted with the erasure, so that each step finds them whatever went before it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from foundation import sealing


@dataclass(frozen=True)
class Identifiers:
    """What somebody is known by, all in lower case.

    - `proven`: addresses whose mailbox they have shown to be theirs.
    - `claimed`: addresses they entered and never confirmed: perhaps somebody else's.
    - `names`: usernames that nobody else has now.
    """

    proven: frozenset[str] = field(default_factory=frozenset)
    claimed: frozenset[str] = field(default_factory=frozenset)
    names: frozenset[str] = field(default_factory=frozenset)

    @property
    def addresses(self) -> frozenset[str]:
        return self.proven | self.claimed

    def __or__(self, other: "Identifiers") -> "Identifiers":
        proven = self.proven | other.proven
        return Identifiers(
            proven, (self.claimed | other.claimed) - proven, self.names | other.names
        )


def identifiers(proven: Any = (), claimed: Any = (), names: Any = ()) -> Identifiers:
    """Return identifiers in the form in which they are compared."""
    lowered = [
        frozenset(address.strip().lower() for address in some if address)
        for some in (proven, claimed)
    ]
    return Identifiers(
        lowered[0], lowered[1] - lowered[0], frozenset(name.lower() for name in names)
    )


_sources: list[Callable[[Any], Identifiers]] = []
_put_away: list[Callable[[Any], Identifiers]] = []
_owners: list[Callable[[str], Any]] = []


def held_by(source: Callable[[Any], Identifiers]) -> None:
    """Have an app say what it holds of a person; called from `<app>/privacy.py`."""
    _sources.append(source)


def put_away_by(source: Callable[[Any], Identifiers]) -> None:
    """Have the erasure say what it put away of a person when their purge began."""
    _put_away.append(source)


def owned_by(says: Callable[[str], Any]) -> None:
    """Have an app say whose a confirmed address is: `says(address)` is a person or None."""
    _owners.append(says)


def owner_of(address: str) -> Any:
    """Return the person who has shown that this address is theirs, or None."""
    return next((owner for says in _owners if (owner := says(address)) is not None), None)


def of(user: Any) -> Identifiers:
    """Return all that a person is known by: what is held now, and what their purge put away."""
    known = held_now(user)
    for source in _put_away:
        known |= source(user)
    return known


def sealed_of(user: Any) -> bytes:
    """Return all that a person is known by now, encrypted, to be kept with their erasure."""
    known = held_now(user)
    names = {key: sorted(getattr(known, key)) for key in ("proven", "claimed", "names")}
    return sealing.seal(json.dumps(names))


def held_now(user: Any) -> Identifiers:
    """Return what the apps hold of a person now."""
    identifiers = Identifiers()
    for source in _sources:
        identifiers |= source(user)
    return identifiers


def unsealed(sealed: bytes | memoryview) -> Identifiers:
    """Return what `sealed_of` put away."""
    try:
        return identifiers(**json.loads(sealing.unseal(sealed)))
    except sealing.Unreadable:  # the key was changed without a fallback: what is held now is left
        return Identifiers()
