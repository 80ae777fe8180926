"""Taking somebody out of every room they are in: they are being erased."""

import json
from typing import Any

import redis
from django.conf import settings

from accounts.models import User


def valkey() -> Any:
    return redis.from_url(settings.REDIS_URL, decode_responses=True)


def forget(user: User) -> int:
    """Delete a person's connections from Valkey, and votes that name them; return how many.

    Repeatable. A vote that is gone is opened anew by who wants it.
    """
    count = 0
    with valkey() as client:
        for key in client.scan_iter("room:*", count=1000, _type="hash"):
            peers = client.hgetall(key)
            theirs = [peer for peer, value in peers.items() if _user_of(value) == user.pk]
            if theirs:
                count += client.hdel(key, *theirs)
        for key in client.scan_iter("room:*:vote", count=1000, _type="string"):
            vote = json.loads(client.get(key) or "{}")
            if user.pk in (*vote.get("yes", ()), *vote.get("no", ())):
                count += client.delete(key)
    return count


def _user_of(value: str) -> Any:
    peer = json.loads(value)
    return peer.get("user_id") if isinstance(peer, dict) else None
