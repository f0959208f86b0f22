"""What the command line prints."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hinge_vision.report.model import DISCLAIMER
from hinge_vision.report.terminal import terminal_lines
from tests.report_fixture import DRILLS, declined_report, sample_report


def test_the_terminal_gets_verdict_table_drill_and_path():
    lines = "\n".join(terminal_lines(sample_report("deadlift_rounded"), Path("out") / "clip"))
    assert "The low back rounds" in lines
    assert f"Drill: {DRILLS[0].name} (15 reps, tempo 1-1-0" in lines
    assert str(Path("out") / "clip" / "report.html") in lines
    assert lines.count("coupled flexion") == 3


@pytest.mark.parametrize(
    ("source", "zero"),
    [("standing", "since quiet standing in this clip"), ("lockout", "since the lockout between reps"), ("prior", "since an average")],
)
def test_the_terminal_names_the_zero_that_the_angles_have(source, zero):
    report = sample_report("deadlift_rounded")
    motion = replace(report.motion, baseline=replace(report.motion.baseline, source=source))
    lines = terminal_lines(replace(report, motion=motion), Path("out"))
    assert any(line.startswith(f"low back: + rounds, \u2212 arches, {zero}") for line in lines)


@pytest.mark.parametrize("report", [sample_report("deadlift_neutral"), declined_report()], ids=["judged", "declined"])
def test_a_verdict_on_the_terminal_has_the_disclaimer_with_it(report):
    assert DISCLAIMER in terminal_lines(report, Path("out"))
