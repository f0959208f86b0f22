"""frames.csv and reps.csv: the numbers as tables. An empty cell = not measured; the same report gives the same bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import numpy as np

from hinge_vision.kinematics.motion import ANGLES
from hinge_vision.report.model import Report
from hinge_vision.spine.dowel import GAPS


def sd_column(angle: str) -> str:
    """Return the name of an angle's standard-error column: `hip_flexion_deg` -> `hip_flexion_sd_deg`."""
    return angle.removesuffix("_deg") + "_sd_deg"


FRAME_COLUMNS: tuple[str, ...] = (
    "frame",
    "time_s",
    *(column for angle in ANGLES for column in (angle, sd_column(angle))),
    *GAPS,
    "yaw_deg",
    "rep",
    "phase",
    "confidence",
)
REP_COLUMNS: tuple[str, ...] = (
    "rep",
    "start_s",
    "bottom_s",
    "end_s",
    "partial",
    "peak_hip_flexion_deg",
    "lumbar_at_bottom_deg",
    "lumbar_peak_deg",
    "lumbar_at_lockout_deg",
    "lumbar_onset_hip_deg",
    "low_back_gap_at_bottom_pct",
    "faults",
    "observations",
    "confidence",
)


def cell(value: float, decimals: int) -> str:
    """Return a number with fixed decimals; empty when not measured; never a negative zero."""
    if not np.isfinite(value):
        return ""
    text = f"{value:.{decimals}f}"
    return text[1:] if text.startswith("-") and not text.strip("-0.") else text


def frames_csv(report: Report) -> str:
    """Return `frames.csv`: one row per analysed frame (the header alone when nothing was measured)."""
    return _table(FRAME_COLUMNS, _frame_rows(report))


def reps_csv(report: Report) -> str:
    """Return `reps.csv`: one row per repetition; several faults or observations in a cell are parted by `;`."""
    rows = (
        [
            str(measure.rep),
            cell(measure.start_s, 3),
            cell(measure.bottom_s, 3),
            cell(measure.end_s, 3),
            "true" if measure.partial else "false",
            cell(measure.peak_hip_flexion_deg, 2),
            cell(measure.lumbar_at_bottom_deg, 2),
            cell(measure.lumbar_peak_deg, 2),
            cell(measure.lumbar_at_lockout_deg, 2),
            cell(measure.lumbar_onset_hip_deg, 2),
            cell(measure.low_back_gap_at_bottom_pct, 2),
            ";".join(measure.faults),
            ";".join(measure.observations),
            cell(measure.confidence, 3),
        ]
        for measure in report.judgement.measures
    )
    return _table(REP_COLUMNS, rows)


def _frame_rows(report: Report) -> Iterable[Sequence[str]]:
    motion, segmentation = report.motion, report.segmentation
    if motion is None:
        return
    for row, frame in enumerate(motion.frame):
        values = [str(int(frame)), cell(motion.time_s[row], 4)]
        for _, angle in motion.angles():
            values += [cell(angle.value_deg[row], 2), cell(angle.sd_deg[row], 2)]
        values += [cell(gap[row], 2) for _, gap in motion.dowel.gaps()]
        number = 0 if segmentation is None else int(segmentation.rep[row])
        values += [
            cell(motion.yaw_deg[row], 1),
            str(number) if number else "",
            "" if segmentation is None else str(segmentation.phase[row]),
            cell(motion.confidence[row], 3),
        ]
        yield values


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue()
