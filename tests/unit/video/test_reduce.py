"""Making pictures smaller."""

from __future__ import annotations

import av
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace

from hinge_vision.video.reduce import reduced, reduced_bgr, reduced_to


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


@pytest.mark.parametrize("matrix", [Colorspace.ITU601, Colorspace.ITU709])
@pytest.mark.parametrize("stored", ["yuv420p", "yuvj420p", "yuv444p"])
@pytest.mark.parametrize("colour", [(40, 200, 40), (40, 40, 200), (200, 60, 30)])
def test_a_reduced_frame_keeps_its_colours_in_the_matrix_that_it_names(matrix: Colorspace, stored: str, colour: tuple[int, int, int]) -> None:
    image = np.full((120, 160, 3), colour, np.uint8)
    full = ColorRange.JPEG if stored == "yuvj420p" else ColorRange.MPEG
    frame = av.VideoFrame.from_ndarray(image, format="bgr24").reformat(format=stored, dst_colorspace=matrix, dst_color_range=full)
    frame.colorspace, frame.color_range = matrix, full
    small = reduced_bgr(frame, 80, 60)
    assert small.shape == (60, 80, 3)
    np.testing.assert_allclose(small[30, 40], colour, atol=4)
