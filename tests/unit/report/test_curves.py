"""The curves over time, as data."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np

from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.report.curves import curves
from hinge_vision.report.html import page
from hinge_vision.report.plot_parts import MOST_POINTS
from tests.report_fixture import sample_report, with_hole


def trace(figure, name, kind="lines"):
    return next(item for item in figure["data"] if item["name"] == name and item["mode"] == kind)


def test_the_curves_hold_the_measured_angles_over_clip_time():
    report = sample_report("deadlift_rounded")
    figure = curves(report.motion, report.segmentation, Thresholds())
    low_back = trace(figure, "Low back")
    bottom = report.segmentation.reps[0].bottom
    assert low_back["x"][bottom] == round(float(report.motion.time_s[bottom]), 3)
    assert low_back["y"][bottom] == round(float(report.motion.lumbar_flexion.value_deg[bottom]), 1)
    assert json.dumps(figure, allow_nan=False)


def test_the_time_axis_of_a_slow_motion_clip_says_that_it_is_not_what_a_player_shows():
    report = sample_report("deadlift_rounded")
    slow = replace(report, settings=replace(report.settings, capture_fps=240.0))
    assert ("seconds of the clip" in page(report), "seconds, real time" in page(report)) == (True, False)
    assert ("seconds of the clip" in page(slow), "seconds, real time" in page(slow)) == (False, True)


def test_a_gap_in_the_measurement_is_a_gap_in_curve_band_and_lanes():
    report = with_hole(sample_report("deadlift_rounded"), slice(40, 60))
    figure = curves(report.motion, report.segmentation, Thresholds())
    assert trace(figure, "Hips")["y"][40:60] == [None] * 20
    band = next(item for item in figure["data"] if item["name"] == "one standard error")
    assert band["x"].count(None) == 2
    assert not [x for x in band["x"] if x is not None and report.motion.time_s[40] <= x <= report.motion.time_s[59]]
    assert trace(figure, "sacrum touching")["y"][40:60] == [None] * 20


def test_a_contact_lane_shows_bars_while_touching_and_rings_while_lost():
    report = sample_report("deadlift_rounded")
    figure = curves(report.motion, report.segmentation, Thresholds())
    bottom = report.segmentation.reps[1].bottom
    assert trace(figure, "sacrum touching")["y"][bottom] is None
    assert trace(figure, "sacrum lost", "markers")["x"]
    neutral = sample_report("deadlift_neutral")
    assert not trace(curves(neutral.motion, neutral.segmentation, Thresholds()), "sacrum lost", "markers")["x"]


def test_every_rep_is_shaded_by_phase_and_named():
    report = sample_report("deadlift_rounded")
    figure = curves(report.motion, report.segmentation, Thresholds())
    assert len({shape["opacity"] for shape in figure["layout"]["shapes"]}) == 4
    assert [label["text"] for label in figure["layout"]["annotations"]] == ["rep 1", "rep 2", "rep 3"]


def test_a_long_clip_is_thinned():
    report = sample_report("deadlift_rounded")
    count = 3 * MOST_POINTS
    motion = report.motion
    stretched = np.linspace(0, 600, count)
    index = np.linspace(0, len(motion.time_s) - 1, count).astype(int)
    longer = type(motion)(
        **{
            **{name: getattr(motion, name) for name in motion.__dataclass_fields__},
            "time_s": stretched,
            "frame": np.arange(count),
            "hip_flexion": type(motion.hip_flexion)(motion.hip_flexion.value_deg[index], motion.hip_flexion.sd_deg[index]),
            "lumbar_flexion": type(motion.hip_flexion)(motion.lumbar_flexion.value_deg[index], motion.lumbar_flexion.sd_deg[index]),
            "dowel": type(motion.dowel)(**{name: getattr(motion.dowel, name)[index] for name in motion.dowel.__dataclass_fields__}),
        }
    )
    assert len(trace(curves(longer, None, Thresholds()), "Hips")["x"]) <= MOST_POINTS
