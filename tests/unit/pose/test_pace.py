from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from hinge_vision.arrays import FloatArray
from hinge_vision.pose.pace import QUICK_HZ, SLOW_HZ, SURE_S, Pace, bends_s
from hinge_vision.pose.track import Landmark

SOURCE_HZ = 30.0


def leaning(lean_deg: float) -> FloatArray:
    """Landmarks of someone whose trunk leans so far."""
    marks = np.zeros((33, 4))
    marks[[Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER], :2] = [np.sin(np.radians(lean_deg)), -np.cos(np.radians(lean_deg))]
    return marks


def hinging(time_s: float, period_s: float) -> float:
    return 40.0 - 40.0 * float(np.cos(2 * np.pi * time_s / period_s))


def chosen(period_s: float, *, until_s: float = 20.0, rate_hz: float | None = None) -> FloatArray:
    """Return the times of the frames that are analysed of someone who hinges all the time."""
    pace = Pace(SOURCE_HZ, rate_hz)
    times = []
    for time_s in np.arange(0.0, until_s, 1 / SOURCE_HZ).tolist():
        if pace.wants(time_s):
            pace.expect(time_s)
            times.append(time_s)
            pace.tell(time_s, leaning(hinging(time_s, period_s)))
    return np.array(times)


def rate_hz(times_s: FloatArray, start_s: float, end_s: float) -> float:
    return float(((times_s >= start_s) & (times_s < end_s)).sum() / (end_s - start_s))


def test_a_bend_lasts_from_half_way_down_to_half_way_up() -> None:
    time_s = np.arange(0, 9, 0.1)
    np.testing.assert_allclose(bends_s(time_s, np.array([hinging(t, 3.0) for t in time_s])), 1.5, atol=0.05)


def test_swaying_is_no_bend_and_single_bad_frames_are_none() -> None:
    time_s = np.arange(0, 9, 0.1)
    assert len(bends_s(time_s, 10 * np.sin(time_s))) == 0
    lean_deg = np.array([hinging(t, 3.0) for t in time_s])
    lean_deg[[20, 50]] = [80.0, np.nan]
    assert bends_s(time_s, lean_deg).min() > 1.2


def test_a_slow_lift_is_looked_at_less_often_once_that_is_sure() -> None:
    times_s = chosen(3.0)
    assert rate_hz(times_s, 0, SURE_S) == pytest.approx(QUICK_HZ, abs=0.3)
    assert rate_hz(times_s, SURE_S + 1, 20) == pytest.approx(SLOW_HZ, abs=0.3)


def test_a_swing_is_looked_at_as_often_throughout() -> None:
    assert rate_hz(chosen(1.3), 0, 20) == pytest.approx(QUICK_HZ, abs=0.3)


def test_someone_who_only_stands_is_looked_at_as_often_throughout() -> None:
    assert rate_hz(chosen(1e6), 0, 20) == pytest.approx(QUICK_HZ, abs=0.3)


def test_quick_swings_after_slow_lifts_bring_the_rate_back() -> None:
    pace = Pace(SOURCE_HZ, None)
    times = []
    for time_s in np.arange(0.0, 30.0, 1 / SOURCE_HZ).tolist():
        if pace.wants(time_s):
            pace.expect(time_s)
            times.append(time_s)
            pace.tell(time_s, leaning(hinging(time_s, 3.0 if time_s < 15 else 1.25)))
    times_s = np.array(times)
    assert rate_hz(times_s, SURE_S + 1, 15) == pytest.approx(SLOW_HZ, abs=0.3)
    assert rate_hz(times_s, 19, 30) == pytest.approx(QUICK_HZ, abs=0.3)


def test_a_rate_that_was_asked_for_is_kept() -> None:
    assert rate_hz(chosen(3.0, rate_hz=30.0), 0, 20) == pytest.approx(30.0, abs=0.1)


def test_the_choice_waits_for_what_slow_threads_have_still_to_tell() -> None:
    pace = Pace(SOURCE_HZ, None)
    times = []

    def tell_late(told_s: float) -> None:
        time.sleep(0.005)
        pace.tell(told_s, leaning(hinging(told_s, 3.0)))

    with ThreadPoolExecutor(2) as threads:
        for time_s in np.arange(0.0, 12.0, 1 / SOURCE_HZ).tolist():
            if pace.wants(time_s):
                pace.expect(time_s)
                times.append(time_s)
                threads.submit(tell_late, time_s)
    np.testing.assert_array_equal(times, chosen(3.0, until_s=12.0))


def test_a_frame_that_was_wanted_and_could_not_be_decoded_is_not_waited_for() -> None:
    pace = Pace(30.0, None)
    wanted_s = [time_s for time_s in np.arange(0.0, 20.0, 1 / 30.0) if pace.wants(time_s)]
    assert len(wanted_s) == pytest.approx(300, abs=2)
