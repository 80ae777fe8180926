"""The stream of a session in Valkey: who sends it, whose voices are in it, its newest parts.

All of it runs out by itself: a part after `PART_LASTS`, the rest `STATE_LASTS` after the last part.
A **version** is one row of parts from one sender and with the same voices, or more of them. When a
voice goes, the version ends: its parts are deleted at once, and no more of it are taken. Whose
voices may be in it is not known here: the rows say, and are asked for each part and each playlist.
"""

import hashlib
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from foundation.limits import valkey
from sessions_app.live.packets import PART_MS

SEGMENT = 5  # parts
SEGMENTS = 6  # that a playlist names, beside the one which isn't whole
PART_LASTS = 20  # seconds
STATE_LASTS = 15  # seconds after the last part
FIRST_WITHIN = 30  # seconds in which the first part of a version must come
AHEAD = 6  # parts that may come before one that is missing
EARLY, LATE = 2000, 8000  # ms that a part may be before or behind its time
EAR_LASTS = 8  # seconds after a listener last asked for a playlist


@dataclass(frozen=True)
class Stream:
    """What is on the air: keys of people, numbers of parts."""

    session: int
    version: int
    sender: int
    voices: frozenset[int]
    have: int  # parts that are there, without a gap
    base: int  # media sequence number of the version's first segment
    runs: int  # versions before this one
    began: float  # ms (Unix) at which the first part's sound began; 0 before it came
    told: int  # listeners that the room was told of last

    @property
    def segment(self) -> int:
        """The number of the segment that isn't whole yet, within the version."""
        return self.have // SEGMENT


def _key(session: int) -> str:
    return f"stream:{session}"


def _parts(session: int, version: int) -> str:
    return f"{_key(session)}:{version}"


def of(session: int) -> Stream | None:
    """Return the stream of a session, or None while there is none."""
    kept = valkey().hgetall(_key(session))
    return _read(session, kept) if b"version" in kept else None


def _read(session: int, kept: dict[bytes, bytes]) -> Stream:
    numbers = {
        name: int(float(kept[name.encode()]))
        for name in ("version", "sender", "have", "base", "runs", "told")
    }
    voices = frozenset(json.loads(kept[b"voices"]))
    return Stream(session=session, voices=voices, began=float(kept[b"began"]), **numbers)


_BEGIN = """
local old = redis.call('HMGET', KEYS[1], 'version', 'have', 'base', 'runs')
if ARGV[1] ~= '' and old[1] ~= ARGV[1] then return 0 end
local version, base, runs = tonumber(ARGV[2]), tonumber(ARGV[3]), 0
if old[1] then
  version = math.max(version, tonumber(old[1]) + 1)
  base = math.max(base, tonumber(old[3]) + math.floor(tonumber(old[2]) / ARGV[6]) + 1)
  runs = tonumber(old[4]) + 1
  local parts = KEYS[1] .. ':' .. old[1]
  redis.call('DEL', parts .. ':sums')
  for n = math.max(0, tonumber(old[2]) - 120), tonumber(old[2]) + ARGV[7] do
    redis.call('DEL', parts .. ':' .. n)
  end
end
redis.call('HSET', KEYS[1], 'version', string.format('%.0f', version), 'sender', ARGV[4],
  'voices', ARGV[5], 'have', 0, 'base', string.format('%.0f', base), 'runs', runs, 'began', 0,
  'told', 0)
redis.call('EXPIRE', KEYS[1], ARGV[8])
return 1
"""


def begin(
    session: int, sender: int, voices: Iterable[int], opened: float, instead: int | None = None
) -> None:
    """Begin a version; what was there of another is deleted.

    `opened`: when the session was opened (Unix): numbers of segments grow with the time since, so
    that they go on growing where Valkey forgot the last one. `instead`: the version it replaces,
    and nothing happens if another one is there by now.
    """
    now = time.time()
    base = int((now - opened) * 1000) // (PART_MS * SEGMENT)
    script = _script(_BEGIN)
    script(
        keys=[_key(session)],
        args=[
            "" if instead is None else instead,
            int(now * 1000), max(0, base), sender, json.dumps(sorted(voices)),
            SEGMENT, AHEAD, FIRST_WITHIN,
        ],
    )  # fmt: skip


_END = """
local old = redis.call('HMGET', KEYS[1], 'version', 'have')
if not old[1] then return 0 end
local parts = KEYS[1] .. ':' .. old[1]
redis.call('DEL', KEYS[1], parts .. ':sums', KEYS[1] .. ':ears')
for n = math.max(0, tonumber(old[2]) - 120), tonumber(old[2]) + ARGV[1] do
  redis.call('DEL', parts .. ':' .. n)
end
return 1
"""


def end(session: int) -> bool:
    """Delete a stream with all its parts; return whether there was one."""
    return bool(_script(_END)(keys=[_key(session)], args=[AHEAD]))


