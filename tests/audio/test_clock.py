"""Where a stem begins, and how fast its sound card really ran."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sessions_app.audio import FalseClock, NoClock, fit_clock


def points_of(
    *, start: float, ppm: float, rate: int = 48_000, every: float = 5.0, seconds: float = 600
) -> list[tuple[float, float]]:
    """Clock points of a recorder that starts at session ms ``start`` and runs ``ppm`` fast."""
    frames = np.arange(0, seconds + every / 2, every) * rate
    times = start + frames * 1000 / (rate * (1 + ppm * 1e-6))
    return list(zip(frames.tolist(), times.tolist(), strict=True))


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
@pytest.mark.parametrize("ppm", [-499, -145, 0, 0.4, 145, 499])
def test_a_steady_clock_is_found(rate, ppm):
    fit = fit_clock(points_of(start=12_345.678, ppm=ppm, rate=rate), sample_rate=rate)
    assert fit.start_ms == pytest.approx(12_345.678, abs=1e-6)
    assert fit.drift_ppm == pytest.approx(ppm, abs=1e-5)
    assert fit.rate_hz_effective == pytest.approx(rate * (1 + ppm * 1e-6), rel=1e-11)
    assert fit.residual_ms < 1e-6
    assert (fit.fallback, fit.reason) == (False, "")


def test_two_points_are_enough():
    fit = fit_clock([(0, 1000.0), (480_000, 11_000.5)], sample_rate=48_000)
    assert fit.start_ms == pytest.approx(1000.0)
    assert fit.drift_ppm == pytest.approx(-50, abs=0.01)
    assert not fit.fallback


def test_probe_noise_averages_out():
    random = np.random.default_rng(7)
    noisy = [(f, t + random.normal(0, 0.1)) for f, t in points_of(start=5000, ppm=145)]
    fit = fit_clock(noisy, sample_rate=48_000)
    assert fit.start_ms == pytest.approx(5000, abs=0.05)
    assert fit.drift_ppm == pytest.approx(145, abs=0.2)
    assert 0.05 < fit.residual_ms < 0.2


def test_a_fifth_of_the_points_may_be_wrong():
    random = np.random.default_rng(8)
    points = points_of(start=5000, ppm=-60)
    for number in random.choice(len(points), len(points) // 5, replace=False):
        frame, time = points[number]
        points[number] = (frame, time + random.uniform(20, 4000))
    fit = fit_clock(points, sample_rate=48_000)
    assert fit.start_ms == pytest.approx(5000, abs=0.001)
    assert fit.drift_ppm == pytest.approx(-60, abs=0.01)
    assert fit.points_used == len(points) - len(points) // 5


def test_an_early_point_moves_nothing():
    points = points_of(start=5000, ppm=20)
    points[40] = (points[40][0], points[40][1] - 300)
    fit = fit_clock(points, sample_rate=48_000)
    assert fit.start_ms == pytest.approx(5000)
    assert fit.drift_ppm == pytest.approx(20)
    assert fit.slips == ()
    assert fit.points_used == len(points) - 1


def test_a_batch_that_was_late_bends_nothing():
    """Three and a half seconds late for a while, then in time again: the worker was busy."""
    points = points_of(start=5000, ppm=20, every=1, seconds=60)
    for number in range(20, 27):
        points[number] = (points[number][0], points[number][1] + 3500 - 500 * (number - 20))
    fit = fit_clock(points, sample_rate=48_000)
    assert fit.start_ms == pytest.approx(5000, abs=0.001)
    assert fit.drift_ppm == pytest.approx(20, abs=0.01)
    assert fit.slips == ()


def test_where_a_context_stood_still_is_found():
    """Steps of a few ms up for good, as a busy machine makes them; both sides of each are noted."""
    random = np.random.default_rng(9)
    stood = {10.0: 8.0, 13.5: 2.667, 41.0: 1500.0}
    at = sorted({*np.arange(0, 60.1, 5), *stood, *(second + 0.035 for second in stood)})
    points = []
    for second in at:
        later = sum(ms for when, ms in stood.items() if second > when)
        points.append((second * 48_000, 7000 + second * 1000 * (1 - 40e-6) + later))
    noisy = [(frame, time + random.uniform(-0.3, 0.3)) for frame, time in points]
    fit = fit_clock(noisy, sample_rate=48_000)
    assert fit.start_ms == pytest.approx(7000, abs=0.4)
    assert fit.drift_ppm == pytest.approx(40, abs=25)
    assert [at / 48_000 for at, _ in fit.slips] == pytest.approx(sorted(stood), abs=0.04)
    assert [ms for _, ms in fit.slips] == pytest.approx([8.0, 2.667, 1500.0], abs=0.8)
    off = [fit.session_ms(frame) - time for frame, time in points]
    assert max(map(abs, off)) < 1.0


@pytest.mark.parametrize("ppm", [-900, 900])
def test_a_clock_of_no_sound_device_is_false(ppm):
    with pytest.raises(FalseClock):
        fit_clock(points_of(start=0, ppm=ppm, seconds=60), sample_rate=48_000)
    two_hours_off = [(0, 0.0), (48_000 * 60, 7_260_000.0)]
    with pytest.raises(FalseClock):
        fit_clock(two_hours_off, sample_rate=48_000)


def test_what_is_no_point_is_dropped():
    junk: list[Any] = [
        (math.nan, 1.0), (5.0, math.nan), (math.inf, 0.0), (-48_000, 3.0), (1,), (None, 1),
        ("x", 2), (2.0**60, 1.0), (48_000.0, 1e300),
    ]  # fmt: skip
    points = points_of(start=100, ppm=30, seconds=60)
    assert fit_clock([*junk, *points], sample_rate=48_000) == fit_clock(points, sample_rate=48_000)


def test_order_does_not_matter():
    points = points_of(start=100, ppm=30, seconds=60)
    assert fit_clock(points[::-1], sample_rate=48_000) == fit_clock(points, sample_rate=48_000)


@pytest.mark.parametrize(
    "points, start, why",
    [
        ([(0, 700.0)], 700.0, "fewer than two distinct frames"),
        ([(48_000, 1700.0), (48_000, 1702.0)], 701.0, "fewer than two distinct frames"),
        ([(0, 700.0), (48_000, 1702.0)], 701.0, "drift is out of range"),
        ([(0, 700.0), (48_000, 1698.0)], 699.0, "drift is out of range"),
    ],
)
def test_a_clock_not_to_be_believed_falls_back_to_the_nominal_rate(points, start, why):
    fit = fit_clock(points, sample_rate=48_000)
    assert fit.start_ms == pytest.approx(start)
    assert (fit.rate_hz_effective, fit.drift_ppm) == (48_000.0, 0.0)
    assert (fit.fallback, fit.reason) == (True, why)


@pytest.mark.parametrize("points", [[], [(math.nan, 1.0)], [(0, math.inf)]])
def test_without_any_point_there_is_no_place(points):
    with pytest.raises(NoClock):
        fit_clock(points, sample_rate=48_000)


def test_hours_of_points_are_fitted():
    points = points_of(start=0, ppm=145, seconds=4 * 3600)
    fit = fit_clock(points, sample_rate=48_000)
    assert fit.drift_ppm == pytest.approx(145, abs=1e-6)
    assert fit.points_used == len(points)


@settings(max_examples=150, deadline=None, database=None)
@given(st.lists(st.tuples(st.floats(), st.floats()), max_size=12))
def test_whatever_is_sent_the_answer_is_finite(points):
    try:
        fit = fit_clock(points, sample_rate=44_100)
    except (NoClock, FalseClock):
        return
    assert all(map(math.isfinite, (fit.start_ms, fit.rate_hz_effective, fit.residual_ms)))
    assert abs(fit.drift_ppm) <= 500
