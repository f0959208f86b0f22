"""The dorsal outline: the rear edge of the lifter's mask, from the head down over back and buttocks to the thigh.

It is what the whole measurement rests on. In a side view the edge of the mask follows the skin of the back to a
fraction of a pixel, also where landmarks are led astray by plates.
"""

from __future__ import annotations

import contourpy
import cv2
import numpy as np
from numpy.typing import NDArray

from hinge_vision.arrays import FloatArray
from hinge_vision.pose.joints import SHORTEST_TRUNK
from hinge_vision.settings import Facing, ahead_sign

# How far the outline reaches above and below the point behind the shoulder, in statures: up to the rear of the head,
# down to the middle of the rear of the thigh (the sacrum lies 0.30 down, docs/method.md).
REACH_UP = 0.16
REACH_DOWN = 0.46
OUTLINE_POINTS = 64
# The back lies within this many statures behind the shoulder landmark.
_MAX_DEPTH = 0.22
# A skeleton that leans back or hangs further than this is laid over a plate too: what lies behind its shoulder is no back.
_LEANS_DEG = (-45.0, 160.0)
# A pixel belongs to the person if it is more likely than not, and near one that surely does: a mask rises from one to the other within two
# or three pixels, but says "perhaps" of whole plates behind the hips.
_LEVEL, _SURE = 0.5, 0.9
_RIM_PX = 3
_RIM = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _RIM_PX + 1, 2 * _RIM_PX + 1))


def mask_contour(mask: NDArray[np.float32]) -> FloatArray:
    """Return the longest closed contour of a mask at level 0.5 around what surely is the person, (M, 2) subpixel x, y; (0, 2) where nothing is.

    Coordinates are continuous: the mask's first pixel covers 0..1.
    """
    near = cv2.dilate((mask > _SURE).view(np.uint8), _RIM)
    left, top, width, height = cv2.boundingRect(near)
    if not width:
        return np.empty((0, 2))
    # most of a mask is empty: the contour is looked for where the person is
    part = np.s_[top : top + height, left : left + width]
    inside = np.pad(mask[part] * near[part], 1)  # a figure cut off by the frame still gives a closed contour
    lines = contourpy.contour_generator(z=inside, line_type=contourpy.LineType.Separate).lines(_LEVEL)
    longest = max(lines, key=lambda line: float(np.abs(np.diff(line, axis=0)).sum()))
    return np.asarray(longest, dtype=float) + [left - 0.5, top - 0.5]


def dorsal_outline(
    contour: FloatArray, shoulder: FloatArray, hip: FloatArray, facing: Facing, stature_px: float
) -> tuple[FloatArray, float] | None:
    """Follow the contour up and down from the point behind the shoulder.

    Parameters
    ----------
    contour : (M, 2)
        Closed contour of the person, px.
    shoulder, hip : (2,)
        The middle of both shoulders and of both hips, in the same pixels.
    facing
    stature_px
        The lifter's size in those pixels.

    Returns
    -------
    points (64, 2), origin
        NaN where the contour ends at its own other side; None when no back is found, or the joints are those of no lifter.
    """
    if len(contour) < 20:
        return None
    down = hip - shoulder
    if not _is_trunk(down, facing, stature_px):
        return None
    ring = contour[:-1] if np.allclose(contour[0], contour[-1]) else contour
    closed = np.concatenate([ring, ring[:1]])
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))])
    anchor = 0.0
    for _ in range(3):
        found = _behind(ring, shoulder, down, facing, stature_px)
        if found is None:
            return None
        anchor = found
        below = _walk(closed, along, anchor, down, np.array([0.05, 0.22]) * stature_px)
        # the landmark axis may be led astray by a plate at the hip: go on with the outline's own direction
        down = below[1] - below[0]
        if not np.any(down):
            return None
    distances = np.linspace(-REACH_UP, REACH_DOWN, OUTLINE_POINTS) * stature_px
    points = _walk(closed, along, anchor, down, distances)
    origin = REACH_UP / (REACH_UP + REACH_DOWN) * (OUTLINE_POINTS - 1)
    return points, origin


def _is_trunk(down: FloatArray, facing: Facing, stature_px: float) -> bool:
    """Tell whether the way from shoulder to hip may be a lifter's trunk, seen from the side."""
    lean_deg = np.degrees(np.arctan2(-ahead_sign(facing) * down[0], down[1]))
    return bool(np.hypot(*down) >= SHORTEST_TRUNK * stature_px and _LEANS_DEG[0] <= lean_deg <= _LEANS_DEG[1])


def _behind(ring: FloatArray, shoulder: FloatArray, down: FloatArray, facing: Facing, stature_px: float) -> float | None:
    """Return the fractional ring index where the ray from the shoulder to the rear first leaves the figure."""
    axis = down / np.linalg.norm(down)
    # in image axes (y down), for a lifter facing right the rear of a downward axis (0, 1) is (-1, 0)
    rear = ahead_sign(facing) * np.array([-axis[1], axis[0]])
    offset = ring - shoulder
    along, depth = offset @ axis, offset @ rear
    following = np.roll(along, -1)
    crossing = np.flatnonzero((along < 0) != (following < 0))
    share = along[crossing] / (along[crossing] - following[crossing])
    depths = depth[crossing] + share * (np.roll(depth, -1)[crossing] - depth[crossing])
    usable = (depths > 0.005 * stature_px) & (depths < _MAX_DEPTH * stature_px)
    if not np.any(usable):
        return None
    first = int(np.argmin(np.where(usable, depths, np.inf)))
    return float((crossing[first] + share[first]) % len(ring))


def _walk(closed: FloatArray, along: FloatArray, anchor: float, down: FloatArray, distances_px: FloatArray) -> FloatArray:
    """Return the points at signed distances along a closed ring (M + 1, 2) from the anchor (positive = in the direction of `down`).

    `along` (M + 1,) is the length of the way from the ring's first point to each.
    """
    count = len(closed) - 1
    start, share = int(anchor), anchor - int(anchor)
    first = closed[start] + share * (closed[start + 1] - closed[start])
    reach = max(2, min(count - 1, 12))
    ahead, behind = closed[(start + reach) % count], closed[(start + 1 - reach) % count]
    way = 1.0 if (ahead - first) @ down >= (behind - first) @ down else -1.0
    at_px = along[start] + share * (along[start + 1] - along[start])
    places = (at_px + way * distances_px) % along[-1]
    points = np.stack([np.interp(places, along, across) for across in closed.T], axis=1)
    points[np.abs(distances_px) > along[-1] / 2] = np.nan
    return points
