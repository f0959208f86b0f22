"""Joints and the trunk's lean, read off the landmarks."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hinge_vision.pose.joints import lean_deg, middle, trunk_lean_deg
from hinge_vision.pose.track import Landmark
from tests.made_people import person


@given(st.floats(0, 179), st.floats(0.1, 1000), st.sampled_from([-1.0, 1.0]))
def test_a_line_leans_alike_to_either_side_and_at_any_length(angle_deg: float, length_px: float, side: float) -> None:
    angle = np.radians(angle_deg)
    np.testing.assert_allclose(lean_deg(length_px * np.array([side * np.sin(angle), -np.cos(angle)])), angle_deg, atol=1e-6)


def test_one_picture_and_many_are_read_alike() -> None:
    marks = np.array([person(400, lean_deg=lean).landmarks for lean in (0.0, 30.0, 80.0)])
    np.testing.assert_array_equal(trunk_lean_deg(marks), [trunk_lean_deg(one) for one in marks])
    np.testing.assert_array_equal(middle(marks, "HIP")[1], middle(marks[1], "HIP"))


def test_a_joint_seen_on_one_side_only_has_no_middle() -> None:
    marks = person(400).landmarks.copy()
    marks[Landmark.LEFT_HIP] = np.nan
    assert np.isnan(middle(marks, "HIP")).all()
    assert np.isnan(trunk_lean_deg(marks))
