"""Motions of known shape: courses of depth over time, and rendered lifters' truth with errors like those of a measurement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from hinge_vision.arrays import FloatArray, IntArray
from hinge_vision.kinematics.motion import Angle, Baseline, Motion
from hinge_vision.spine.dowel import Dowel


def times(duration_s: float, rate_hz: float = 30.0) -> FloatArray:
    return np.arange(0.0, duration_s, 1.0 / rate_hz)


def course(time_s: FloatArray, marks: Sequence[tuple[float, float]]) -> FloatArray:
    """Depth 0..1 that passes the given (time, depth) marks, resting at each and moving smoothly between."""
    at, depth = np.array(marks).T
    out = np.full(len(time_s), depth[0])
    for start, end, low, high in zip(at[:-1], at[1:], depth[:-1], depth[1:], strict=True):
        inside = (time_s >= start) & (time_s <= end)
        out[inside] = low + (high - low) * (1 - np.cos(np.pi * (time_s[inside] - start) / (end - start))) / 2
    out[time_s > at[-1]] = depth[-1]
    return out


def reps_course(time_s: FloatArray, count: int, period_s: float = 2.5, still_s: float = 0.5, stand_share: float = 0.15) -> FloatArray:
    """Depth of `count` equal reps after a while of standing."""
    marks = [(0.0, 0.0), (still_s, 0.0)]
    for number in range(count):
        begin = still_s + number * period_s
        marks += [(begin + 0.45 * period_s, 1.0), (begin + (1 - stand_share) * period_s, 0.0), (begin + period_s, 0.0)]
    return course(time_s, marks)


def motion_from_depth(time_s: FloatArray, depth: FloatArray, *, trunk_deg: float = 70.0, hip_deg: float = 90.0, knee_deg: float = 20.0) -> Motion:
    """A motion whose angles follow the depth; the low back stays neutral and there is no outline."""
    count = len(time_s)

    def angle(values: FloatArray, sd_deg: float = 3.0) -> Angle:
        return Angle(values, np.full(count, sd_deg))

    nothing, points = np.full(count, np.nan), np.full((count, 2), np.nan)
    return Motion(
        frame=np.arange(count),
        time_s=time_s,
        hip_flexion=angle(hip_deg * depth),
        hip_line=angle(hip_deg * depth + 5.0),
        knee_flexion=angle(knee_deg * depth),
        trunk_inclination=angle(3.0 + (trunk_deg - 3.0) * depth),
        pelvic_tilt=angle(0.7 * hip_deg * depth),
        lumbar_flexion=angle(2.0 * depth),
        thoracic_flexion=angle(2.0 * depth),
        neck_flexion=angle(-10.0 * depth),
        dowel=Dowel(nothing, nothing, nothing, nothing, np.full((count, 2, 2), np.nan), points, points, points),
        yaw_deg=np.full(count, 3.0),
        confidence=np.full(count, 0.9),
        baseline=Baseline("standing", 1.5, 0.0, 0.4, 0.0, 0.0, 0.0, 0.0),
    )


def with_noise(motion: Motion, seed: int, *, trunk_deg: float = 1.5, hip_deg: float = 5.0, lumbar_deg: float = 2.5, bias_deg: float = 0.0) -> Motion:
    """The motion with frame-to-frame noise of these standard deviations, and a steady error of the low back."""
    rng = np.random.default_rng(seed)

    def noisy(angle: Angle, sd_deg: float, steady_deg: float = 0.0) -> Angle:
        return Angle(angle.value_deg + steady_deg + rng.normal(0.0, sd_deg, len(angle.value_deg)), angle.sd_deg)

    return replace(
        motion,
        trunk_inclination=noisy(motion.trunk_inclination, trunk_deg),
        hip_flexion=noisy(motion.hip_flexion, hip_deg),
        knee_flexion=noisy(motion.knee_flexion, hip_deg),
        lumbar_flexion=noisy(motion.lumbar_flexion, lumbar_deg, bias_deg),
    )


def with_hole(motion: Motion, start_s: float, end_s: float) -> Motion:
    """The motion with no angle measured between two moments."""
    gone = (motion.time_s >= start_s) & (motion.time_s < end_s)

    def holed(values: FloatArray) -> FloatArray:
        return np.where(gone, np.nan, values)

    angles = {name.removesuffix("_deg"): Angle(holed(angle.value_deg), holed(angle.sd_deg)) for name, angle in motion.angles()}
    return replace(motion, **angles)


def rows_of(motion: Motion, rows: IntArray | slice) -> Motion:
    """The motion's rows, as if the clip had been cut; the baseline stays."""
    angles = {name.removesuffix("_deg"): Angle(angle.value_deg[rows], angle.sd_deg[rows]) for name, angle in motion.angles()}
    dowel = Dowel(**{name: getattr(motion.dowel, name)[rows] for name in Dowel.__dataclass_fields__})
    return replace(
        motion,
        frame=motion.frame[rows],
        time_s=motion.time_s[rows],
        dowel=dowel,
        yaw_deg=motion.yaw_deg[rows],
        confidence=motion.confidence[rows],
        **angles,
    )
