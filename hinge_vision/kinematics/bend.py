"""The bend: the one signal in which repetitions are looked for.

It is trunk inclination plus a share of hip flexion. Trunk inclination is the most robust angle there is (a plate never hides
the back); the share of hip flexion lets a squatty lift, whose trunk hardly leans, show as well.
"""

from __future__ import annotations

import numpy as np

from hinge_vision.arrays import FloatArray
from hinge_vision.kinematics.motion import Motion

# Share of hip flexion in the bend: enough to tell a squatty lift (hips 100, trunk 35) from standing, little enough that a
# hip led astray behind a plate cannot make a rep.
HIP_SHARE = 0.3
# A trunk outside -50..140 deg is a mistaken frame.
PLAUSIBLE_TRUNK_DEG = 45.0
PLAUSIBLE_REACH_DEG = 95.0
# Above this yaw the lean of the trunk is not used; walking up to the camera or a cut to a front view are left out.
MAX_YAW_DEG = 50.0
YAW_WINDOW_S = 0.5


def bend_deg(motion: Motion) -> FloatArray:
    """Return the bend, (N,) degrees: trunk inclination plus `HIP_SHARE` of hip flexion, NaN where the trunk is not measured.

    Where only the hip is missing, it is filled from the clip's own relation of hip to trunk.
    """
    trunk, hip = motion.trunk_inclination.value_deg, motion.hip_flexion.value_deg
    yaw_deg = _smoothed_yaw_deg(motion)
    # where one side part is told from the rest; a clip that is never seen from the side is left to the gate
    seen_from_side = ~(yaw_deg > MAX_YAW_DEG) | ~np.any(yaw_deg <= MAX_YAW_DEG)
    trunk = np.where((np.abs(trunk - PLAUSIBLE_TRUNK_DEG) < PLAUSIBLE_REACH_DEG) & seen_from_side, trunk, np.nan)
    both = np.isfinite(trunk) & np.isfinite(hip)
    if both.sum() >= 5 and float(np.ptp(trunk[both])) > 5.0:
        slope, offset = np.polyfit(trunk[both], hip[both], 1)
        usual = slope * trunk + offset
    else:
        usual = np.clip(trunk, 0.0, None)
    return np.asarray(trunk + HIP_SHARE * np.where(np.isfinite(hip), hip, usual))


def _smoothed_yaw_deg(motion: Motion) -> FloatArray:
    """Return the unsigned yaw as a running median over `YAW_WINDOW_S`, NaN where unknown."""
    yaw_deg = np.abs(motion.yaw_deg)
    known = np.flatnonzero(np.isfinite(yaw_deg))
    out = np.full(len(yaw_deg), np.nan)
    time_s, values = motion.time_s[known], yaw_deg[known]
    first = np.searchsorted(time_s, time_s - YAW_WINDOW_S / 2)
    last = np.maximum(np.searchsorted(time_s, time_s + YAW_WINDOW_S / 2), first + 1)
    for row, start, stop in zip(known, first, last, strict=True):
        out[row] = np.median(values[start:stop])
    return out
