"""The numbers of one rep: angles, shape and gaps at depth and at lockout, each robust over a short window, with standard errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hinge_vision.arrays import BoolArray, FloatArray, IntArray, known_median
from hinge_vision.findings.confidence import Reading, rep_quality
from hinge_vision.findings.shape import bow_deg, convexity_pct
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.findings.view import view_yaw_deg
from hinge_vision.kinematics.filters import stretches
from hinge_vision.kinematics.motion import Angle, Motion
from hinge_vision.kinematics.reps import Rep, Segmentation
from hinge_vision.pose.track import PoseTrack
from hinge_vision.spine.dowel import GAPS

# Half the window over which a value is taken, and the wider one where nothing was measured in the first.
WINDOW_S = 0.15
WIDE_WINDOW_S = 0.4
# The low back has begun to move once this share of its change at depth is made, and at least so many degrees.
ONSET_SHARE = 0.25
ONSET_MIN_DEG = 6.0
# Rounding counts where it lasts for this share of the lower half of a rep.
_SUSTAINED = 0.3
# The deepest point was seen where the clip shows so much of the way to either side of it, and nothing unmeasured for longer lies this near.
_LEAST_WAY_S = 0.1
_HIDDEN_S = 0.3


@dataclass(frozen=True)
class RepReadings:
    """What the faults are judged from; changes since standing unless the name says `trunk`, gaps as change in %.

    `convexity` and `bow` are absolute, `convexity_growth` is a change; the `_sustained` are the same where the low back is most
    rounded for a good part of the lower half of the rep (a set-up or a way up may be rounder than the deepest moment). The two
    `_lockout` are read where the trunk leans furthest back after the lift. `onset_share` is the share of the hips' range at which
    the low back began to move (NaN = it did not, or the way was not seen). `yaw_deg` is the median over the rep without its
    lockout, `measured` the share of the rep with a low back, `quality` how well the rep was seen, 0..1. `depth_seen`:
    whether the clip shows the rep's deepest point, with a way to either side of it, and not hidden.
    """

    rep: Rep
    hip: Reading
    knee: Reading
    trunk: Reading
    lumbar: Reading
    lumbar_peak: Reading
    convexity: Reading
    convexity_growth: Reading
    lumbar_sustained: Reading
    convexity_sustained: Reading
    bow: Reading
    bow_sustained: Reading
    sacral_gap: Reading
    thoracic_gap: Reading
    head_gap: Reading
    hand_room: Reading
    low_back_gap_pct: float
    lumbar_lockout: Reading
    trunk_lockout: Reading
    onset_hip_deg: float
    onset_share: float
    yaw_deg: float
    measured: float
    quality: float
    depth_seen: bool


def read_reps(track: PoseTrack, motion: Motion, segmentation: Segmentation, thresholds: Thresholds) -> tuple[RepReadings, ...]:
    """Read the numbers of every rep."""
    shape, bow = convexity_pct(track, motion), bow_deg(track)
    standing = _standing_shape(shape, motion, segmentation)
    yaw_deg = view_yaw_deg(track, motion)
    return tuple(_read(motion, segmentation, rep, shape, standing, bow, yaw_deg, thresholds) for rep in segmentation.reps)


def _read(
    motion: Motion,
    segmentation: Segmentation,
    rep: Rep,
    shape: FloatArray,
    standing_shape: float,
    bow: FloatArray,
    view_deg: FloatArray,
    thresholds: Thresholds,
) -> RepReadings:
    rows = rep.rows
    phase = segmentation.phase[rows]
    convexity_sd, bow_sd = np.full(len(shape), thresholds.convexity_sd_pct), np.full(len(bow), thresholds.bow_sd_deg)

    def deep(values: FloatArray, sd: FloatArray) -> Reading:
        return around(motion.time_s, values, sd, rep.bottom, rows)

    def deep_gap(values: FloatArray, zero: float) -> Reading:
        return deep(values - zero, np.full(len(values), thresholds.gap_sd_pct))

    dowel, standing = motion.dowel, motion.baseline
    gaps = {name: deep_gap(getattr(dowel, name), getattr(standing, name)) for name in GAPS}
    # against the chord, so that a rod that rides on the upper back does not look like a hollow low back
    hollow_pct = dowel.low_back_gap_pct - (dowel.sacral_gap_pct + dowel.thoracic_gap_pct) / 2
    standing_hollow_pct = standing.low_back_gap_pct - (standing.sacral_gap_pct + standing.thoracic_gap_pct) / 2
    hip, lumbar = at_depth(motion, segmentation, rep)
    lumbar_lockout, trunk_lockout = _lean_back(motion, rows[phase == "lockout"], rep)
    onset_hip_deg = _onset_hip_deg(motion, rep, lumbar.value)
    lower = rows[lower_half(motion, rows)]
    lower = lower if len(lower) else rows
    rounded = _sustained_row(motion, bow, lower, rep.bottom)
    moving = rows[phase != "lockout"]
    yaw_deg = known_median(view_deg[moving if len(moving) else rows])
    measured = float(np.isfinite(motion.lumbar_flexion.value_deg[rows]).mean())
    confidence = known_median(motion.confidence[_window(motion.time_s, rep.bottom, rows, WIDE_WINDOW_S)])
    # upright again and yet far from the zero: the zero or the outline is not to be trusted in this rep
    unsteady = lumbar_lockout.above(thresholds.unsteady_deg)
    return RepReadings(
        rep=rep,
        hip=hip,
        knee=deep(motion.knee_flexion.value_deg, motion.knee_flexion.sd_deg),
        trunk=deep(motion.trunk_inclination.value_deg, motion.trunk_inclination.sd_deg),
        lumbar=lumbar,
        lumbar_peak=_peak(motion.lumbar_flexion, lower),
        convexity=deep(shape, convexity_sd),
        convexity_growth=deep(shape - standing_shape, convexity_sd),
        lumbar_sustained=around(motion.time_s, motion.lumbar_flexion.value_deg, motion.lumbar_flexion.sd_deg, rounded, lower),
        convexity_sustained=around(motion.time_s, shape, convexity_sd, rounded, lower),
        bow=deep(bow, bow_sd),
        bow_sustained=around(motion.time_s, bow, bow_sd, rounded, lower),
        sacral_gap=gaps["sacral_gap_pct"],
        thoracic_gap=gaps["thoracic_gap_pct"],
        head_gap=gaps["head_gap_pct"],
        hand_room=deep_gap(hollow_pct, standing_hollow_pct),
        low_back_gap_pct=deep_gap(dowel.low_back_gap_pct, 0.0).value,
        lumbar_lockout=lumbar_lockout,
        trunk_lockout=trunk_lockout,
        onset_hip_deg=onset_hip_deg,
        onset_share=onset_hip_deg / hip.value if hip.measured and hip.value > 20.0 else float("nan"),
        yaw_deg=yaw_deg,
        measured=measured,
        quality=rep_quality(measured, yaw_deg, confidence, thresholds) * (1.0 - unsteady / 2.0),
        depth_seen=_depth_seen(motion, rep),
    )


def at_depth(motion: Motion, segmentation: Segmentation, rep: Rep) -> tuple[Reading, Reading]:
    """Return the deepest hip flexion of a rep, and the low back's flexion at its bottom."""
    bottom = rep.rows[segmentation.phase[rep.rows] == "bottom"]
    hip = _peak(motion.hip_flexion, bottom if len(bottom) else rep.rows)
    return hip, around(motion.time_s, motion.lumbar_flexion.value_deg, motion.lumbar_flexion.sd_deg, rep.bottom, rep.rows)


