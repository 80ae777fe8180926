"""What a sender's browser posts: the Opus packets of one part, and how they are checked.

A body is packets one after the other, each behind its length (two bytes, big-endian). What is in
it is known from the packets themselves (RFC 6716, 3): how long each one sounds is in its first
bytes, so that no sender can say otherwise.
"""

RATE = 48_000
PACKET_MS = 20
PACKETS = 20  # of one part
PART_MS = PACKET_MS * PACKETS
PART_SAMPLES = RATE * PART_MS // 1000
LONGEST = 1275 * 3 + 3  # bytes of an Opus packet (RFC 6716, 3.4), of 60 ms at most here
LARGEST = 32 * 1024  # bytes of a part: five times what 128 kbit/s come to
_FRAME_SAMPLES = {  # of one frame, by the configuration's number (RFC 6716, table 2)
    **{n: (480, 960, 1920, 2880)[n % 4] for n in range(12)},
    **{n: (480, 960)[n % 2] for n in range(12, 16)},
    **{n: (120, 240, 480, 960)[n % 4] for n in range(16, 32)},
}


class BadPart(ValueError):
    """A body that isn't the packets of one part; the message is for the client's log."""


def read(body: bytes) -> list[bytes]:
    """Return the packets of a part. Raises BadPart."""
    if len(body) > LARGEST:
        raise BadPart(f"a part has {LARGEST} bytes at most")
    packets, at = [], 0
    while at < len(body):
        length = int.from_bytes(body[at : at + 2], "big")
        packet = body[at + 2 : at + 2 + length]
        if at + 2 > len(body) or not 0 < length <= LONGEST or len(packet) < length:
            raise BadPart("a packet is cut off, empty or too long")
        packets.append(packet)
        at += 2 + length
    if len(packets) != PACKETS:
        raise BadPart(f"a part has {PACKETS} packets")
    if any(samples(packet) != RATE * PACKET_MS // 1000 for packet in packets):
        raise BadPart(f"a packet is no Opus of {PACKET_MS} ms")
    return packets


def samples(packet: bytes) -> int:
    """Return how many samples (48 kHz) an Opus packet sounds; 0 for one that can't be."""
    one = _FRAME_SAMPLES[packet[0] >> 3]
    code = packet[0] & 3
    if code == 0:
        return one
    if code in {1, 2}:
        whole = code == 2 or len(packet) % 2 == 1  # two of the same length behind the first byte
        return 2 * one if whole else 0
    return one * (packet[1] & 63) if len(packet) > 1 else 0
