"""The lifter's points over time, as they are drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hinge_vision.overlay.figure import Figure, between_rows, calmed
from hinge_vision.pose.track import Landmark
from tests.report_fixture import sample_report


def test_between_two_analysed_frames_the_figure_lies_between_them():
    values = np.array([[0.0, 10.0], [2.0, np.nan]])
    np.testing.assert_allclose(between_rows(values, 0.25), [0.5, 10.0])
    np.testing.assert_allclose(between_rows(values, 0.75)[0], 1.5)
    assert np.isnan(between_rows(values, 0.75)[1])
    np.testing.assert_allclose(between_rows(values, 7.0)[0], 2.0)


def test_calming_keeps_steady_motion_and_fills_no_gap():
    line = np.arange(6.0)[:, None]
    np.testing.assert_allclose(calmed(line)[1:-1], line[1:-1])
    line[3] = np.nan
    assert np.isnan(calmed(line)[3, 0])
    assert np.isfinite(calmed(line)[[2, 4], 0]).all()


def test_a_foot_whose_landmarks_a_plate_pulls_up_is_drawn_where_it_stands():
    report = sample_report("deadlift_rounded")
    track = report.track
    foot = [Landmark[f"{track.near_side}_{name}"] for name in ("ANKLE", "HEEL", "FOOT_INDEX")]
    landmarks = np.where(np.isfinite(track.landmarks), track.landmarks, track.landmarks[:, [foot[0]]])
    pulled = landmarks.copy()
    middle = slice(len(pulled) // 3, len(pulled) // 2)
    pulled[middle, foot, 1] -= 0.1 * track.stature_px
    drawn, as_seen = (Figure.of(replace(report, track=replace(track, landmarks=marks)), 1.0).near_chains[-1] for marks in (pulled, landmarks))
    assert np.abs(drawn - as_seen).max() < 0.015 * track.stature_px