_VOICES = """
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'voices', ARGV[2])
return 1
"""


def add_voices(stream: Stream, voices: Iterable[int]) -> bool:
    """Let more people be in a version; return False if another one has begun meanwhile."""
    more = json.dumps(sorted(stream.voices | set(voices)))
    return bool(_script(_VOICES)(keys=[_key(stream.session)], args=[stream.version, more]))


_ADD = """
local kept = redis.call('HMGET', KEYS[1], 'version', 'have', 'began')
if kept[1] ~= ARGV[1] then return {'stale', 0} end
local n, have, began = tonumber(ARGV[2]), tonumber(kept[2]), tonumber(kept[3])
local now, part = tonumber(ARGV[5]), tonumber(ARGV[6])
local known = redis.call('HGET', KEYS[2], ARGV[2])
if known then return {known == ARGV[3] and 'same' or 'other', have} end
if n < have then return {'same', have} end
if n > have + tonumber(ARGV[7]) then return {'ahead', have} end
if began == 0 then began = now - (n + 1) * part end
local behind = now - began - (n + 1) * part
if behind < -tonumber(ARGV[8]) then return {'early', have} end
if behind > tonumber(ARGV[9]) then return {'late', have} end
-- Clocks drift: what is a second off for long moves the beginning, by a millisecond a part.
if behind > 1000 then began = began + 1 elseif behind < -1000 then began = began - 1 end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
redis.call('SET', KEYS[3], ARGV[4], 'EX', ARGV[11])
while redis.call('HEXISTS', KEYS[2], have) == 1 do
  redis.call('HDEL', KEYS[2], have - 60)
  have = have + 1
end
redis.call('HSET', KEYS[1], 'have', have, 'began', string.format('%.0f', began))
redis.call('EXPIRE', KEYS[1], ARGV[10])
redis.call('EXPIRE', KEYS[2], ARGV[10])
return {'new', have}
"""


def add(stream: Stream, number: int, fragment: bytes, now: float | None = None) -> tuple[str, int]:
    """Store a part; return what became of it, and how many there are without a gap.

    "new"; "same": it was there; "other": another one was; "stale": its version is over; "ahead":
    others are missing before it; "early", "late": it doesn't fit the time that has passed.
    """
    parts = _parts(stream.session, stream.version)
    became, have = _script(_ADD)(
        keys=[_key(stream.session), f"{parts}:sums", f"{parts}:{number}"],
        args=[
            stream.version, number, hashlib.sha256(fragment).hexdigest()[:16], fragment,
            int((now or time.time()) * 1000), PART_MS, AHEAD, EARLY, LATE, STATE_LASTS, PART_LASTS,
        ],
    )  # fmt: skip
    return became.decode(), int(have)


def piece(stream: Stream, first: int, count: int) -> bytes | None:
    """Return so many parts of a version, one behind the other; None unless all are there."""
    if first < 0 or first + count > stream.have:
        return None
    parts = _parts(stream.session, stream.version)
    found = valkey().mget([f"{parts}:{n}" for n in range(first, first + count)])
    return None if None in found else b"".join(found)


# Who listens: a number for each page, and how many there are ------------------------------


def hear(session: int, ear: str, most: int) -> bool:
    """Note that a page listens; return False where there are as many as there may be."""
    key, now = f"{_key(session)}:ears", time.time()
    client = valkey()
    with client.pipeline(transaction=False) as pipe:
        pipe.zremrangebyscore(key, 0, now - EAR_LASTS)
        pipe.zscore(key, ear)
        pipe.zcard(key)
        _gone, known, count = pipe.execute()
        if known is None and count >= most:
            return False
        pipe.zadd(key, {ear: now})
        pipe.expire(key, EAR_LASTS * 2)
        pipe.execute()
    return True


def listeners(session: int) -> int:
    since = time.time() - EAR_LASTS
    return int(valkey().zcount(f"{_key(session)}:ears", since, "+inf"))


# In one step: one that ends in between must not come back as a row of nothing but this.
_TOLD = """
if redis.call('HEXISTS', KEYS[1], 'version') == 1 then
  redis.call('HSET', KEYS[1], 'told', ARGV[1])
end
"""


def told(session: int, count: int) -> None:
    """Note how many listeners the room was told of."""
    _script(_TOLD)(keys=[_key(session)], args=[count])


def forget(user: Any) -> int:
    """End every stream that somebody sends or is heard in: they are being erased. Repeatable."""
    client, count = valkey(), 0
    for key in client.scan_iter("stream:*", count=1000, _type="hash"):
        name = key.decode().split(":")
        kept = client.hgetall(key) if len(name) == 2 else {}
        if b"version" in kept and user.pk in {*json.loads(kept[b"voices"]), int(kept[b"sender"])}:
            count += end(int(name[1]))
    return count


@cache
def _script(text: str) -> Any:
    return valkey().register_script(text)
