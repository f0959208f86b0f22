"""The crop that follows the lifter, so that the pose model always sees him alone and at the same size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import median_filter

from hinge_vision.arrays import FloatArray, ImageArray, IntArray
from hinge_vision.video.frame import Frame
from hinge_vision.video.reduce import reduced

# Side of the crop in sizes of the body (the longer side of its landmarks' box).
CROP_SIZES = 1.7
# The crop is reduced to at most this side: the mask's own resolution is 256 pixels over about 1.25 body heights.
CROP_SIDE_PX = 512
# A lifter whose centre stays within this many of his sizes gets one still crop: a still crop jitters least.
_STILL_SIZES = 0.35
# Where nobody is found in the crop, or a skeleton whose feet hang in the air, wider and narrower ones are tried: the detector is choosy about scale.
WIDENINGS = (1.0, 1.3, 0.8)


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
        """Build the path from the boxes (M, 4) of a person at times (M,)."""
        centres = (boxes_px[:, :2] + boxes_px[:, 2:]) / 2
        sizes = (boxes_px[:, 2:] - boxes_px[:, :2]).max(axis=1)
        size = float(np.percentile(sizes, 90))
        spread = np.percentile(centres, 95, axis=0) - np.percentile(centres, 5, axis=0)
        if float(np.max(spread)) < _STILL_SIZES * size:
            low, high = np.percentile(boxes_px[:, :2], 5, axis=0), np.percentile(boxes_px[:, 2:], 95, axis=0)
            return cls(time_s[:1], ((low + high) / 2)[None], np.array([CROP_SIZES * size]))
        # medians over three looks drop a single bad one; the side follows slowly, so that bending down does not zoom in
        middle = np.asarray(median_filter(centres, size=(3, 1), mode="nearest"))
        sides = np.array([np.max(sizes[max(0, i - 3) : i + 4]) for i in range(len(sizes))])
        return cls(time_s, middle, CROP_SIZES * np.asarray(median_filter(sides, size=3, mode="nearest")))

    def at(self, time_s: float, widen: float = 1.0) -> tuple[FloatArray, float]:
        """Return centre (2,) and side of the crop at a time; `widen` enlarges it."""
        centre = np.array([np.interp(time_s, self.time_s, self.centre_px[:, axis]) for axis in (0, 1)])
        return centre, widen * float(np.interp(time_s, self.time_s, self.side_px))


@dataclass(frozen=True)
class View:
    """What is kept of a frame while it waits for the pose model: the surroundings of the lifter, reduced.

    Attributes
    ----------
    index, time_s
        Those of the frame.
    image : (H, W, 3) uint8
        The widest crop that may be asked for, reduced so that the usual one has `CROP_SIDE_PX` at most.
    scale, corner
        Pixels per source pixel, and the source pixel its corner lies at: source = point / scale + corner.
    """

    index: int
    time_s: float
    image: ImageArray
    scale: float
    corner: IntArray

    @classmethod
    def of(cls, frame: Frame, crops: CropPath) -> View:
        """Reduce a frame to what the pose model may see of it."""
        low, high = _window(frame.image, *crops.at(frame.time_s))
        scale = min(1.0, CROP_SIDE_PX / int(np.max(high - low)))
        corner, end = _window(frame.image, *crops.at(frame.time_s, max(WIDENINGS)))
        part = frame.image[corner[1] : end[1], corner[0] : end[0]]
        image = reduced(part, scale)
        # a part that is not reduced would keep the whole frame in memory
        return cls(frame.index, frame.time_s, part.copy() if image is part else image, scale, corner)

    def cut(self, centre_px: FloatArray, side_px: float) -> tuple[ImageArray, float, FloatArray]:
        """Cut a square out of the view; arguments and results are in source pixels, as those of `cut`."""
        crop, scale, corner = cut(self.image, (centre_px - self.corner) * self.scale, side_px * self.scale)
        return crop, scale * self.scale, corner / self.scale + self.corner


def cut(image: ImageArray, centre_px: FloatArray, side_px: float) -> tuple[ImageArray, float, IntArray]:
    """Cut a square out of an image (less what lies outside it) and reduce it.

    Returns
    -------
    crop, scale, origin
        The crop, its pixels per source pixel, and the source pixel its corner lies at:
        source = crop / scale + origin.
    """
    low, high = _window(image, centre_px, side_px)
    crop = image[low[1] : high[1], low[0] : high[0]]
    longest = max(crop.shape[:2])
    # a pixel or two too many come from rounding, and are not worth another reduction
    scale = 1.0 if longest <= CROP_SIDE_PX + 2 else CROP_SIDE_PX / longest
    return reduced(crop, scale), scale, low


def _window(image: ImageArray, centre_px: FloatArray, side_px: float) -> tuple[IntArray, IntArray]:
    """Return the first pixel and the one past the last of a square around a point, within the image; all of it where they hardly overlap."""
    height_px, width_px = image.shape[:2]
    low = np.maximum(np.floor(centre_px - side_px / 2), 0).astype(np.int64)
    high = np.minimum(np.ceil(centre_px + side_px / 2), [width_px, height_px]).astype(np.int64)
    if np.any(high - low < 16):
        return np.array([0, 0]), np.array([width_px, height_px])
    return low, high
