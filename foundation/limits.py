"""Rate limits: fixed windows counted in Valkey, so that all processes share one count."""

import functools
import hashlib
import ipaddress
import time
from typing import Any

import redis
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import ngettext


class TooMany(Exception):
    """A limit was reached; `wait` is the number of seconds until it opens again."""

    def __init__(self, wait: int, limit: int, seconds: int) -> None:
        super().__init__(f"{limit} in {seconds} seconds")
        self.wait = wait
        self.limit = limit
        self.seconds = seconds

    @property
    def said(self) -> str:
        """The limit in words: "20 in 5 minutes"."""
        return says(self.limit, self.seconds)


def spend(name: str, who: str, *, limit: int, seconds: int) -> None:
    """Count one use of `name` by `who`; raise TooMany past `limit` in `seconds`."""
    now = int(time.time())
    window = now // seconds
    if count(_key(name, who, window), seconds) > limit:
        raise TooMany((window + 1) * seconds - now, limit, seconds)


def give_back(name: str, who: str, *, seconds: int) -> None:
    """Take back one use: it turned out not to be what is counted."""
    key = cache.make_key(_key(name, who, int(time.time()) // seconds))
    with valkey().pipeline(transaction=False) as pipe:
        pipe.set(key, 1, ex=seconds + 5, nx=True)  # the window may have changed meanwhile
        pipe.decr(key)
        pipe.execute()


def _key(name: str, who: str, window: int) -> str:
    return f"limit:{name}:{who}:{window}"


def count(key: str, seconds: int) -> int:
    """Count one up, in one round trip; the cache's own `incr` takes two and a client each time."""
    with valkey().pipeline(transaction=False) as pipe:
        pipe.set(cache.make_key(key), 0, ex=seconds + 5, nx=True)
        pipe.incr(cache.make_key(key))
        return int(pipe.execute()[1])


@functools.cache
def valkey() -> Any:
    return redis.from_url(settings.REDIS_URL)


# Who, where nobody is signed in ---------------------------------------------------------


def network_of(request: HttpRequest) -> str:
    """Return a keyed hash of the network that a request comes from: what limits are counted by.

    The address itself for IPv4; for IPv6 its first 64 bits, which one household shares.
    """
    return masked(_network(_address(request)))


def masked(value: str) -> str:
    """Return a keyed hash: the same for the same value, and no way back to it."""
    key = str(settings.SECRET_KEY).encode()[:64]
    return hashlib.blake2b(value.encode(), key=key, digest_size=12).hexdigest()


def _address(request: HttpRequest) -> str:
    proxies: int = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    passed = request.headers.get("X-Forwarded-For", "").split(",")
    if proxies and len(passed) >= proxies:
        return passed[-proxies].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def _network(address: str) -> str:
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if known.version == 4:
        return str(known)
    return str(ipaddress.ip_network((known, 64), strict=False))


def says(limit: int, seconds: int) -> str:
    """Return a limit in words."""
    hours, minutes = seconds // 3600, seconds // 60
    if hours and seconds % 3600 == 0:
        span = ngettext("an hour", "%(n)d hours", hours) % {"n": hours}
    elif minutes and seconds % 60 == 0:
        span = ngettext("a minute", "%(n)d minutes", minutes) % {"n": minutes}
    else:
        span = ngettext("a second", "%(n)d seconds", seconds) % {"n": seconds}
    return ngettext("once in %(span)s", "%(n)d times in %(span)s", limit) % {
        "n": limit,
        "span": span,
    }
