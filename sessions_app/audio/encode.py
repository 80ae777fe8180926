"""Writing FLAC, Opus and AAC without a word about who, when or with what."""

from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
import numpy.typing as npt
from av.audio.stream import AudioStream

from .decode import Samples

# Keeps version strings out of the tags and, in Ogg, the random stream number: equal input must
# give equal files.
BITEXACT = {"fflags": "+bitexact"}
LAYOUTS = {1: "mono", 2: "stereo"}
FULL_24 = float(2**23 - 1)


class _Writer:
    """A file with one audio stream; a context manager. An exception closes it all the same."""

    def __init__(
        self,
        path: Path,
        *,
        container: str,
        sample_rate: int,
        channels: int,
        options: dict[str, str] | None = None,
    ) -> None:
        opened = {**BITEXACT, **(options or {})}
        self._container = av.open(str(path), "w", format=container, options=opened)
        self._rate = sample_rate
        self._layout = LAYOUTS[channels]
        self._channels = channels
        self._stream: AudioStream
        self.frames = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None and self.frames:
                self._container.mux(self._stream.encode(None))
        finally:
            self._container.close()

    def _encode(self, flat: npt.NDArray[np.float32] | npt.NDArray[np.int32], kind: str) -> None:
        self._send(flat.reshape(1, -1), kind)

    def _send(self, rows: npt.NDArray[np.float32] | npt.NDArray[np.int32], kind: str) -> None:
        """Encode samples: one row of interleaved ones, or a row for each channel."""
        frame = av.AudioFrame.from_ndarray(rows, format=kind, layout=self._layout)
        frame.sample_rate = self._rate
        frame.pts = self.frames
        self.frames += frame.samples
        self._container.mux(self._stream.encode(frame))


class FlacWriter(_Writer):
    """24-bit FLAC of 1 or 2 channels at any rate."""

    def __init__(self, path: Path, *, sample_rate: int, channels: int) -> None:
        super().__init__(path, container="flac", sample_rate=sample_rate, channels=channels)
        self._stream = self._container.add_stream("flac", rate=sample_rate)
        self._stream.layout = self._layout
        self._stream.format = "s32"

    def write_int(self, samples: npt.NDArray[np.int32]) -> None:
        """Interleaved samples, the 24 bits on top."""
        self._encode(samples, "s32")

    def write(self, block: Samples) -> None:
        """Float frames ``(frames, channels)``; beyond full scale is clipped."""
        scaled = np.multiply(block, np.float32(FULL_24))
        np.rint(scaled, out=scaled)
        np.clip(scaled, -FULL_24, FULL_24, out=scaled)
        self.write_int(scaled.astype(np.int32) << 8)


class OpusWriter(_Writer):
    """Stereo Opus at 48 kHz in Ogg."""

    def __init__(self, path: Path, *, bit_rate: int = 160_000) -> None:
        super().__init__(path, container="ogg", sample_rate=48_000, channels=2)
        self._stream = self._container.add_stream("libopus", rate=48_000)
        self._stream.layout = self._layout
        self._stream.format = "flt"
        self._stream.bit_rate = bit_rate

    def write(self, block: Samples) -> None:
        """Float frames ``(frames, 2)``."""
        self._encode(np.ascontiguousarray(block), "flt")


class AacWriter(_Writer):
    """Stereo AAC-LC at 48 kHz in MP4, its index first: what every telephone plays."""

    def __init__(self, path: Path, *, bit_rate: int = 192_000) -> None:
        index_first = {"movflags": "+faststart"}
        super().__init__(path, container="mp4", sample_rate=48_000, channels=2, options=index_first)
        self._stream = self._container.add_stream(
            "aac", rate=48_000, options={"flags": "+bitexact"}
        )
        self._stream.layout = self._layout
        self._stream.bit_rate = bit_rate

    def write(self, block: Samples) -> None:
        """Float frames ``(frames, 2)``."""
        self._send(np.ascontiguousarray(block.T), "fltp")
