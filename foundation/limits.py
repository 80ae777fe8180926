"""Rate limits: fixed windows counted in Valkey, so that all processes share one count."""

import functools
import time
from typing import Any

import redis
from django.conf import settings
from django.core.cache import cache


class TooMany(Exception):
    """A limit was reached; `wait` is the number of seconds until it opens again."""

    def __init__(self, wait: int, limit: str) -> None:
        super().__init__(limit)
        self.wait = wait
        self.limit = limit


def spend(name: str, who: str, *, limit: int, seconds: int) -> None:
    """Count one use of `name` by `who`; raise TooMany past `limit` in `seconds`."""
    now = int(time.time())
    window = now // seconds
    if count(f"limit:{name}:{who}:{window}", seconds) > limit:
        raise TooMany((window + 1) * seconds - now, f"{limit} in {seconds} seconds")


def count(key: str, seconds: int) -> int:
    """Count one up, in one round trip; the cache's own `incr` takes two and a client each time."""
    with valkey().pipeline(transaction=False) as pipe:
        pipe.set(cache.make_key(key), 0, ex=seconds + 5, nx=True)
        pipe.incr(cache.make_key(key))
        return int(pipe.execute()[1])


@functools.cache
def valkey() -> Any:
    return redis.from_url(settings.REDIS_URL)
