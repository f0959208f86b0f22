"""The readings of one rep, made up: whatever a test does not set is that of a neutral rep seen well."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np

from hinge_vision.findings.confidence import Reading
from hinge_vision.findings.measures import RepReadings
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.kinematics.motion import Motion
from hinge_vision.kinematics.reps import Rep
from tests.made_motions import motion_from_depth, reps_course, times

SD = 3.0
LIMITS = Thresholds()
# Where each reading was taken: its row is told from every other's by its place among the fields.
ROWS = {item.name: 10 + number for number, item in enumerate(fields(RepReadings))}
_NEUTRAL: dict[str, float] = {
    "hip": 95.0,
    "knee": 20.0,
    "trunk": 70.0,
    "lumbar": 3.0,
    "lumbar_peak": 4.0,
    "convexity": -3.0,
    "convexity_growth": 0.0,
    "lumbar_sustained": 3.0,
    "convexity_sustained": -3.0,
    "bow": 5.0,
    "bow_sustained": 5.0,
    "sacral_gap": 0.0,
    "thoracic_gap": 0.0,
    "head_gap": -2.0,
    "hand_room": 0.0,
    "lumbar_lockout": 0.0,
    "trunk_lockout": 3.0,
}


def made_motion(source: str = "standing") -> Motion:
    """A motion of one rep whose frame numbers differ from its rows, with a baseline of that source."""
    time_s = times(3.0)
    motion = motion_from_depth(time_s, reps_course(time_s, 1))
    return replace(motion, frame=1000 + 2 * np.arange(len(time_s)), baseline=replace(motion.baseline, source=source))


def made_readings(*, sd: float = SD, **values: Any) -> RepReadings:
    """Readings with these values in place of the neutral ones; a number becomes a reading with the standard error `sd`."""
    facts: dict[str, Any] = {
        "rep": Rep(2, 10, 30, 60, 70, False),
        "low_back_gap_pct": 5.0,
        "onset_hip_deg": float("nan"),
        "onset_share": float("nan"),
        "yaw_deg": 3.0,
        "measured": 1.0,
        "quality": 1.0,
        "depth_seen": True,
        **_NEUTRAL,
        **values,
    }
    read = {name: Reading(float(facts[name]), sd, ROWS[name]) for name in _NEUTRAL if not isinstance(facts[name], Reading)}
    return RepReadings(**{**facts, **read})
