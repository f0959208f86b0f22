"""The exercise is told from speed and hands, whatever the frame rate."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hinge_vision.findings.exercise import hands_at_shoulders, recognise
from hinge_vision.kinematics.segment import segment
from hinge_vision.pose.track import Landmark
from hinge_vision.settings import ahead_sign
from tests.made_motions import rows_of, with_hole
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


def test_a_way_down_of_which_only_the_end_was_seen_is_not_taken_for_a_fast_one():
    report = report_from_truth(SAMPLES / "deadlift_neutral.csv")
    assert report.track is not None
    assert report.motion is not None
    first = segment(report.motion).reps[0]
    middle_of_the_way_up = (first.bottom + first.lockout) // 2
    part = slice(first.bottom - 6, middle_of_the_way_up)
    track, motion = track_rows(report.track, part), rows_of(report.motion, part)
    landmarks = track.landmarks.copy()
    for side in ("LEFT", "RIGHT"):  # well ahead, as at the top of a swing
        landmarks[:, Landmark[f"{side}_WRIST"], 0] = landmarks[:, Landmark[f"{side}_SHOULDER"], 0] + 0.2 * track.stature_px * ahead_sign(track.facing)
    track = replace(track, landmarks=landmarks)
    for seen in (motion, with_hole(motion, float(motion.time_s[0]) - 0.01, float(motion.time_s[2]) + 0.01)):
        assert recognise(track, seen, segment(seen)) == "deadlift"
