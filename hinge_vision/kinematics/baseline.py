"""The baseline: which frames count as the lifter's own standing, and how well they are known to be it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hinge_vision.arrays import BoolArray, FloatArray, known_median
from hinge_vision.errors import SettingsError
from hinge_vision.kinematics.filters import bridge_gaps, rate_of_change, stretches
from hinge_vision.kinematics.motion import BaselineSource

# Upright = the trunk within this much of the most upright the lifter gets in the clip, and hips and knees nearly straight.
_UPRIGHT_DEG = 7.0
# A lifter who leans back at lockout is more upright there than where he stands: a still stand may be further from it than a lockout.
_STAND_UPRIGHT_DEG = 12.0
# No standing lifter leans further than this, and none bends hips and knees further, by the estimate that knows no baseline.
_MAX_LEAN_DEG = 22.0
_MAX_HIP_DEG = 28.0
_MAX_KNEE_DEG = 32.0
# Beyond these limits by so much he is bent over, whatever the user says: three standard errors of that estimate.
_BENT_DEG = 15.0
# Still = the trunk turns slower than this.
_STILL_DEG_PER_S = 10.0
# Standing still this long, other than right after a rep, is quiet standing; a shorter halt at the top is a lockout.
_QUIET_S = 0.4
_LOCKOUT_PAUSE_S = 0.9
# How far the low back may be from quiet standing then, one standard deviation: sway (within rendered and real stands it measures 0.1
# to 0.6, where the lifter fidgets up to 3); at lockout the benchmark's lean-back (10-15 deg in some lifters, none in most).
STANDING_SD_DEG = 0.7
_LOCKOUT_SD_DEG = 5.0
# By the posture alone, the low back of one lifter's halts at the top reads within 3.4 deg of each other (210 pairs of rendered ones), and 4.8 to 12
# hollower where he leans back in one of them (50 pairs).
_LEANT_BACK_DEG = 4.0
# No stand looks rounder than this (two deviations of rendered ones): what does is no measure for the others.
_ROUNDEST_STAND_DEG = 3.5
# Times this near are the same: those of a file are rounded.
_SAME_S = 1e-3
# At most this much of a stretch is averaged, furthest from the movement that led to it.
_LONGEST_S = 1.5


@dataclass(frozen=True)
class Reference:
    """The frames the baseline is taken from; none for a prior.

    `sd_deg` is how far the low back may have been from quiet standing in them.
    """

    source: BaselineSource
    rows: BoolArray
    sd_deg: float


def find_reference(
    time_s: FloatArray,
    trunk_inclination_deg: FloatArray,
    alone_deg: FloatArray,
    measured: BoolArray,
    standing_at_s: float | None,
) -> Reference:
    """Choose the frames that stand for the lifter's own standing.

    Parameters
    ----------
    time_s : (N,)
    trunk_inclination_deg : (N,)
        Lean of the trunk, absolute; NaN where it was not seen. A short gap does not end a stand, but no zero is taken in it.
    alone_deg : (N, 5)
        What each posture alone says of lumbar, thoracic, pelvis, hip and knee.
    measured : (N,)
        Frames that can be used at all.
    standing_at_s
        The moment the user names, in real time, if any.

    Raises
    ------
    SettingsError
        Nothing was measured at the moment the user names, or the lifter is bent over then.
    """
    none = np.zeros(len(time_s), dtype=bool)
    if standing_at_s is not None:
        rows = measured & (np.abs(time_s - standing_at_s) <= 0.25)
        if not rows.any():
            raise SettingsError("the lifter could not be measured at the moment named; give another with --standing-at")
        if known_median(trunk_inclination_deg[rows]) > _MAX_LEAN_DEG + _BENT_DEG or known_median(alone_deg[rows, 3]) > _MAX_HIP_DEG + _BENT_DEG:
            raise SettingsError("the lifter is bent over at the moment named; give one at which he stands upright with --standing-at")
        return Reference("user", rows, STANDING_SD_DEG)
    usable = measured & np.isfinite(trunk_inclination_deg)
    if not usable.any():
        return Reference("prior", none, np.nan)
    lumbar_deg, hip_deg, knee_deg = alone_deg[:, 0], alone_deg[:, 3], alone_deg[:, 4]
    bridged_deg = bridge_gaps(trunk_inclination_deg, time_s)
    unbroken = measured & (bridged_deg < _MAX_LEAN_DEG) & (hip_deg < _MAX_HIP_DEG) & (knee_deg < _MAX_KNEE_DEG)
    standing = unbroken & usable
    if not standing.any():
        return Reference("prior", none, np.nan)
    # hips and trunk together: leaning on straight hips is no standing either
    erectness_deg = np.where(unbroken, np.abs(bridged_deg) + 0.5 * np.maximum(hip_deg, 0.0), np.inf)
    best_deg = float(np.percentile(erectness_deg[standing], 10))
    speed = np.abs(rate_of_change(bridged_deg, time_s, 0.2))
    bent = usable & (trunk_inclination_deg > best_deg + 25.0)
    for within_deg in (_UPRIGHT_DEG, _STAND_UPRIGHT_DEG):
        still = unbroken & (erectness_deg < best_deg + within_deg) & (speed < _STILL_DEG_PER_S)
        stand = _longest_stand(time_s, still, bent, lumbar_deg)
        if stand is None:
            continue
        start, stop = stand
        # away from the movement that led here; the longer part of a long stand is as good as the whole
        if time_s[stop - 1] - time_s[start] > _LONGEST_S:
            later = bool(bent[:start].any())
            first_s = time_s[stop - 1] - _LONGEST_S if later else time_s[start]
            inside = (time_s >= first_s) & (time_s <= first_s + _LONGEST_S)
        else:
            inside = np.ones(len(time_s), dtype=bool)
        rows = none.copy()
        rows[start:stop] = True
        return Reference("standing", rows & inside & usable, STANDING_SD_DEG)
    upright = standing & (erectness_deg < best_deg + _UPRIGHT_DEG)
    rows = upright & (speed < 3 * _STILL_DEG_PER_S)
    rows = rows if rows.any() else upright
    leant_back = lumbar_deg < _hollowest_stand_deg(still, lumbar_deg)
    stood = (rows | still) & usable & ~leant_back
    if ((rows | still) & leant_back).any() and stood.any():
        rows = stood
    return Reference("lockout", rows, _LOCKOUT_SD_DEG)


def _hollowest_stand_deg(still: BoolArray, lumbar_deg: FloatArray) -> float:
    """Return how hollow the low back may look in a stand, given the still frames (N,); hollower, he leans back. -inf where he never halts."""
    looks_deg = [float(np.median(lumbar_deg[start:stop])) for start, stop in stretches(still) if stop - start > 1]
    return min(max(looks_deg), _ROUNDEST_STAND_DEG) - _LEANT_BACK_DEG if looks_deg else -np.inf


def _longest_stand(time_s: FloatArray, still: BoolArray, bent: BoolArray, lumbar_deg: FloatArray) -> tuple[int, int] | None:
    """Return (start, stop) of the longest stretch of quiet standing among still frames (N,).

    One right after a rep counts for less, a lean-back for nothing.
    """
    quiet: list[tuple[float, int, int]] = []
    hollowest_deg = _hollowest_stand_deg(still, lumbar_deg)
    for start, stop in stretches(still):
        if float(np.median(lumbar_deg[start:stop])) < hollowest_deg:
            continue
        length_s = float(time_s[stop - 1] - time_s[start])
        after_rep = bool(bent[:start].any()) and float(time_s[start] - time_s[np.flatnonzero(bent[:start])[-1]]) < _LOCKOUT_PAUSE_S
        needed_s = _QUIET_S + (_LOCKOUT_PAUSE_S - _QUIET_S if after_rep else 0.0)
        if length_s >= needed_s - _SAME_S:
            quiet.append((min(length_s, _LONGEST_S) - (0.5 if after_rep else 0.0), start, stop))
    return max(quiet, key=lambda run: (run[0], -run[1]))[1:] if quiet else None
