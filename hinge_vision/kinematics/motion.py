"""Motion: angles, dowel gaps and confidence over time, with the baseline they are changes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from hinge_vision.arrays import FloatArray, IntArray
from hinge_vision.spine.dowel import Dowel

ANGLES = (
    "hip_flexion_deg",
    "hip_line_deg",
    "knee_flexion_deg",
    "trunk_inclination_deg",
    "pelvic_tilt_deg",
    "lumbar_flexion_deg",
    "thoracic_flexion_deg",
    "neck_flexion_deg",
)

BaselineSource = Literal["standing", "lockout", "prior", "user"]


@dataclass(frozen=True)
class Angle:
    """One angle over time: value and one standard error, both (N,) degrees, NaN where not measured."""

    value_deg: FloatArray
    sd_deg: FloatArray


@dataclass(frozen=True)
class Baseline:
    """What counts as zero: the lifter's own quiet standing, or what had to stand in for it.

    `sd_deg` is the standard error of the lumbar zero. `start_s`, `end_s` bound the stretch it was taken from (NaN for a prior).
    The gaps are those of that posture.
    """

    source: BaselineSource
    sd_deg: float
    start_s: float
    end_s: float
    sacral_gap_pct: float
    thoracic_gap_pct: float
    head_gap_pct: float
    low_back_gap_pct: float


@dataclass(frozen=True)
class Motion:
    """The lifter's motion, one entry per analysed frame (the rows of the pose track, in the same order).

    Signs and meanings: flexion and forward are positive; all but `hip_line` and `trunk_inclination` are changes
    since the baseline. `yaw_deg` (N,) is how far the camera stands off the pure side view, `confidence` (N,) is 0..1.
    """

    frame: IntArray
    time_s: FloatArray
    hip_flexion: Angle
    hip_line: Angle
    knee_flexion: Angle
    trunk_inclination: Angle
    pelvic_tilt: Angle
    lumbar_flexion: Angle
    thoracic_flexion: Angle
    neck_flexion: Angle
    dowel: Dowel
    yaw_deg: FloatArray
    confidence: FloatArray
    baseline: Baseline

    def angles(self) -> Iterator[tuple[str, Angle]]:
        """Yield each angle's column name and values, in the order of `ANGLES`."""
        for name in ANGLES:
            yield name, getattr(self, name.removesuffix("_deg"))
