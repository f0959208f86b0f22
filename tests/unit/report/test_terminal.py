"""What the command line prints."""

from __future__ import annotations

from pathlib import Path

from hinge_vision.report.terminal import terminal_lines
from tests.report_fixture import DRILLS, sample_report


def test_the_terminal_gets_verdict_table_drill_and_path():
    lines = "\n".join(terminal_lines(sample_report("deadlift_rounded"), Path("out") / "clip"))
    assert "The low back rounds" in lines
    assert f"Drill: {DRILLS[0].name} (15 reps, tempo 1-1-0" in lines
    assert str(Path("out") / "clip" / "report.html") in lines
    assert lines.count("coupled flexion") == 3
