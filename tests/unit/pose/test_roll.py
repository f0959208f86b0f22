"""How far the camera is tilted, from the room's upright lines."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hinge_vision.arrays import FloatArray, ImageArray
from hinge_vision.pose.roll import NO_LINES, camera_roll_deg, upright_lines
from tests.made_people import person


def room(roll_deg: float, *, posts: tuple[int, ...] = (60, 160, 520, 590), lean: dict[int, float] | None = None) -> ImageArray:
    """A wall with upright posts, seen by a camera tilted so that they lean to the right; some may lean by themselves."""
    image = np.full((480, 640, 3), 170, np.uint8)
    image = cv2.add(image, np.random.default_rng(3).integers(0, 12, image.shape, dtype=np.uint8))
    for x in posts:
        shift = int(300 * math.tan(math.radians((lean or {}).get(x, 0.0))))
        cv2.line(image, (x, 400), (x + shift, 100), (60, 70, 80), 9)
    turn = cv2.getRotationMatrix2D((320, 240), -roll_deg, 1.0)
    return np.asarray(cv2.warpAffine(image, turn, (640, 480), borderMode=cv2.BORDER_REPLICATE), np.uint8)


@pytest.mark.parametrize("roll_deg", [-10.0, -3.0, 0.0, 1.5, 8.0])
def test_posts_that_all_lean_one_way_tell_the_tilt(roll_deg: float) -> None:
    assert camera_roll_deg([upright_lines(room(roll_deg), [])]) == pytest.approx(roll_deg, abs=0.4)


def test_a_bar_that_leans_by_itself_among_upright_posts_changes_nothing() -> None:
    assert camera_roll_deg([upright_lines(room(2.0, lean={520: 9.0}), [])]) == pytest.approx(2.0, abs=0.4)


def test_posts_that_converge_since_the_camera_looks_down_tell_the_tilt_of_the_middle() -> None:
    converging = {x: 4.0 * (x - 320) / 320 for x in (60, 160, 520, 590)}
    assert camera_roll_deg([upright_lines(room(3.0, lean=converging), [])]) == pytest.approx(3.0, abs=0.7)


def test_a_bare_room_a_single_leaning_post_and_lines_that_disagree_tell_nothing() -> None:
    assert math.isnan(camera_roll_deg([NO_LINES, upright_lines(room(5.0, posts=()), [])]))
    assert math.isnan(camera_roll_deg([upright_lines(room(5.0, posts=(160,)), [])]))
    disagreeing = {60: -9.0, 160: 3.0, 520: 10.0, 590: -2.0}
    assert math.isnan(camera_roll_deg([upright_lines(room(0.0, lean=disagreeing), [])]))
    assert math.isnan(camera_roll_deg([]))


def test_what_stands_upright_on_a_person_is_no_line_of_the_room() -> None:
    image = np.full((600, 900, 3), 170, np.uint8)
    cv2.line(image, (400, 150), (400, 480), (40, 40, 40), 8)
    assert len(upright_lines(image, [])) > 0
    assert len(upright_lines(image, [person(400).landmarks])) == 0


@given(
    roll_deg=st.floats(-10, 10),
    convergence_deg=st.floats(-4, 4),
    places=st.lists(st.floats(-0.9, 0.9), min_size=5, max_size=12, unique=True).filter(lambda at: np.ptp(sorted(at)[1:-1]) > 0.5),
)
@settings(max_examples=60)
def test_mirroring_the_lines_turns_the_sign(roll_deg: float, convergence_deg: float, places: list[float]) -> None:
    at = np.array(places)
    lines: FloatArray = np.stack([roll_deg + convergence_deg * at, np.full(len(at), 0.3), at], axis=1)
    found = camera_roll_deg([lines])
    assert found == pytest.approx(roll_deg, abs=0.7)
    assert camera_roll_deg([lines * [-1.0, 1.0, -1.0]]) == pytest.approx(-found, abs=0.3)
