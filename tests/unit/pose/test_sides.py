from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hinge_vision.pose.sides import exchanged, faces_other_way, with_sides_put_right
from hinge_vision.pose.track import Landmark, PoseTrack
from tests.made_people import person
from tests.report_fixture import sample_report


def lateral_track() -> PoseTrack:
    """A sample's track in which the far side lies behind the near one, as BlazePose says from the side."""
    track = sample_report("deadlift_overextended").track
    assert track is not None
    landmarks = track.landmarks.copy()
    for joint in ("SHOULDER", "HIP"):
        landmarks[:, Landmark[f"{track.near_side}_{joint}"], 2] = -0.25 * track.stature_px
        far = "LEFT" if track.near_side == "RIGHT" else "RIGHT"
        landmarks[:, Landmark[f"{far}_{joint}"], 2] = 0.25 * track.stature_px
    return replace(track, landmarks=landmarks)


def test_frames_that_take_left_for_right_are_found_and_put_right() -> None:
    track = lateral_track()
    landmarks = track.landmarks.copy()
    swap = np.arange(33)
    for mark in Landmark:
        if mark.name.startswith("LEFT_"):
            other = Landmark[mark.name.replace("LEFT", "RIGHT")]
            swap[[mark, other]] = other, mark
    rows = np.arange(0, len(landmarks), 3)
    landmarks[rows] = landmarks[rows][:, swap]
    wrong = replace(track, landmarks=landmarks)
    assert np.flatnonzero(exchanged(wrong)).tolist() == rows.tolist()
    np.testing.assert_array_equal(with_sides_put_right(wrong).landmarks, track.landmarks)


def test_a_track_without_such_frames_or_with_nobody_in_some_is_left_as_it_is() -> None:
    track = lateral_track()
    assert with_sides_put_right(track) is track
    gone = track.landmarks.copy()
    gone[5:20] = np.nan
    track = replace(track, landmarks=gone)
    assert with_sides_put_right(track) is track


@pytest.mark.parametrize("lean_deg", [0.0, 70.0])
def test_a_person_faces_the_other_way_where_feet_and_nose_do(lean_deg: float) -> None:
    right = person(300.0, lean_deg=lean_deg, facing="right").landmarks
    left = person(300.0, lean_deg=lean_deg, facing="left").landmarks
    assert faces_other_way(right, "left")
    assert faces_other_way(left, "right")
    assert not faces_other_way(right, "right")
    assert not faces_other_way(left, "left")


def test_one_foot_turned_away_is_not_enough() -> None:
    marks = person(300.0, facing="right").landmarks
    marks[Landmark.LEFT_FOOT_INDEX, 0] = marks[Landmark.LEFT_HEEL, 0] - 40
    assert not faces_other_way(marks, "right")
