"""Making pictures smaller, fast."""

from __future__ import annotations

import av
import cv2
import numpy as np
from av.video.plane import VideoPlane

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


def bgr(frame: av.VideoFrame) -> ImageArray:
    """Return a decoded frame as blue, green, red."""
    return np.asarray(frame.to_ndarray(format="bgr24"), dtype=np.uint8)


def reduced_bgr(frame: av.VideoFrame, width_px: int, height_px: int) -> ImageArray:
    """Return a decoded frame as blue, green, red, in a size no larger than its own, both sides even.

    What most clips are stored as is reduced as it is stored, brightness and, of half the size, two planes of colour, and becomes blue, green
    and red after that: of 1080 lines to 720 half the work of the other order.
    """
    if frame.format.name not in ("yuv420p", "yuvj420p"):
        return reduced_to(bgr(frame), width_px, height_px)
    small = av.VideoFrame(width_px, height_px, frame.format.name)
    small.colorspace, small.color_range = frame.colorspace, frame.color_range
    for target, plane in zip(small.planes, frame.planes, strict=True):
        _pixels(target)[:] = reduced_to(_pixels(plane), target.width, target.height)
    return bgr(small)


def _pixels(plane: VideoPlane) -> ImageArray:
    """Return one plane of a frame, a view of it without what pads its lines."""
    return np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[: plane.height, : plane.width]
