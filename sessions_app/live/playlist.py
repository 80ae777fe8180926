"""Playlists of a stream: Low-Latency HLS (draft-pantos-hls-rfc8216bis), as text."""

from datetime import UTC, datetime

from sessions_app.live.packets import PART_MS
from sessions_app.live.store import SEGMENT, SEGMENTS, Stream

PART = PART_MS / 1000  # seconds
HOLD_BACK = 4 * PART  # how far behind the newest part a player stays; three parts at least
WITH_PARTS = 3  # segments whose parts are named one by one
CODECS = "opus"
KBITS = 140

CONTENT_TYPE = "application/vnd.apple.mpegurl"


def multivariant(address: str) -> str:
    """Return the playlist that names the one form the stream has. `address`: of that one."""
    about = f'BANDWIDTH={KBITS * 1000},CODECS="{CODECS}"'
    return f"#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-STREAM-INF:{about}\n{address}\n"


def media(stream: Stream) -> str:
    """Return the playlist of the newest segments and parts. Addresses are relative to its own."""
    first = max(0, stream.segment - SEGMENTS)
    # What the tag before the first segment counts is added to the number by who reads it.
    begins = first == 0 and stream.runs > 0
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:9",
        f"#EXT-X-TARGETDURATION:{round(PART * SEGMENT)}",
        f"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK={HOLD_BACK:.1f}",
        f"#EXT-X-PART-INF:PART-TARGET={PART:.1f}",
        f"#EXT-X-MEDIA-SEQUENCE:{stream.base + first}",
        f"#EXT-X-DISCONTINUITY-SEQUENCE:{stream.runs - begins}",
        *(["#EXT-X-DISCONTINUITY"] if begins else []),
        '#EXT-X-MAP:URI="init.mp4"',
    ]
    for number in range(first, stream.segment + 1):
        lines += _segment(stream, number)
    lines.append(f'#EXT-X-PRELOAD-HINT:TYPE=PART,URI="{_part(stream, stream.have)}"')
    return "\n".join(lines) + "\n"


def _segment(stream: Stream, number: int) -> list[str]:
    parts = range(number * SEGMENT, min((number + 1) * SEGMENT, stream.have))
    lines = []
    if parts and stream.began:
        at = (stream.began + parts.start * PART_MS) / 1000
        moment = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
        lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{moment.replace('+00:00', 'Z')}")
    if number > stream.segment - WITH_PARTS:
        lines += [
            f'#EXT-X-PART:DURATION={PART:.1f},URI="{_part(stream, n)}",INDEPENDENT=YES'
            for n in parts
        ]
    if number < stream.segment:
        lines += [f"#EXTINF:{PART * SEGMENT:.1f},", f"{stream.version}/s{number}.m4s"]
    return lines


def _part(stream: Stream, number: int) -> str:
    return f"{stream.version}/p{number}.m4s"


def wanted(stream: Stream, segment: int, part: int | None) -> int | None:
    """Return how many parts there must be for a playlist that is asked for in advance.

    `segment`: its media sequence number; `part`: within it, the whole segment without one. None
    where it is too far ahead to be waited for.
    """
    number = segment - stream.base
    if number > stream.segment + 2:
        return None
    return number * SEGMENT + (SEGMENT if part is None else part + 1)
