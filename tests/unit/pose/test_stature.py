"""The lifter's size from his limbs."""

from __future__ import annotations

import numpy as np
import pytest

from hinge_vision.arrays import BoolArray, FloatArray
from hinge_vision.pose.feet import standing_ankles_px
from hinge_vision.pose.stature import as_large_as_lifting, stature_px
from tests.made_people import person


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


def as_large(marks: FloatArray) -> BoolArray:
    return as_large_as_lifting(marks, standing_ankles_px(marks, at_15_hz(marks)), at_15_hz(marks))


def stands_then_lifts(size_px: float, stands_s: float) -> tuple[FloatArray, FloatArray]:
    """Landmarks of somebody who stands at one size, then lifts at 200 px; and which frames are those of the set."""
    before = round(15 * stands_s)
    lean_deg = 40.0 * (1.0 - np.cos(2.0 * np.pi * np.arange(90) / 30.0))
    marks = [person(400, size_px=size_px).landmarks] * before + [person(400, lean_deg=float(lean), size_px=200).landmarks for lean in lean_deg]
    return np.array(marks), np.arange(len(marks)) >= before


@pytest.mark.parametrize(("size_px", "stands_s"), [(250.0, 2.0), (300.0, 12.0), (140.0, 6.0)])
def test_someone_who_stands_nearer_or_further_away_before_the_set_has_the_size_he_lifts_at(size_px: float, stands_s: float) -> None:
    marks, lifts = stands_then_lifts(size_px, stands_s)
    time_s = at_15_hz(marks)
    np.testing.assert_allclose(stature_px(marks, time_s), stature_px(marks[lifts], time_s[lifts]), rtol=0.03)


@pytest.mark.parametrize("size_px", [250.0, 140.0])
def test_frames_of_another_size_than_the_lifts_are_told_apart(size_px: float) -> None:
    marks, lifts = stands_then_lifts(size_px, 6.0)
    same = as_large(marks)
    changes = int(np.argmax(lifts))
    assert not same[: changes - 15].any()
    assert same[changes + 15 :].mean() > 0.95


def test_someone_who_never_bends_is_of_one_size() -> None:
    marks = np.array([person(400).landmarks] * 30)
    assert as_large(marks).all()
