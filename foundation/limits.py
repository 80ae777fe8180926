"""Rate limits: fixed windows counted in the cache, so that all processes share one count."""

import time

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
    key = f"limit:{name}:{who}:{window}"
    cache.add(key, 0, timeout=seconds + 5)
    if cache.incr(key) > limit:
        raise TooMany((window + 1) * seconds - now, f"{limit} in {seconds} seconds")
