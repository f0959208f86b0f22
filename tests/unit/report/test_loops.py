"""The loops of the low back against the hips, as data."""

from __future__ import annotations

from dataclasses import replace

from hinge_vision.report.loops import loops
from tests.report_fixture import sample_report


def test_every_rep_has_its_loop():
    report = sample_report("deadlift_rounded")
    drawn = loops(report.motion, report.segmentation)
    assert [item["name"] for item in drawn["data"] if item["mode"] == "lines"] == ["rep 1", "rep 2", "rep 3"]


def test_the_axes_name_the_zero_that_the_angles_have():
    report = sample_report("deadlift_rounded")
    motion = replace(report.motion, baseline=replace(report.motion.baseline, source="lockout"))
    assert loops(motion, report.segmentation)["layout"]["yaxis"]["title"]["text"] == "low back since lockout"
