"""What could not be judged, or not well, and what to do about it next time."""

from __future__ import annotations

import numpy as np

from hinge_vision.report import text
from hinge_vision.report.contacts import CLEAR_PCT
from hinge_vision.report.model import Report

SMALL_ROLL_DEG = 2.0
"""Tilt of the camera beyond which the reader is told of it; the room's lines tell it within a degree."""
SMALL_YAW_DEG = 10.0
"""Yaw beyond which the reader is told to set the camera straighter (docs/method.md: lumbar error grows from 8 deg on)."""


def limits(report: Report) -> tuple[tuple[str, str], ...]:
    """Return what could not be judged, or not well, each with what to do about it next time."""
    notes = [(reason.text, reason.remedy) for reason in report.judgement.quality.reasons]
    for place in () if report.track is None else report.track.elsewhere:
        notes.append(
            (
                f"From {place.start_s:.0f} to {place.end_s:.0f} s the lifter seems to be elsewhere in the picture; lifts there were left out.",
                f"Analyse that part by itself with --person {place.person}, or lift in one place.",
            )
        )
    if report.motion is None or not report.judgement.quality.judgeable:
        return tuple(notes)
    baseline = report.motion.baseline.source
    if baseline in ("lockout", "prior"):
        consequence = " A lean-back at lockout shows less surely from there, and only where the trunk's lean agrees." if baseline == "lockout" else ""
        notes.append((f"Zero is {text.BASELINE_NAMES[baseline]}.{consequence}", "Stand still for two seconds before the first rep."))
    if report.motion.baseline.head_gap_pct > CLEAR_PCT:
        notes.append(
            (
                "The back of the head stood clear of the rod from the start; only whether it moved further away can be told.",
                "Stand tall, the head in line with the back, before the first rep.",
            )
        )
    measured = report.judgement.quality.measured
    if measured < 0.9:
        notes.append(
            (
                f"Within the reps the low back could be measured in {100 * measured:.0f} % of the frames.",
                "Keep back and hips free of plates, arms and other people.",
            )
        )
    yaw = np.abs(report.motion.yaw_deg)
    if np.isfinite(yaw).any() and float(np.nanmedian(yaw)) > SMALL_YAW_DEG:
        notes.append(
            (
                f"The camera stood about {np.nanmedian(yaw):.0f}° off the pure side view; the true angles may be larger.",
                "Set the camera square to the side.",
            )
        )
    roll_deg = float("nan") if report.track is None else report.track.roll_deg
    if abs(roll_deg) > SMALL_ROLL_DEG:
        notes.append((f"The camera was tilted by {abs(roll_deg):.0f}° to the side; the angles are corrected for it.", "Set the camera level."))
    if report.track is not None and report.track.to_picture is not None:
        notes.append(("The camera moved during the clip; the angles are corrected for it.", "Put the phone on something that stands."))
    if any(measure.partial for measure in report.judgement.measures):
        notes.append(
            (
                "The clip starts or ends inside a rep; that rep counts only as far as it was seen.",
                "Start filming before the first rep and stop after the last.",
            )
        )
    if report.clip.truncated:
        notes.append(("The file ends before the clip does.", "Copy the file from the phone again."))
    if report.clip.decode_failures:
        notes.append((f"{text.count(report.clip.decode_failures, 'frame')} of the file could not be decoded.", "Copy the file from the phone again."))
    return tuple(dict.fromkeys(notes))


def cannot_know() -> tuple[str, ...]:
    """Return what no clip of this kind can tell."""
    return (
        "One camera sees one side: twisting and side-bending are not measured.",
        "The back is measured at the surface of the clothes, as change since this lifter's own standing. Some rounding is normal in trained lifters.",
        "A finding says what was seen and how far. At most it names one possible cause; it names no injury, and no risk of one.",
    )
