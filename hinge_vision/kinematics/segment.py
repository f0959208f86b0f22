"""Repetitions and phases from the motion: where each rep begins, is deepest, locks out and ends.

A rep is a hill of the bend (`kinematics.bend`) whose prominence (its height above the higher of the two valleys beside it) is large
both in degrees and against the clip's usual hill: that is hysteresis relative to the clip's own range, so that hitching,
a set-up at the bottom or a bent-over row make one hill, not many.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.ndimage import gaussian_filter1d, median_filter

from hinge_vision.arrays import BoolArray, FloatArray, IntArray, known_median
from hinge_vision.kinematics.bend import bend_deg
from hinge_vision.kinematics.motion import Motion
from hinge_vision.kinematics.reps import Rep, Segmentation
from hinge_vision.kinematics.tops import prominent_tops

# Everything is done on an even time grid, so that neither frame rate nor uneven timestamps matter.
GRID_HZ = 60.0
# A swing takes 1.3 s: a median over 0.15 s and a Gaussian of 0.08 s leave it whole and take out single bad frames.
MEDIAN_S = 0.15
SMOOTH_S = 0.08
# The shallowest rendered hinge (hips 45) bends by 49; walking and swaying stay below 20.
MIN_BEND_DEG = 25.0
# A rep's hill against the clip's usual one: picking the load up may be a far deeper bend.
MIN_PROMINENCE_SHARE = 0.45
# Depth is the share of the way from valley (0) to top (1) of a rep's own hill.
BOTTOM_DEPTH = 0.93
UPRIGHT_DEPTH = 0.2
# The rep begins and the lockout is reached where the bend stops changing by this share of the rep's range per second.
SETTLED_PER_S = 0.15
SETTLING_S = 0.5
# When the deepest moment lies longer than this before the lift begins, it was part of a set-up or a pause: depth is then
# taken where the lift begins, found by going back from this depth for as long as the bend was already shrinking.
HELD_BOTTOM_S = 0.8
LIFTING_DEPTH = 0.85
# Once locked out for this long the lifter is standing.
LOCKOUT_S = 1.0
# A clean is caught at the shoulders within so long of its lockout, the trunk nearer to upright than this.
CATCH_S = 1.0
CATCH_TRUNK_DEG = 45.0
# A clip starts (ends) inside a rep when the bend there has not come down this far.
CUT_DEPTH = 0.35
# ... or when it is still this large, however little was seen: trunk 25, hips 35 deg.
CUT_BEND_DEG = 35.0


def segment(motion: Motion, at_shoulders: BoolArray | None = None) -> Segmentation:
    """Find all repetitions and the phase of every row.

    Parameters
    ----------
    motion
        N rows; trunk inclination and hip flexion may hold NaN.
    at_shoulders : (N,) bool
        Where the hands are at the shoulders: the dip in which a clean is caught there is no rep. None = not known.

    Returns
    -------
    Segmentation
        Reps in order of time; rows outside reps have rep 0 and phase `stand`. A rep seen in part (the clip starts after its
        way down began, or ends before its lockout) is `partial`. Without any hinge there are no reps.
    """
    count = len(motion.time_s)
    rep, phase = np.zeros(count, dtype=np.int64), np.full(count, "stand", dtype="<U7")
    raw = bend_deg(motion)
    known = np.flatnonzero(np.isfinite(raw))
    if len(known) < 3 or motion.time_s[known[-1]] - motion.time_s[known[0]] < 2.0 / GRID_HZ:
        return Segmentation((), rep, phase)
    grid_s, bend = _on_grid(motion.time_s[known], raw[known])
    peaks, valleys = _hills(bend)
    hills = [
        _Hill.around(bend, valleys[index], peak, valleys[index + 1], first=index == 0, last=index == len(peaks) - 1)
        for index, peak in enumerate(peaks)
    ]
    reps: list[Rep] = []
    for number, hill in enumerate(hills, start=1):
        if at_shoulders is not None and number > 1 and _catches(motion, at_shoulders, grid_s, hills[number - 2], hill):
            continue
        start, bottom_from, bottom, bottom_to, lockout = (
            _row(motion.time_s, known, float(grid_s[mark])) for mark in (hill.start, hill.bottom_from, hill.bottom, hill.bottom_to, hill.lockout)
        )
        if hill.cut_after:
            end = lockout
        else:
            last = hills[number].start if number < len(hills) else len(grid_s) - 1
            last = min(last, hill.lockout + int(LOCKOUT_S * GRID_HZ))
            end = max(lockout, _row(motion.time_s, known, float(grid_s[last])))
        if reps and start <= reps[-1].end:
            start = min(reps[-1].end + 1, bottom)
        reps.append(Rep(len(reps) + 1, start, bottom, lockout, end, hill.cut_before or hill.cut_after))
        rep[start : end + 1] = reps[-1].number
        phase[start : end + 1] = "lockout"
        phase[start : lockout + hill.cut_after] = "up"
        phase[start : bottom_to + 1] = "bottom"
        phase[start:bottom_from] = "down"
    return Segmentation(tuple(reps), rep, phase)


@dataclass(frozen=True)
class _Hill:
    """One hill of the bend, as indices into the time grid; cut = the clip starts or ends on its slope."""

    start: int
    bottom_from: int
    bottom: int
    bottom_to: int
    lockout: int
    cut_before: bool
    cut_after: bool

    @classmethod
    def around(cls, bend: FloatArray, before: int, peak: int, after: int, *, first: bool, last: bool) -> _Hill:
        """Measure the hill with its top at `peak` between the valleys `before` and `after`; the clip's first and last may be cut."""
        lowest = min(float(bend[before]), float(bend[after]))
        span = float(bend[peak]) - lowest
        # only the clip's own ends cut a hill: the valley between two reps is one, however shallow
        uncut = min(lowest + CUT_DEPTH * span, CUT_BEND_DEG)
        cut_before = first and bool(bend[before] > uncut)
        cut_after = last and bool(bend[after] > uncut)
        base = np.where(np.arange(len(bend)) <= peak, lowest if cut_before else float(bend[before]), lowest if cut_after else float(bend[after]))
        depth = (bend - base) / np.maximum(bend[peak] - base, 1e-6)
        rate_per_s = np.gradient(bend) * GRID_HZ / max(span, 1e-6)
        start = 0 if cut_before else _settle(depth, rate_per_s, peak, -1, before)
        lockout = len(bend) - 1 if cut_after else _settle(depth, -rate_per_s, peak, 1, after)
        bottom_from = _outermost(depth, peak, start, BOTTOM_DEPTH)
        bottom_to = _outermost(depth, peak, lockout, BOTTOM_DEPTH)
        lift_off = _outermost(depth, peak, lockout, LIFTING_DEPTH)
        while lift_off > peak and -rate_per_s[lift_off] >= SETTLED_PER_S:
            lift_off -= 1
        held = lift_off - peak > HELD_BOTTOM_S * GRID_HZ and not cut_after
        bottom = lift_off if held else peak
        return cls(start, bottom_from, bottom, max(bottom, bottom_to), lockout, cut_before, cut_after)


