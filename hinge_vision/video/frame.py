"""One frame of a clip, as the reader delivers it."""

from __future__ import annotations

from dataclasses import dataclass

from hinge_vision.arrays import ImageArray


@dataclass(frozen=True)
class Frame:
    """One frame of a clip.

    Attributes
    ----------
    index
        Its number in the source file, counting from 0.
    time_s
        Real time since the clip began.
    image : (H, W, 3) uint8
        Upright, square pixels, channels in the order blue, green, red.
    """

    index: int
    time_s: float
    image: ImageArray
