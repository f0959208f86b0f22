from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinge_vision.arrays import FloatArray
from hinge_vision.video.timing import Thinning, frame_times, median_rate, mend_in_order


def kept(times_s: FloatArray, rate_hz: float | None, source_hz: float) -> FloatArray:
    thinning = Thinning(rate_hz, source_hz)
    return np.array([time_s for time_s in times_s if thinning.keeps(time_s)])


def test_good_stamps_are_taken_as_they_are_in_the_order_shown() -> None:
    stored = np.array([0.0, 0.1, 0.033, 0.066, 0.25])
    np.testing.assert_allclose(frame_times(stored, 30.0), [0.0, 0.033, 0.066, 0.1, 0.25])


def test_a_single_repeated_stamp_moves_halfway_to_the_next_and_leaves_the_others_alone() -> None:
    stamps = np.arange(30) / 30
    stamps[12] = stamps[11]
    times = frame_times(stamps, 30.0)
    assert times[12] == pytest.approx((stamps[11] + stamps[13]) / 2)
    np.testing.assert_array_equal(np.delete(times, 12), np.delete(stamps, 12))


def test_stamps_missing_at_the_end_go_on_at_the_announced_rate() -> None:
    stamps = np.append(np.arange(19) / 25, np.nan)
    assert frame_times(stamps, 25.0)[-1] == pytest.approx(19 / 25)


@pytest.mark.parametrize("stamps", [np.full(8, np.nan), np.zeros(8), np.repeat([0.0, 0.1, 0.2, 0.3], 2)])
def test_a_file_without_usable_stamps_is_timed_by_frame_number(stamps: FloatArray) -> None:
    np.testing.assert_allclose(frame_times(stamps, 50.0), np.arange(8) / 50)


@given(st.lists(st.one_of(st.just(float("nan")), st.floats(-10, 1000)), max_size=60), st.floats(1, 240))
def test_times_always_increase_and_there_is_one_per_frame(stamps: list[float], fps: float) -> None:
    times = frame_times(np.array(stamps), fps)
    assert len(times) == len(stamps)
    assert np.isfinite(times).all()
    assert (np.diff(times) > 0).all()


def test_the_rate_of_times_rounded_to_milliseconds_is_not_that_of_one_rounded_step() -> None:
    assert median_rate(np.round(np.arange(300) / 30, 3), 1.0) == pytest.approx(30, abs=0.01)
    assert median_rate(np.round(np.arange(300) / 60, 3), 1.0) == pytest.approx(60, abs=0.05)


def test_the_rate_ignores_pauses_in_the_recording() -> None:
    times = np.concatenate((np.arange(60) / 30, 5 + np.arange(60) / 30))
    assert median_rate(times, 1.0) == pytest.approx(30, abs=0.01)


@pytest.mark.parametrize("steps", [[1, 2] * 150, [1] * 50 + [2] * 50, [1, 3]])
def test_the_rate_of_two_steps_equally_common_is_that_of_the_shorter(steps: list[int]) -> None:
    assert median_rate(np.cumsum([0, *steps]) / 30, 1.0) == pytest.approx(30)


def test_a_single_frame_has_the_announced_rate() -> None:
    assert median_rate(np.array([0.0]), 24.0) == 24.0


@pytest.mark.parametrize("fps", [15.0, 23.976, 25.0, 29.97, 30.0, 30.07, 31.5])
def test_a_clip_of_about_the_rate_or_slower_is_kept_whole(fps: float) -> None:
    times = np.arange(3000) / fps
    assert len(kept(times, 30.0, fps)) == 3000


@given(st.lists(st.floats(-0.3, 0.3), min_size=2, max_size=200))
def test_a_30_fps_clip_at_30_hz_is_kept_whole_however_its_stamps_jitter(jitter: list[float]) -> None:
    times = (np.arange(len(jitter)) + np.array(jitter)) / 30
    assert len(kept(times, 30.0, 30.0)) == len(times)


@given(st.sampled_from([(60.0, 2), (59.94, 2), (120.0, 4), (240.0, 8)]), st.integers(0, 2**32 - 1))
def test_a_fast_clip_leaves_every_second_fourth_or_eighth_frame_despite_jitter(case: tuple[float, int], seed: int) -> None:
    fps, every = case
    jitter = np.random.default_rng(seed).uniform(-0.2, 0.2, 240)
    jitter[0] = 0
    times = (np.arange(240) + jitter) / fps
    np.testing.assert_array_equal(kept(times, 30.0, fps), times[::every])


def test_50_fps_at_30_hz_leaves_30_frames_a_second_spread_evenly() -> None:
    times = kept(np.arange(500) / 50, 30.0, 50.0)
    assert len(times) == pytest.approx(300, abs=1)
    assert np.diff(times).max() < 0.041


def test_a_pause_is_not_made_up_for_by_a_burst_after_it() -> None:
    times = np.concatenate((np.arange(60) / 60, 10 + np.arange(60) / 60))
    left = kept(times, 30.0, 60.0)
    assert (np.diff(left) > 0.9 / 30).all()
    assert (left >= 10).sum() == 30


def test_without_a_rate_every_frame_is_kept() -> None:
    times = np.cumsum(np.full(100, 0.001))
    assert len(kept(times, None, 1000.0)) == 100


def test_single_stamps_that_repeat_or_go_backward_are_put_right_where_they_stand() -> None:
    right = np.arange(30) / 30.0
    for number, wrong in ((10, right[9]), (10, right[4]), (10, right[20]), (10, np.nan)):
        stamps = right.copy()
        stamps[number] = wrong
        np.testing.assert_allclose(mend_in_order(stamps), right, atol=1e-9)


def test_stamps_that_are_mostly_wrong_are_left_to_the_announced_rate() -> None:
    stamps = np.zeros(30)
    np.testing.assert_array_equal(mend_in_order(stamps), stamps)
    np.testing.assert_allclose(frame_times(mend_in_order(stamps), 30.0), np.arange(30) / 30.0)
