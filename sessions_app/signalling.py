"""What two players' browsers tell each other through us, without any address but a relay's.

Whoever goes through a relay with somebody must not be shown to them, whatever either client says:
a message is read against its declaration and written anew from what was read. Host and
server-reflexive candidates (RFC 8839), the addresses of SDP's `o=`, `c=` and `a=rtcp` (RFC 8866),
related addresses, mDNS names and every field or line that isn't known stay behind.
"""

import ipaddress
import re
from collections.abc import Callable, Collection
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

MAX_SDP = 32 * 1024  # characters; a browser's have 2,000 to 8,000
MAX_LINES = 400  # a browser has some 100 for sound and data
MAX_LINE = 1024
MAX_CANDIDATE = 300
MOST_COLONS = 24  # of one line; fingerprints apart

Turn = Annotated[int, Field(ge=0, le=2**31)]
Engine = Literal["data", "webrtc"]
Text = Annotated[str, Field(max_length=MAX_SDP)]


class Unfit(Exception):
    """A message that can't pass between two who go through a relay."""


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    turn: Turn


class _Offer(_Message):
    k: Literal["offer"]
    sdp: Text
    engine: Engine
    caps: Annotated[dict[Annotated[str, Field(pattern=r"^[A-Za-z]{1,40}$")], bool],
                    Field(max_length=20)]  # fmt: skip
    policy: Literal["relay", "all"] | None = None


class _Answer(_Message):
    k: Literal["answer"]
    sdp: Text


