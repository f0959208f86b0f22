"""Which frames a glance at a clip shows."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hinge_vision.video.glance import key_rate_hz, keys_are_enough, looks_after_keys


def test_a_key_frame_a_second_is_enough_and_one_in_two_seconds_is_not() -> None:
    stamps_s = np.arange(300) / 10
    every_second, every_two = np.arange(300) % 10 == 0, np.arange(300) % 20 == 0
    assert keys_are_enough(stamps_s, every_second, 0.0, math.inf)
    assert not keys_are_enough(stamps_s, every_two, 0.0, math.inf)
    assert not keys_are_enough(stamps_s, every_second, 5.0, 12.0)


def test_what_comes_before_the_first_or_after_the_last_of_many_key_frames_is_not_left_unseen() -> None:
    stamps_s = np.arange(350) / 10
    keys = np.arange(350) % 10 == 0
    assert not keys_are_enough(stamps_s, keys & (stamps_s < 26.0), 0.0, math.inf)
    assert keys_are_enough(stamps_s, keys & (stamps_s < 26.0), 0.0, 26.0)
    assert not keys_are_enough(stamps_s, keys & (stamps_s > 8.0), 0.0, math.inf)
    assert not keys_are_enough(np.where(keys, stamps_s, np.nan), keys, 0.0, math.inf)


def test_of_a_long_clip_key_frames_two_seconds_apart_are_looked_at() -> None:
    assert key_rate_hz(25.0) == 0.8
    assert key_rate_hz(600.0) == 0.5


def test_the_fewer_the_key_frames_the_more_looks_after_each() -> None:
    times_s = np.arange(60 * 30) / 30
    assert len(looks_after_keys(times_s, np.arange(0, 1800, 200), 0.0, math.inf)) == 9 * 3
    assert len(looks_after_keys(times_s, np.arange(0, 1800, 300), 0.0, math.inf)) == 6 * 4


def test_a_clip_is_read_through_where_little_would_be_saved_or_too_much_leapt_over() -> None:
    times_s = np.arange(60 * 30) / 30
    assert looks_after_keys(times_s, np.arange(0, 1800, 45), 0.0, math.inf) is None
    assert looks_after_keys(times_s, np.array([0, 100, 200, 300, 400, 500, 900]), 0.0, math.inf) is None
    assert looks_after_keys(times_s, np.arange(1000, 1800, 100), 0.0, math.inf) is None
    assert looks_after_keys(times_s, np.arange(0, 1800, 360), 0.0, math.inf) is None
    assert looks_after_keys(times_s, np.array([], dtype=int), 0.0, math.inf) is None


@given(st.integers(20, 90), st.integers(60, 300), st.floats(0, 5), st.sampled_from([24.0, 30.0, 60.0]))
def test_looks_lie_in_the_part_asked_for_and_never_in_the_next_stretch(seconds: int, step: int, start_s: float, fps: float) -> None:
    times_s = np.arange(round(seconds * fps)) / fps
    end_s = seconds - 2.0
    keys = np.arange(0, len(times_s), step)
    looks = looks_after_keys(times_s, keys, start_s, end_s)
    if looks is None:
        return
    assert np.all(np.diff(looks) > 0)
    assert np.all((times_s[looks] >= start_s) & (times_s[looks] <= end_s + 1.0 / fps))
    assert set(keys[(times_s[keys] >= start_s) & (times_s[keys] <= end_s)]) <= set(looks.tolist())
