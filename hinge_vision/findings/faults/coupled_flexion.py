"""Coupled flexion: the low back rounds along with the hips.

Degrees since standing alone do not make it: trained lifters lose some 33 deg of lordosis and keep a flat back. So the shape
must agree: the outline of the low back stands out past the chord from sacrum to mid-back, more so than in standing, and the
low back has flexed past a limit, a little lower where it moved early, with the hips, instead of late, after them. Without
that shape only very many degrees count. A round *upper* back leaves chord and lumbar angle alone and is no coupled flexion.
"""

from __future__ import annotations

import math

from hinge_vision.findings.claims import Claim, evidence, graded
from hinge_vision.findings.confidence import Reading
from hinge_vision.findings.measures import RepReadings
from hinge_vision.findings.model import Fault
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.kinematics.motion import Motion

_UNKNOWN_SHAPE = 0.5


def convex_probability(convexity: Reading, growth: Reading, thresholds: Thresholds) -> float:
    """Return the probability, 0..1, that the low back stands out past its chord, and more so than in standing."""
    if not convexity.measured:
        return _UNKNOWN_SHAPE
    grown = growth.above(thresholds.convexity_growth_pct) if growth.measured else 1.0
    return min(convexity.above(thresholds.convexity_pct), grown)


def rounding_limit_deg(onset_share: float, thresholds: Thresholds) -> float:
    """Return the lumbar flexion that counts as rounding of a convex low back, given how early it moved (NaN = unknown)."""
    early = math.isfinite(onset_share) and onset_share < thresholds.early_onset_share
    return thresholds.rounding_deg - (thresholds.onset_shift_deg if early else 0.0)


def coupled_flexion(readings: RepReadings, motion: Motion, thresholds: Thresholds) -> Claim[Fault]:
    """Judge one rep where it is deepest and where it stays rounded for long; the likelier of the two decides."""
    at_depth = (readings.lumbar, readings.convexity, readings.convexity_growth, "at depth")
    sustained = (readings.lumbar_sustained, readings.convexity_sustained, readings.growth_sustained, "in the lower half of the rep")
    return max((_claim(readings, motion, thresholds, *place) for place in (at_depth, sustained)), key=lambda claim: claim.probability)


def _claim(
    readings: RepReadings, motion: Motion, thresholds: Thresholds, lumbar: Reading, convexity: Reading, growth: Reading, where: str
) -> Claim[Fault]:
    limit_deg = rounding_limit_deg(readings.onset_share, thresholds)
    round_and_convex = min(lumbar.above(limit_deg), convex_probability(convexity, growth, thresholds))
    # away from the deepest moment the angle alone is not enough
    by_angle = readings.lumbar.above(thresholds.rounding_flat_deg) if lumbar is readings.lumbar else 0.0
    if by_angle > round_and_convex:
        limit_deg = thresholds.rounding_flat_deg
    why = f"low back rounded past its standing shape {where}"
    if math.isfinite(readings.onset_hip_deg):
        why += f", moving from {readings.onset_hip_deg:.0f} deg of hip flexion on"
    items = [evidence(motion, lumbar, "deg", limit_deg, why)]
    if convexity.measured and convexity.value > thresholds.convexity_pct:
        items.append(evidence(motion, convexity, "pct", thresholds.convexity_pct, "low back stands out past the line from sacrum to mid-back"))
    if readings.sacral_gap.measured and readings.sacral_gap.value > thresholds.contact_gap_pct and convexity.value > thresholds.convexity_pct:
        items.append(evidence(motion, readings.sacral_gap, "pct", thresholds.contact_gap_pct, "the dowel rides on the low back, off the sacrum"))
    return Claim(
        name="coupled_flexion",
        rep=readings.rep.number,
        probability=max(round_and_convex, by_angle),
        quality=readings.quality,
        evidence=tuple(items),
        severity=graded(lumbar.value, thresholds.rounding_moderate_deg, thresholds.rounding_marked_deg),
    )
