"""Making the lifter's face unrecognisable."""

from __future__ import annotations

import cv2
import numpy as np

from hinge_vision.arrays import FloatArray, ImageArray
from hinge_vision.pose.track import Landmark, PoseTrack


def head_circles(track: PoseTrack) -> FloatArray:
    """Return a circle that holds the lifter's face in each frame, (N, 3) x, y, radius in source pixels; gaps are bridged, never left open."""
    points = track.landmarks[:, [Landmark.NOSE, Landmark.LEFT_EAR, Landmark.RIGHT_EAR], :2]
    known = np.isfinite(points).all(axis=2)
    weight = np.maximum(known.sum(axis=1, keepdims=True), 1)
    centre = np.where(known[..., None], points, 0.0).sum(axis=1) / weight
    centre[~known.any(axis=1)] = np.nan
    spread = np.linalg.norm(np.where(known[..., None], points - centre[:, None], 0.0), axis=2).max(axis=1)
    radius = np.maximum(0.075 * track.stature_px, spread + 0.045 * track.stature_px)
    found = np.flatnonzero(np.isfinite(centre).all(axis=1))
    if not found.size:
        return np.full((len(points), 3), np.nan)
    rows = np.arange(len(points))
    return np.stack([np.interp(rows, found, values[found]) for values in (centre[:, 0], centre[:, 1], radius)], axis=1)


def blurred(image: ImageArray, circle: FloatArray) -> ImageArray:
    """Return the picture with a circle (x, y, radius) reduced to a few patches of colour."""
    if not np.isfinite(circle).all():
        return image
    x, y, radius = circle
    left, top = max(0, int(x - radius)), max(0, int(y - radius))
    right, bottom = min(image.shape[1], int(x + radius) + 1), min(image.shape[0], int(y + radius) + 1)
    if right - left < 2 or bottom - top < 2:
        return image
    patch = image[top:bottom, left:right]
    coarse = cv2.resize(cv2.resize(patch, (4, 4), interpolation=cv2.INTER_AREA), (right - left, bottom - top), interpolation=cv2.INTER_LINEAR)
    columns, rows = np.meshgrid(np.arange(left, right), np.arange(top, bottom))
    inside = np.hypot(columns - x, rows - y)[..., None] <= radius
    blurred = image.copy()
    blurred[top:bottom, left:right] = np.where(inside, coarse, patch)
    return blurred
