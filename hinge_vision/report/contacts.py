"""The dowel's contact points over time: touching, lost, or not measured.

Contact is judged as change since the lifter's own standing, because bodies differ in how they stand (docs/method.md: a
swayback's low back lies far off the rod without any fault).
"""

from __future__ import annotations

import numpy as np

from hinge_vision.arrays import FloatArray
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.kinematics.motion import Motion

CONTACTS = ("head", "thoracic", "sacral")
CLEAR_PCT = 15.0
"""Standing gap beyond which a point does not touch the rod at all; the rendered lifters, who stand as people do, have up to 10."""


def gap_change_pct(motion: Motion, contact: str) -> FloatArray:
    """Return how far a gap (`head`, `thoracic`, `sacral`, `low_back`) has grown since standing, (N,) % of the standing SI-C7 length."""
    name = f"{contact}_gap_pct"
    values: FloatArray = getattr(motion.dowel, name) - getattr(motion.baseline, name)
    return values


def stood_clear(motion: Motion, contact: str) -> bool:
    """Return whether a contact point stood clear of the rod already in the baseline posture: then it cannot be said to touch."""
    return bool(getattr(motion.baseline, f"{contact}_gap_pct") > CLEAR_PCT)


def contact_states(motion: Motion, thresholds: Thresholds) -> dict[str, FloatArray]:
    """Return per contact point (N,): 1 = touching, 0 = lost, NaN = not measured, or clear of the rod from the start."""
    states = {}
    for contact in CONTACTS:
        change = gap_change_pct(motion, contact)
        tolerance_pct = thresholds.head_gap_pct if contact == "head" else thresholds.contact_gap_pct
        touching = np.nan if stood_clear(motion, contact) else 1.0
        states[contact] = np.where(np.isfinite(change), np.where(change > tolerance_pct, 0.0, touching), np.nan)
    return states
