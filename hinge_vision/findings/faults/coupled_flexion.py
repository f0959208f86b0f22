"""Coupled flexion: the low back rounds along with the hips.

Degrees since standing alone do not make it: trained lifters lose some 33 deg of lordosis and keep a flat back. So the shape
must agree. Either the outline of the low back stands out past the chord from sacrum to mid-back, and more so than in
standing; or the chord is at least reached and the back rounds as a whole, the upper back not extending against the lower.
And the low back has flexed past a limit, a little lower where it moved early, with the hips, instead of late, after them.
Without that shape only very many degrees count. A round *upper* back leaves chord and lumbar angle alone and is no coupled
flexion.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from hinge_vision.findings.claims import Claim, evidence, graded
from hinge_vision.findings.confidence import Reading
from hinge_vision.findings.measures import RepReadings
from hinge_vision.findings.model import Fault
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.kinematics.motion import Motion

_UNKNOWN_SHAPE = 0.5


@dataclass(frozen=True)
class Place:
    """The readings at one place of a rep."""

    lumbar: Reading
    convexity: Reading
    growth: Reading
    where: str


def places(readings: RepReadings) -> tuple[Place, Place]:
    """Return where a rep is deepest, and where it stays most rounded for long."""
    return (
        Place(readings.lumbar, readings.convexity, readings.convexity_growth, "at depth"),
        Place(
            readings.lumbar_sustained,
            readings.convexity_sustained,
            readings.growth_sustained,
            "in the lower half of the rep",
        ),
    )


def convex_probability(place: Place, thresholds: Thresholds) -> float:
    """Return the probability, 0..1, that the low back stands out past its chord, and more so than in standing."""
    if not place.convexity.measured:
        return _UNKNOWN_SHAPE
    grown = place.growth.above(thresholds.convexity_growth_pct) if place.growth.measured else 1.0
    return min(place.convexity.above(thresholds.convexity_pct), grown)


def round_probability(readings: RepReadings, thresholds: Thresholds) -> float:
    """Return the probability, 0..1, that the back is round as a whole at depth and the low back no longer hollow.

    Lumbar and thoracic flexion are told apart less surely than their sum, which the two ends of the back show.
    """
    lumbar, thoracic = readings.lumbar, readings.thoracic
    if not (lumbar.measured and thoracic.measured and readings.convexity.measured):
        return 0.0
    whole = Reading(lumbar.value + thoracic.value, math.hypot(lumbar.sd, thoracic.sd), lumbar.row)
    return min(whole.above(thresholds.whole_back_deg), readings.convexity.above(thresholds.not_hollow_pct))


def rounding_limit_deg(onset_share: float, thresholds: Thresholds) -> float:
    """Return the lumbar flexion that counts as rounding of a convex low back, given how early it moved (NaN = unknown)."""
    early = math.isfinite(onset_share) and onset_share < thresholds.early_onset_share
    return thresholds.rounding_deg - (thresholds.onset_shift_deg if early else 0.0)


def coupled_flexion(readings: RepReadings, motion: Motion, thresholds: Thresholds) -> Claim[Fault]:
    """Judge one rep where it is deepest and where it stays rounded for long; the likelier of the two decides."""
    deepest, sustained = places(readings)
    # away from the deepest moment nothing but a low back past its chord is enough
    convex = convex_probability(sustained, thresholds)
    shape = max(convex_probability(deepest, thresholds), round_probability(readings, thresholds))
    by_angle = deepest.lumbar.above(thresholds.rounding_flat_deg)
    claims = [_claim(readings, motion, thresholds, deepest, shape, by_angle), _claim(readings, motion, thresholds, sustained, convex, 0.0)]
    return max(claims, key=lambda claim: claim.probability)


def _claim(readings: RepReadings, motion: Motion, thresholds: Thresholds, place: Place, shape: float, by_angle: float) -> Claim[Fault]:
    limit_deg = rounding_limit_deg(readings.onset_share, thresholds)
    by_shape = min(place.lumbar.above(limit_deg), shape)
    if by_angle > by_shape:
        limit_deg = thresholds.rounding_flat_deg
    why = f"low back rounded past its standing shape {place.where}"
    if math.isfinite(readings.onset_hip_deg):
        why += f", moving from {readings.onset_hip_deg:.0f} deg of hip flexion on"
    items = [evidence(motion, place.lumbar, "deg", limit_deg, why)]
    past_chord = place.convexity.measured and place.convexity.value > thresholds.convexity_pct
    if past_chord:
        why = "low back stands out past the line from sacrum to mid-back"
        items.append(evidence(motion, place.convexity, "pct", thresholds.convexity_pct, why))
    if past_chord and readings.sacral_gap.measured and readings.sacral_gap.value > thresholds.contact_gap_pct:
        items.append(evidence(motion, readings.sacral_gap, "pct", thresholds.contact_gap_pct, "the dowel rides on the low back, off the sacrum"))
    return Claim(
        name="coupled_flexion",
        rep=readings.rep.number,
        probability=max(by_shape, by_angle),
        quality=readings.quality,
        evidence=tuple(items),
        severity=graded(place.lumbar.value, thresholds.rounding_moderate_deg, thresholds.rounding_marked_deg),
    )
