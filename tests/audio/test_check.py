"""Whatever a file is called, what counts is what is in it."""

import av
import numpy as np
import pytest

from sessions_app.audio import NotAudio, peaks, probe_audio


def encoded(path, container, codec, *, rate=48_000, layout="stereo", tags=None):
    """A second of tone through PyAV, tags included."""
    with av.open(str(path), "w", format=container) as file:
        file.metadata.update(tags or {})
        stream = file.add_stream(codec, rate=rate)
        stream.layout = layout
        channels = stream.codec_context.layout.nb_channels
        wave = np.sin(np.arange(rate) / 20) * 8000
        sound = np.repeat(wave.astype(np.int16)[:, None], channels, axis=1)
        frame = av.AudioFrame.from_ndarray(sound.reshape(1, -1), format="s16", layout=layout)
        frame.sample_rate = rate
        to_codec = av.AudioResampler(
            format=stream.codec_context.format, layout=layout, rate=rate, frame_size=1024
        )
        for piece in [*to_codec.resample(frame), *to_codec.resample(None)]:
            file.mux(stream.encode(piece))
        file.mux(stream.encode(None))
    return path


@pytest.mark.parametrize(
    "container, codec, rate, layout, told",
    [
        ("flac", "flac", 44_100, "mono", ("flac", "flac", True)),
        ("wav", "pcm_s16le", 22_050, "stereo", ("wav", "pcm_s16le", True)),
        ("aiff", "pcm_s16be", 44_100, "stereo", ("aiff", "pcm_s16be", True)),
        ("ogg", "libopus", 48_000, "stereo", ("ogg", "opus", False)),
        ("webm", "libopus", 48_000, "mono", ("matroska", "opus", False)),
        ("mp3", "libmp3lame", 44_100, "stereo", ("mp3", "mp3float", False)),
        ("ipod", "aac", 48_000, "stereo", ("mov", "aac", False)),
        ("ipod", "alac", 48_000, "stereo", ("mov", "alac", True)),
        ("adts", "aac", 48_000, "stereo", ("aac", "aac", False)),
    ],
)
def test_kinds_that_musicians_have(tmp_path, container, codec, rate, layout, told):
    path = encoded(tmp_path / "holiday.jpg", container, codec, rate=rate, layout=layout)
    info = probe_audio(path)
    assert (info.container, info.codec, info.lossless) == told
    assert (info.sample_rate, info.channels) == (rate, 1 if layout == "mono" else 2)
    assert info.duration_ms == pytest.approx(1000, abs=60)
    assert info.pictures == 0


def test_tags_are_named_but_not_read_out(tmp_path):
    tags = {"artist": "Alice Example", "comment": "at home, 51.5 N"}
    info = probe_audio(encoded(tmp_path / "a.flac", "flac", "flac", tags=tags))
    assert {"artist", "comment"} <= set(info.tags)
    assert "Alice" not in repr(info)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF",
        b"hello, this is a letter",
        b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"\x89PNG\r\n\x1a\n" + bytes(200),
        b"PK\x03\x04" + bytes(200),
        b"<svg xmlns='http://www.w3.org/2000/svg'></svg>",
        b"fLaC" + bytes(500),
        b"OggS" + bytes(500),
        b"RIFF\xff\0\0\0WAVEfmt " + bytes(500),
        b"\0\0\0\x18ftypM4A " + bytes(500),
        b"\xff\xfb" + bytes(500),
        b"ID3\x04" + bytes(500),
        b"\x1a\x45\xdf\xa3" + bytes(500),
    ],
)
def test_other_things_are_no_audio(tmp_path, content):
    path = tmp_path / "song.flac"
    path.write_bytes(content)
    with pytest.raises(NotAudio):
        probe_audio(path)


def test_a_song_cut_from_a_longer_one_is_taken(tmp_path):
    """Its first frame refers to one that is gone; players go on, and so do we."""
    path = encoded(tmp_path / "a.mp3", "mp3", "libmp3lame", rate=44_100)
    data = path.read_bytes()
    later = data.index(data[data.index(b"\xff\xfb") :][:2], len(data) // 2)
    path.write_bytes(data[later:])
    assert probe_audio(path).codec == "mp3float"


def test_a_film_is_no_audio(tmp_path):
    path = tmp_path / "song.m4a"
    with av.open(str(path), "w", format="mp4") as file:
        video = file.add_stream("mpeg4", rate=25)
        video.width = video.height = 64
        video.pix_fmt = "yuv420p"
        sound = file.add_stream("aac", rate=48_000)
        sound.layout = "mono"
        for number in range(5):
            frame = av.VideoFrame(64, 64, "yuv420p")
            frame.pts = number
            file.mux(video.encode(frame))
        quiet = av.AudioFrame.from_ndarray(
            np.zeros((1, 9_600), np.float32), format="fltp", layout="mono"
        )
        quiet.sample_rate = 48_000
        file.mux(sound.encode(quiet))
        file.mux(video.encode(None))
        file.mux(sound.encode(None))
    with pytest.raises(NotAudio, match="moving pictures"):
        probe_audio(path)


def test_codecs_outside_the_list_are_refused(tmp_path):
    path = encoded(tmp_path / "old.wav", "wav", "adpcm_ms", rate=44_100)
    with pytest.raises(NotAudio):
        probe_audio(path)


@pytest.mark.parametrize("rate", [500, 4_000, 384_000])
def test_rates_nobody_plays_at_are_refused(tmp_path, rate):
    with pytest.raises(NotAudio, match="rate"):
        probe_audio(encoded(tmp_path / "a.wav", "wav", "pcm_s16le", rate=rate))


def test_a_file_that_changes_its_rate_is_not_played_at_the_wrong_one(tmp_path):
    halves = [
        encoded(tmp_path / f"{rate}.mp3", "mp3", "libmp3lame", rate=rate).read_bytes()
        for rate in (48_000, 44_100)
    ]
    (tmp_path / "both.mp3").write_bytes(b"".join(halves))
    with pytest.raises(NotAudio, match="change in the middle"):
        peaks(tmp_path / "both.mp3")


def test_a_missing_file_is_the_disks_matter(tmp_path):
    with pytest.raises(FileNotFoundError):
        probe_audio(tmp_path / "gone.flac")
