"""Where the feet stand: a lifter's feet stay where they are, so an ankle that a plate hides is where it was seen at other times."""

from __future__ import annotations

import numpy as np

from hinge_vision.arrays import FloatArray
from hinge_vision.pose.track import Landmark

# A plate pulls the ankle's landmark up the shin, by 2 to 3 % of the stature on average; nothing pulls it below the foot. So it
# is believed where it lies lowest: the median of the lowest fifth strays by 0.1 to 0.3 % of the stature over a rendered clip.
_LOWEST_SHARE = 0.2
# Over this much of the clip around a moment the feet are taken to stand: longer than a rep, shorter than walking up to the bar.
_WINDOW_S = 4.0
# Feet that travel further than this share of the way from shoulder to ankle within it do not stand in the picture: the camera
# pans, or somebody walks. Then the landmarks are taken as they are.
_TRAVEL = 0.2
# The place is worked out this often, and lies on straight lines in between.
_EVERY_S = 0.5


def standing_ankles_px(landmarks: FloatArray, time_s: FloatArray) -> FloatArray:
    """Return where left and right ankle stand.

    Parameters
    ----------
    landmarks : (N, 33, >=2)
        Pixels; NaN where nobody was found.
    time_s : (N,), strictly increasing

    Returns
    -------
    (N, 2, 2), px
        Left, right; NaN in every row whose own landmarks are.
    """
    ankles = landmarks[:, [Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE], :2]
    shoulder = landmarks[:, [Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER], :2].mean(axis=1)
    seen = np.isfinite(ankles).all(axis=(1, 2))
    out = np.full(ankles.shape, np.nan)
    if not seen.any():
        return out
    known, known_s = ankles[seen], time_s[seen]
    moments_s = np.arange(known_s[0], known_s[-1] + _EVERY_S, _EVERY_S)
    first = np.searchsorted(known_s, moments_s - _WINDOW_S / 2)
    last = np.searchsorted(known_s, moments_s + _WINDOW_S / 2, side="right")
    filled = last > first
    places = np.stack([_lowest(known[start:stop]) for start, stop in zip(first[filled], last[filled], strict=True)])
    for side in range(2):
        for axis in range(2):
            out[seen, side, axis] = np.interp(known_s, moments_s[filled], places[:, side, axis])
    length_px = float(np.percentile(np.linalg.norm(shoulder[seen] - known.mean(axis=1), axis=1), 90))
    spans_px = np.array([_span_px(known[start:stop]) for start, stop in zip(first[filled], last[filled], strict=True)])
    moving = np.interp(known_s, moments_s[filled], spans_px) > _TRAVEL * length_px
    rows = np.flatnonzero(seen)[moving]
    out[rows] = ankles[rows]
    return out


def _span_px(ankles_px: FloatArray) -> float:
    """Return how far the feet travel along the picture, between the medians of fifths of the time; that of the foot that moves less."""
    if len(ankles_px) < 10:
        return 0.0
    medians = np.stack([np.median(part[:, :, 0], axis=0) for part in np.array_split(ankles_px, 5)])
    return float(np.min(medians.max(axis=0) - medians.min(axis=0)))


def _lowest(ankles_px: FloatArray) -> FloatArray:
    """Return each side's place, (2, 2), where its landmark lies lowest among (M, 2, 2)."""
    count = max(1, round(_LOWEST_SHARE * len(ankles_px)))
    order = np.argsort(-ankles_px[:, :, 1], axis=0)[:count]
    return np.stack([np.median(ankles_px[order[:, side], side], axis=0) for side in range(2)])
