"""Rate limits: fixed windows counted in Valkey, so that all processes share one count.

What a person may do by page, API and socket alike is a `Limit` here, spent by the service that does
it. While Valkey is away nothing can be counted: what guards an account or writes to somebody's
address is refused then (`guards`), everything else goes on uncounted.
"""

import functools
import hashlib
import ipaddress
import logging
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import redis
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import ngettext

logger = logging.getLogger(__name__)
AWAY = (redis.ConnectionError, redis.TimeoutError)
LOOKS_AGAIN = 1.0  # seconds that Valkey isn't asked after it was found away


class Away(Exception):
    """What guards this can't be counted now; it is refused until it can."""

    wait = 5  # seconds


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


@dataclass(frozen=True)
class Limit:
    """How often one person may do something, by whatever door."""

    name: str
    limit: int
    seconds: int

    def spend(self, person: int) -> None:
        """Count one use. Raises TooMany."""
        spend(self.name, str(person), limit=self.limit, seconds=self.seconds)


MESSAGES = Limit("message", 120, 60)
CONVERSATIONS = Limit("open-conversation", 30, 3600)
CHAT_LINES = Limit("chat-line", 120, 60)
CHAT_FILES = Limit("chat-file", 30, 3600)
SESSIONS = Limit("open-session", 20, 3600)
SEAT_DECISIONS = Limit("seat-decision", 60, 3600)  # of a host, on who asked for a seat
OFFERS = Limit("offer-session", 20, 3600)  # to pass a session on
KNOCKS = Limit("knock", 30, 3600)  # at doors whose hosts are asked
DIRECT_ANSWERS = Limit("direct-answer", 60, 60)  # on whom one lets be connected directly
SFU_TOKENS = Limit("sfu-token", 30, 60)  # for the media server of a larger room
BEATS = Limit("beat", 30, 60)  # changes of a room's metronome
BEAT_VOTES = Limit("beat-vote", 3, 300)  # votes on it that somebody opens
STREAM_ANSWERS = Limit("stream-answer", 60, 60)  # on whether listeners may hear one
STREAM_CHANGES = Limit("stream-change", 30, 60)  # starts and ends of a stream, by one person
STREAM_PARTS = Limit("stream-part", 600, 60)  # four minutes of sound in a minute
STREAM_MIXES = Limit("stream-mix", 600, 60)  # changes of what listeners hear of whom
STREAM_LISTENERS = 200  # pages that listen to one session
STREAM_STARTS = 120  # pages that begin to listen, from one network in a minute
REACTIONS = Limit("reaction", 10, 10)  # of a listener, in all sessions together
REACTIONS_OF_ALL = 20  # in one session in a second: what is more isn't shown
TRACKS = Limit("track", 60, 60)  # changes of a room's backing track
TRACK_SECONDS = 600  # of the longest: each browser holds its sound in memory
TRACK_STEMS = 4  # of one recording, that sound at a time
SHEET_EDITS = Limit("sheet-edit", 240, 60)  # of set lists, charts and notes
SONGS = 50  # of one set list
SHEET_LINES = 300  # of one chart, or of the notes
LATENCIES = Limit("latency", 120, 600)  # reports of one's own browser, one for each pair
TONIGHT = Limit("play-tonight", 20, 3600)
ASKING_TO_JAM = Limit("ask-to-jam", 5, 3600)  # times that people open to jam are asked
ASKED_TO_JAM = 3  # times that somebody open to jam is asked, in
ASKED_TO_JAM_IN = timedelta(hours=6)
ASKED_AT_ONCE = 8  # people open to jam, for one room
SESSION_EDITS = Limit("edit-session", 30, 3600)  # each may be told to all who answered
RSVPS = Limit("rsvp", 60, 3600)
PLANNED_SESSIONS = 20  # of one host, that haven't begun
PLANNED_DAYS = 365  # ahead, at most
WAITING_LIST = 50  # people in line for one session, asking or waiting
TAKES = Limit("take", 60, 3600)  # asked for: each asks everybody present
PHOTOS = Limit("photo", 30, 3600)
CHUNKS = Limit("stem-chunk", 600, 60)  # 50 minutes of sound in a minute
LIST_ENTRIES = 20  # in one list of a person's own words, wherever they tell one
LIST_ENTRY_LENGTH = 80  # characters of each
SOCKETS = 120  # open at a time, of one person, in one socket process


def spend(name: str, who: str, *, limit: int, seconds: int, guards: bool = False) -> None:
    """Count one use of `name` by `who`; raise TooMany past `limit` in `seconds`.

    `guards`: raise Away when it can't be counted.
    """
    now = int(time.time())
    window = now // seconds
    try:
        used = count(_key(name, who, window), seconds)
    except AWAY:
        if guards:
            raise Away from None
        return
    if used > limit:
        raise TooMany((window + 1) * seconds - now, limit, seconds)


def spend_on(
    name: str, request: HttpRequest, target: str, *, limit: int, each: int, seconds: int
) -> None:
    """Count something that is asked for, which goes to somebody else; raise TooMany, or Away.

    By who asks, `limit` for all targets and `each` for this one. What others ask for the same
    target never counts: they could use up what its owner needs.
    """
    who = network_of(request)
    pair = f"{masked(target.strip().lower())}:{who}"
    spend(f"{name}-by", who, limit=limit, seconds=seconds, guards=True)
    spend(f"{name}-for", pair, limit=each, seconds=seconds, guards=True)


def give_back(name: str, who: str, *, seconds: int) -> None:
    """Take back one use: it turned out not to be what is counted."""
    key = cache.make_key(_key(name, who, int(time.time()) // seconds))
    try:
        with valkey().pipeline(transaction=False) as pipe:
            pipe.set(key, 1, ex=seconds + 5, nx=True)  # the window may have changed meanwhile
            pipe.decr(key)
            pipe.execute()
    except AWAY:
        logger.warning("a use stays counted: Valkey is away")


def _key(name: str, who: str, window: int) -> str:
    return f"limit:{name}:{who}:{window}"


def count(key: str, seconds: int) -> int:
    """Count one up, in one round trip; the cache's own `incr` takes two and a client each time.

    Raises what `AWAY` names; for a moment after that without trying, so that nobody waits for it.
    """
    global _away_until  # noqa: PLW0603
    if time.monotonic() < _away_until:
        raise redis.ConnectionError("Valkey was away a moment ago")
    try:
        with valkey().pipeline(transaction=False) as pipe:
            pipe.set(cache.make_key(key), 0, ex=seconds + 5, nx=True)
            pipe.incr(cache.make_key(key))
            return int(pipe.execute()[1])
    except AWAY as error:
        logger.warning("nothing can be counted: %s", type(error).__name__)
        _away_until = time.monotonic() + LOOKS_AGAIN
        raise


_away_until = 0.0


@functools.cache
def valkey() -> Any:
    return redis.from_url(settings.REDIS_URL, **settings.VALKEY_PATIENCE)


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
