"""A mix is as loud as any other and never touches the ceiling, not even between samples."""

import numpy as np
import pytest

from sessions_app.audio import MixStem, render
from sessions_app.audio.limiter import ATTACK, CONTEXT, HOLD, RELEASE, Limiter, true_peaks


def lufs(sound: np.ndarray) -> float:
    """Integrated loudness after ITU-R BS.1770-4, written out here as the second opinion.

    The two filters (coefficients for 48 kHz from its tables 1 and 2) are applied in the frequency
    domain; blocks of 400 ms, three quarters overlapped, gated at -70 LUFS and 10 LU under the rest.
    """
    turn = np.exp(-2j * np.pi * np.fft.rfftfreq(len(sound) + 48_000))
    response = np.ones(len(turn), dtype=np.complex128)
    for b, a in (
        (
            (1.53512485958697, -2.69169618940638, 1.19839281085285),
            (-1.69065929318241, 0.73248077421585),
        ),
        ((1.0, -2.0, 1.0), (-1.99004745483398, 0.99007225036621)),
    ):
        above = b[0] + b[1] * turn + b[2] * turn**2
        response = response * above / (1 + a[0] * turn + a[1] * turn**2)
    spectrum = np.fft.rfft(sound, len(sound) + 48_000, axis=0) * response[:, None]
    weighted = np.fft.irfft(spectrum, axis=0)[: len(sound)]
    energy = np.concatenate(([0], np.cumsum((weighted**2).sum(axis=1))))
    starts = np.arange(0, len(sound) - 19_200 + 1, 4_800)
    power = (energy[starts + 19_200] - energy[starts]) / 19_200
    power = power[power > 10 ** ((-70 + 0.691) / 10)]
    power = power[power > power.mean() / 10]
    return float(-0.691 + 10 * np.log10(power.mean()))


def true_peak_db(sound: np.ndarray) -> float:
    """Greatest value of the 8 times oversampled signal, by zero-padding its spectrum."""
    spectrum = np.fft.rfft(sound, axis=0)
    fine = np.fft.irfft(spectrum, 8 * len(sound), axis=0) * 8
    return float(20 * np.log10(np.abs(fine).max()))


def music(random: np.random.Generator, seconds: int) -> np.ndarray:
    """Plucks of random pitch and strength: transients and decay, like a guitar."""
    time = np.arange(24_000) / 48_000
    sound = np.zeros((seconds * 48_000, 2))
    for begin in range(0, len(sound) - 24_000, 12_000):
        pitch = 110 * 2 ** (random.integers(0, 30) / 12)
        overtones = np.arange(1, 10)[:, None]
        wave = (np.sin(2 * np.pi * pitch * overtones * time) / overtones).sum(axis=0)
        strength = random.uniform(0.05, 0.3) * np.array([1, random.uniform(0.5, 1)])
        sound[begin : begin + 24_000] += (wave * np.exp(-5 * time))[:, None] * strength
    return sound


@pytest.mark.parametrize("level", [0.02, 0.4])
def test_music_of_any_level_comes_out_at_the_target(studio, out, level):
    sound = music(np.random.default_rng(4), 8)
    path = studio.stem("alice", sound / np.abs(sound).max() * level)
    result = render([MixStem("alice", path)], out)
    for found in result.files.values():
        heard = studio.listen(found)
        assert lufs(heard) == pytest.approx(-16, abs=0.5)
    assert result.loudness_lufs == pytest.approx(lufs(studio.listen(result.files["flac"])), abs=0.1)
    assert true_peak_db(studio.listen(result.files["flac"])) < -1.0


def test_drums_are_limited_but_not_crushed(studio, out):
    """Short hits over quiet: the target would need more limiting than sounds well."""
    random = np.random.default_rng(5)
    sound = random.normal(0, 0.001, (8 * 48_000, 1))
    for begin in range(4_000, len(sound) - 4_000, 24_000):
        sound[begin : begin + 2_000, 0] += random.normal(0, 0.2, 2_000) * np.exp(
            -np.arange(2_000) / 200
        )
    # As a converter would have it: nothing above 20 kHz.
    spectrum = np.fft.rfft(sound, axis=0)
    spectrum[20_000 * 8 :] = 0
    sound = np.fft.irfft(spectrum, axis=0)
    result = render([MixStem("charlie", studio.stem("charlie", sound))], out, formats=("flac",))
    assert -11 < result.limited_db < -3
    assert result.loudness_lufs is not None and result.loudness_lufs < -16
    assert true_peak_db(studio.listen(result.files["flac"])) < -1.0


