"""Pictures made small: for the page, for the table over many clips, for the list of uploads."""

from __future__ import annotations

import cv2
import numpy as np

from hinge_vision.arrays import ImageArray


def shrunk(image: ImageArray, scale: float) -> ImageArray:
    """Return an image reduced by a scale; one of 1 or more leaves it as it is."""
    if scale >= 1.0:
        return image
    return np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def jpeg(image: ImageArray, quality: int) -> bytes:
    """Return an image (blue, green, red) as a JPEG file; `quality` is from 0 to 100."""
    return bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1])
