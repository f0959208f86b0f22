"""What the judge says: findings, observations, their evidence, and whether it could judge at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Fault = Literal["coupled_flexion", "overextension", "limited_range"]
ObservationName = Literal["knee_dominant", "hips_rise_first", "head_contact_lost"]
Severity = Literal["mild", "moderate", "marked"]
SEVERITIES: tuple[Severity, ...] = ("mild", "moderate", "marked")
"""From the least grave on."""
Witness = Literal["low_back", "hips", "knees", "trunk", "outline", "dowel"]
"""What a number was read off: a joint's angle, the trunk's lean, the shape of the back's outline, or a gap of the dowel."""


@dataclass(frozen=True)
class Evidence:
    """One number at one frame that speaks for a finding: `value` of `witness` against `limit`, in `unit`, and why it counts."""

    witness: Witness
    frame: int
    time_s: float
    value: float
    sd: float
    unit: str
    limit: float
    why: str


@dataclass(frozen=True)
class Finding:
    """One of the three faults, seen in `reps` (numbers from 1), with evidence and 0..1 confidence."""

    fault: Fault
    severity: Severity
    reps: tuple[int, ...]
    evidence: tuple[Evidence, ...]
    confidence: float

    @property
    def gravity(self) -> tuple[int, float]:
        """What findings are ordered by: the severity, among equals the confidence."""
        return SEVERITIES.index(self.severity), self.confidence


@dataclass(frozen=True)
class Observation:
    """Something worth saying that is no fault."""

    name: ObservationName
    reps: tuple[int, ...]
    evidence: tuple[Evidence, ...]
    confidence: float


@dataclass(frozen=True)
class Reason:
    """Why a clip (or part of it) could not be judged: a code for machines, a sentence for people, and what to film instead."""

    code: str
    text: str
    remedy: str


@dataclass(frozen=True)
class Quality:
    """Whether the clip can be judged, the reasons where not (or not fully), and the share of frames measured (0..1)."""

    judgeable: bool
    reasons: tuple[Reason, ...]
    measured: float


@dataclass(frozen=True)
class RepMeasures:
    """The numbers of one repetition (a row of reps.csv). NaN = not measured.

    `lumbar_onset_hip_deg` is the hip flexion at which the low back started to move against the hips.
    `low_back_gap_at_bottom_pct` is absolute, as in frames.csv.
    """

    rep: int
    start_s: float
    bottom_s: float
    end_s: float
    partial: bool
    peak_hip_flexion_deg: float
    lumbar_at_bottom_deg: float
    lumbar_peak_deg: float
    lumbar_at_lockout_deg: float
    lumbar_onset_hip_deg: float
    low_back_gap_at_bottom_pct: float
    faults: tuple[Fault, ...]
    observations: tuple[ObservationName, ...]
    confidence: float

    @property
    def judged(self) -> bool:
        """Whether the rep could be judged: the confidence of one that could not is 0."""
        return self.confidence > 0.0


@dataclass(frozen=True)
class Drill:
    """A drill of the article: `reps` and `tempo` only where it gives them (None otherwise)."""

    name: str
    reps: int | None
    tempo: str | None
    cue: str
    why: str


@dataclass(frozen=True)
class Judgement:
    """All the judge says of one clip.

    `undecided` are the judged reps in which some fault can be neither said nor ruled out.
    """

    measures: tuple[RepMeasures, ...]
    findings: tuple[Finding, ...]
    observations: tuple[Observation, ...]
    contacts_lost: tuple[str, ...]
    drills: tuple[Drill, ...]
    quality: Quality
    undecided: tuple[int, ...] = ()

    @property
    def judged(self) -> tuple[RepMeasures, ...]:
        """The reps that could be judged."""
        return tuple(measure for measure in self.measures if measure.judged)

    @property
    def decided(self) -> tuple[RepMeasures, ...]:
        """The judged reps in which every fault was seen or ruled out."""
        return tuple(measure for measure in self.judged if measure.rep not in self.undecided)
