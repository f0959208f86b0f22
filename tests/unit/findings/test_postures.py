"""Kneeling, toe touches and planks are told from lifts by where the joints are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hinge_vision.findings.postures import hips_stay_straight, kneels, leans, stands_on_one_leg, touches_toes
from hinge_vision.pose.track import Landmark, PoseTrack
from tests.report_fixture import SAMPLES, report_from_truth

ROWS = np.arange(4)
STATURE_PX = 600.0


def posed(**joints: tuple[float, float]) -> PoseTrack:
    """A track whose joints lie still at these places, x forward and y up from the ankles, in hip-shoulder lengths."""
    track = report_from_truth(SAMPLES / "deadlift_neutral.csv").track
    assert track is not None
    landmarks = track.landmarks[ROWS].copy()
    for joint, (x, y) in joints.items():
        for side in ("LEFT", "RIGHT"):
            landmarks[:, Landmark[f"{side}_{joint}"], :2] = 300 + 180 * x, 600 - 180 * y
    return replace(track, landmarks=landmarks)


STANDING = {"ANKLE": (0.0, 0.0), "KNEE": (0.1, 0.75), "HIP": (0.0, 1.5)}


@pytest.mark.parametrize("name", sorted(path.stem for path in SAMPLES.glob("*.csv")))
def test_no_lift_kneels(name: str) -> None:
    track = report_from_truth(SAMPLES / f"{name}.csv").track
    assert track is not None
    assert not kneels(track, np.arange(len(track.frame)))


def test_who_has_his_ankles_as_high_as_his_knees_kneels() -> None:
    assert kneels(posed(ANKLE=(-0.7, 0.05), KNEE=(0.0, 0.0), HIP=(0.0, 0.75), SHOULDER=(0.0, 1.75)), ROWS)
    assert not kneels(posed(**STANDING, SHOULDER=(0.0, 2.5)), ROWS)


def test_hands_at_the_feet_over_straight_knees_are_a_toe_touch_and_over_bent_ones_a_deadlift() -> None:
    folded = {"SHOULDER": (0.6, 0.7), "WRIST": (0.3, 0.1)}
    assert touches_toes(posed(**STANDING, **folded), ROWS, 115.0, 5.0)
    assert touches_toes(posed(**STANDING, **folded), ROWS, 115.0, float("nan"))
    assert not touches_toes(posed(**STANDING, **folded), ROWS, 115.0, 25.0)
    assert not touches_toes(posed(ANKLE=(0.0, 0.0), KNEE=(0.4, 0.65), HIP=(-0.3, 1.1), SHOULDER=(0.5, 1.0), WRIST=(0.3, 0.1)), ROWS, 100.0, 40.0)
    assert not touches_toes(posed(**STANDING, SHOULDER=(0.9, 1.6), WRIST=(0.8, 0.9)), ROWS, 85.0, 5.0)


def test_a_line_from_hip_to_shoulder_leans_whichever_way_it_falls() -> None:
    assert leans(posed(**STANDING, SHOULDER=(0.9, 1.8)), ROWS, 40.0)
    assert leans(posed(**STANDING, SHOULDER=(-0.9, 1.8)), ROWS, 40.0)
    assert not leans(posed(**STANDING, SHOULDER=(0.1, 2.3)), ROWS, 40.0)


def test_a_plank_keeps_the_hips_straight_and_a_hinge_does_not() -> None:
    assert hips_stay_straight(posed(ANKLE=(0.0, 0.0), KNEE=(0.7, 0.2), HIP=(1.4, 0.4), SHOULDER=(2.4, 0.7)), ROWS)
    assert not hips_stay_straight(posed(**STANDING, SHOULDER=(0.9, 1.8)), ROWS)


def test_a_foot_far_off_the_floor_is_a_single_leg_lift_and_an_ankle_led_astray_by_a_plate_is_not() -> None:
    both = posed(**STANDING, SHOULDER=(0.9, 1.8))
    assert not stands_on_one_leg(both, ROWS)
    for raised, alone in ((0.2, False), (0.4, True)):
        landmarks = both.landmarks.copy()
        landmarks[:, Landmark.LEFT_ANKLE, 1] -= raised * both.stature_px
        assert stands_on_one_leg(replace(both, landmarks=landmarks), ROWS) is alone
