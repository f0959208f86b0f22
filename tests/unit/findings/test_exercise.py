"""The exercise is told from speed and hands, whatever the frame rate."""

from __future__ import annotations

import pytest

from hinge_vision.findings.exercise import recognise
from hinge_vision.kinematics.segment import segment
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
