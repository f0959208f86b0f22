"""A person seen in a mirror."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from hinge_vision.pose.landmarker import Landmarker, Person, mirror
from hinge_vision.pose.model import default_model_path
from hinge_vision.pose.track import Landmark
from tests.conftest import SAMPLES


def test_a_person_mirrored_twice_is_the_same() -> None:
    random = np.random.default_rng(1)
    person = Person(random.random((33, 4)), random.random((33, 3)), random.random((5, 8)).astype(np.float32))
    twice = mirror(mirror(person, 8), 8)
    np.testing.assert_allclose(twice.landmarks, person.landmarks)
    np.testing.assert_allclose(twice.world_landmarks, person.world_landmarks)
    np.testing.assert_array_equal(twice.mask, person.mask)


@pytest.mark.parametrize("mark", Landmark)
def test_in_a_mirror_left_is_right(mark: Landmark) -> None:
    landmarks = np.zeros((33, 4))
    landmarks[mark, 0] = 30.0
    seen = mirror(Person(landmarks, np.zeros((33, 3)), None), 100).landmarks[:, 0]
    swapped = mark.name.replace("LEFT", "right").replace("RIGHT", "LEFT").upper()
    assert np.flatnonzero(seen == 70.0).tolist() == [Landmark[swapped]]


def test_a_lifter_looked_for_in_the_mirror_is_found_where_he_is() -> None:
    capture = cv2.VideoCapture(str(SAMPLES / "deadlift_neutral.mp4"))
    image = np.asarray(capture.read()[1], dtype=np.uint8)
    capture.release()
    with Landmarker(default_model_path()) as landmarker:
        (plain,), (mirrored,) = landmarker.find(image), landmarker.find(image, mirrored=True)
        (flipped,) = landmarker.find(np.ascontiguousarray(image[:, ::-1]))
    np.testing.assert_allclose(mirrored.landmarks[:, :2], plain.landmarks[:, :2], atol=0.06 * image.shape[0])
    assert plain.mask is not None
    assert mirrored.mask is not None
    both = ((plain.mask > 0.5) & (mirrored.mask > 0.5)).sum()
    assert both > 0.95 * ((plain.mask > 0.5) | (mirrored.mask > 0.5)).sum()
    np.testing.assert_allclose(mirrored.landmarks[:, 1:], mirror(flipped, image.shape[1]).landmarks[:, 1:])
