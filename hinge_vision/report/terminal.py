"""What the command line prints after an analysis."""

from __future__ import annotations

from pathlib import Path

from hinge_vision.report import text
from hinge_vision.report.limits import limits
from hinge_vision.report.model import DISCLAIMER, Report


def terminal_lines(report: Report, folder: Path) -> list[str]:
    """Return what the command line prints after an analysis: verdict, a small table, the drill, the disclaimer, the report's path."""
    lines = [text.verdict(report)]
    judgement = report.judgement
    if judgement.measures and judgement.quality.judgeable:
        table = [("rep", "hips", "low back at bottom", "at lockout", "seen")]
        for measure in judgement.measures:
            hip_sd, lumbar_sd = text.rep_uncertainty(report, measure.rep)
            table.append(
                (
                    str(measure.rep),
                    text.degrees(measure.peak_hip_flexion_deg, hip_sd),
                    text.degrees(measure.lumbar_at_bottom_deg, lumbar_sd, signed=True),
                    text.degrees(measure.lumbar_at_lockout_deg, signed=True),
                    text.rep_remark(report, measure),
                )
            )
        widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
        lines.append("")
        lines += ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
        zero = "" if report.motion is None else f", since {text.BASELINE_NAMES[report.motion.baseline.source]}"
        lines.append(f"low back: + rounds, \u2212 arches{zero}")
    for observation in judgement.observations:
        lines += ["", f"Also seen: {text.OBSERVATION_TITLES[observation.name]} ({text.rep_list(observation.reps)})."]
    if judgement.drills:
        drill = judgement.drills[0]
        dose = text.drill_dose(drill)
        lines += ["", f"Drill: {drill.name}{f' ({dose})' if dose else ''}. {drill.cue}"]
    notes = limits(report)
    if notes:
        lines += ["", "Next time: " + " ".join(dict.fromkeys(remedy for _, remedy in notes if remedy))]
    lines += ["", DISCLAIMER, f"Report: {folder / 'report.html'}"]
    return lines