class _Candidate(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    candidate: Annotated[str, Field(max_length=MAX_CANDIDATE)]
    mid: Annotated[str | None, Field(alias="sdpMid", pattern=r"^[A-Za-z0-9_-]{0,40}$")] = None
    line: Annotated[int | None, Field(alias="sdpMLineIndex", ge=0, le=64)] = None
    fragment: Annotated[
        str | None, Field(alias="usernameFragment", pattern=r"^[A-Za-z0-9+/]{0,256}$")
    ] = None


class _Ice(_Message):
    k: Literal["ice"]
    candidate: _Candidate


class _Refuse(_Message):
    k: Literal["refuse"]
    engine: Engine


class _Again(_Message):
    k: Literal["again"]
    anew: bool = False


_MESSAGES: TypeAdapter[Any] = TypeAdapter(
    Annotated[_Offer | _Answer | _Ice | _Refuse | _Again, Field(discriminator="k")]
)


def without_addresses(data: dict[str, Any], relays: Collection[str] = ()) -> dict[str, Any] | None:
    """Return a signalling message with no address but a relay's; None if nothing of it is left.

    `relays`: the addresses that are relays', where they are known; any may be one where none is.

    Raises Unfit for what isn't such a message. Written twice it is the same.
    """
    try:
        message = _MESSAGES.validate_python(data)
    except ValidationError:
        raise Unfit from None
    kept: dict[str, Any] = message.model_dump(exclude_none=True, by_alias=True)
    if isinstance(message, _Ice):
        line = message.candidate.candidate
        if line:  # an empty one says that there are no more
            relayed = relay_candidate(line.removeprefix("a="), relays)
            if relayed is None:
                return None
            kept["candidate"]["candidate"] = relayed
    elif isinstance(message, _Offer | _Answer):
        kept["sdp"] = relay_sdp(message.sdp, relays)
    return kept


# Candidates -----------------------------------------------------------------------------

_CANDIDATE = re.compile(
    r"candidate:(?P<foundation>[A-Za-z0-9+/]{1,32}) (?P<component>[1-9][0-9]{0,2}) "
    r"(?P<transport>udp|tcp) (?P<priority>[0-9]{1,10}) (?P<address>\S{2,45}) "
    r"(?P<port>[0-9]{1,5}) typ (?P<kind>[a-z]{3,6})(?: raddr \S{1,255} rport [0-9]{1,5})?"
    r"(?P<rest>(?: [a-z-]{2,20} [A-Za-z0-9+/]{1,256})*)",
    re.ASCII | re.IGNORECASE,
)
# What may follow it: numbers, and words whose letters make no address.
_EXTENSIONS = {
    "generation": r"[0-9]{1,9}",
    "ufrag": r"[A-Za-z0-9+/]{1,256}",
    "network-id": r"[0-9]{1,5}",
    "network-cost": r"[0-9]{1,5}",
}


def relay_candidate(line: str, relays: Collection[str] = ()) -> str | None:
    """Return a relay's candidate without the address behind it; None for any other."""
    found = _CANDIDATE.fullmatch(line)
    if found is None or found["kind"].lower() != "relay" or "%" in found["address"]:
        return None
    try:
        address = ipaddress.ip_address(found["address"])
    except ValueError:
        return None
    if relays and str(address) not in relays:
        return None
    nowhere = "0.0.0.0" if address.version == 4 else "::"  # noqa: S104 - an address of nobody
    words = found["rest"].split()
    extensions = [
        f" {key} {value}"
        for key, value in zip(words[::2], words[1::2], strict=True)
        if key in _EXTENSIONS and re.fullmatch(_EXTENSIONS[key], value)
    ]
    return (
        f"candidate:{found['foundation']} {found['component']} {found['transport'].lower()} "
        f"{found['priority']} {address} {found['port']} typ relay raddr {nowhere} rport 0"
        + "".join(extensions)
    )


# Session descriptions -------------------------------------------------------------------

_NUMBER = "[0-9]{1,20}"
_KINDS = r"(?:audio|video|application)"
_WORDS = r"[\x20-\x7e]*"
# The lines of a description that browsers make for sound and data, by how they read whole.
_LINES = re.compile(
    "|".join(
        (
            r"v=0",
            r"t=0 0",
            r"b=(?:AS|TIAS|CT):[0-9]{1,9}",
            r"a=(?:sendrecv|recvonly|sendonly|inactive|rtcp-mux|rtcp-mux-only|rtcp-rsize)",
            r"a=(?:bundle-only|extmap-allow-mixed|end-of-candidates|ice-lite)",
            r"a=group:BUNDLE(?: [A-Za-z0-9_-]{1,40}){0,64}",
            r"a=msid-semantic: ?WMS(?: [A-Za-z0-9*{}_-]{1,64}){0,64}",
            r"a=ice-(?:ufrag|pwd):[A-Za-z0-9+/]{4,256}",
            r"a=ice-options:[a-z0-9 +-]{1,64}",
            r"a=fingerprint:sha-(?:1|224|256|384|512) [0-9A-F]{2}(?::[0-9A-F]{2}){19,63}",
            r"a=setup:(?:active|passive|actpass|holdconn)",
            r"a=mid:[A-Za-z0-9_-]{1,40}",
            r"a=sctp-port:[0-9]{1,5}",
            r"a=max-message-size:[0-9]{1,20}",
            r"a=(?:ptime|maxptime):[0-9]{1,5}",
            r"a=(?:rtpmap|fmtp|rtcp-fb|extmap|ssrc|ssrc-group|msid|rid|simulcast):" + _WORDS,
        )
    ),
    re.ASCII,
)
_MEDIA = re.compile(
    rf"m=({_KINDS}) ([0-9]{{1,5}}) ((?:UDP|TCP|TLS|DTLS)?/?[A-Z/]{{3,20}})"
    r"((?: [A-Za-z0-9-]{1,20}){1,64})",
    re.ASCII,
)
_ORIGIN = re.compile(
    rf"o=(?:-|mozilla\.\.\.THIS_IS_SDPARTA-[0-9.]{{1,12}}) ({_NUMBER}) ({_NUMBER}) IN IP[46] \S+"
)
_NOWHERE = "IN IP4 0.0.0.0"


def relay_sdp(sdp: str, relays: Collection[str] = ()) -> str:
    """Return a description that holds no address but those of relays' candidates.

    Raises Unfit for one of more lines than a browser's: reading them holds up all who are served.
    """
    lines = [line.rstrip("\r") for line in sdp.split("\n")]
    if len(lines) > MAX_LINES:
        raise Unfit
    kept = [wanted for line in lines if line and (wanted := _line(line, relays)) is not None]
    return "".join(f"{line}\r\n" for line in kept)


def _line(line: str, relays: Collection[str]) -> str | None:
    """Return a line as it may pass; None for one that may not."""
    if len(line) > MAX_LINE:
        return None
    if line.startswith("a=candidate:"):
        relayed = relay_candidate(line.removeprefix("a="), relays)
        return f"a={relayed}" if relayed else None
    for start, written in _WRITTEN.items():
        if line.startswith(start):
            return written(line)
    return line if _LINES.fullmatch(line) and not _holds_address(line) else None


def _origin(line: str) -> str:
    found = _ORIGIN.fullmatch(line)
    return f"o=- {found[1] if found else 1} {found[2] if found else 1} {_NOWHERE}"


def _media(line: str) -> str | None:
    found = _MEDIA.fullmatch(line)
    if found is None:
        return None
    port = "0" if int(found[2]) == 0 else "9"  # a port may tell one address from another
    return f"m={found[1]} {port} {found[3]}{found[4]}"


# Lines that are written anew, by how they begin.
_WRITTEN: dict[str, Callable[[str], str | None]] = {
    "c=": lambda _: f"c={_NOWHERE}",
    "a=rtcp:": lambda _: f"a=rtcp:9 {_NOWHERE}",
    "o=": _origin,
    "s=": lambda _: "s=-",
    "m=": _media,
}


_BREAKS = re.compile(r"[\s;,=/\"'<>()\[\]%]+")


def _holds_address(line: str) -> bool:
    if ".local" in line.lower():
        return True
    if line.startswith("a=fingerprint:"):  # pairs of digits, as its pattern says
        return False
    if line.count(":") > MOST_COLONS:  # no browser's; each word of them costs time
        return True
    return any(_is_address(word) for word in _BREAKS.split(line.partition("=")[2]))


_DOTTED = re.compile(r"(?<![0-9.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9])")


def _is_address(word: str) -> bool:
    if _DOTTED.search(word):
        return True
    if word.count(":") < 2:
        return False
    # "a=fmtp:96 x:::1": what stands before the first colon may be the attribute's name.
    for tail in (word, word.partition(":")[2]):
        try:
            ipaddress.ip_address(tail)
        except ValueError:
            continue
        return True
    return False
