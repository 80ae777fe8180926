"""Chunks become one lossless file; the browser's copy is deleted on the word of this."""

import hashlib
import io
import math

import numpy as np
import psutil
import pytest

from sessions_app.audio import AudioError, BadChunk, EmptyStem, assemble
from sessions_app.audio import stem as stem_module


def any_24_bits(frames: int, channels: int, seed: int = 0) -> np.ndarray:
    """Noise over the whole range, both extremes and runs of silence included."""
    sound = np.random.default_rng(seed).integers(-(2**23), 2**23, (frames, channels))
    sound[0], sound[1], sound[100:200] = -(2**23), 2**23 - 1, 0
    return sound


def comments(path) -> list[str]:
    """Vendor and comments of a FLAC file, read by hand from its metadata blocks."""
    data = path.read_bytes()
    assert data[:4] == b"fLaC"
    at, found, last = 4, [], False
    while not last:
        last, kind = bool(data[at] & 0x80), data[at] & 0x7F
        size = int.from_bytes(data[at + 1 : at + 4], "big")
        body = data[at + 4 : at + 4 + size]
        assert kind in (0, 1, 4), "only stream info, padding and the comment block"
        if kind == 4:
            vendor = int.from_bytes(body[:4], "little")
            found.append(body[4 : 4 + vendor].decode())
            assert int.from_bytes(body[4 + vendor : 8 + vendor], "little") == 0
        at += 4 + size
    return found


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("rate", [8_000, 44_100, 48_000, 96_000, 192_000])
def test_every_bit_survives(studio, rate, channels):
    sound = any_24_bits(50_000, channels)
    pcm = studio.pcm(sound)
    chunks = studio.chunks("alice", pcm, 7_000 * channels * 3)
    out = studio.folder / "alice.flac"
    info = assemble(chunks, sample_rate=rate, channels=channels, out=out)
    decoded = np.rint(studio.listen(out) * 2**23).astype(np.int64)
    assert np.array_equal(decoded, sound)
    assert info.frames == 50_000
    assert (info.sample_rate, info.channels) == (rate, channels)
    assert info.sha256 == hashlib.sha256(pcm).hexdigest()
    assert info.peak_dbfs == 0.0
    assert info.duration_ms == pytest.approx(50_000_000 / rate)
    # The encoder's own checksum of the PCM, in the stream info: a witness outside our code.
    assert out.read_bytes()[26:42] == hashlib.md5(pcm).digest()


def test_the_file_says_nothing_about_anybody(studio):
    path = studio.stem("alice", studio.tone(440, 0.5))
    assert comments(path) == ["ffmpeg"]


def test_streams_with_short_reads_are_taken_as_well(studio):
    class Dripping(io.BytesIO):
        def read(self, size=-1):
            return super().read(min(size, 1001))

    pcm = studio.pcm(any_24_bits(10_000, 2))
    out = studio.folder / "bob.flac"
    halves = [Dripping(pcm[:30_000]), Dripping(pcm[30_000:])]
    info = assemble(halves, sample_rate=48_000, channels=2, out=out)
    assert info.sha256 == hashlib.sha256(pcm).hexdigest()


@pytest.mark.parametrize("level, dbfs", [(0.5, -6.0206), (0.1, -20.0), (0.0, -math.inf)])
def test_the_peak_is_told(studio, level, dbfs):
    sound = np.zeros((1000, 1))
    sound[500] = -level
    assert studio.stem_info("alice", sound).peak_dbfs == pytest.approx(dbfs, abs=1e-3)


@pytest.mark.parametrize(
    "rate, channels", [(7_999, 1), (192_001, 1), (0, 1), (48_000, 0), (48_000, 3)]
)
def test_impossible_formats_are_refused(studio, rate, channels):
    with pytest.raises(ValueError, match=r"sample rate|channels"):
        assemble([], sample_rate=rate, channels=channels, out=studio.folder / "x.flac")


def test_a_chunk_of_broken_frames_is_named(studio):
    out = studio.folder / "alice.flac"
    out.write_bytes(b"what was here before")
    chunks = [io.BytesIO(bytes(600)), io.BytesIO(bytes(601)), io.BytesIO(bytes(600))]
    with pytest.raises(BadChunk) as caught:
        assemble(chunks, sample_rate=48_000, channels=2, out=out)
    assert caught.value.number == 1
    assert out.read_bytes() == b"what was here before"
    assert [path.name for path in studio.folder.iterdir()] == ["alice.flac"]


@pytest.mark.parametrize("chunks", [[], [b""], [b"", b""]])
def test_no_frames_make_no_stem(studio, chunks):
    with pytest.raises(EmptyStem):
        assemble(
            map(io.BytesIO, chunks), sample_rate=48_000, channels=1, out=studio.folder / "x.flac"
        )
    assert list(studio.folder.iterdir()) == []


def test_a_file_that_does_not_decode_to_its_pcm_is_not_kept(studio, monkeypatch):
    monkeypatch.setattr(stem_module, "_digest_of", lambda _: "something else")
    with pytest.raises(AudioError, match="does not decode"):
        studio.stem("alice", studio.tone(440, 0.1))
    assert not (studio.folder / "alice.flac").exists()


def test_memory_stays_small_for_a_long_stem(studio):
    five_seconds = studio.pcm(studio.tone(220, 5, channels=2))
    used: list[int] = []

    def chunks():
        for _ in range(60):  # five minutes, 86 MB of PCM
            used.append(psutil.Process().memory_info().rss)
            yield io.BytesIO(five_seconds)

    info = assemble(chunks(), sample_rate=48_000, channels=2, out=studio.folder / "long.flac")
    assert info.frames == 300 * 48_000
    assert max(used) - used[0] < 40e6
