"""What a network has told of somebody who hasn't answered yet: sealed, in Valkey, for minutes.

The database holds none of it. It ends with the answer, with "drop it", or by itself.
"""

import json
from typing import Any

from django.core.cache import cache

from foundation import sealing
from foundation.ids import new_public_id

LIFETIME = 900  # seconds
_PREFIX = "arrived:"


def hold(arrived: dict[str, Any]) -> str:
    """Put aside what arrived; return the key that finds it again."""
    key = new_public_id()
    cache.set(_PREFIX + key, sealing.seal(json.dumps(arrived)), LIFETIME)
    return key


def held(key: str) -> dict[str, Any] | None:
    """Return what was put aside, or None when its minutes are over."""
    sealed = cache.get(_PREFIX + key)
    if sealed is None:
        return None
    try:
        things: dict[str, Any] = json.loads(sealing.unseal(sealed))
    except sealing.Unreadable:
        return None
    return things


def drop(key: str) -> None:
    cache.delete(_PREFIX + key)
