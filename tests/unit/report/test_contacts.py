"""Contact over time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.report.contacts import contact_states
from hinge_vision.report.limits import limits
from tests.report_fixture import sample_report, with_hole


def test_a_rounded_back_loses_sacrum_and_mid_back_at_depth_and_touches_while_standing():
    report = sample_report("deadlift_rounded")
    states = contact_states(report.motion, Thresholds())
    bottom = report.segmentation.reps[1].bottom
    assert states["sacral"][0] == states["thoracic"][0] == states["head"][0] == 1
    assert states["sacral"][bottom] == states["thoracic"][bottom] == 0


def test_a_neutral_back_touches_all_the_time():
    states = contact_states(sample_report("deadlift_neutral").motion, Thresholds())
    assert all((state == 1).all() for state in states.values())


def test_a_head_that_never_touched_is_not_said_to_touch_but_may_still_be_lost():
    report = sample_report("deadlift_rounded")
    shift = 30.0 - report.motion.baseline.head_gap_pct
    dowel = replace(report.motion.dowel, head_gap_pct=report.motion.dowel.head_gap_pct + shift)
    motion = replace(report.motion, dowel=dowel, baseline=replace(report.motion.baseline, head_gap_pct=30.0))
    head = contact_states(motion, Thresholds())["head"]
    assert np.isnan(head[0])
    assert head[report.segmentation.reps[0].bottom] == 0
    assert any("stood clear of the rod" in what for what, _ in limits(replace(report, motion=motion)))


def test_where_nothing_was_measured_contact_is_unknown():
    report = with_hole(sample_report("deadlift_rounded"), slice(5, 9))
    assert np.isnan(contact_states(report.motion, Thresholds())["head"][5:9]).all()
