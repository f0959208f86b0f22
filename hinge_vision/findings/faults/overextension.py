"""Overextension: the low back arches past its standing shape, at depth or in a lean-back at lockout."""

from __future__ import annotations

from hinge_vision.findings.claims import Claim, evidence, graded
from hinge_vision.findings.confidence import Reading
from hinge_vision.findings.measures import RepReadings
from hinge_vision.findings.model import Fault
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.kinematics.motion import Motion


def overextension(readings: RepReadings, motion: Motion, thresholds: Thresholds) -> Claim[Fault]:
    """Judge one rep at depth and at lockout; the likelier of the two decides."""
    # where the outline itself shows the hand's room grown, fewer degrees will do
    with_room = min(readings.lumbar.below(thresholds.arching_with_room_deg), readings.hand_room.above(thresholds.hand_room_pct))
    arched = max(readings.lumbar.below(thresholds.arching_deg), with_room)
    limit_deg = thresholds.arching_with_room_deg if with_room >= readings.lumbar.below(thresholds.arching_deg) else thresholds.arching_deg
    believed = _believable(readings.lumbar, thresholds)
    at_depth, not_at_depth = arched * believed, arched * (1.0 - believed)
    # bent forward it is no lockout: the low back has not arched, the outline is not to be trusted
    upright = readings.trunk_lockout.below(thresholds.upright_most_deg)
    leaning = readings.trunk_lockout.below(thresholds.lean_back_deg)
    lean_back = 0.0
    # a zero that is no quiet standing says little of what happens at lockout: there the trunk's lean must agree, or speaks alone
    if motion.baseline.source in ("lockout", "prior"):
        upright = min(upright, readings.trunk_lockout.below(thresholds.upright_deg))
        lean_back = leaning
    arched = readings.lumbar_lockout.below(thresholds.arching_deg)
    # a trunk that leans back vouches for whatever the low back reads
    believed = max(leaning, _believable(readings.lumbar_lockout, thresholds))
    at_lockout, not_at_lockout = min(arched * believed, upright), min(arched * (1.0 - believed), upright)
    items = []
    worst = 0.0
    if at_depth >= 0.5:
        items.append(evidence(motion, "low_back", readings.lumbar, "deg", limit_deg, "low back arched past its standing shape at depth"))
        worst = min(worst, readings.lumbar.value)
        if readings.hand_room.measured and readings.hand_room.value > thresholds.hand_room_pct:
            items.append(evidence(motion, "dowel", readings.hand_room, "pct", thresholds.hand_room_pct, "the hand's room at the low back has grown"))
    if at_lockout >= 0.5:
        why = "low back arched past its standing shape at lockout"
        leads = readings.lumbar_lockout.value < worst
        items.insert(0 if leads else len(items), evidence(motion, "low_back", readings.lumbar_lockout, "deg", thresholds.arching_deg, why))
        worst = min(worst, readings.lumbar_lockout.value)
    if lean_back >= 0.5:
        items.append(evidence(motion, "trunk", readings.trunk_lockout, "deg", thresholds.lean_back_deg, "trunk leans back past upright at lockout"))
    return Claim(
        name="overextension",
        rep=readings.rep.number,
        probability=max(at_depth, at_lockout, lean_back),
        quality=readings.quality,
        evidence=tuple(items),
        severity=graded(worst, thresholds.arching_moderate_deg, thresholds.arching_marked_deg),
        disbelieved=max(not_at_depth, not_at_lockout),
    )


def _believable(reading: Reading, thresholds: Thresholds) -> float:
    """Return the probability that the reading is within what a low back can do; past that it is a broken outline or zero."""
    return reading.above(thresholds.arching_most_deg)
