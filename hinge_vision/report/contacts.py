"""The dowel's contact points over time: touching, lost, or not measured; and which moments show a fault.

Contact is judged as change since the lifter's own standing, because bodies differ in how they stand (docs/method.md: a
swayback's low back lies far off the rod without any fault).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hinge_vision.arrays import FloatArray
from hinge_vision.findings.model import Evidence, Fault
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.kinematics.motion import Motion
from hinge_vision.report.model import Report

CONTACTS = ("head", "thoracic", "sacral")
CLEAR_PCT = 15.0
"""Standing gap beyond which a point does not touch the rod at all; the rendered lifters, who stand as people do, have up to 10."""
BANNER_S = 0.5
"""Seconds before and after its evidence frame for which a fault is announced: long enough to be read, short enough to be in its place."""


def gap_change_pct(motion: Motion, contact: str) -> FloatArray:
    """Return how far a gap (`head`, `thoracic`, `sacral`, `low_back`) has grown since standing, (N,) % of the standing SI-C7 length."""
    name = f"{contact}_gap_pct"
    values: FloatArray = getattr(motion.dowel, name) - getattr(motion.baseline, name)
    return values


def stood_clear(motion: Motion, contact: str) -> bool:
    """Return whether a contact point stood clear of the rod already in the baseline posture: then it cannot be said to touch."""
    return bool(getattr(motion.baseline, f"{contact}_gap_pct") > CLEAR_PCT)


def contact_states(motion: Motion, limits: Thresholds) -> dict[str, FloatArray]:
    """Return per contact point (N,): 1 = touching, 0 = lost, NaN = not measured, or clear of the rod from the start."""
    states = {}
    for contact in CONTACTS:
        change = gap_change_pct(motion, contact)
        tolerance_pct = limits.head_gap_pct if contact == "head" else limits.contact_gap_pct
        touching = np.nan if stood_clear(motion, contact) else 1.0
        states[contact] = np.where(np.isfinite(change), np.where(change > tolerance_pct, 0.0, touching), np.nan)
    return states


@dataclass(frozen=True)
class Moment:
    """One piece of a fault's evidence with the stretch of time in which it is announced."""

    fault: Fault
    evidence: Evidence
    start_s: float
    end_s: float


def fault_moments(report: Report) -> tuple[Moment, ...]:
    """Return the evidence of all faults in order of time, each with the stretch of time around it, no two overlapping."""
    items = sorted(((item, finding.fault) for finding in report.judgement.findings for item in finding.evidence), key=lambda pair: pair[0].time_s)
    moments = []
    for index, (item, fault) in enumerate(items):
        start_s, end_s = item.time_s - BANNER_S, item.time_s + BANNER_S
        if index > 0:
            start_s = max(start_s, (items[index - 1][0].time_s + item.time_s) / 2)
        if index + 1 < len(items):
            end_s = min(end_s, (item.time_s + items[index + 1][0].time_s) / 2)
        moments.append(Moment(fault, item, start_s, end_s))
    return tuple(moments)
