"""The frames of one clip in time."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hinge_vision.video.timeline import Timeline
from tests.made_clips import steady


def timeline(stamps_s: list[float], keys: tuple[int, ...] = ()) -> Timeline:
    return Timeline.of(np.array(stamps_s), np.isin(np.arange(len(stamps_s)), keys), 30.0)


@given(st.integers(2, 50), st.floats(10, 240), st.integers(0, 49), st.floats(-0.2, 0.2))
def test_a_timestamp_belongs_to_the_frame_it_lies_next_to(count: int, fps: float, number: int, off: float) -> None:
    number %= count
    assert timeline(steady(count, fps)).nearest((number + off) / fps) == number


def test_a_timestamp_half_way_between_two_frames_belongs_to_neither() -> None:
    assert timeline(steady(10, 30.0)).nearest(2.5 / 30) is None
    assert Timeline.of(np.empty(0), np.empty(0, bool), 30.0).nearest(0.0) is None


def test_beyond_the_frames_announced_time_goes_on_at_the_clips_rate() -> None:
    clip = timeline(steady(10, 20.0))
    np.testing.assert_allclose([clip.time_s(9), clip.time_s(12), clip.end_s(-1), clip.end_s(12)], [0.45, 0.6, 0.5, 0.65])


def test_key_frames_are_found_by_their_times_in_whatever_order_they_are_stored() -> None:
    clip = timeline([0.0, 0.2, 0.1, 0.4, 0.3, 0.5], keys=(0, 3))
    assert clip.keys.tolist() == [0, 4]
    assert [clip.key_before(number) for number in (0, 3, 4, 5)] == [0, 0, 4, 4]
    assert timeline(steady(3, 30.0)).key_before(2) == -1
