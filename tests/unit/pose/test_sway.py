"""How a camera held in a hand moves, told from the room."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hinge_vision.arrays import FloatArray, ImageArray
from hinge_vision.pose.feet import standing_ankles_px
from hinge_vision.pose.sway import CameraPath, RoomWatch, moving_camera
from hinge_vision.pose.track import Landmark
from hinge_vision.video.frame import Frame
from tests.made_clips import furnished_wall
from tests.made_people import person

WIDTH, HEIGHT, MARGIN = 480, 640, 60
# Somebody stands in the middle of the picture.
PERSON = np.array([[170.0, 120.0, 310.0, 560.0]])
FLOOR = np.array([[240.0, 560.0, 1.0], [100.0, 560.0, 1.0], [400.0, 60.0, 1.0]])
ANKLES = [Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE]


def room() -> ImageArray:
    """A furnished wall, wider than the picture."""
    return furnished_wall(WIDTH + 2 * MARGIN, HEIGHT + 2 * MARGIN)


def camera(shift_px: Sequence[float] = (0.0, 0.0), turn_deg: float = 0.0, zoom: float = 1.0) -> FloatArray:
    """How the room lies in the picture of a camera so held, (3, 3)."""
    turned = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), turn_deg, zoom)
    return np.concatenate([turned + np.array([[0, 0, shift_px[0]], [0, 0, shift_px[1]]]), [[0.0, 0.0, 1.0]]])


def film(wall: ImageArray, cameras: Sequence[FloatArray], *, lifts: bool = True) -> list[Frame]:
    """Frames of the room, 15 a second, a body moving up and down in front of it."""
    frames = []
    for number, held in enumerate(cameras):
        moved = held @ np.array([[1.0, 0.0, -MARGIN], [0.0, 1.0, -MARGIN], [0.0, 0.0, 1.0]])
        image = np.asarray(cv2.warpAffine(wall, moved[:2], (WIDTH, HEIGHT)), np.uint8)
        top = 130 + round(60 * abs(np.sin(number / 15))) if lifts else 130
        for row, left in enumerate(range(190, 290, 20)):
            cv2.rectangle(image, (left, top + 40 * row), (left + 20, top + 40 * row + 80), (20 * row, 255 - 40 * row, 120), -1)
        frames.append(Frame(number, number / 15, image))
    return frames


def followed(frames: Sequence[Frame]) -> CameraPath | None:
    watch = RoomWatch(PERSON)
    for frame in frames:
        watch.look(frame)
    return watch.path()


def swaying(count: int) -> list[FloatArray]:
    times = np.arange(count) / 15
    return [camera((12 * np.sin(2.5 * t), 9 * (np.cos(2 * t) - 1)), 0.8 * np.sin(1.4 * t), 1 + 0.01 * np.sin(t)) for t in times]


def test_a_camera_that_sways_is_followed_to_a_fraction_of_a_pixel() -> None:
    cameras = swaying(90)
    path = followed(film(room(), cameras))
    assert path is not None
    seen = path.at(np.arange(90) / 15) @ FLOOR.T
    true = np.array([held[:2] for held in cameras]) @ FLOOR.T
    assert np.abs(seen - true).mean() < 0.5
    assert np.abs(seen - true).max() < 2.0


@settings(max_examples=10)
@given(st.floats(-25, 25), st.floats(-25, 25), st.floats(-2, 2), st.floats(0.96, 1.04))
def test_wherever_a_camera_goes_the_room_tells(across_px: float, down_px: float, turn_deg: float, zoom: float) -> None:
    cameras = [camera((share * across_px, share * down_px), share * turn_deg, 1 + share * (zoom - 1)) for share in np.linspace(0, 1, 16)]
    path = followed(film(room(), cameras))
    assert path is not None
    last = cameras[round(15 * path.time_s[-1])]
    off_px = np.abs(path.to_picture[-1] @ FLOOR.T - last[:2] @ FLOOR.T)
    assert off_px.mean() < 1.0
    assert off_px.max() < 1.5


def test_a_camera_that_pans_out_of_its_first_picture_is_followed_on() -> None:
    wall = np.concatenate([room(), room()[::-1]], axis=1)
    path = followed(film(wall, [camera((-5.0 * number, 0.0)) for number in range(80)]))
    assert path is not None
    assert path.to_picture[-1, 0, 2] == pytest.approx(-5.0 * 15 * path.time_s[-1], abs=4.0)


def test_a_standing_camera_is_looked_after_once_a_second_and_leaves_the_feet_as_they_are() -> None:
    path = followed(film(room(), [camera()] * 90))
    assert path is not None
    assert len(path.time_s) <= 8
    assert moving_camera(path, np.array([person(240).landmarks] * 90), np.arange(90) / 15, 400.0) is None


@pytest.mark.parametrize("wall", [room(), np.full_like(room(), 140)], ids=["cut", "bare"])
def test_a_bare_wall_and_a_clip_that_is_cut_tell_nothing(wall: ImageArray) -> None:
    first = film(wall, [camera()] * 30)
    second = film(wall[::-1, ::-1], [camera()] * 30)
    assert followed([*first, *(Frame(frame.index + 30, frame.time_s + 2.0, frame.image) for frame in second)]) is None


def test_feet_that_a_plate_hides_stand_where_they_stood_in_the_room_however_the_camera_sways() -> None:
    path = followed(film(room(), swaying(90)))
    time_s = np.arange(90) / 15
    in_room = np.array(person(240).landmarks)
    marks = np.array([in_room] * 90)
    true = np.stack([[held[:2] @ np.append(in_room[ankle, :2], 1.0) for ankle in ANKLES] for held in swaying(90)])
    marks[:, ANKLES, :2] = true
    marks[30:60, ANKLES, 1] -= 40.0
    to_picture = moving_camera(path, marks, time_s, 400.0)
    assert to_picture is not None
    assert np.abs(standing_ankles_px(marks, time_s, to_picture) - true).max() < 2.5
    assert np.abs(standing_ankles_px(marks, time_s) - true).max() > 10.0


def test_where_nobody_is_found_no_camera_moves_him() -> None:
    path = followed(film(room(), swaying(60)))
    assert moving_camera(path, np.full((60, 33, 4), np.nan), np.arange(60) / 15, 400.0) is None
    assert moving_camera(None, np.array([person(240).landmarks] * 60), np.arange(60) / 15, 400.0) is None
