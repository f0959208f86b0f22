"""A claim: what one rep shows, how probable it is and on what evidence. Claims of several reps make a finding."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from hinge_vision.findings.confidence import Reading
from hinge_vision.findings.model import SEVERITIES, Evidence, Fault, Finding, Observation, ObservationName, Severity, Witness
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.kinematics.motion import Motion

Name = TypeVar("Name", Fault, ObservationName)


@dataclass(frozen=True)
class Claim(Generic[Name]):
    """`probability` is that of the true value lying past its limit; `quality` how well the rep was seen, 0..1.

    `disbelieved` is the probability of a reading past its limit, and past what a body can do.
    """

    name: Name
    rep: int
    probability: float
    quality: float
    evidence: tuple[Evidence, ...]
    severity: Severity = "mild"
    disbelieved: float = 0.0

    @property
    def confidence(self) -> float:
        """Probability times how well the rep was seen."""
        return self.probability * self.quality

    def stands(self, thresholds: Thresholds) -> bool:
        """Whether it is more likely than not, and sure enough to be said."""
        return self.probability >= 0.5 and self.confidence >= thresholds.min_confidence

    def stays_open(self, thresholds: Thresholds) -> bool:
        """Whether it can be neither said nor ruled out: more likely than not, but seen too badly, or read off an angle that is not believed."""
        return not self.stands(thresholds) and max(self.probability, self.disbelieved) >= 0.5


def evidence(motion: Motion, witness: Witness, reading: Reading, unit: str, limit: float, why: str) -> Evidence:
    """Return a reading as evidence, with its frame and time."""
    return Evidence(
        witness=witness,
        frame=int(motion.frame[reading.row]),
        time_s=float(motion.time_s[reading.row]),
        value=reading.value,
        sd=reading.sd if math.isfinite(reading.sd) else 0.0,
        unit=unit,
        limit=limit,
        why=why,
    )


def graded(value: float, moderate: float, marked: float) -> Severity:
    """Return the severity of a value that grows worse away from zero."""
    if abs(value) >= abs(marked):
        return "marked"
    return "moderate" if abs(value) >= abs(moderate) else "mild"


def finding(claims: Iterable[Claim[Fault]]) -> Finding:
    """Join the claims of one fault: its worst severity, the confidence of its surest rep."""
    items = sorted(claims, key=lambda claim: claim.rep)
    return Finding(
        fault=items[0].name,
        severity=max((claim.severity for claim in items), key=SEVERITIES.index),
        reps=tuple(claim.rep for claim in items),
        evidence=tuple(item for claim in items for item in claim.evidence),
        confidence=max(claim.confidence for claim in items),
    )


def observation(claims: Iterable[Claim[ObservationName]]) -> Observation:
    """Join the claims of one observation."""
    items = sorted(claims, key=lambda claim: claim.rep)
    return Observation(
        name=items[0].name,
        reps=tuple(claim.rep for claim in items),
        evidence=tuple(item for claim in items for item in claim.evidence),
        confidence=max(claim.confidence for claim in items),
    )
