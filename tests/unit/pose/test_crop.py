"""The crop that follows the lifter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinge_vision.pose.crop import CROP_SIDE_PX, CROP_SIZES, WIDENINGS, CropPath, View, body_box, cut
from hinge_vision.video.frame import Frame


def boxes(centres_x: list[float], size_px: float = 200.0) -> np.ndarray:
    return np.array([[x - 40, 100, x + 40, 100 + size_px] for x in centres_x], dtype=float)


def test_a_lifter_who_stays_gets_one_still_crop_around_all_he_does() -> None:
    time_s = np.arange(6.0)
    path = CropPath.around(time_s, boxes([300, 305, 310, 300, 295, 300]))
    first, last = path.at(0.0), path.at(5.0)
    np.testing.assert_array_equal(first[0], last[0])
    assert first[1] == pytest.approx(CROP_SIZES * 200)


def test_a_lifter_who_walks_is_followed() -> None:
    time_s = np.arange(6.0)
    path = CropPath.around(time_s, boxes([100, 300, 500, 700, 900, 1100]))
    assert path.at(2.5)[0][0] == pytest.approx(600, abs=5)


def test_one_bad_look_does_not_throw_the_crop_off() -> None:
    time_s = np.arange(7.0)
    path = CropPath.around(time_s, boxes([100, 200, 300, 2000, 500, 600, 700]))
    assert path.at(3.0)[0][0] < 600


@given(
    x=st.floats(-50, 700), y=st.floats(-50, 500), side_px=st.floats(40, 1500), point_x=st.floats(0, 1), point_y=st.floats(0, 1)
)
def test_a_point_of_the_crop_goes_back_to_where_it_came_from(x: float, y: float, side_px: float, point_x: float, point_y: float) -> None:
    image = np.zeros((480, 640, 3), np.uint8)
    image[..., 0] = np.linspace(0, 255, 640).astype(np.uint8)
    image[..., 1] = np.linspace(0, 255, 480).astype(np.uint8)[:, None]
    crop, scale, corner = cut(image, np.array([x, y]), side_px)
    assert max(crop.shape[:2]) <= CROP_SIDE_PX + 2  # a pixel or two over is not reduced again, see cut()
    row, column = int(point_y * (crop.shape[0] - 1)), int(point_x * (crop.shape[1] - 1))
    source = np.array([column + 0.5, row + 0.5]) / scale + corner
    column_px, row_px = (int(np.clip(value, 0, limit - 1)) for value, limit in zip(source, (640, 480), strict=True))
    # reduction averages neighbours: a few grey levels
    assert abs(int(crop[row, column, 0]) - int(image[row_px, column_px, 0])) <= 6
    assert abs(int(crop[row, column, 1]) - int(image[row_px, column_px, 1])) <= 6


def test_a_crop_that_misses_the_image_falls_back_to_all_of_it() -> None:
    image = np.zeros((120, 160, 3), np.uint8)
    crop, scale, corner = cut(image, np.array([5000.0, 5000.0]), 100.0)
    assert crop.shape == image.shape
    assert scale == 1.0
    np.testing.assert_array_equal(corner, [0, 0])


def test_the_box_holds_all_landmarks() -> None:
    marks = np.array([[1.0, 9.0], [4.0, 2.0], [3.0, 5.0]])
    np.testing.assert_array_equal(body_box(marks), [1, 2, 4, 9])


@pytest.mark.parametrize(("width_px", "height_px", "side_px"), [(1920, 1080, 1400.0), (640, 480, 300.0), (1080, 1920, 5000.0)])
def test_a_view_gives_the_usual_crop_at_the_size_the_whole_frame_gives_it(width_px: int, height_px: int, side_px: float) -> None:
    image = np.random.default_rng(0).integers(0, 256, (height_px, width_px, 3), dtype=np.uint8)
    centre_px = np.array([width_px / 2, height_px / 2])
    crops = CropPath(np.zeros(1), centre_px[None], np.array([side_px]))
    whole, whole_scale, whole_corner = cut(image, centre_px, side_px)
    crop, scale, corner = View.of(Frame(7, 0.5, image), crops).cut(*crops.at(0.5))
    assert scale == pytest.approx(whole_scale, rel=0.01)
    assert np.abs(np.array(crop.shape) - whole.shape).max() <= 2
    np.testing.assert_allclose(corner, whole_corner, atol=2 / scale)


def test_a_view_holds_the_widest_crop_but_no_more_pixels_than_needed() -> None:
    image = np.zeros((2160, 3840, 3), np.uint8)
    crops = CropPath(np.zeros(1), np.array([[1920.0, 1080.0]]), np.array([1600.0]))
    view = View.of(Frame(0, 0.0, image), crops)
    assert max(view.image.shape[:2]) == round(max(WIDENINGS) * CROP_SIDE_PX)
    wide, scale, _ = view.cut(*crops.at(0.0, max(WIDENINGS)))
    assert max(wide.shape[:2]) / scale == pytest.approx(max(WIDENINGS) * 1600, rel=0.01)
