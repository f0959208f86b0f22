"""How a clip's pictures are to be turned: the display matrix in its header, as a rotation and, for front cameras, a mirroring."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

import numpy as np

from hinge_vision.arrays import ImageArray


@dataclass(frozen=True)
class Orientation:
    """What makes a stored picture upright: first mirrored left to right or not, then quarter turns clockwise (0 to 3)."""

    mirrored: bool = False
    quarter_turns: int = 0

    @classmethod
    def from_matrix(cls, matrix: bytes) -> Orientation:
        """Read a display matrix: nine 32-bit integers in the machine's byte order, as FFmpeg keeps those of MP4 and MOV."""
        if len(matrix) < 36:
            return cls()
        a, b, _, c, d = struct.unpack("=9i", matrix[:36])[:5]
        if a == b == 0 or c == d == 0:
            return cls()
        # a mirrored matrix is a rotation with its first row (where the picture's x goes) reversed
        mirrored = a * d - b * c < 0
        across = (-a, -b) if mirrored else (a, b)
        return cls(mirrored, round(math.degrees(math.atan2(across[1], across[0])) / 90.0) % 4)

    @property
    def swaps_sides(self) -> bool:
        """Whether width and height change places."""
        return self.quarter_turns % 2 == 1

    def upright(self, image: ImageArray) -> ImageArray:
        """Return the picture as a player shows it."""
        if self.mirrored:
            image = image[:, ::-1]
        if self.quarter_turns:
            image = np.rot90(image, -self.quarter_turns)
        return np.ascontiguousarray(image)
