"""Coupled flexion: the low back rounds along with the hips.

Degrees since standing alone do not make it: trained lifters lose some 33 deg of lordosis and keep a flat back, and a body that stands
straight looks round after less. So the angle and the shape are added: lumbar flexion, and the bow of the outline, which is
mid-back's lean against the low back's and needs neither a baseline nor a guess where the vertebrae lie. Their sum passes a
limit, a little lower where the low back moved early, with the hips, instead of late, after them. Where the angle alone is surely larger
than what trained lifters lose, the shape is not asked. A round *upper* back leaves the lumbar angle alone and is no coupled flexion.
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

# A standard normal value lies below this with a probability of 95 %.
_SURELY_SD = 1.645


@dataclass(frozen=True)
class Place:
    """The readings at one place of a rep."""

    lumbar: Reading
    bow: Reading
    convexity: Reading
    where: str

    @property
    def roundness(self) -> Reading:
        """Lumbar flexion plus bow; a bow that was not measured counts as none."""
        bow_deg = self.bow.value if self.bow.measured else 0.0
        return Reading(self.lumbar.value + bow_deg, math.hypot(self.lumbar.sd, self.bow.sd if self.bow.measured else 0.0), self.lumbar.row)


def places(readings: RepReadings) -> tuple[Place, Place]:
    """Return where a rep is deepest, and where it stays most rounded for long."""
    return (
        Place(readings.lumbar, readings.bow, readings.convexity, "at depth"),
        Place(readings.lumbar_sustained, readings.bow_sustained, readings.convexity_sustained, "in the lower half of the rep"),
    )


def roundness_limit_deg(onset_share: float, thresholds: Thresholds) -> float:
    """Return the lumbar flexion plus bow that counts as rounding, given how early the low back moved (NaN = unknown)."""
    early = math.isfinite(onset_share) and onset_share < thresholds.early_onset_share
    return thresholds.roundness_deg - (thresholds.onset_shift_deg if early else 0.0)


def flat_limit_deg(lumbar: Reading, thresholds: Thresholds) -> float:
    """Return the lumbar flexion from which a reading so sure lies past what a flat back loses with a probability of 95 %."""
    return thresholds.rounding_flat_deg + _SURELY_SD * lumbar.sd


def coupled_flexion(readings: RepReadings, motion: Motion, thresholds: Thresholds) -> Claim[Fault]:
    """Judge one rep where it is deepest and where it stays rounded for long; the likelier of the two decides."""
    return max((_claim(readings, motion, thresholds, place) for place in places(readings)), key=lambda claim: claim.probability)


def _claim(readings: RepReadings, motion: Motion, thresholds: Thresholds, place: Place) -> Claim[Fault]:
    limit_deg, flat_deg = roundness_limit_deg(readings.onset_share, thresholds), flat_limit_deg(place.lumbar, thresholds)
    by_shape = min(place.roundness.above(limit_deg), place.lumbar.above(thresholds.rounding_deg))
    by_angle = place.lumbar.above(flat_deg)
    why = f"low back rounded past its standing shape {place.where}"
    if math.isfinite(readings.onset_hip_deg):
        why += f", moving from {readings.onset_hip_deg:.0f} deg of hip flexion on"
    if by_angle > by_shape:
        why += f": surely more than the {thresholds.rounding_flat_deg:.0f} deg that a flat back loses"
        items = [evidence(motion, "low_back", place.lumbar, "deg", flat_deg, why)]
    else:
        items = [
            evidence(motion, "low_back", place.lumbar, "deg", thresholds.rounding_deg, why),
            evidence(motion, "outline", place.roundness, "deg", limit_deg, "low-back flexion and the bow of the back's outline together"),
        ]
    past_chord = place.convexity.measured and place.convexity.value > thresholds.convexity_pct
    if past_chord:
        why = "low back stands out past the line from sacrum to mid-back"
        items.append(evidence(motion, "outline", place.convexity, "pct", thresholds.convexity_pct, why))
    if past_chord and readings.sacral_gap.measured and readings.sacral_gap.value > thresholds.contact_gap_pct:
        why = "the dowel rides on the low back, off the sacrum"
        items.append(evidence(motion, "dowel", readings.sacral_gap, "pct", thresholds.contact_gap_pct, why))
    return Claim(
        name="coupled_flexion",
        rep=readings.rep.number,
        probability=max(by_shape, by_angle),
        quality=readings.quality,
        evidence=tuple(items),
        severity=graded(place.lumbar.value, thresholds.rounding_moderate_deg, thresholds.rounding_marked_deg),
    )
