"""The exercise is told from speed and hands, whatever the frame rate."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hinge_vision.findings.exercise import hands_at_shoulders, recognise
from hinge_vision.kinematics.segment import segment
from hinge_vision.pose.track import Landmark
from tests.made_motions import rows_of
from tests.made_tracks import rows_of as track_rows
from tests.report_fixture import SAMPLES, report_from_truth


@pytest.mark.parametrize(
    ("name", "exercise"),
    [
        ("kb_swing", "kb_swing"),
        ("deadlift_neutral", "deadlift"),
        ("deadlift_rounded", "deadlift"),
        ("deadlift_squatty", "deadlift"),
        ("deadlift_limited_range", "hinge"),
    ],
)
@pytest.mark.parametrize("step", [1, 2])
def test_rendered_lifts_are_recognised(name, exercise, step):
    report = report_from_truth(SAMPLES / f"{name}.csv")
    assert report.track is not None
    assert report.motion is not None
    track, motion = track_rows(report.track, slice(None, None, step)), rows_of(report.motion, slice(None, None, step))
    assert recognise(track, motion, segment(motion)) == exercise


def test_without_reps_there_is_no_exercise():
    report = report_from_truth(SAMPLES / "kb_swing.csv")
    assert report.track is not None
    assert report.motion is not None
    track, motion = track_rows(report.track, slice(0, 6)), rows_of(report.motion, slice(0, 6))
    assert recognise(track, motion, segment(motion)) is None


def test_hands_that_hang_are_not_at_the_shoulders_and_those_under_a_racked_bar_are():
    track = report_from_truth(SAMPLES / "deadlift_neutral.csv").track
    assert track is not None
    assert not hands_at_shoulders(track).any()
    landmarks = track.landmarks.copy()
    ahead = 0.08 * track.stature_px * (1.0 if track.facing == "right" else -1.0)
    for side in ("LEFT", "RIGHT"):
        landmarks[:, Landmark[f"{side}_WRIST"], :2] = landmarks[:, Landmark[f"{side}_SHOULDER"], :2] + [ahead, 0.0]
    assert hands_at_shoulders(replace(track, landmarks=landmarks)).all()
