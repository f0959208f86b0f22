"""The shape of the back on the outline itself: how it bows, and how far it stands out past the chord from sacrum to mid-back."""

from __future__ import annotations

import numpy as np

from hinge_vision.arrays import FloatArray
from hinge_vision.kinematics.motion import Motion
from hinge_vision.pose.track import PoseTrack
from hinge_vision.settings import ahead_sign
from hinge_vision.spine.features import outline_at

# Mid-back and low back as chords of the outline, in statures below the point behind the shoulder: above the buttocks, whose
# cloth and flesh differ from body to body, and below the shoulder blades.
_MID_BACK = (0.08, 0.16)
_LOW_BACK = (0.18, 0.26)
# The standing length from sacrum to C7 is this share of stature (sum of the arc lengths, docs/method.md).
BACK_PER_STATURE = 0.294
# The lumbar part of the stretch from sacrum to T8, from the sacrum up.
_LUMBAR_SHARE = 0.7
# Single frames whose outline slips onto clothes or the other side are taken out over this time.
_MEDIAN_S = 0.25


def bow_deg(track: PoseTrack) -> FloatArray:
    """Return how much further mid-back leans forward than the low back.

    Parameters
    ----------
    track
        N rows; its outline is used, and no estimate of where the vertebrae lie.

    Returns
    -------
    (N,) float
        Degrees: 0 = both lie on one line, positive = the back is bowed (round), negative = hollow. NaN = not measured.
    """
    ends = outline_at(track, np.array([*_MID_BACK, *_LOW_BACK]))
    upward = (ends[:, [0, 2]] - ends[:, [1, 3]]) * np.array([ahead_sign(track.facing), -1.0])
    lean_deg = np.degrees(np.arctan2(upward[..., 0], upward[..., 1]))
    return _steady((lean_deg[:, 0] - lean_deg[:, 1] + 180.0) % 360.0 - 180.0, track.time_s)


def convexity_pct(track: PoseTrack, motion: Motion) -> FloatArray:
    """Return how far the low back's outline stands out past its chord.

    Parameters
    ----------
    track
        N rows; its outline is used.
    motion
        The same rows; the dowel's sacrum and mid-back points end the chord.

    Returns
    -------
    (N,) float
        % of the standing length from sacrum to C7: positive = convex (dorsal of the chord), negative = hollow. It is the height of
        the arc that has the outline's mean distance from the chord, so no single outline point decides. NaN = not measured.
    """
    out = np.full(len(motion.time_s), np.nan)
    length_px = BACK_PER_STATURE * track.stature_px
    # with y down, the rear of a lifter facing right lies to the left of the way up the back
    side = ahead_sign(track.facing)
    for row, (points, sacrum, thoracic) in enumerate(zip(track.outline, motion.dowel.sacrum_px, motion.dowel.thoracic_px, strict=True)):
        if not (np.isfinite(sacrum).all() and np.isfinite(thoracic).all() and np.isfinite(points).any()):
            continue
        chord = thoracic - sacrum
        reach = float(np.hypot(*chord))
        if reach < 0.2 * length_px:
            continue
        first, last = sorted((_nearest(points, sacrum), _nearest(points, thoracic)))
        between = points[first : last + 1]
        between = between[np.isfinite(between).all(axis=1)] - sacrum
        along = between @ chord / reach**2
        dorsal = side * (between[:, 0] * chord[1] - between[:, 1] * chord[0]) / reach
        low_back = (along > 0.0) & (along < _LUMBAR_SHARE)
        if low_back.sum() >= 4:
            # the mean height of a circular arc over its lower 70 % is close to 3/4 of its sagitta
            out[row] = float(dorsal[low_back].mean()) / 0.74 / length_px * 100.0
    return _steady(out, motion.time_s)


def _steady(values: FloatArray, time_s: FloatArray) -> FloatArray:
    """Return the running median over `_MEDIAN_S`; NaN stays NaN."""
    known = np.flatnonzero(np.isfinite(values))
    out = values.copy()
    first = np.searchsorted(time_s[known], time_s[known] - _MEDIAN_S / 2)
    last = np.searchsorted(time_s[known], time_s[known] + _MEDIAN_S / 2, side="right")
    for row, low, high in zip(known, first, last, strict=True):
        out[row] = np.median(values[known[low:high]])
    return out


def _nearest(points: FloatArray, target: FloatArray) -> int:
    return int(np.nanargmin(np.hypot(*(points - target).T)))