def around(time_s: FloatArray, values: FloatArray, sd: FloatArray, row: int, allowed: IntArray) -> Reading:
    """Return the median of the values within `WINDOW_S` of a row, among the allowed rows.

    Errors of neighbouring frames go together (the same clothes, the same baseline), so the standard error is theirs, not
    theirs divided by the root of their number. Where nothing was measured that near, `WIDE_WINDOW_S` is tried.
    """
    for half_s in (WINDOW_S, WIDE_WINDOW_S):
        window = _window(time_s, row, allowed, half_s)
        window = window[np.isfinite(values[window])]
        if len(window):
            nearest = window[np.argmin(np.abs(values[window] - np.median(values[window])) + 1e-3 * np.abs(window - row))]
            return Reading(float(np.median(values[window])), known_median(sd[window]), int(nearest))
    return _nothing(row)


def _nothing(row: int) -> Reading:
    return Reading(float("nan"), float("nan"), row)


def _window(time_s: FloatArray, row: int, allowed: IntArray, half_s: float) -> IntArray:
    return np.asarray(allowed[np.abs(time_s[allowed] - time_s[row]) <= half_s + 1e-9])


def lower_half(motion: Motion, rows: IntArray) -> BoolArray:
    """Return which rows are bent more than half as far as the rep's deepest."""
    trunk = motion.trunk_inclination.value_deg[rows]
    if not np.isfinite(trunk).any():
        return np.ones(len(rows), dtype=bool)
    low, high = np.nanmin(trunk), np.nanmax(trunk)
    return np.asarray(trunk >= (low + high) / 2)


