"""A rod held along the back, as in the self-assessment: it is taken for the back, so a clip with one cannot be measured."""

from __future__ import annotations

import math

import cv2
import numpy as np

from hinge_vision.arrays import FloatArray, ImageArray
from hinge_vision.pose.joints import lean_deg, middle

# Looked for while the trunk leans this far: upright, door frames and racks run along it; level, bars and shelves do.
LEAN_DEG = (25.0, 78.0)
# The rod against the trunk, in lengths of the hip-shoulder line: from the back of the head past the sacrum is 1.4, a rod of a
# metre or more is 1.8 and longer; the outline of the back with the head's is no straight line of that length.
_LONG = 1.6
# It may be hidden so far by a hand, and lie so far behind the hip-shoulder line.
_HIDDEN = 0.3
_BEHIND = (0.05, 0.62)
_ALONG_DEG = 14.0
# A rod is of one colour in this share of its length (hands hold it), and of another than what lies so far to either side; colours
# are apart by their distance in blue, green and red.
_MOSTLY = 0.75
_SAME_COLOUR, _OTHER_COLOUR = 40.0, 45.0
_INSIDE_PX, _BESIDE_PX = 3.0, 13.0
# The trunk is looked at at this many pixels a length.
_TRUNK_PX = 120


def rod_along_back(image: ImageArray, landmarks: FloatArray) -> bool | None:
    """Tell whether a long straight thing lies along the rear of a leaning trunk.

    Parameters
    ----------
    image
        Blue, green, red.
    landmarks : (33, >=2)
        The person's, in pixels of that image.

    Returns
    -------
    bool or None
        None where the trunk leans too little or too much to tell.
    """
    shoulder, hip = middle(landmarks, "SHOULDER"), middle(landmarks, "HIP")
    along = shoulder - hip
    length_px = float(np.hypot(*along))
    if not LEAN_DEG[0] <= float(lean_deg(along)) <= LEAN_DEG[1] or length_px < 20.0:
        return None
    strip = _strip(image, hip, along / length_px, length_px)
    edges = cv2.Canny(np.asarray(cv2.cvtColor(strip, cv2.COLOR_BGR2GRAY), dtype=np.uint8), 40, 110)
    lines = cv2.HoughLinesP(
        edges, 1, math.radians(1.0), threshold=int(0.7 * _TRUNK_PX), minLineLength=_LONG * _TRUNK_PX, maxLineGap=_HIDDEN * _TRUNK_PX
    )
    if lines is None:
        return False
    return any(_is_rod(strip, line.astype(float)) for line in lines.reshape(-1, 4))


def _is_rod(strip: ImageArray, line: FloatArray) -> bool:
    """Tell whether a line is the edge of a narrow thing of one colour all along, other than what lies to either side of it.

    The edge of the back is none: the shirt goes on beyond it, and ends at the waist.
    """
    ends = line.reshape(2, 2)
    way = ends[1] - ends[0]
    if math.degrees(math.atan2(abs(way[0]), abs(way[1]))) > _ALONG_DEG:
        return False
    across = np.array([abs(way[1]), -way[0] * np.sign(way[1] or 1.0)]) / np.hypot(*way)
    places = ends[0] + np.linspace(0.02, 0.98, 60)[:, None] * way

    def colours(offset_px: float) -> FloatArray:
        at = np.rint(places + offset_px * across).astype(int)
        at = np.clip(at, 0, [strip.shape[1] - 1, strip.shape[0] - 1])
        return np.asarray(strip[at[:, 1], at[:, 0]], dtype=np.float64)

    for inside_px in (-_INSIDE_PX, _INSIDE_PX):
        rod = colours(inside_px)
        typical = np.median(rod, axis=0)

        def other(offset_px: float, typical: FloatArray = typical) -> float:
            return float(np.mean(np.linalg.norm(colours(offset_px) - typical, axis=1) > _OTHER_COLOUR))

        one_colour = float(np.mean(np.linalg.norm(rod - typical, axis=1) < _SAME_COLOUR))
        if one_colour >= _MOSTLY and min(other(inside_px - _BESIDE_PX), other(inside_px + _BESIDE_PX)) >= _MOSTLY:
            return True
    return False


def _strip(image: ImageArray, hip: FloatArray, along: FloatArray, length_px: float) -> ImageArray:
    """Cut out what lies behind the trunk, turned so that the trunk stands upright: rear to the left."""
    # of the two sides of a leaning trunk the rear is the upper one
    rear = np.array([along[1], -along[0]])
    rear = rear if rear[1] < 0 else -rear
    width, height = int((_BEHIND[1] - _BEHIND[0]) * _TRUNK_PX), int(2.6 * _TRUNK_PX)
    top = hip + 1.8 * length_px * along
    corner = top + _BEHIND[1] * length_px * rear
    step = length_px / _TRUNK_PX
    to_source = np.array([[-rear[0] * step, -along[0] * step, corner[0]], [-rear[1] * step, -along[1] * step, corner[1]]])
    strip = cv2.warpAffine(image, to_source, (width, height), flags=cv2.INTER_AREA | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(strip, dtype=np.uint8)
