"""The lifter's size from his limbs."""

from __future__ import annotations

import numpy as np

from hinge_vision.pose.stature import stature_px
from tests.unit.pose.test_survey import person


def test_size_does_not_depend_on_posture() -> None:
    upright = np.array([person(400).landmarks])
    bent = np.array([person(400, lean_deg=80).landmarks])
    np.testing.assert_allclose(stature_px(upright), stature_px(bent))


def test_a_plate_that_shortens_the_limbs_for_a_while_does_not_shrink_the_lifter() -> None:
    marks = np.array([person(400).landmarks] * 20)
    whole = stature_px(marks)
    marks[:14, 25:27, :2] = marks[:14, 23:25, :2]
    marks[:14, 27:29, :2] = marks[:14, 23:25, :2]
    np.testing.assert_allclose(stature_px(marks), whole, rtol=0.02)


def test_nobody_has_no_size() -> None:
    assert np.isnan(stature_px(np.full((3, 33, 4), np.nan)))
