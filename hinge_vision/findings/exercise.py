"""Which exercise it is: a swing is fast and throws the hands forward, a deadlift starts from the floor, the rest is a hinge."""

from __future__ import annotations

import numpy as np

from hinge_vision.arrays import BoolArray, FloatArray, IntArray
from hinge_vision.kinematics.motion import Motion
from hinge_vision.kinematics.reps import Rep, Segmentation
from hinge_vision.pose.track import PoseTrack
from hinge_vision.settings import Exercise, ahead_sign

# A swing's way down or up takes about 0.5 s, a deadlift's 0.8 to 2 s.
_FAST_S = 0.8
# At the top of a swing the hands float this far ahead of the shoulder, in statures (an arm is 0.32 long); a bar hangs at 0.1.
_HANDS_AHEAD = 0.15
_VERY_FAST_S = 0.62
# Hands this near to the shoulders, in statures, hold a load there; under a hanging one they are 0.3 away.
_AT_SHOULDERS = 0.15
# A load from the floor brings the hands below the knee by this share of stature (mid-shin is 0.1); a hinge stops near the knee.
_HANDS_BELOW_KNEE = 0.0


def hands(track: PoseTrack) -> FloatArray:
    """Return the hands against the shoulders, (N, 2) statures: ahead (the way the lifter faces) and down; NaN where not seen."""
    shoulder = track.middle("SHOULDER")
    wrist = track.middle("WRIST")
    return np.asarray((wrist - shoulder) * np.array([ahead_sign(track.facing), 1.0]) / track.stature_px)


def hands_at_shoulders(track: PoseTrack) -> BoolArray:
    """Tell in which rows, (N,), the hands are at the shoulders."""
    at = hands(track)
    return np.asarray(np.hypot(at[:, 0], at[:, 1]) < _AT_SHOULDERS)


def recognise(track: PoseTrack, motion: Motion, segmentation: Segmentation) -> Exercise | None:
    """Return the exercise, or None when there is no rep to tell it from.

    A hang clean is never guessed: only its hinge is judged, and only the user knows what follows.
    """
    if not segmentation.reps:
        return None
    at = hands(track)
    below_knee = (track.middle("WRIST")[:, 1] - track.middle("KNEE")[:, 1]) / track.stature_px
    swings, floors = [], []
    for rep in segmentation.reps:
        times_s = _ways_s(motion, segmentation, rep)
        upper = _upper_rows(motion, rep)
        ahead = _quantile(at[upper, 0], 95)
        swings.append(len(times_s) > 0 and max(times_s) < _FAST_S and (ahead > _HANDS_AHEAD if np.isfinite(ahead) else max(times_s) < _VERY_FAST_S))
        floors.append(_quantile(below_knee[rep.bottom : rep.bottom + 1], 50) > _HANDS_BELOW_KNEE)
    if sum(swings) * 2 > len(swings):
        return "kb_swing"
    return "deadlift" if sum(floors) * 2 >= len(floors) else "hinge"


def _ways_s(motion: Motion, segmentation: Segmentation, rep: Rep) -> list[float]:
    """Return the durations of the rep's way down and way up, as far as both their ends were seen."""
    phase, time_s = segmentation.phase, motion.time_s
    seen_before = np.isfinite(motion.trunk_inclination.value_deg[: rep.start]).any()
    down = [] if rep.partial and not seen_before else [float(time_s[rep.bottom] - time_s[rep.start])]
    locked = bool(np.any(phase[rep.rows] == "lockout"))
    return down + ([float(time_s[rep.lockout] - time_s[rep.bottom])] if locked else [])


def _upper_rows(motion: Motion, rep: Rep) -> IntArray:
    """Return the rows of a rep at which the trunk is in the upper half of its way."""
    trunk = motion.trunk_inclination.value_deg[rep.rows]
    if not np.isfinite(trunk).any():
        return rep.rows
    return np.asarray(rep.rows[trunk <= (np.nanmin(trunk) + np.nanmax(trunk)) / 2])


def _quantile(values: FloatArray, percent: float) -> float:
    values = values[np.isfinite(values)]
    return float(np.percentile(values, percent)) if len(values) else float("nan")
