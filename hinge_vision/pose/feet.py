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
    return out


def _lowest(ankles_px: FloatArray) -> FloatArray:
    """Return each side's place, (2, 2), where its landmark lies lowest among (M, 2, 2)."""
    count = max(1, round(_LOWEST_SHARE * len(ankles_px)))
    order = np.argsort(-ankles_px[:, :, 1], axis=0)[:count]
    return np.stack([np.median(ankles_px[order[:, side], side], axis=0) for side in range(2)])
