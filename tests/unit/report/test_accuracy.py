"""What the report says of its own accuracy is what the benchmark printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hinge_vision.report.accuracy import LUMBAR_MEAN_ERROR_DEG, LUMBAR_WORST_CLIP_DEG

METHOD = Path(__file__).parents[3] / "docs" / "method.md"


def test_the_error_a_report_names_is_the_worst_of_those_in_the_documented_tables() -> None:
    rows = re.findall(r"^\| \d+ (?:given|\d+) \| ([\d.]+) \(([\d.]+)\)", METHOD.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) >= 6
    assert max(float(mean) for mean, _ in rows) == pytest.approx(LUMBAR_MEAN_ERROR_DEG, abs=0.05)
    assert max(float(worst) for _, worst in rows) == pytest.approx(LUMBAR_WORST_CLIP_DEG, abs=0.05)
