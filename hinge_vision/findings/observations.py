"""What is worth saying beside the faults: knees doing the work, hips rising first, the head leaving the dowel."""

from __future__ import annotations

import numpy as np

from hinge_vision.arrays import FloatArray
from hinge_vision.findings.claims import Claim, evidence
from hinge_vision.findings.confidence import Reading
from hinge_vision.findings.measures import RepReadings
from hinge_vision.findings.model import ObservationName
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.kinematics.motion import Motion

# The lift-off is looked for from this long before the deepest moment.
_BEFORE_BOTTOM_S = 0.5
# Single frames are smoothed away over this long; fewer rows than `_FEWEST` tell nothing.
_SMOOTHED_S = 0.2
_FEWEST = 5


def observe(readings: RepReadings, motion: Motion, thresholds: Thresholds) -> list[Claim[ObservationName]]:
    """Return every observation's claim for one rep."""
    claims = [knee_dominant(readings, motion, thresholds), head_contact_lost(readings, motion, thresholds)]
    first = hips_rise_first(readings, motion, thresholds)
    return claims if first is None else [*claims, first]


def knee_dominant(readings: RepReadings, motion: Motion, thresholds: Thresholds) -> Claim[ObservationName]:
    """Knees bend far while the trunk stays upright at depth."""
    probability = min(readings.knee.above(thresholds.knee_dominant_knee_deg), readings.trunk.below(thresholds.knee_dominant_trunk_deg))
    items = (
        evidence(motion, "knees", readings.knee, "deg", thresholds.knee_dominant_knee_deg, "knees bent far at depth"),
        evidence(motion, "trunk", readings.trunk, "deg", thresholds.knee_dominant_trunk_deg, "trunk stayed upright at depth"),
    )
    return Claim("knee_dominant", readings.rep.number, probability, readings.quality, items)


def head_contact_lost(readings: RepReadings, motion: Motion, thresholds: Thresholds) -> Claim[ObservationName]:
    """Tell whether the head moved away from the dowel; a neck extended to look ahead moves it closer and is none."""
    items = (evidence(motion, "dowel", readings.head_gap, "pct", thresholds.head_gap_pct, "head further from the dowel than in standing"),)
    return Claim("head_contact_lost", readings.rep.number, readings.head_gap.above(thresholds.head_gap_pct), readings.quality, items)


def hips_rise_first(readings: RepReadings, motion: Motion, thresholds: Thresholds) -> Claim[ObservationName] | None:
    """Tell whether the trunk leans further while the knees straighten; None where that cannot be seen."""
    rep, time_s = readings.rep, motion.time_s
    rows = np.arange(rep.start, rep.lockout + 1)
    rows = rows[time_s[rows] >= time_s[rep.bottom] - _BEFORE_BOTTOM_S]
    angles = (motion.knee_flexion, motion.trunk_inclination, motion.hip_flexion)
    knee, trunk, hip = (_smooth(angle.value_deg[rows], time_s[rows]) for angle in angles)
    known = np.isfinite(knee) & np.isfinite(trunk) & np.isfinite(hip)
    if known.sum() < _FEWEST:
        return None
    rows, knee, trunk, hip = rows[known], knee[known], trunk[known], hip[known]
    lift_off = int(np.argmax(knee))
    furthest = lift_off + int(np.argmax(trunk[lift_off:]))
    straightened = float(knee[lift_off] - knee[furthest])
    row = int(rows[furthest])
    leaned = Reading(float(trunk[furthest] - trunk[lift_off]), float(np.fmax(2.0, motion.trunk_inclination.sd_deg[row])), row)
    knees = Reading(straightened, float(np.fmax(4.0, motion.knee_flexion.sd_deg[row])), row)
    # on the way down the trunk leans too, but by flexing the hips
    flexed = Reading(float(hip[furthest] - hip[lift_off]), float(np.fmax(3.0, motion.hip_flexion.sd_deg[row])), row)
    probability = min(
        leaned.above(thresholds.hips_first_trunk_deg),
        knees.above(thresholds.hips_first_knee_deg),
        flexed.below(thresholds.hips_first_hip_deg),
    )
    items = (evidence(motion, "trunk", leaned, "deg", thresholds.hips_first_trunk_deg, "trunk leaned further while the knees straightened"),)
    return Claim("hips_rise_first", rep.number, probability, readings.quality, items)


def _smooth(values: FloatArray, time_s: FloatArray) -> FloatArray:
    """Return a running median over `_SMOOTHED_S`, three rows at least, that leaves NaN where the row itself is NaN."""
    step_s = float(np.median(np.diff(time_s))) if len(time_s) > 1 else _SMOOTHED_S
    half = max(1, round(_SMOOTHED_S / 2 / step_s))
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(values, half, mode="edge"), 2 * half + 1)
    out = np.full(len(values), np.nan)
    known = np.isfinite(values)
    out[known] = np.nanmedian(windows[known], axis=1)
    return out
