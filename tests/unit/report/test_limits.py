"""What could not be judged, and what to do about it next time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hinge_vision.findings.model import Quality, Reason
from hinge_vision.pose.track import Elsewhere
from hinge_vision.report.limits import limits
from tests.report_fixture import sample_report


def test_limits_name_a_baseline_that_is_not_standing_a_turned_camera_and_gaps():
    report = sample_report("deadlift_rounded")
    assert limits(report) == ()
    motion = replace(report.motion, baseline=replace(report.motion.baseline, source="lockout"), yaw_deg=np.full(len(report.motion.frame), 14.0))
    quality = Quality(True, (Reason("hip_hidden", "The plate hid the hip.", "Use smaller plates."),), 0.6)
    track = replace(report.track, roll_deg=-4.2, to_picture=np.tile(np.eye(3)[:2], (len(report.track.frame), 1, 1)))
    report = replace(report, motion=motion, track=track, judgement=replace(report.judgement, quality=quality))
    notes = " ".join(f"{what} {remedy}" for what, remedy in limits(report))
    for words in (
        "The plate hid the hip.",
        "the lockout between reps",
        "14° off the pure side view",
        "tilted by 4° to the side; the angles are corrected",
        "camera moved during the clip; the angles are corrected",
        "60 % of the frames",
        "Stand still for two seconds",
    ):
        assert words in notes


def test_a_lifter_who_goes_elsewhere_in_the_picture_is_told_from_when_and_how_to_have_that_judged():
    report = sample_report("deadlift_rounded")
    report = replace(report, track=replace(report.track, elsewhere=(Elsewhere(2, 31.2, 58.7),)))
    declined = replace(report, judgement=replace(report.judgement, quality=Quality(False, (), 0.0)))
    for one in (report, declined):
        ((what, remedy),) = limits(one)
        assert what.startswith("From 31 to 59 s the lifter seems to be elsewhere")
        assert "--person 2" in remedy
