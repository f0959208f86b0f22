"""What the report says of its own accuracy is what the benchmark printed."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from hinge_vision.kinematics.motion import BaselineSource
from hinge_vision.report.accuracy import LOCKOUT_ERROR_DEG, STANDING_ERROR_DEG, accuracy_statement
from tests.report_fixture import sample_motion

METHOD = Path(__file__).parents[3] / "docs" / "method.md"


@pytest.mark.parametrize(("clips", "error_deg"), [("", STANDING_ERROR_DEG), (", from the bottom", LOCKOUT_ERROR_DEG)])
def test_the_error_a_report_names_is_the_worst_of_those_in_the_documented_tables(clips: str, error_deg: tuple[float, float]) -> None:
    rows = re.findall(rf"^\| \d+ (?:given|\d+){clips} \| ([\d.]+) \(([\d.]+)\)", METHOD.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) >= 6
    assert max(float(mean) for mean, _ in rows) == pytest.approx(error_deg[0], abs=0.05)
    assert max(float(worst) for _, worst in rows) == pytest.approx(error_deg[1], abs=0.05)


@pytest.mark.parametrize(
    ("source", "said"), [("standing", "read 2.4 deg"), ("user", "read 2.4 deg"), ("lockout", "who never stand still, the low back is read 3.2 deg")]
)
def test_the_error_named_is_that_of_clips_with_such_a_zero(source: BaselineSource, said: str) -> None:
    _, motion = sample_motion("deadlift_neutral")
    motion = replace(motion, baseline=replace(motion.baseline, source=source))
    assert said in accuracy_statement(motion)


def test_with_an_average_posture_for_zero_nothing_is_proven() -> None:
    _, motion = sample_motion("deadlift_neutral")
    motion = replace(motion, baseline=replace(motion.baseline, source="prior"))
    assert accuracy_statement(motion) == "unproven"
