"""The waveform on the page is the sound's own."""

import json

import numpy as np
import pytest

from sessions_app.audio import MixStem, NotAudio, peaks, render
from sessions_app.audio.peaks import PeakMeter


def test_a_tone_fills_its_band(studio):
    drawn = peaks(studio.stem("alice", studio.tone(1_000, 2.005, level=0.5)))
    assert json.loads(json.dumps(drawn)) == drawn
    assert {key: drawn[key] for key in ("version", "rate", "channels", "duration_ms")} == {
        "version": 1, "rate": 100, "channels": 1, "duration_ms": 2005.0,
    }  # fmt: skip
    assert len(drawn["min"]) == len(drawn["max"]) == 201
    assert set(drawn["max"]) == {64} and set(drawn["min"]) == {-64}


def test_silence_is_flat_and_full_scale_is_full(studio):
    sound = np.zeros((48_000, 2))
    sound[24_000, 0], sound[24_001, 1] = 1.0, -1.0
    drawn = peaks(studio.stem("alice", sound))
    assert (drawn["max"][50], drawn["min"][50]) == (127, -127)
    assert np.count_nonzero(drawn["max"]) == np.count_nonzero(drawn["min"]) == 1


@pytest.mark.parametrize("rate", [1, 7, 100, 333, 1000])
@pytest.mark.parametrize("sample_rate", [8_000, 22_050, 44_100])
@pytest.mark.parametrize("block", [3, 500, 4_608, 10**6])
def test_every_bin_is_what_a_plain_loop_finds(sample_rate, rate, block):
    frames = 2_000 if block == 3 else 20_011
    sound = np.random.default_rng(1).uniform(-1, 1, (frames, 2)).astype(np.float32)
    meter = PeakMeter(sample_rate, rate)
    for at in range(0, frames, block):
        meter.push(sound[at : at + block])
    found = meter.finish()
    number = np.arange(frames) * rate // sample_rate
    low = [round(float(sound[number == n].min() * 127)) for n in range(number[-1] + 1)]
    high = [round(float(sound[number == n].max() * 127)) for n in range(number[-1] + 1)]
    assert found == (frames, low, high)


def test_a_mix_looks_alike_in_flac_and_opus(studio, out):
    path = studio.stem("alice", studio.tone(300, 2, level=0.2))
    drawn = [peaks(file) for file in render([MixStem("alice", path)], out).files.values()]
    assert drawn[0]["duration_ms"] == drawn[1]["duration_ms"] == 2000.0
    assert np.abs(np.subtract(drawn[0]["max"], drawn[1]["max"])).max() <= 3


def test_a_damaged_file_is_not_drawn_half(studio):
    path = studio.stem("alice", np.random.default_rng(1).normal(0, 0.1, (48_000, 1)))
    path.write_bytes(path.read_bytes()[:-5_000])
    with pytest.raises(NotAudio):
        peaks(path)


@pytest.mark.parametrize("rate", [0, 1001])
def test_odd_rates_are_refused(studio, rate):
    with pytest.raises(ValueError, match="1–1000"):
        peaks(studio.folder / "x.flac", rate)
