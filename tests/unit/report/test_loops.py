"""The loops of the low back against the hips, as data."""

from __future__ import annotations

from hinge_vision.report.loops import loops
from tests.report_fixture import sample_report


def test_every_rep_has_its_loop():
    report = sample_report("deadlift_rounded")
    drawn = loops(report.motion, report.segmentation)
    assert [item["name"] for item in drawn["data"] if item["mode"] == "lines"] == ["rep 1", "rep 2", "rep 3"]