def _catches(motion: Motion, at_shoulders: BoolArray, grid_s: FloatArray, before: _Hill, hill: _Hill) -> bool:
    """Tell whether a hill is the dip under a load that the hill before it, a pull from hanging hands, has brought to the shoulders."""

    def deep(one: _Hill) -> BoolArray:
        return np.asarray((motion.time_s >= grid_s[one.bottom_from]) & (motion.time_s <= grid_s[one.bottom_to]))

    caught, pulled = deep(hill), deep(before)
    at_once = grid_s[hill.start] - grid_s[before.lockout] < CATCH_S
    brought_up = bool(caught.any() and at_shoulders[caught].mean() > 0.5) and not bool(pulled.any() and at_shoulders[pulled].mean() > 0.5)
    return bool(at_once and brought_up and known_median(motion.trunk_inclination.value_deg[caught]) < CATCH_TRUNK_DEG)


def _on_grid(time_s: FloatArray, values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return an even time grid and the smoothed values on it; gaps are bridged by straight lines."""
    grid_s = np.arange(time_s[0], time_s[-1] + 0.5 / GRID_HZ, 1.0 / GRID_HZ)
    even = np.interp(grid_s, time_s, values)
    even = median_filter(even, size=int(MEDIAN_S * GRID_HZ) | 1, mode="nearest")
    return grid_s, gaussian_filter1d(even, SMOOTH_S * GRID_HZ, mode="nearest")


def _hills(bend: FloatArray) -> tuple[list[int], list[int]]:
    """Return the tops of the reps' hills, and the valleys before the first, between them, and after the last."""
    # the clip's ends count as valleys, so that a clip that starts or ends at the bottom has its hill there
    floor = float(bend.min()) - 1e-6
    tops, prominences = prominent_tops(np.concatenate([[floor], bend, [floor]]))
    if prominences.max(initial=0.0) < MIN_BEND_DEG:
        return [], []
    usual = float(np.percentile(prominences[prominences >= MIN_BEND_DEG], 50, method="higher"))
    kept = tops[prominences >= max(MIN_BEND_DEG, MIN_PROMINENCE_SHARE * usual)] - 1
    bounds = [0, *kept.tolist(), len(bend) - 1]
    valleys = [lo + int(np.argmin(bend[lo : hi + 1])) for lo, hi in pairwise(bounds)]
    return kept.tolist(), valleys


def _settle(depth: FloatArray, rate: FloatArray, peak: int, step: int, limit: int) -> int:
    """Go from the peak until the lifter is nearly upright, then on while he still straightens."""
    index = peak
    while index != limit and depth[index] > UPRIGHT_DEPTH:
        index += step
    for _ in range(int(SETTLING_S * GRID_HZ)):
        if index == limit or rate[index] < SETTLED_PER_S:
            break
        index += step
    return index


def _outermost(depth: FloatArray, peak: int, limit: int, level: float) -> int:
    """Return the index furthest from the peak, towards `limit` and no further, whose depth reaches `level`."""
    step = 1 if limit >= peak else -1
    side = np.arange(peak, limit + step, step)
    return int(side[np.flatnonzero(depth[side] >= level)[-1]])


def _row(time_s: FloatArray, known: IntArray, moment_s: float) -> int:
    """Return the measured row nearest to a moment."""
    return int(known[np.argmin(np.abs(time_s[known] - moment_s))])
