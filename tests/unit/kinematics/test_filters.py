"""Smoothing without lag and without invention."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import savgol_filter

from hinge_vision.kinematics.filters import bridge_gaps, local_parabola, rate_of_change, smooth, stretches

TIME_S = np.arange(0, 4, 1 / 30)


def test_a_short_gap_is_bridged_by_a_straight_line() -> None:
    values = TIME_S.copy()
    values[40:44] = np.nan
    np.testing.assert_allclose(bridge_gaps(values, TIME_S), TIME_S)


def test_a_long_gap_and_open_ends_stay_unmeasured() -> None:
    values = TIME_S.copy()
    values[40:60] = np.nan
    values[:3] = np.nan
    values[-3:] = np.nan
    np.testing.assert_array_equal(np.isnan(bridge_gaps(values, TIME_S)), np.isnan(values))


def test_a_gap_is_measured_in_time_not_in_frames() -> None:
    slow_s = np.arange(0, 20, 0.2)
    values = slow_s.copy()
    values[10] = np.nan
    assert np.isnan(bridge_gaps(values, slow_s)[10])


@given(st.floats(-50, 50), st.floats(-200, 200), st.floats(-300, 300))
def test_a_parabola_passes_unchanged(offset: float, slope: float, bend: float) -> None:
    values = offset + slope * TIME_S + bend * TIME_S**2
    inner = slice(5, -5)
    np.testing.assert_allclose(smooth(values, TIME_S, 0.25)[inner], values[inner], atol=0.02 * (1 + abs(bend)))


def test_a_peak_stays_where_it_was_and_keeps_its_height() -> None:
    swing = 90 * np.sin(np.pi * TIME_S / 1.3) ** 2
    smoothed = smooth(swing, TIME_S, 0.25)
    assert abs(int(np.argmax(smoothed[:30])) - int(np.argmax(swing[:30]))) <= 1
    assert smoothed.max() > 0.98 * swing.max()


def test_one_wild_frame_leaves_no_trace() -> None:
    values = np.zeros_like(TIME_S)
    values[50] = 80.0
    assert np.abs(smooth(values, TIME_S, 0.25)).max() < 1e-9


def test_noise_shrinks() -> None:
    noise = np.random.default_rng(1).normal(0, 1, len(TIME_S))
    assert smooth(noise, TIME_S, 0.25).std() < 0.75


def test_stretches_are_smoothed_apart() -> None:
    values = np.where(TIME_S < 2, 0.0, 100.0)
    values[(TIME_S > 1.8) & (TIME_S < 2.2)] = np.nan
    smoothed = smooth(values, TIME_S, 0.25)
    assert np.nanmax(np.abs(smoothed - values)) < 1e-9
    np.testing.assert_array_equal(np.isnan(smoothed), np.isnan(values))


def test_uneven_timestamps_are_honoured() -> None:
    random = np.random.default_rng(2)
    uneven_s = np.cumsum(random.uniform(0.016, 0.066, 120))
    line = 30 * uneven_s
    np.testing.assert_allclose(smooth(line, uneven_s, 0.25)[4:-4], line[4:-4], atol=0.8)


def test_stretches_are_found_by_start_and_stop() -> None:
    assert stretches(np.array([True, True, False, True, False])) == [(0, 2), (3, 4)]
    assert stretches(np.zeros(3, dtype=bool)) == []


def test_the_rate_of_change_of_a_line_is_its_slope_also_at_the_ends() -> None:
    np.testing.assert_allclose(rate_of_change(12 * TIME_S, TIME_S, 0.2), 12.0)


def test_the_rate_of_change_needs_two_measured_frames() -> None:
    values = np.full_like(TIME_S, np.nan)
    values[3] = 1.0
    assert np.isnan(rate_of_change(values, TIME_S, 0.2)).all()


@pytest.mark.parametrize("count", [0, 1, 2])
def test_very_short_clips_pass_through(count: int) -> None:
    np.testing.assert_array_equal(smooth(TIME_S[:count], TIME_S[:count], 0.25), TIME_S[:count])


@pytest.mark.parametrize(("count", "width"), [(5, 5), (20, 7), (200, 15)])
def test_the_local_parabola_is_that_of_savitzky_and_golay(count: int, width: int) -> None:
    values = np.random.default_rng(count).normal(size=count).cumsum()
    np.testing.assert_allclose(local_parabola(values, width), savgol_filter(values, width, 2, mode="interp"), atol=1e-9)


@given(st.lists(st.booleans(), max_size=40))
def test_stretches_rebuild_the_mask(mask: list[bool]) -> None:
    rebuilt = np.zeros(len(mask), dtype=bool)
    for start, stop in stretches(np.array(mask, dtype=bool)):
        assert stop > start
        rebuilt[start:stop] = True
    assert rebuilt.tolist() == mask
