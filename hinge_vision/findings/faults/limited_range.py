"""Limited range: the hips stop short of what the lift asks for, and back or knees find the rest."""

from __future__ import annotations

from hinge_vision.findings.claims import Claim, evidence
from hinge_vision.findings.measures import RepReadings
from hinge_vision.findings.model import Fault, Severity
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.kinematics.motion import Motion
from hinge_vision.settings import Exercise

_NOTHING = "hips stopped short; nothing took over, so film the deepest hinge to be sure"


def limited_range(readings: RepReadings, motion: Motion, exercise: Exercise | None, thresholds: Thresholds) -> Claim[Fault] | None:
    """Judge one rep; None where the exercise has no limit or the clip does not show how deep the rep went."""
    limit_deg = thresholds.hip_range(exercise)
    if limit_deg is None or not readings.depth_seen:
        return None
    back = readings.lumbar.above(thresholds.take_over_lumbar_deg) >= 0.5
    knees = readings.knee.above(thresholds.take_over_knee_deg) >= 0.5
    items = [evidence(motion, "hips", readings.hip, "deg", limit_deg, "hips stopped short of the hinge" if back or knees else _NOTHING)]
    if back:
        items.append(evidence(motion, "low_back", readings.lumbar, "deg", thresholds.take_over_lumbar_deg, "the low back took over"))
    if knees:
        items.append(evidence(motion, "knees", readings.knee, "deg", thresholds.take_over_knee_deg, "the knees took over"))
    return Claim(
        name="limited_range",
        rep=readings.rep.number,
        probability=readings.hip.below(limit_deg),
        quality=readings.quality,
        evidence=tuple(items),
        severity=_severity(limit_deg - readings.hip.value, back or knees, thresholds),
    )


def _severity(short_deg: float, taken_over: bool, thresholds: Thresholds) -> Severity:
    if not taken_over or short_deg < thresholds.short_moderate_deg:
        return "mild"
    return "marked" if short_deg >= thresholds.short_marked_deg else "moderate"
