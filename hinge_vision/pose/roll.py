"""How far the camera is tilted to the side, told from the upright lines of the room: door frames, racks, corners of walls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np

from hinge_vision.arrays import FloatArray, ImageArray
from hinge_vision.pose.crop import body_box

# Lines this long (shares of the image's height) and this near the image's own vertical are looked at.
_SHORTEST = 0.06
MOST_DEG = 12.0
# A camera that looks up or down sees upright lines converge: by up to this much from the middle of the image to its edge.
_MOST_CONVERGENCE_DEG = 6.0
_STEP_DEG, _CONVERGENCE_STEP_DEG = 0.25, 0.5
# Lines within this much of a common direction are said to agree.
_AGREE_DEG = 0.8
# Together they must be this long (image heights, in each look), be so much of all near-vertical lines, and stand at places this
# far apart (image widths), so that nothing that leans by itself is taken for the room.
_TOGETHER, _MOST_OF_ALL, _APART = 0.5, 0.5, 0.15
# All tilts for which nearly as many lines agree must lie within this much of each other.
_NEARLY, _SURE_DEG = 0.9, 2.0

# Rows of tilt from the image's vertical (deg, positive = the top leans right), length (image heights), place (-1 = left, 1 = right edge).
NO_LINES = np.empty((0, 3))


def upright_lines(image: ImageArray, people: Sequence[FloatArray]) -> FloatArray:
    """Return the near-vertical straight lines of an image that lie outside of the people in it.

    Parameters
    ----------
    image
        Blue, green, red.
    people
        Landmarks, (33, >=2) px each.

    Returns
    -------
    (K, 3)
        Tilt in degrees from the vertical (positive = the top leans right), length in image heights, place across the image from
        -1 (left edge) to 1.
    """
    height, width = image.shape[:2]
    gray = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_STD).detect(gray)[0]
    if found is None:
        return NO_LINES
    ends = found.reshape(-1, 2, 2).astype(np.float64)
    ends = np.take_along_axis(ends, np.argsort(ends[:, :, 1], axis=1)[:, :, None], axis=1)
    way = ends[:, 0] - ends[:, 1]
    tilt_deg, length_px = np.degrees(np.arctan2(way[:, 0], -way[:, 1])), np.hypot(*way.T)
    middle = ends.mean(axis=1)
    kept = (np.abs(tilt_deg) <= MOST_DEG + _MOST_CONVERGENCE_DEG) & (length_px >= _SHORTEST * height)
    # the image's own border, and bars beside a portrait picture, say nothing of the room
    kept &= (middle[:, 0] > 0.02 * width) & (middle[:, 0] < 0.98 * width)
    for landmarks in people:
        x0, y0, x1, y1 = body_box(landmarks)
        kept &= ~((middle[:, 0] > x0) & (middle[:, 0] < x1) & (middle[:, 1] > y0) & (middle[:, 1] < y1))
    return np.asarray(np.stack([tilt_deg, length_px / height, 2 * middle[:, 0] / width - 1], axis=1)[kept])


def camera_roll_deg(looks: Iterable[FloatArray]) -> float:
    """Return how far the room leans in the picture.

    Parameters
    ----------
    looks
        `upright_lines` of some images of one clip.

    Returns
    -------
    float
        Degrees, positive = what is upright leans to the right in the picture, within +-`MOST_DEG`; NaN = the room shows too few
        upright lines, or they do not agree.
    """
    seen = list(looks)
    lines = np.concatenate([NO_LINES, *seen])
    if not len(lines):
        return float("nan")
    tilt_deg, length, place = lines.T
    rolls = np.arange(-MOST_DEG, MOST_DEG + _STEP_DEG / 2, _STEP_DEG)
    convergences = np.arange(-_MOST_CONVERGENCE_DEG, _MOST_CONVERGENCE_DEG + _CONVERGENCE_STEP_DEG / 2, _CONVERGENCE_STEP_DEG)
    # (convergences, rolls): how much length of line agrees
    agreeing = np.stack(
        [
            (length * np.maximum(0.0, 1.0 - np.abs(tilt_deg - convergence * place - rolls[:, None]) / _AGREE_DEG)).sum(axis=1)
            for convergence in convergences
        ]
    )
    best = np.unravel_index(int(np.argmax(agreeing)), agreeing.shape)
    roll, convergence = float(rolls[best[1]]), float(convergences[best[0]])
    near = np.abs(tilt_deg - convergence * place - roll) < _AGREE_DEG
    possible = rolls[(agreeing >= _NEARLY * agreeing.max()).any(axis=0)]
    sure = (
        length[near].sum() >= _TOGETHER * len(seen)
        and length[near].sum() >= _MOST_OF_ALL * length.sum()
        and np.ptp(place[near]) >= 2 * _APART
        and np.ptp(possible) <= _SURE_DEG
    )
    if not sure:
        return float("nan")
    return float(np.average((tilt_deg - convergence * place)[near], weights=length[near]))