def _peak(angle: Angle, rows: IntArray) -> Reading:
    """Return the largest value over rows: the 90th percentile, so that single frames do not make it."""
    known = rows[np.isfinite(angle.value_deg[rows])]
    if not len(known):
        return _nothing(int(rows[0]))
    peak = float(np.percentile(angle.value_deg[known], 90))
    row = int(known[np.argmin(np.abs(angle.value_deg[known] - peak))])
    return Reading(peak, float(angle.sd_deg[row]), row)


def _sustained_row(motion: Motion, bow: FloatArray, rows: IntArray, otherwise: int) -> int:
    """Return the row that is rounder, by angle and shape together, than all but `_SUSTAINED` of the rows."""
    roundness = motion.lumbar_flexion.value_deg[rows] + np.nan_to_num(bow[rows])
    known = np.flatnonzero(np.isfinite(roundness))
    if not len(known):
        return otherwise
    order = known[np.argsort(roundness[known])]
    return int(rows[order[int((1.0 - _SUSTAINED) * (len(order) - 1))]])


def _lean_back(motion: Motion, upright: IntArray, rep: Rep) -> tuple[Reading, Reading]:
    """Return low back and trunk where the trunk leans furthest back at lockout, at the first moment of it where the trunk was not measured."""
    if not len(upright):
        return _nothing(rep.lockout), _nothing(rep.lockout)
    lean = motion.trunk_inclination.value_deg[upright]
    row = int(upright[np.nanargmin(lean)]) if np.isfinite(lean).any() else int(upright[0])
    low_back, trunk = motion.lumbar_flexion, motion.trunk_inclination
    return (
        around(motion.time_s, low_back.value_deg, low_back.sd_deg, row, upright),
        around(motion.time_s, trunk.value_deg, trunk.sd_deg, row, upright),
    )


def _onset_hip_deg(motion: Motion, rep: Rep, lumbar_at_depth_deg: float) -> float:
    """Return the hip flexion at which the low back starts to move, on the way down, or where that was not seen on the way up."""
    if not np.isfinite(lumbar_at_depth_deg):
        return float("nan")
    way = np.arange(rep.start, rep.bottom + 1)
    if len(way) < 4:
        way = np.arange(rep.lockout, rep.bottom - 1, -1)
    hip, lumbar = motion.hip_flexion.value_deg[way], motion.lumbar_flexion.value_deg[way] * np.sign(lumbar_at_depth_deg)
    known = np.isfinite(hip) & np.isfinite(lumbar)
    moved = np.maximum(ONSET_MIN_DEG, ONSET_SHARE * abs(lumbar_at_depth_deg))
    if known.sum() < 4 or abs(lumbar_at_depth_deg) <= moved or lumbar[known][0] > moved:
        return float("nan")
    hip, lumbar = hip[known], lumbar[known]
    # the last moment at which it was still at rest, so that a flicker early on is no onset
    rest = np.flatnonzero(lumbar <= moved)
    return float(hip[min(int(rest[-1]) + 1, len(hip) - 1)])


def _depth_seen(motion: Motion, rep: Rep) -> bool:
    """Tell whether the clip shows how deep a rep went: its way down and up, and its bottom not hidden or beside a stretch that is."""
    time_s = motion.time_s
    bottom_s = time_s[rep.bottom]
    if min(bottom_s - time_s[rep.start], time_s[rep.end] - bottom_s) < _LEAST_WAY_S:
        return False
    hidden = [(time_s[first], time_s[stop - 1]) for first, stop in stretches(~np.isfinite(motion.hip_flexion.value_deg))]
    return not any(last_s - first_s > _HIDDEN_S and first_s - _HIDDEN_S <= bottom_s <= last_s + _HIDDEN_S for first_s, last_s in hidden)


def _standing_shape(shape: FloatArray, motion: Motion, segmentation: Segmentation) -> float:
    """Return the convexity of the baseline posture: over the upright moments of the baseline's own stretch, else over all, else 0 (the chord).

    Between the lockouts that a baseline was taken at lie whole reps.
    """
    baseline = motion.baseline
    half_s = 0.02
    upright = np.isin(segmentation.phase, ("stand", "lockout")) & (motion.trunk_inclination.value_deg < 20.0) & np.isfinite(shape)
    # NaN where there is no such stretch: then no row lies in it
    inside = (motion.time_s >= baseline.start_s - half_s) & (motion.time_s <= baseline.end_s + half_s)
    for rows in (upright & inside, upright):
        if rows.any():
            return known_median(shape[rows])
    return 0.0
