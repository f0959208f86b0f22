"""The judge: from motion and reps to findings, observations, lost contacts, drills, and what could not be judged."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hinge_vision.findings.claims import Claim, finding, observation
from hinge_vision.findings.drills import drills_for
from hinge_vision.findings.faults.coupled_flexion import coupled_flexion
from hinge_vision.findings.faults.limited_range import limited_range
from hinge_vision.findings.faults.overextension import overextension
from hinge_vision.findings.gate import check
from hinge_vision.findings.measures import RepReadings, read_reps
from hinge_vision.findings.model import Fault, Judgement, ObservationName, Quality, RepMeasures
from hinge_vision.findings.observations import observe
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.kinematics.motion import Motion
from hinge_vision.kinematics.reps import Segmentation
from hinge_vision.pose.track import PoseTrack
from hinge_vision.settings import Exercise

FAULTS: tuple[Fault, ...] = ("coupled_flexion", "overextension", "limited_range")
OBSERVATIONS: tuple[ObservationName, ...] = ("knee_dominant", "hips_rise_first", "head_contact_lost")
# A contact is named lost when its gap is past the tolerance with this probability.
_SURE = 0.8


def judge(track: PoseTrack, motion: Motion, segmentation: Segmentation, exercise: Exercise | None, thresholds: Thresholds) -> Judgement:
    """Judge a clip.

    Parameters
    ----------
    track, motion, segmentation
        Of the same rows.
    exercise
        What is lifted (given or recognised); it sets the range the hips should reach.
    thresholds
        The limits.

    Returns
    -------
    Judgement
        `quality.judgeable` is False when nothing could be judged, with the reasons. When only some reps could, the findings
        are about those, the others' measures carry no faults and confidence 0, and the reasons say so.
    """
    readings = read_reps(track, motion, segmentation, thresholds)
    gate = check(track, motion, segmentation, readings, exercise, thresholds)
    judged = [item for item in readings if item.rep.number in gate.reps]
    faults: list[Claim[Fault]] = []
    undecided: list[int] = []
    seen: list[Claim[ObservationName]] = []
    for item in judged:
        limited = limited_range(item, motion, exercise, thresholds)
        claims = [coupled_flexion(item, motion, thresholds), overextension(item, motion, thresholds), *([] if limited is None else [limited])]
        standing = [claim for claim in claims if claim.stands(thresholds)]
        faults += standing
        if any(claim.stays_open(thresholds) for claim in claims) or (not standing and not _depth_known(item, exercise, thresholds)):
            undecided.append(item.rep.number)
        seen += [claim for claim in observe(item, motion, thresholds) if claim.stands(thresholds)]
    findings = tuple(finding(claims) for fault in FAULTS if (claims := [claim for claim in faults if claim.name == fault]))
    observations = tuple(observation(noted) for name in OBSERVATIONS if (noted := [claim for claim in seen if claim.name == name]))
    contacts_lost = lost_contacts(judged, thresholds)
    measures = tuple(_measures(item, motion, faults, seen, item.rep.number in gate.reps) for item in readings)
    return Judgement(
        measures=measures,
        findings=findings,
        observations=observations,
        contacts_lost=contacts_lost,
        drills=drills_for(findings, contacts_lost, observations),
        quality=Quality(gate.judgeable, gate.reasons, _measured(motion, segmentation)),
        undecided=tuple(undecided),
    )


def _depth_known(item: RepReadings, exercise: Exercise | None, thresholds: Thresholds) -> bool:
    """Tell whether it is known how deep a rep went: measured where the clip shows it, or already past what its exercise asks for."""
    limit_deg = thresholds.hip_range(exercise)
    return item.hip.measured and (item.depth_seen or (limit_deg is not None and item.hip.value >= limit_deg))


def lost_contacts(judged: Sequence[RepReadings], thresholds: Thresholds) -> tuple[str, ...]:
    """Return the contacts surely lost at depth in at least one rep, from the sacrum up; `low_back` = the hand's room has grown."""

    def lost(name: str) -> bool:
        return any(_lost(item, name, thresholds) for item in judged)

    return tuple(name for name in ("sacral", "thoracic", "head", "low_back") if lost(name))


def _lost(item: RepReadings, name: str, thresholds: Thresholds) -> bool:
    if item.quality < thresholds.min_confidence:
        return False
    # the rod may ride on the upper back or a hood as well: that lifts it off the sacrum without the low back's doing
    low_back_rides = item.convexity_growth.above(0.0)
    return {
        "sacral": min(item.sacral_gap.above(thresholds.contact_gap_pct), low_back_rides),
        "thoracic": min(item.thoracic_gap.above(thresholds.contact_gap_pct), low_back_rides),
        "head": item.head_gap.above(thresholds.head_gap_pct),
        "low_back": item.hand_room.above(thresholds.hand_room_pct),
    }[name] >= _SURE


def _measures(item: RepReadings, motion: Motion, faults: Sequence[Claim[Fault]], seen: Sequence[Claim[ObservationName]], judged: bool) -> RepMeasures:
    rep = item.rep
    return RepMeasures(
        rep=rep.number,
        start_s=float(motion.time_s[rep.start]),
        bottom_s=float(motion.time_s[rep.bottom]),
        end_s=float(motion.time_s[rep.end]),
        partial=rep.partial,
        peak_hip_flexion_deg=item.hip.value,
        lumbar_at_bottom_deg=item.lumbar.value,
        lumbar_peak_deg=item.lumbar_peak.value,
        lumbar_at_lockout_deg=item.lumbar_lockout.value,
        lumbar_onset_hip_deg=item.onset_hip_deg,
        low_back_gap_at_bottom_pct=item.low_back_gap_pct,
        faults=tuple(claim.name for claim in faults if claim.rep == rep.number),
        observations=tuple(claim.name for claim in seen if claim.rep == rep.number),
        confidence=item.quality if judged else 0.0,
    )


def _measured(motion: Motion, segmentation: Segmentation) -> float:
    """Return the share of frames, within reps where there are any, in which the low back was measured."""
    rows = segmentation.rep > 0
    rows = rows if rows.any() else np.ones(len(segmentation.rep), dtype=bool)
    return float(np.mean(np.isfinite(motion.lumbar_flexion.value_deg[rows]))) if len(rows) else 0.0
