"""The numbers of a rep, against the truth they are read from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hinge_vision.findings.measures import RepReadings, read_reps
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.kinematics.motion import Motion
from hinge_vision.kinematics.segment import segment
from hinge_vision.pose.track import PoseTrack
from tests.made_motions import motion_from_depth, reps_course, times
from tests.report_fixture import SAMPLES, read_truth, sample_motion


def readings(track: PoseTrack, motion: Motion) -> tuple[RepReadings, ...]:
    return read_reps(track, motion, segment(motion), Thresholds())


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.csv")), ids=lambda path: path.stem)
def test_the_readings_agree_with_the_truth(path):
    truth = read_truth(path)
    for item, number in zip(readings(*sample_motion(path.stem)), sorted(set(truth["rep"]) - {-1.0}), strict=True):
        rows = truth["rep"] == number
        deep, locked = rows & (truth["depth"] > 0.97), rows & (truth["phase"] == "lockout")
        assert item.hip.value == pytest.approx(np.max(truth["hip_flexion_deg"][rows]) - truth["hip_flexion_deg"][0], abs=3.0)
        assert item.lumbar.value == pytest.approx(np.mean(truth["lumbar_flexion_deg"][deep]), abs=2.5)
        assert item.lumbar_lockout.value == pytest.approx(np.min(truth["lumbar_flexion_deg"][locked]), abs=2.5)


def test_the_low_back_that_moves_with_the_hips_starts_early_and_one_that_moves_last_starts_late():
    track, _ = sample_motion("deadlift_rounded")
    count = len(track.time_s)
    time_s = times(count / 30.0)[:count]
    motion = motion_from_depth(time_s, reps_course(time_s, 2))
    depth = motion.hip_flexion.value_deg / 90.0
    early = replace(motion, lumbar_flexion=replace(motion.lumbar_flexion, value_deg=40.0 * depth))
    late = replace(motion, lumbar_flexion=replace(motion.lumbar_flexion, value_deg=40.0 * np.clip((depth - 0.7) / 0.3, 0.0, 1.0)))
    for first, second, still in zip(readings(track, early), readings(track, late), readings(track, motion), strict=True):
        assert first.onset_hip_deg == pytest.approx(22.5, abs=5.0)
        assert 60.0 < second.onset_hip_deg < 85.0
        assert np.isnan(still.onset_hip_deg)


def test_the_standing_shape_is_that_of_the_upright_moments_though_reps_lie_between_the_lockouts_it_is_taken_at():
    track, motion = sample_motion("deadlift_rounded")
    spans = replace(motion.baseline, source="lockout", start_s=float(motion.time_s[0]), end_s=float(motion.time_s[-1]))
    for stood, locked in zip(readings(track, motion), readings(track, replace(motion, baseline=spans)), strict=True):
        assert locked.convexity_growth.value == pytest.approx(stood.convexity_growth.value, abs=1.0)
