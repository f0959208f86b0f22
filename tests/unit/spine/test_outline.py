"""The dorsal outline of masks of known shape."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hinge_vision.arrays import FloatArray
from hinge_vision.settings import Facing
from hinge_vision.spine.outline import OUTLINE_POINTS, dorsal_outline, mask_contour

STATURE_PX = 300.0


def figure(back_x: float = 80.0, belly_x: float = 130.0) -> tuple[np.ndarray, FloatArray]:
    """A mask of a standing post facing right, and its trunk (2, 2): the shoulder at a fifth, the hip at half its height."""
    mask = np.zeros((340, 220), np.float32)
    mask[20:320, int(back_x) : int(belly_x)] = 1.0
    mask = cv2.GaussianBlur(mask, (0, 0), 1.0)
    middle = (back_x + belly_x) / 2
    return mask, np.array([[middle, 80.0], [middle, 170.0]])


def test_the_contour_lies_on_the_edge_to_a_fraction_of_a_pixel() -> None:
    disc = np.zeros((200, 200), np.float32)
    cv2.circle(disc, (100, 100), 60, 1.0, -1)
    contour = mask_contour(cv2.GaussianBlur(disc, (0, 0), 1.5))
    radius = np.hypot(*(contour - 100.5).T)
    assert radius.mean() == pytest.approx(60.4, abs=0.5)
    assert radius.std() < 0.4


def test_an_empty_mask_has_no_contour() -> None:
    assert mask_contour(np.zeros((50, 50), np.float32)).shape == (0, 2)


def test_a_figure_cut_off_by_the_frame_still_has_a_closed_contour() -> None:
    mask = np.zeros((100, 100), np.float32)
    mask[30:, 40:60] = 1.0
    contour = mask_contour(mask)
    np.testing.assert_allclose(contour[0], contour[-1])


def test_what_the_mask_is_unsure_of_does_not_belong_to_the_figure() -> None:
    mask, trunk = figure()
    alone = dorsal_outline(mask_contour(mask), *trunk, "right", STATURE_PX)
    plate = np.zeros_like(mask)
    cv2.circle(plate, (75, 190), 30, 0.7, -1)
    beside = dorsal_outline(mask_contour(np.maximum(mask, cv2.GaussianBlur(plate, (0, 0), 1.0))), *trunk, "right", STATURE_PX)
    assert alone is not None
    assert beside is not None
    np.testing.assert_allclose(beside[0][:, 0], alone[0][:, 0], atol=3.0)
    assert np.abs(plate[:, :78]).max() > 0.5


@pytest.mark.parametrize(("hip_x", "hip_y"), [(105.0, 105.0), (105.0, 20.0), (170.0, 100.0)])
def test_a_skeleton_too_short_or_upside_down_or_lying_on_its_back_has_no_back(hip_x: float, hip_y: float) -> None:
    mask, trunk = figure()
    trunk[1] = hip_x, hip_y
    assert dorsal_outline(mask_contour(mask), *trunk, "right", STATURE_PX) is None


def test_the_outline_runs_down_the_rear_from_head_to_thigh() -> None:
    mask, trunk = figure()
    traced = dorsal_outline(mask_contour(mask), *trunk, "right", STATURE_PX)
    assert traced is not None
    points, origin = traced
    assert points.shape == (OUTLINE_POINTS, 2)
    np.testing.assert_allclose(points[:, 0], 80.0, atol=0.6)
    assert (np.diff(points[:, 1]) > 0).all()
    at_shoulder = np.interp(origin, np.arange(OUTLINE_POINTS), points[:, 1])
    assert at_shoulder == pytest.approx(80.0, abs=1.0)


def test_a_lifter_facing_left_has_his_back_on_the_right() -> None:
    mask, trunk = figure()
    traced = dorsal_outline(mask_contour(mask), *trunk, "left", STATURE_PX)
    assert traced is not None
    np.testing.assert_allclose(traced[0][:, 0], 130.0, atol=0.6)


@pytest.mark.parametrize("facing", ["right", "left"])
def test_the_outline_is_the_same_wherever_its_contour_begins(facing: Facing) -> None:
    mask, trunk = figure()
    trunk[0, 1] = 80.5  # level with a point of the contour
    ring = mask_contour(mask)[:-1]
    level = np.flatnonzero(ring[:, 1] == 80.5)
    assert len(level) == 2
    expected = dorsal_outline(ring, *trunk, facing, STATURE_PX)
    assert expected is not None
    for start in (*level, *(level + 1), *(level - 1)):
        traced = dorsal_outline(np.roll(ring, -start, axis=0), *trunk, facing, STATURE_PX)
        assert traced is not None
        np.testing.assert_allclose(traced[0], expected[0], atol=1e-6)


@settings(max_examples=15)
@given(lean_deg=st.floats(-20, 100))
def test_a_leaning_figure_has_the_same_outline_turned(lean_deg: float) -> None:
    mask, trunk = figure()
    big = np.zeros((700, 700), np.float32)
    big[180:520, 240:460] = mask
    centre = (350.0, 350.0)
    turn = cv2.getRotationMatrix2D(centre, -lean_deg, 1.0)
    trunk = (trunk + [240, 180]) @ turn[:, :2].T + turn[:, 2]
    traced = dorsal_outline(mask_contour(cv2.warpAffine(big, turn, (700, 700))), *trunk, "right", STATURE_PX)
    assert traced is not None
    back = (traced[0] - turn[:, 2]) @ np.linalg.inv(turn[:, :2]).T
    np.testing.assert_allclose(back[:, 0], 320.0, atol=1.6)


def test_no_back_is_found_where_the_shoulder_lies_outside_the_figure() -> None:
    mask, trunk = figure()
    trunk[:, 0] += 2000.0
    assert dorsal_outline(mask_contour(mask), *trunk, "right", STATURE_PX) is None


def test_the_outline_of_a_small_blob_does_not_go_round_to_its_front() -> None:
    mask = np.zeros((340, 220), np.float32)
    mask[60:130, 80:120] = 1.0
    _, trunk = figure()
    trunk[:, 0] = 100.0
    traced = dorsal_outline(mask_contour(cv2.GaussianBlur(mask, (0, 0), 1.0)), *trunk, "right", STATURE_PX)
    assert traced is not None
    known = traced[0][np.isfinite(traced[0][:, 0])]
    assert 0 < len(known) < OUTLINE_POINTS
