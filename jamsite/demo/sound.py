"""Instruments, made of sums and noise: mono sound as numpy arrays, at 48 kHz."""

import functools
import zlib
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

RATE = 48_000
Sound = npt.NDArray[np.float64]
Instrument = Callable[[int, float], Sound]
NAMES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def midi(name: str) -> int:
    """Return the MIDI number of a note such as "F#3" or "Bb4"."""
    accidental = name.count("#") - name[1:].count("b")
    return 12 * (int(name[-1]) + 1) + NAMES[name[0]] + accidental


def frequency(key: int) -> float:
    return float(440.0 * 2 ** ((key - 69) / 12))


def _time(seconds: float) -> Sound:
    return np.arange(int(seconds * RATE)) / RATE


def _noise(seed: str, count: int) -> Sound:
    return np.random.default_rng(zlib.crc32(seed.encode())).uniform(-1, 1, count)


def _fade(sound: Sound, attack: float = 0.003, release: float = 0.03) -> Sound:
    """Take the clicks off both ends."""
    up, down = (min(int(part * RATE), len(sound) // 2) for part in (attack, release))
    sound = sound.copy()
    sound[:up] *= np.linspace(0, 1, up)
    sound[len(sound) - down :] *= np.linspace(1, 0, down)
    return sound


def _smooth(sound: Sound, width: int) -> Sound:
    """Dull a sound with a moving average."""
    return np.convolve(sound, np.ones(width) / width, mode="same") if width > 1 else sound


@functools.cache
def pluck(key: int, seconds: float, dull: int = 6, loss: float = 0.996) -> Sound:
    """A plucked string after Karplus and Strong, one period at a time."""
    pitch = frequency(key)
    period = max(2, round(RATE / pitch - 0.5))
    string = _smooth(_noise(f"pluck{key}", period), min(dull, period // 2))
    string -= np.roll(string, int(period * 0.13))  # where the string is picked
    keep = loss ** (220 / pitch)
    ring = [string]
    for _ in range(int(seconds * RATE * 1.02 / period) + 2):
        string = keep * 0.5 * (string + np.roll(string, 1))
        ring.append(string)
    played = np.concatenate(ring)
    exact = np.arange(int(seconds * RATE)) * pitch * (period + 0.5) / RATE
    tuned = np.interp(exact, np.arange(len(played)), played)
    return _fade(tuned / (np.abs(tuned).max() + 1e-9), release=0.08)


def nylon(key: int, seconds: float) -> Sound:
    return pluck(key, seconds, 14, 0.994)


def harp(key: int, seconds: float) -> Sound:
    return pluck(key, max(seconds, 2.6), 10, 0.9985)


@functools.cache
def bass(key: int, seconds: float) -> Sound:
    """An upright bass: a round tone, a soft finger, a little growl."""
    time = _time(seconds)
    tone = np.zeros_like(time)
    for overtone, level in ((1, 1.0), (2, 0.55), (3, 0.22), (4, 0.1), (5, 0.05)):
        wave = np.sin(2 * np.pi * frequency(key) * overtone * time)
        tone += level * wave * np.exp(-time * (1.1 + 0.9 * overtone))
    finger = _smooth(_noise(f"finger{key}", len(time)), 9) * np.exp(-time * 120)
    return _fade(np.tanh(1.5 * tone + 0.5 * finger), 0.006, 0.06)


@functools.cache
def electric_piano(key: int, seconds: float) -> Sound:
    """Two sines that bend each other, and the ping of the tine."""
    time, pitch = _time(seconds), 2 * np.pi * frequency(key)
    hammer = np.exp(-time * 7)
    body = np.sin(pitch * time + (0.25 + 0.9 * hammer) * np.sin(pitch * time))
    tine = 0.12 * np.sin(14 * pitch * time) * np.exp(-time * 18) * (key < 84)
    tremble = 1 + 0.06 * np.sin(2 * np.pi * 4.6 * time)
    return _fade((body + tine) * tremble * np.exp(-time * 1.4), 0.004, 0.12)


@functools.cache
def pad(key: int, seconds: float) -> Sound:
    """Three slightly different voices that come and go slowly."""
    time = _time(seconds)
    tone = np.zeros_like(time)
    for voice, cents in enumerate((-6.0, 0.0, 7.0)):
        pitch = 2 * np.pi * frequency(key) * 2 ** (cents / 1200)
        for overtone in range(1, 7):
            tone += np.sin(pitch * overtone * time + voice + overtone) / overtone**1.9
    swell = 1 + 0.15 * np.sin(2 * np.pi * 0.21 * time + key)
    return _fade(tone * swell / 4, seconds * 0.35, seconds * 0.4)


@functools.cache
def whistle(key: int, seconds: float) -> Sound:
    """A wooden whistle: few overtones, breath, and vibrato once a note is held."""
    time = _time(seconds)
    held = np.clip((time - 0.18) * 4, 0, 1)
    phase = 2 * np.pi * frequency(key) * time + 0.09 * held * np.sin(2 * np.pi * 5.2 * time) * 5.2
    tone = np.sin(phase) + 0.22 * np.sin(2 * phase) + 0.07 * np.sin(3 * phase)
    breath = _smooth(_noise(f"breath{key}", len(time)), 5)
    tone += breath * (0.05 + 0.3 * np.exp(-time * 45))
    return _fade(tone * (1 - 0.25 * np.exp(-time * 9)), 0.025, 0.07)


# Drums take no pitch; the number chooses one of a few strokes, so that no two sound the same.


@functools.cache
def kick(stroke: int, seconds: float = 0.4) -> Sound:
    time = _time(seconds)
    fall = 48 * time + 62 / 28 * (1 - np.exp(-time * 28))
    click = _smooth(_noise(f"kick{stroke}", len(time)), 7) * np.exp(-time * 240)
    return _fade(np.sin(2 * np.pi * fall) * np.exp(-time * 9) + 0.3 * click)


@functools.cache
def brush(stroke: int, seconds: float = 0.3) -> Sound:
    """A brush on the snare: a swish that swells and dies."""
    time = _time(seconds)
    hiss = np.diff(_smooth(_noise(f"brush{stroke}", len(time) + 1), 2))
    skin = 0.25 * np.sin(2 * np.pi * 185 * time) * np.exp(-time * 30)
    return _fade(0.8 * hiss * np.exp(-time * 13) + skin, 0.012, 0.08)


@functools.cache
def hat(stroke: int, seconds: float = 0.12) -> Sound:
    time = _time(seconds)
    hiss = np.diff(_noise(f"hat{stroke}", len(time) + 2), 2) / 3
    return _fade(hiss * np.exp(-time * 42), 0.001, 0.03)


@functools.cache
def ride(stroke: int, seconds: float = 0.7) -> Sound:
    time = _time(seconds)
    metal = np.zeros_like(time)
    for hertz in (3170, 4310, 5230, 6890):
        metal += np.sin(2 * np.pi * hertz * time + stroke)
    hiss = np.diff(_noise(f"ride{stroke}", len(time) + 1))
    return _fade((0.16 * metal + 0.35 * hiss) * np.exp(-time * 9), 0.001, 0.1)


@functools.cache
def rim(stroke: int, seconds: float = 0.1) -> Sound:
    time = _time(seconds)
    wood = np.sin(2 * np.pi * 1710 * time) + 0.6 * np.sin(2 * np.pi * 905 * time)
    return _fade(wood * np.exp(-time * 75), 0.001)


@functools.cache
def frame_drum(stroke: int, seconds: float = 0.35) -> Sound:
    """A frame drum's skin, deeper and softer with stroke 0."""
    time = _time(seconds)
    fall = (88 + 22 * (stroke % 3)) * time + 1.2 * (1 - np.exp(-time * 30))
    skin = _smooth(_noise(f"skin{stroke}", len(time)), 12) * np.exp(-time * 50)
    return _fade(np.sin(2 * np.pi * fall) * np.exp(-time * 14) + 0.7 * skin)


class Track:
    """One player's own sound, note by note."""

    def __init__(self, seconds: float, seed: str) -> None:
        self.sound = np.zeros(int(seconds * RATE))
        self.random = np.random.default_rng(zlib.crc32(seed.encode()))

    def play(self, at: float, note: Sound, level: float = 1.0) -> None:
        """Play a note `at` seconds, as exactly and as evenly as people do."""
        start = max(0, int((at + self.random.normal(0, 0.004)) * RATE))
        note = note[: max(0, len(self.sound) - start)]
        strength = level * (1 + self.random.normal(0, 0.06))
        self.sound[start : start + len(note)] += strength * note

    def finish(self, *, room: float, peak: float = 0.5) -> Sound:
        """Put the player into a room, and bring the loudest sample to `peak`."""
        length = int(0.9 * RATE)
        time = np.arange(length) / RATE
        tail = _smooth(self.random.standard_normal(length), 3) * np.exp(-time * 6.5)
        tail[: int(0.012 * RATE)] = 0
        tail /= np.sqrt((tail**2).sum())
        size = 1 << (len(self.sound) + length).bit_length()
        spectrum = np.fft.rfft(self.sound, size) * np.fft.rfft(tail, size)
        wet = np.fft.irfft(spectrum, size)[: len(self.sound)]
        whole: Sound = _fade(self.sound + room * wet, 0.002, 1.2)
        whole -= whole.mean()
        loudest = float(np.abs(whole).max()) + 1e-9
        return np.multiply(whole, peak / loudest)


def pcm24(sound: Sound) -> bytes:
    """Return 24-bit little-endian PCM, as browsers send it."""
    whole = np.rint(np.clip(sound, -1, 1) * (2**23 - 1)).astype("<i4")
    return whole.view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
