"""Whom the analysis takes for the lifter in a frame; the pose model itself is run in tests/integration."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from hinge_vision.pose.crop import CropPath, View
from hinge_vision.pose.feet import Floor
from hinge_vision.pose.frame_row import measure_view
from hinge_vision.pose.landmarker import Person
from hinge_vision.pose.sighting import sight
from hinge_vision.pose.track import Landmark
from hinge_vision.video.frame import Frame

SIZE_PX = 300.0
CROPS = CropPath(np.array([0.0]), np.array([[500.0, 400.0]]), np.array([1.7 * SIZE_PX]))
VIEW = View.of(Frame(3, 0.1, np.zeros((800, 1000, 3), np.uint8)), CROPS)


@dataclass(frozen=True)
class Sees:
    """Stands in for the landmarker: people of the lifter's size, at so many of his sizes to the right of his place."""

    at_sizes: tuple[float, ...]

    def find(self, image: np.ndarray, *, mirrored: bool = False) -> list[Person]:
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


@dataclass
class SeesInTurn:
    """Stands in for the landmarker: in one crop after the other the lifter, his ankles so many statures above the floor, or nobody (None)."""

    heights: list[float | None]
    without_trunk: int = 0  # in the first so many crops his hips lie on his shoulders
    asked: list[tuple[int, bool]] = field(default_factory=list)

    def find(self, image: np.ndarray, *, mirrored: bool = False) -> list[Person]:
        height = self.heights[len(self.asked)]
        self.asked.append((image.shape[0], mirrored))
        if height is None:
            return []
        # every crop lies around the same place and shows it unreduced
        landmarks = np.zeros((33, 4))
        landmarks[:, 0] = image.shape[1] / 2
        landmarks[:, 1] = image.shape[0] / 2 + np.linspace(-SIZE_PX / 2, SIZE_PX / 2, 33)
        landmarks[[Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE], 1] = image.shape[0] / 2 + SIZE_PX * (0.5 - height)
        if len(self.asked) <= self.without_trunk:
            landmarks[[Landmark.LEFT_HIP, Landmark.RIGHT_HIP]] = landmarks[[Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER]]
        return [Person(landmarks, np.zeros((33, 3)), None)]


FLOOR = Floor(np.array([0.0]), np.full((1, 2), 400.0 + SIZE_PX / 2), SIZE_PX)


def ankle_height(sees: SeesInTurn, floor: Floor | None = FLOOR) -> float:
    row = measure_view(sees, VIEW, CROPS, "right", SIZE_PX, floor)  # type: ignore[arg-type]
    return FLOOR.height(row.landmarks, row.time_s)


def test_a_lifter_who_stands_in_the_first_crop_is_looked_for_no_further() -> None:
    sees = SeesInTurn([0.1])
    assert ankle_height(sees) == pytest.approx(0.1, abs=0.01)
    assert [mirrored for _, mirrored in sees.asked] == [False]


def test_one_whose_feet_hang_in_the_air_is_looked_for_in_the_mirror_and_in_other_crops_until_he_stands() -> None:
    sees = SeesInTurn([0.45, 0.4, None, 0.05])
    assert ankle_height(sees) == pytest.approx(0.05, abs=0.01)
    sizes = [size for size, _ in sees.asked]
    assert [mirrored for _, mirrored in sees.asked] == [False, True, False, False]
    assert sizes[0] == sizes[1] < sizes[2]
    assert sizes[3] < sizes[0]


def test_one_who_stands_in_no_crop_is_as_in_the_first_that_shows_anybody() -> None:
    assert ankle_height(SeesInTurn([None, 0.45, 0.3, 0.25])) == pytest.approx(0.45, abs=0.01)


def test_of_crops_in_which_he_does_not_stand_the_first_is_taken_that_shows_him_with_a_trunk() -> None:
    sees = SeesInTurn([0.45, 0.4, None, 0.3], without_trunk=2)
    assert ankle_height(sees) == pytest.approx(0.3, abs=0.01)


def test_where_no_floor_is_known_the_first_crop_that_shows_anybody_is_taken() -> None:
    sees = SeesInTurn([None, 0.45])
    assert ankle_height(sees, None) == pytest.approx(0.45, abs=0.01)
    assert len(sees.asked) == 2


def skeleton(left: float, top: float, width: float, height: float) -> np.ndarray:
    """A body upright in a box, its shoulders a fifth of its height below the top and its hips at half of it."""
    landmarks = np.zeros((33, 4))
    landmarks[:, 0] = left + np.linspace(0, width, 33)
    landmarks[:, 1] = top + np.linspace(0, height, 33)
    for joint, share in (("SHOULDER", 0.2), ("HIP", 0.5), ("ANKLE", 0.95)):
        for side in ("LEFT", "RIGHT"):
            landmarks[Landmark[f"{side}_{joint}"], :2] = left + width / 2, top + share * height
    return landmarks


@dataclass(frozen=True)
class SeesBodies:
    """Stands in for the landmarker: the same bodies in every crop, placed in the source image."""

    bodies: tuple[np.ndarray, ...]

    def find(self, image: np.ndarray, *, mirrored: bool = False) -> list[Person]:
        off = image.shape[0] / 2 - np.array([500.0, 400.0])
        people = []
        for body in self.bodies:
            landmarks = body.copy()
            landmarks[:, :2] += off
            people.append(Person(landmarks, np.zeros((33, 3)), None))
        return people


LIFTER = skeleton(470, 250, 60, 300)


@pytest.mark.parametrize(
    ("other", "covered"),
    [
        (skeleton(520, 250, 60, 300), True),
        (skeleton(620, 250, 60, 300), False),
        (skeleton(480, 330, 60, 110), False),
        (skeleton(520, 330, 60, 110), True),
        (skeleton(472, 255, 60, 300), False),
    ],
    ids=["stands before him", "stands beside him", "hangs over his plates", "hangs beside him", "is himself once more"],
)
def test_who_stands_before_the_lifter_covers_him_and_a_skeleton_that_hangs_over_his_plates_does_not(other: np.ndarray, covered: bool) -> None:
    seen = sight(SeesBodies((LIFTER, other)), VIEW, CROPS, FLOOR)  # type: ignore[arg-type]
    assert seen is not None
    assert seen.is_covered is covered
