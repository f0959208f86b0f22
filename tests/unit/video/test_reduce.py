"""Making pictures smaller."""

from __future__ import annotations

import numpy as np
import pytest

from hinge_vision.video.reduce import reduced, reduced_to


def test_reducing_keeps_the_picture_in_its_place_and_its_brightness() -> None:
    image = np.zeros((900, 1200, 3), np.uint8)
    image[300:600, 400:800] = 200
    small = reduced(image, 0.3)
    assert small.shape == (270, 360, 3)
    assert small.mean() == pytest.approx(image.mean(), rel=0.01)
    rows, columns = np.nonzero(small[..., 0] > 100)
    assert (rows.min(), rows.max() + 1, columns.min(), columns.max() + 1) == (90, 180, 120, 240)


def test_a_picture_that_has_its_size_already_is_not_touched() -> None:
    image = np.zeros((40, 60, 3), np.uint8)
    assert reduced_to(image, 60, 40) is image
    assert reduced(image, 1.0) is image
