from __future__ import annotations

import struct

import numpy as np
import pytest

from hinge_vision.video.orientation import Orientation

# Corners of a picture: 0 top left, 1 top right, 2 bottom left, 3 bottom right.
CORNERS = np.repeat(np.arange(4, dtype=np.uint8).reshape(2, 2, 1), 3, axis=2)


def matrix(a: int, b: int, c: int, d: int) -> bytes:
    return struct.pack("=9i", a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)


@pytest.mark.parametrize(
    ("entries", "upright"),
    [
        ((1, 0, 0, 1), [[0, 1], [2, 3]]),
        ((0, 1, -1, 0), [[2, 0], [3, 1]]),
        ((-1, 0, 0, -1), [[3, 2], [1, 0]]),
        ((0, -1, 1, 0), [[1, 3], [0, 2]]),
        ((-1, 0, 0, 1), [[1, 0], [3, 2]]),
        ((1, 0, 0, -1), [[2, 3], [0, 1]]),
        ((0, 1, 1, 0), [[0, 2], [1, 3]]),
        ((0, -1, -1, 0), [[3, 1], [2, 0]]),
    ],
)
def test_each_of_the_eight_ways_a_header_can_turn_a_picture_is_obeyed(entries: tuple[int, int, int, int], upright: list[list[int]]) -> None:
    # the header's rule: a stored point (x, y) is shown at (a x + c y, b x + d y)
    image = Orientation.from_matrix(matrix(*entries)).upright(CORNERS)
    assert image[..., 0].tolist() == upright
    assert image.flags["C_CONTIGUOUS"]


def test_no_matrix_or_a_senseless_one_leaves_the_picture_as_it_is() -> None:
    for data in (b"", b"\0" * 36, matrix(1, 0, 0, 0), b"\1" * 12):
        assert Orientation.from_matrix(data) == Orientation()
