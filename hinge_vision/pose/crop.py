"""The crop that follows the lifter, so that the pose model always sees him alone and at the same size."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from hinge_vision.arrays import FloatArray, ImageArray, IntArray

# Side of the crop in sizes of the figure (the longer side of its landmarks' box).
CROP_SIZES = 1.7
# The crop is reduced to at most this side: the mask's own resolution is 256 pixels over about 1.25 body heights.
CROP_SIDE_PX = 512
# A lifter whose centre stays within this many of his sizes gets one still crop: a still crop jitters least.
_STILL_SIZES = 0.35


def body_box(landmarks: FloatArray) -> FloatArray:
    """Return x0, y0, x1, y1 around all landmarks of one person ((33, >=2) in pixels)."""
    points = landmarks[:, :2]
    return np.concatenate([points.min(axis=0), points.max(axis=0)])


@dataclass(frozen=True)
class CropPath:
    """Where to crop at any time: centre and side, known at a few times, linear between them."""

    time_s: FloatArray
    centre_px: FloatArray
    side_px: FloatArray

    @classmethod
    def around(cls, time_s: FloatArray, boxes_px: FloatArray) -> CropPath:
        """Build the path from the boxes (M, 4) of a figure at times (M,)."""
        centres = (boxes_px[:, :2] + boxes_px[:, 2:]) / 2
        sizes = (boxes_px[:, 2:] - boxes_px[:, :2]).max(axis=1)
        size = float(np.percentile(sizes, 90))
        spread = np.percentile(centres, 95, axis=0) - np.percentile(centres, 5, axis=0)
        if float(np.max(spread)) < _STILL_SIZES * size:
            low, high = np.percentile(boxes_px[:, :2], 5, axis=0), np.percentile(boxes_px[:, 2:], 95, axis=0)
            return cls(time_s[:1], ((low + high) / 2)[None], np.array([CROP_SIZES * size]))
        # medians over three looks drop a single bad one; the side follows slowly, so that bending down does not zoom in
        middle = np.stack([_median3(centres[:, axis]) for axis in (0, 1)], axis=1)
        sides = np.array([np.max(sizes[max(0, i - 3) : i + 4]) for i in range(len(sizes))])
        return cls(time_s, middle, CROP_SIZES * _median3(sides))

    def at(self, time_s: float, widen: float = 1.0) -> tuple[FloatArray, float]:
        """Return centre (2,) and side of the crop at a time; `widen` enlarges it."""
        centre = np.array([np.interp(time_s, self.time_s, self.centre_px[:, axis]) for axis in (0, 1)])
        return centre, widen * float(np.interp(time_s, self.time_s, self.side_px))


def _median3(values: FloatArray) -> FloatArray:
    padded = np.concatenate([values[:1], values, values[-1:]])
    return np.asarray(np.median(np.stack([padded[:-2], padded[1:-1], padded[2:]]), axis=0))


def cut(image: ImageArray, centre_px: FloatArray, side_px: float) -> tuple[ImageArray, float, IntArray]:
    """Cut a square out of an image (less what lies outside it) and reduce it.

    Returns
    -------
    crop, scale, origin
        The crop, its pixels per source pixel, and the source pixel its corner lies at:
        source = crop / scale + origin.
    """
    height_px, width_px = image.shape[:2]
    low = np.maximum(np.floor(centre_px - side_px / 2), 0).astype(np.int64)
    high = np.minimum(np.ceil(centre_px + side_px / 2), [width_px, height_px]).astype(np.int64)
    if np.any(high - low < 16):
        low, high = np.array([0, 0]), np.array([width_px, height_px])
    crop = image[low[1] : high[1], low[0] : high[0]]
    scale = min(1.0, CROP_SIDE_PX / max(crop.shape[:2]))
    if scale < 1.0:
        size = (max(1, round(crop.shape[1] * scale)), max(1, round(crop.shape[0] * scale)))
        crop = np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return crop, scale, low