def test_hiss_is_not_lifted_to_the_target(studio, out):
    noise = np.random.default_rng(6).normal(0, 0.0003, (96_000, 1))
    result = render([MixStem("alice", studio.stem("alice", noise))], out, formats=("flac",))
    assert result.gain_db == 40.0


def test_six_loud_players_do_not_clip(studio, out):
    random = np.random.default_rng(7)
    stems = [
        MixStem(str(n), studio.stem(str(n), np.clip(music(random, 6) * 3, -1, 1))) for n in range(6)
    ]
    result = render(stems, out)
    assert result.gain_db < 0
    assert true_peak_db(studio.listen(result.files["flac"])) < -1.0
    assert np.abs(studio.listen(result.files["opus"])).max() < 1.0


# --- The limiter alone ----------------------------------------------------------------------------


def limited(sound: np.ndarray, ceiling: float, block: int = 48_000) -> tuple[np.ndarray, Limiter]:
    limiter = Limiter(ceiling)
    parts = [limiter.push(sound[at : at + block]) for at in range(0, len(sound), block)]
    return np.concatenate([*parts, limiter.flush()]), limiter


def test_quiet_sound_passes_bit_for_bit():
    sound = np.random.default_rng(1).uniform(-0.3, 0.3, (100_000, 2)).astype(np.float32)
    after, limiter = limited(sound, 0.8)
    assert np.array_equal(after, sound)
    assert limiter.least_gain == 1.0


@pytest.mark.parametrize("block", [100, HOLD, 4_800, 48_000, 200_000])
def test_blocks_leave_no_trace(block):
    sound = np.random.default_rng(2).normal(0, 0.4, (150_000, 2)).astype(np.float32)
    whole, _ = limited(sound, 0.7, 150_000)
    parts, _ = limited(sound, 0.7, block)
    assert len(parts) == len(sound)
    assert np.allclose(parts, whole, atol=1e-6)


def test_peaks_between_the_samples_are_caught():
    """A tone at a quarter of the rate, 45° off, is 3 dB higher than any of its samples."""
    time = np.arange(48_000)
    sound = np.repeat(np.sin(np.pi / 2 * time + np.pi / 4)[:, None], 2, axis=1) * 1.2
    assert np.abs(sound).max() < 0.85
    after, _ = limited(sound.astype(np.float32), 0.85)
    assert true_peak_db(after[2_000:-2_000]) < 20 * np.log10(0.85) + 0.1


def test_each_frame_knows_the_peaks_on_both_its_sides():
    """Against the 8 times oversampled signal: all points nearer than the next sample."""
    spectrum = np.fft.rfft(np.random.default_rng(3).normal(0, 0.3, (20_000, 2)), axis=0)
    spectrum[8_000:] = 0  # up to 19.2 kHz
    sound = np.fft.irfft(spectrum, axis=0)
    fine = np.abs(np.fft.irfft(spectrum, 160_000, axis=0) * 8).max(axis=1)
    loudest = np.array([fine[8 * n - 7 : 8 * n + 8].max() for n in range(100, 19_900)])
    found = true_peaks(sound.astype(np.float32), 0.2)[100:19_900]
    matters = loudest > 0.6
    assert matters.sum() > 2_000
    assert np.abs(found - loudest)[matters].max() < 0.01


def test_one_peak_dips_the_gain_before_and_lets_it_rise_after():
    sound = np.full((60_000, 2), 0.5, dtype=np.float32)
    sound[30_000, 1] = -1.0
    after, limiter = limited(sound, 0.8)
    gain = after[:, 0] / 0.5
    assert abs(after[30_000, 1]) <= 0.8
    assert limiter.least_gain < 0.8
    assert np.all(gain[: 30_000 - ATTACK] == 1)
    assert np.all(gain[30_000 + RELEASE + CONTEXT :] > 1 - 1e-6)
    assert np.diff(gain).min() > -1.01 / ATTACK
    assert np.diff(gain).max() < 1.01 / RELEASE
    assert np.array_equal(gain, after[:, 0] / 0.5), "both sides move together"
