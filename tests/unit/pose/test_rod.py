from __future__ import annotations

import cv2
import numpy as np
import pytest

from hinge_vision.arrays import FloatArray, ImageArray
from hinge_vision.pose.rod import rod_along_back
from hinge_vision.pose.track import Landmark
from tests.made_people import person

HIP = np.array([300.0, 400.0])


def lifter(lean_deg: float, facing: str) -> FloatArray:
    """A stick figure whose hip stands at `HIP`, hip to shoulder 120 px."""
    figure = person(300.0, lean_deg=lean_deg, size_px=400.0, facing=facing).landmarks
    figure[:, :2] += HIP - figure[Landmark.LEFT_HIP, :2]
    return figure


def scene(figure: FloatArray, *, rod_sizes: float = 0.0, behind_px: float = 25.0) -> ImageArray:
    """A grey body on a light wall, with a rod of that many trunk lengths along its rear, or none."""
    image = np.full((700, 700, 3), 200, np.uint8)
    hip, shoulder = figure[Landmark.LEFT_HIP, :2], figure[Landmark.LEFT_SHOULDER, :2]
    along = (shoulder - hip) / np.linalg.norm(shoulder - hip)
    rear = np.array([along[1], -along[0]])
    rear = rear if rear[1] < 0 else -rear
    cv2.line(image, hip.astype(int).tolist(), shoulder.astype(int).tolist(), (110, 80, 60), 44)
    cv2.circle(image, (shoulder + 40 * along).astype(int).tolist(), 24, (60, 70, 90), -1)
    if rod_sizes:
        middle = (hip + shoulder) / 2 + behind_px * rear + 15 * along
        ends = [middle + sign * rod_sizes / 2 * 120 * along for sign in (-1, 1)]
        cv2.line(image, *[end.astype(int).tolist() for end in ends], (40, 90, 150), 5)
    return image


@pytest.mark.parametrize("facing", ["left", "right"])
@pytest.mark.parametrize("lean_deg", [30.0, 50.0, 75.0])
def test_a_long_rod_behind_a_leaning_trunk_is_seen_whichever_way_it_faces(lean_deg: float, facing: str) -> None:
    figure = lifter(lean_deg, facing)
    assert rod_along_back(scene(figure, rod_sizes=2.2), figure) is True
    assert rod_along_back(scene(figure), figure) is False


def test_a_short_stick_or_a_line_far_behind_is_no_rod() -> None:
    figure = lifter(50.0, "right")
    assert rod_along_back(scene(figure, rod_sizes=1.1), figure) is False
    assert rod_along_back(scene(figure, rod_sizes=2.2, behind_px=110.0), figure) is False


@pytest.mark.parametrize("lean_deg", [0.0, 15.0, 88.0])
def test_an_upright_or_level_trunk_tells_nothing(lean_deg: float) -> None:
    figure = lifter(lean_deg, "right")
    assert rod_along_back(scene(figure, rod_sizes=2.2), figure) is None
