"""Square pixels of three colours, whatever was stored."""

from __future__ import annotations

import numpy as np
import pytest

from hinge_vision.video.pixels import as_bgr, pixel_aspect, with_square_pixels


@pytest.mark.parametrize(
    ("across", "down", "aspect"),
    [(2.0, 1.0, 2.0), (16.0, 15.0, 16 / 15), (1.0, 1.0, 1.0), (200.0, 201.0, 1.0), (0.0, 1.0, 1.0), (1.0, 0.0, 1.0), (100.0, 1.0, 1.0)],
)
def test_a_header_is_believed_where_it_makes_sense(across: float, down: float, aspect: float) -> None:
    assert pixel_aspect(across, down) == aspect


@pytest.mark.parametrize(("aspect", "size"), [(2.0, (80, 30)), (0.5, (40, 60))])
def test_pixels_are_stretched_and_never_shrunk(aspect: float, size: tuple[int, int]) -> None:
    assert with_square_pixels(np.zeros((30, 40, 3), np.uint8), aspect).shape[1::-1] == size


@pytest.mark.parametrize("shape", [(4, 6), (4, 6, 1), (4, 6, 3), (4, 6, 4)])
def test_every_picture_gets_three_channels(shape: tuple[int, ...]) -> None:
    image = as_bgr(np.full(shape, 7, np.uint8))
    assert image.shape == (4, 6, 3)
    assert (image == 7).all()
