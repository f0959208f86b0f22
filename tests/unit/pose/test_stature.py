"""The lifter's size from his limbs."""

from __future__ import annotations

import numpy as np

from hinge_vision.arrays import FloatArray
from hinge_vision.pose.stature import stature_px
from tests.unit.pose.test_survey import person


def at_15_hz(marks: FloatArray) -> FloatArray:
    return np.arange(len(marks)) / 15.0


def test_size_does_not_depend_on_posture() -> None:
    upright = np.array([person(400).landmarks])
    bent = np.array([person(400, lean_deg=80).landmarks])
    np.testing.assert_allclose(stature_px(upright, at_15_hz(upright)), stature_px(bent, at_15_hz(bent)))


def test_a_plate_that_shortens_the_limbs_for_a_while_does_not_shrink_the_lifter() -> None:
    marks = np.array([person(400).landmarks] * 20)
    whole = stature_px(marks, at_15_hz(marks))
    marks[:14, 25:27, :2] = marks[:14, 23:25, :2]
    marks[:14, 27:29, :2] = marks[:14, 23:25, :2]
    np.testing.assert_allclose(stature_px(marks, at_15_hz(marks)), whole, rtol=0.02)


def test_someone_who_comes_up_to_the_camera_after_the_lift_has_the_size_he_lifts_at() -> None:
    lifting = np.array([person(400, size_px=200).landmarks] * 300)
    near = np.array([person(400, size_px=500).landmarks] * 60)
    marks = np.concatenate([lifting, near])
    np.testing.assert_allclose(stature_px(marks, at_15_hz(marks)), stature_px(lifting, at_15_hz(lifting)))


def test_nobody_has_no_size() -> None:
    nobody = np.full((3, 33, 4), np.nan)
    assert np.isnan(stature_px(nobody, at_15_hz(nobody)))
