"""Whom the analysis takes for the lifter in a frame; the pose model itself is run in tests/integration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from hinge_vision.pose.crop import CropPath, View
from hinge_vision.pose.frame_row import measure_view
from hinge_vision.pose.landmarker import Person
from hinge_vision.video.frame import Frame

SIZE_PX = 300.0
CROPS = CropPath(np.array([0.0]), np.array([[500.0, 400.0]]), np.array([1.7 * SIZE_PX]))
VIEW = View.of(Frame(3, 0.1, np.zeros((800, 1000, 3), np.uint8)), CROPS)


@dataclass(frozen=True)
class Sees:
    """Stands in for the landmarker: people of the lifter's size, at so many of his sizes to the right of his place."""

    at_sizes: tuple[float, ...]

    def find(self, image: np.ndarray) -> list[Person]:
        scale = image.shape[0] / (1.7 * SIZE_PX)
        return [self._person(scale * SIZE_PX, image.shape[0] / 2, off) for off in self.at_sizes]

    def _person(self, size: float, middle: float, off: float) -> Person:
        landmarks = np.zeros((33, 4))
        landmarks[:, 0] = middle + off * size
        landmarks[:, 1] = middle + np.linspace(-size / 2, size / 2, 33)
        return Person(landmarks, np.zeros((33, 3)), None)


def found_x_px(*at_sizes: float) -> float:
    row = measure_view(Sees(at_sizes), VIEW, CROPS, "right", SIZE_PX)  # type: ignore[arg-type]
    return float(row.landmarks[0, 0])


def test_of_several_people_the_one_nearest_to_the_lifters_place_is_taken() -> None:
    assert found_x_px(0.6, 0.1, -0.5) == pytest.approx(500.0 + 0.1 * SIZE_PX, abs=2.0)


def test_somebody_at_the_edge_of_the_crop_is_not_the_lifter() -> None:
    assert np.isnan(found_x_px(0.9))
    assert np.isfinite(found_x_px(0.7))
