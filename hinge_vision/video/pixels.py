"""From a picture as it was decoded to one of square pixels with three colours."""

from __future__ import annotations

import cv2
import numpy as np

from hinge_vision.arrays import ImageArray

# Pixels up to this much off square are a matter of rounding in the file's header.
_SQUARE = 0.01
_PLAUSIBLE_ASPECT = (0.2, 5.0)


def pixel_aspect(across: float, down: float) -> float:
    """Return the width of a pixel divided by its height from what a header says of both; 1 where that is nothing or nonsense."""
    aspect = across / down if across > 0 and down > 0 else 1.0
    return aspect if abs(aspect - 1.0) > _SQUARE and _PLAUSIBLE_ASPECT[0] <= aspect <= _PLAUSIBLE_ASPECT[1] else 1.0


def with_square_pixels(image: ImageArray, aspect: float) -> ImageArray:
    """Stretch the shorter way of each pixel; `aspect` is its width in the image divided by its height."""
    height, width = image.shape[:2]
    size = (round(width * aspect), height) if aspect > 1 else (width, round(height / aspect))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def as_bgr(image: cv2.typing.MatLike) -> ImageArray:
    """Give any decoded image the three channels blue, green, red."""
    if image.ndim == 2 or image.shape[2] == 1:
        image = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
    elif image.shape[2] == 4:
        image = cv2.cvtColor(image, cv2.COLOR_BGRA2BGR)
    return np.asarray(image, dtype=np.uint8)
