"""Making pictures smaller, fast."""

from __future__ import annotations

import cv2
import numpy as np

from hinge_vision.arrays import ImageArray


def reduced(image: ImageArray, scale: float) -> ImageArray:
    """Return an image at a scale of at most 1."""
    if scale >= 1.0:
        return image
    return reduced_to(image, max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))


def reduced_to(image: ImageArray, width_px: int, height_px: int) -> ImageArray:
    """Return an image in a size no larger than its own; the same image where it has that size.

    It is halved as often as possible, which OpenCV does fast, and brought to its size by linear interpolation: a fifth of
    the work of one area average, and BlazePose cannot tell the difference (docs/performance.md).
    """
    if (image.shape[1], image.shape[0]) == (width_px, height_px):
        return image
    while image.shape[1] >= 2 * width_px and image.shape[0] >= 2 * height_px:
        half = (image.shape[1] // 2, image.shape[0] // 2)
        image = np.asarray(cv2.resize(image, half, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return np.asarray(cv2.resize(image, (width_px, height_px), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
