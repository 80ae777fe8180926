"""A small studio: it makes sounds whose every sample is known and listens to what comes out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import numpy.typing as npt
import pytest

from sessions_app.audio import StemInfo, assemble

Sound = npt.NDArray[np.float64]  # (frames, channels)
FULL = 2**23 - 1


class Studio:
    """Makes stems as a browser would send them, and decodes results with plain PyAV."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @staticmethod
    def pcm(sound: npt.NDArray[Any]) -> bytes:
        """Sound -1–1 (or whole 24-bit numbers) as s24le."""
        if sound.dtype.kind == "f":
            sound = np.rint(sound * FULL)
        whole = np.ascontiguousarray(sound.astype("<i4"))
        return whole.view(np.uint8).reshape(-1, 4)[:, :3].tobytes()

    def chunks(self, name: str, pcm: bytes, size: int) -> list[Path]:
        """The PCM in files of ``size`` bytes."""
        paths = []
        for number, begin in enumerate(range(0, len(pcm), size)):
            paths.append(self.folder / f"{name}.{number}")
            paths[-1].write_bytes(pcm[begin : begin + size])
        return paths

    def stem(self, name: str, sound: Sound, rate: int = 48_000) -> Path:
        """An assembled stem ``name``.flac."""
        self.stem_info(name, sound, rate)
        return self.folder / f"{name}.flac"

    def stem_info(self, name: str, sound: Sound, rate: int = 48_000) -> StemInfo:
        sound = sound.reshape(len(sound), -1)
        channels = sound.shape[1]
        chunks = self.chunks(name, self.pcm(sound), 5 * rate * channels * 3)
        out = self.folder / f"{name}.flac"
        return assemble(chunks, sample_rate=rate, channels=channels, out=out)

    @staticmethod
    def listen(path: Path) -> Sound:
        """The decoded file as float64 ``(frames, channels)``."""
        parts = []
        with av.open(str(path)) as container:
            resampler = av.AudioResampler(format="dbl")
            for frame in container.decode(audio=0):
                for piece in resampler.resample(frame):
                    channels = piece.layout.nb_channels
                    parts.append(piece.to_ndarray().reshape(-1, channels).copy())
        return np.concatenate(parts)

    @staticmethod
    def tone(
        hertz: float,
        seconds: float,
        *,
        level: float = 0.25,
        rate: float = 48_000,
        channels: int = 1,
    ) -> Sound:
        time = np.arange(round(seconds * rate)) / rate
        wave = level * np.sin(2 * np.pi * hertz * time)
        return np.repeat(wave[:, None], channels, axis=1)

    @staticmethod
    def clicks(at: list[float], frames: int) -> Sound:
        """Band-limited clicks centred at fractional frames: Gaussians of 6 frames' width."""
        sound = np.zeros((frames, 1))
        for centre in at:
            begin = max(0, round(centre) - 60)
            near = np.arange(begin, min(begin + 120, frames))
            sound[near, 0] += 0.5 * np.exp(-0.5 * ((near - centre) / 6) ** 2)
        return sound

    @staticmethod
    def click_near(sound: npt.NDArray[Any], expected: float, reach: int = 2400) -> float:
        """Where the click is: centre of gravity of the energy around the greatest sample."""
        begin = max(0, round(expected) - reach)
        window = sound[begin : round(expected) + reach] ** 2
        top = int(window.argmax())
        near = np.arange(max(0, top - 40), min(top + 41, len(window)))
        return begin + float((near * window[near]).sum() / window[near].sum())

    @staticmethod
    def level_db(sound: npt.NDArray[Any], hertz: float, rate: int = 48_000) -> float:
        """Level of one tone in a mono signal, 0 dB being a full-scale sine; Hann window."""
        window = np.hanning(len(sound))
        turn = np.exp(-2j * np.pi * hertz * np.arange(len(sound)) / rate)
        amplitude = 2 * abs((sound * window * turn).sum()) / window.sum()
        return float(20 * np.log10(max(amplitude, 1e-12)))


@pytest.fixture
def studio(tmp_path: Path) -> Studio:
    folder = tmp_path / "studio"
    folder.mkdir()
    return Studio(folder)


@pytest.fixture
def out(tmp_path: Path) -> Iterator[Path]:
    """An empty folder for results; nothing but results may be left in it."""
    folder = tmp_path / "out"
    folder.mkdir()
    yield folder
    left = {path.name for path in folder.iterdir()}
    assert {name for name in left if not name.startswith("mix.")} == set()
