"""Where the feet stand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hinge_vision.arrays import FloatArray
from hinge_vision.pose.feet import Floor, standing_ankles_px
from hinge_vision.pose.track import Landmark
from tests.made_people import person

ANKLES = [Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE]


def standing(count: int) -> tuple[FloatArray, FloatArray]:
    return np.array([person(400).landmarks] * count), np.arange(count) / 15.0


def test_an_ankle_that_a_plate_pulls_up_for_most_of_the_time_stays_on_the_floor() -> None:
    marks, time_s = standing(60)
    marks[10:50, ANKLES, 1] -= 60.0
    marks[10:50, ANKLES, 0] += 25.0
    np.testing.assert_allclose(standing_ankles_px(marks, time_s), np.tile([[400.0, 500.0]], (60, 2, 1)))


def bent(marks: FloatArray, rows: slice) -> None:
    """Bend a standing person over in these rows, in place."""
    marks[rows, [[Landmark.LEFT_SHOULDER], [Landmark.RIGHT_SHOULDER]], :2] += [90.0, 60.0]


def test_the_foot_of_who_stays_bent_over_for_long_behind_a_plate_is_where_it_stood_before_and_stands_after() -> None:
    marks, time_s = standing(240)
    bent(marks, slice(45, 195))
    marks[60:180, ANKLES, 1] -= 60.0
    marks[60:180, ANKLES, 0] += 20.0
    np.testing.assert_allclose(standing_ankles_px(marks, time_s), np.tile([[400.0, 500.0]], (240, 2, 1)))


@pytest.mark.parametrize("bent_over", [slice(0, 150), slice(90, 240)])
def test_the_foot_of_who_is_bent_over_for_long_when_a_clip_starts_or_ends_is_where_he_stands_in_the_rest_of_it(bent_over: slice) -> None:
    marks, time_s = standing(240)
    bent(marks, bent_over)
    marks[bent_over, ANKLES, 1] -= 60.0
    np.testing.assert_allclose(standing_ankles_px(marks, time_s), np.tile([[400.0, 500.0]], (240, 2, 1)))


def test_who_steps_aside_while_bent_over_for_long_stands_where_he_is_seen() -> None:
    marks, time_s = standing(240)
    bent(marks, slice(45, 195))
    marks[80:160, ANKLES, 0] += 60.0
    np.testing.assert_allclose(standing_ankles_px(marks, time_s)[115:125], np.tile([[460.0, 500.0]], (10, 2, 1)))


def test_someone_who_walks_up_and_then_lifts_stands_where_he_lifts() -> None:
    marks, time_s = standing(150)
    marks[:30, ANKLES, 0] -= 200.0
    places = standing_ankles_px(marks, time_s)
    assert np.all(np.abs(places[75:, :, 0] - 400.0) < 1e-9)
    assert np.all(np.abs(places[:15, :, 0] - 200.0) < 1e-9)


def test_feet_that_travel_with_a_panning_camera_are_taken_where_they_are_seen() -> None:
    marks, time_s = standing(60)
    marks[:, :, 0] += 5.0 * np.arange(60)[:, None]
    np.testing.assert_allclose(standing_ankles_px(marks, time_s), marks[:, ANKLES, :2])


def test_an_ankle_behind_a_plate_stays_with_the_other_foot_while_the_camera_pans() -> None:
    marks, time_s = standing(60)
    marks[:, :, 0] += 3.0 * np.arange(60)[:, None]
    seen = marks[:, ANKLES, :2].copy()
    marks[20:50, ANKLES, 1] -= 40.0
    np.testing.assert_allclose(standing_ankles_px(marks, time_s), seen, atol=1.0)


def test_feet_that_step_about_are_taken_where_they_are_seen() -> None:
    marks, time_s = standing(60)
    marks[30:, :, 0] += 250.0
    np.testing.assert_allclose(standing_ankles_px(marks, time_s)[28:32], marks[28:32, ANKLES, :2])


def test_where_nobody_was_found_no_feet_stand() -> None:
    marks, time_s = standing(20)
    marks[5:8] = np.nan
    places = standing_ankles_px(marks, time_s)
    assert np.isnan(places[5:8]).all()
    assert np.isfinite(np.delete(places, slice(5, 8), axis=0)).all()
    assert np.isnan(standing_ankles_px(np.full((4, 33, 4), np.nan), np.arange(4.0))).all()


@given(scale=st.floats(0.3, 3.0), right=st.floats(-300, 300), down=st.floats(-300, 300), seed=st.integers(0, 1000))
@settings(max_examples=40)
def test_the_feet_move_with_the_picture(scale: float, right: float, down: float, seed: int) -> None:
    marks, time_s = standing(40)
    marks[:, ANKLES, :2] += np.random.default_rng(seed).normal(0, 5, (40, 2, 2))
    moved = marks.copy()
    moved[:, :, :2] = scale * marks[:, :, :2] + [right, down]
    np.testing.assert_allclose(standing_ankles_px(moved, time_s), scale * standing_ankles_px(marks, time_s) + [right, down], atol=1e-6)


def test_after_a_cut_to_a_smaller_picture_the_feet_stand_where_each_picture_has_them() -> None:
    marks, time_s = standing(90)
    marks[60:, :, :2] *= 0.5
    seen = marks[:, ANKLES, :2].copy()
    marks[10:30, ANKLES, 1] -= 30.0
    places = standing_ankles_px(marks, time_s)
    np.testing.assert_allclose(places[:45], seen[:45], atol=1e-6)
    np.testing.assert_allclose(places[75:], seen[75:], atol=1e-6)


def test_a_skeleton_is_as_high_above_the_floor_as_the_lower_of_its_feet() -> None:
    marks, time_s = standing(20)
    marks[5:8, ANKLES, 1] -= 90.0  # the survey takes plates for feet as well
    floor = Floor.under(marks, time_s, 300.0)
    assert floor.height(marks[0], 0.5) == pytest.approx(0.0)
    assert floor.height(marks[6], 0.4) == pytest.approx(0.3)
    one_leg = marks[0].copy()
    one_leg[Landmark.LEFT_ANKLE, 1] -= 90.0
    assert floor.height(one_leg, 0.5) == pytest.approx(0.0)


def test_the_floor_lies_on_straight_lines_between_the_looks_of_the_survey() -> None:
    floor = Floor(np.array([0.0, 2.0]), np.array([[500.0, 510.0], [540.0, 550.0]]), 100.0)
    skeleton = person(400).landmarks
    skeleton[ANKLES, 1] = 520.0, 530.0
    assert floor.height(skeleton, 1.0) == pytest.approx(0.0)
    assert floor.height(skeleton, 5.0) == pytest.approx(0.2)
