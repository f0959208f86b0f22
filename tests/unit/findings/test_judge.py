"""From rendered lifters' true angles, with errors like those of a measurement, the judge finds what is there and nothing else."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hinge_vision.findings.exercise import recognise
from hinge_vision.findings.judge import judge
from hinge_vision.findings.model import Judgement
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.kinematics.motion import Motion
from hinge_vision.kinematics.segment import segment
from hinge_vision.pose.track import PoseTrack
from hinge_vision.settings import Exercise
from tests.made_motions import rows_of, with_hole, with_noise
from tests.made_tracks import rows_of as track_rows
from tests.report_fixture import SAMPLES, report_from_truth


@lru_cache
def sample(name: str) -> tuple[PoseTrack, Motion]:
    report = report_from_truth(SAMPLES / f"{name}.csv")
    assert report.track is not None
    assert report.motion is not None
    return report.track, report.motion


def judged(track: PoseTrack, motion: Motion, exercise: Exercise | None = None, thresholds: Thresholds | None = None) -> Judgement:
    found = segment(motion)
    return judge(track, motion, found, exercise or recognise(track, motion, found), thresholds or Thresholds())


def faults(judgement: Judgement) -> set[str]:
    return {finding.fault for finding in judgement.findings}


EXPECTED = {
    "deadlift_neutral": (set(), set()),
    "deadlift_rounded": ({"coupled_flexion"}, {"head_contact_lost"}),
    "deadlift_overextended": ({"overextension"}, set()),
    "deadlift_limited_range": ({"limited_range"}, set()),
    "deadlift_upper_back_rounded": (set(), {"head_contact_lost"}),
    "deadlift_squatty": (set(), {"knee_dominant"}),
    "kb_swing": (set(), set()),
}


@pytest.mark.parametrize(("name", "expected"), EXPECTED.items(), ids=EXPECTED)
def test_every_rep_shows_what_was_rendered_and_nothing_else(name, expected):
    judgement = judged(*sample(name))
    assert judgement.quality.judgeable
    for measure in judgement.measures:
        assert (set(measure.faults), set(measure.observations)) == expected


@given(seed=st.integers(0, 10_000), bias_deg=st.floats(-2.5, 2.5))
@settings(max_examples=6, deadline=None)
@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_errors_below_the_standard_error_leave_the_verdict(name, seed, bias_deg):
    track, motion = sample(name)
    assert faults(judged(track, with_noise(motion, seed, bias_deg=bias_deg))) == EXPECTED[name][0]


@pytest.mark.parametrize("name", ["deadlift_rounded", "deadlift_overextended", "deadlift_neutral", "deadlift_limited_range"])
@pytest.mark.parametrize("step", [2, 3])
def test_half_or_a_third_of_the_frames_give_the_same_verdict(name, step):
    track, motion = sample(name)
    rows = slice(None, None, step)
    thinned = track_rows(track, rows)
    every, fewer = judged(track, motion), judged(thinned, rows_of(motion, rows))
    assert faults(fewer) == faults(every)
    assert len(fewer.measures) == len(every.measures)
    for few, full in zip(fewer.measures, every.measures, strict=True):
        assert few.lumbar_at_bottom_deg == pytest.approx(full.lumbar_at_bottom_deg, abs=2.0)
        assert few.peak_hip_flexion_deg == pytest.approx(full.peak_hip_flexion_deg, abs=3.0)


def test_a_hole_beside_the_bottom_leaves_the_verdict():
    track, motion = sample("deadlift_rounded")
    bottom_s = motion.time_s[segment(motion).reps[0].bottom]
    assert faults(judged(track, with_hole(motion, bottom_s - 0.35, bottom_s - 0.05))) == {"coupled_flexion"}


def test_a_low_back_that_was_never_measured_is_declined():
    track, motion = sample("deadlift_rounded")
    nothing = np.full(len(motion.time_s), np.nan)
    judgement = judged(track, replace(motion, lumbar_flexion=replace(motion.lumbar_flexion, value_deg=nothing)))
    assert not judgement.quality.judgeable
    assert [reason.code for reason in judgement.quality.reasons] == ["too_little_measured"]
    assert judgement.quality.measured == 0.0
    assert judgement.findings == ()


def test_a_low_back_that_is_known_only_roughly_is_declined_and_not_called_clean():
    track, motion = sample("deadlift_neutral")
    roughly = np.full(len(motion.time_s), 13.0)
    judgement = judged(track, replace(motion, lumbar_flexion=replace(motion.lumbar_flexion, sd_deg=roughly)))
    assert not judgement.quality.judgeable
    assert [reason.code for reason in judgement.quality.reasons] == ["unsure"]


def test_one_rep_without_a_low_back_leaves_the_others_judged():
    track, motion = sample("deadlift_rounded")
    reps = segment(motion).reps
    assert len(reps) > 1
    lumbar = motion.lumbar_flexion.value_deg.copy()
    lumbar[reps[0].start : reps[0].end + 1] = np.nan
    judgement = judged(track, replace(motion, lumbar_flexion=replace(motion.lumbar_flexion, value_deg=lumbar)))
    assert judgement.quality.judgeable
    assert [reason.code for reason in judgement.quality.reasons] == ["too_little_measured"]
    assert judgement.findings[0].reps == tuple(rep.number for rep in reps[1:])
    assert judgement.measures[0].confidence == 0.0


def test_the_way_up_alone_is_judged_for_rounding_but_not_for_range():
    track, motion = sample("deadlift_rounded")
    first = segment(motion).reps[0]
    rows = slice(first.bottom, first.end)
    cut = track_rows(track, rows)
    hips_behind_a_plate = replace(motion.hip_flexion, value_deg=motion.hip_flexion.value_deg * 0.4)
    judgement = judged(cut, rows_of(replace(motion, hip_flexion=hips_behind_a_plate), rows))
    assert [measure.partial for measure in judgement.measures] == [True]
    assert faults(judgement) == {"coupled_flexion"}


def test_a_hang_clean_has_no_range_to_reach():
    track, motion = sample("deadlift_limited_range")
    assert faults(judged(track, motion, "hang_clean")) == set()


def test_hips_that_stop_short_with_nothing_taking_over_are_mild():
    judgement = judged(*sample("deadlift_limited_range"))
    (finding,) = judgement.findings
    assert finding.severity == "mild"
    assert "film the deepest hinge" in finding.evidence[0].why


def test_hips_that_stop_short_while_the_back_goes_on_are_worse_than_mild():
    track, motion = sample("deadlift_limited_range")
    lumbar = motion.lumbar_flexion.value_deg + 35.0 * motion.hip_flexion.value_deg / 45.0
    judgement = judged(track, replace(motion, lumbar_flexion=replace(motion.lumbar_flexion, value_deg=lumbar)))
    limited = next(finding for finding in judgement.findings if finding.fault == "limited_range")
    assert limited.severity in {"moderate", "marked"}
    assert any("took over" in item.why for item in limited.evidence)


def test_a_low_back_that_only_loses_its_hollow_is_no_rounding_and_one_that_bows_after_as_many_degrees_is():
    track, motion = sample("deadlift_rounded")
    lumbar = replace(motion.lumbar_flexion, value_deg=np.clip(motion.lumbar_flexion.value_deg, None, 28.0))
    assert faults(judged(track, replace(motion, lumbar_flexion=lumbar))) == {"coupled_flexion"}
    flat_track, flat = sample("deadlift_neutral")
    scaled = replace(flat.lumbar_flexion, value_deg=28.0 * flat.hip_flexion.value_deg / np.nanmax(flat.hip_flexion.value_deg))
    assert faults(judged(flat_track, replace(flat, lumbar_flexion=scaled))) == set()


def test_very_many_degrees_count_without_the_shape():
    track, motion = sample("deadlift_neutral")
    scaled = replace(motion.lumbar_flexion, value_deg=60.0 * motion.hip_flexion.value_deg / np.nanmax(motion.hip_flexion.value_deg))
    assert faults(judged(track, replace(motion, lumbar_flexion=scaled))) == {"coupled_flexion"}


def test_a_lean_back_shows_by_the_trunk_when_zero_was_taken_at_a_lockout():
    track, motion = sample("deadlift_neutral")
    found = segment(motion)
    trunk = motion.trunk_inclination.value_deg.copy()
    trunk[found.phase == "lockout"] = -12.0
    leaning = replace(
        motion,
        trunk_inclination=replace(motion.trunk_inclination, value_deg=trunk),
        baseline=replace(motion.baseline, source="lockout"),
    )
    assert faults(judged(track, leaning)) == {"overextension"}
    assert faults(judged(track, replace(leaning, baseline=motion.baseline))) == set()


def test_every_piece_of_evidence_names_a_frame_of_the_clip_past_its_limit():
    for name in EXPECTED:
        track, motion = sample(name)
        judgement = judged(track, motion)
        for finding in judgement.findings:
            assert 0.0 < finding.confidence <= 1.0
            for item in finding.evidence:
                row = int(np.flatnonzero(track.frame == item.frame)[0])
                assert track.time_s[row] == item.time_s
                assert np.isfinite([item.value, item.sd, item.limit]).all()


def test_stricter_limits_find_more_and_looser_ones_less():
    track, motion = sample("deadlift_rounded")
    assert faults(judged(track, motion, thresholds=Thresholds(rounding_deg=80.0, rounding_flat_deg=80.0))) == set()
    neutral_track, neutral = sample("deadlift_neutral")
    assert "limited_range" in faults(judged(neutral_track, neutral, thresholds=Thresholds(hip_range_deg=150.0)))


def test_a_worse_view_lowers_the_confidence_of_the_same_finding():
    track, motion = sample("deadlift_rounded")
    clean = judged(track, motion).findings[0].confidence
    oblique = judged(track, replace(motion, yaw_deg=np.full(len(motion.time_s), 25.0))).findings[0].confidence
    assert oblique < clean


def test_no_reps_at_all_is_declined_with_what_to_film_instead():
    track, motion = sample("deadlift_neutral")
    rows = slice(0, 12)
    cut = track_rows(track, rows)
    judgement = judged(cut, rows_of(motion, rows))
    assert not judgement.quality.judgeable
    assert judgement.quality.reasons[0].code == "no_hinge"
    assert judgement.quality.reasons[0].remedy
    assert judgement.drills == ()


def test_rounding_that_lasts_through_the_set_up_counts_though_the_back_is_flat_at_lift_off():
    track, motion = sample("deadlift_rounded")
    lumbar = motion.lumbar_flexion.value_deg.copy()
    for rep in segment(motion).reps:
        near = np.abs(motion.time_s - motion.time_s[rep.bottom]) < 0.1
        lumbar[near] = 0.0
    assert faults(judged(track, replace(motion, lumbar_flexion=replace(motion.lumbar_flexion, value_deg=lumbar)))) == {"coupled_flexion"}


def test_more_arching_than_a_low_back_can_do_is_not_believed():
    track, motion = sample("deadlift_overextended")
    broken = replace(motion, lumbar_flexion=replace(motion.lumbar_flexion, value_deg=motion.lumbar_flexion.value_deg * 3.0))
    upright = replace(motion.trunk_inclination, value_deg=np.maximum(motion.trunk_inclination.value_deg, 2.0))
    not_believed = judged(track, replace(broken, trunk_inclination=upright))
    assert faults(not_believed) == set()
    assert not_believed.undecided == tuple(measure.rep for measure in not_believed.judged), "nor is it called clean"
    assert faults(judged(track, broken)) == {"overextension"}, "a trunk that leans back at lockout vouches for it"


def test_a_fault_seen_too_badly_to_be_said_leaves_its_rep_undecided():
    track, motion = sample("deadlift_rounded")
    dim = replace(motion, confidence=np.full(len(motion.time_s), 0.2), yaw_deg=np.full(len(motion.time_s), 28.0))
    unsure = judged(track, dim)
    assert faults(unsure) == set()
    assert unsure.undecided == tuple(measure.rep for measure in unsure.judged) != ()
    assert judged(track, motion).undecided == ()
    assert judged(*sample("deadlift_neutral")).undecided == ()


def test_an_arch_at_lockout_that_is_worse_than_at_depth_leads_the_evidence():
    track, motion = sample("deadlift_overextended")
    lumbar = motion.lumbar_flexion.value_deg.copy()
    found = segment(motion)
    lumbar[found.phase == "lockout"] = -20.0
    lumbar[found.phase != "lockout"] = np.clip(lumbar[found.phase != "lockout"], -12.0, None)
    finding = judged(track, replace(motion, lumbar_flexion=replace(motion.lumbar_flexion, value_deg=lumbar))).findings[0]
    assert finding.evidence[0].value == pytest.approx(-20.0)


def test_a_rep_that_ends_far_from_its_zero_is_less_sure():
    track, motion = sample("deadlift_rounded")
    found = segment(motion)
    lumbar = motion.lumbar_flexion.value_deg.copy()
    lumbar[found.phase == "lockout"] = 35.0
    drifted = judged(track, replace(motion, lumbar_flexion=replace(motion.lumbar_flexion, value_deg=lumbar)))
    assert drifted.findings[0].confidence < 0.6 * judged(track, motion).findings[0].confidence


@pytest.mark.parametrize("step", [1, 3])
def test_hips_that_rise_while_the_trunk_leans_further_are_said_at_any_rate_and_the_way_down_is_not(step):
    track, motion = sample("deadlift_neutral")
    assert not judged(track, motion).observations
    found = segment(motion)
    knee, trunk, hip = (angle.value_deg.copy() for angle in (motion.knee_flexion, motion.trunk_inclination, motion.hip_flexion))
    rep = found.reps[0]
    late = (motion.time_s > motion.time_s[rep.bottom] - 0.3) & (motion.time_s <= motion.time_s[rep.bottom] + 0.3)
    before = (motion.time_s > motion.time_s[rep.bottom] - 0.9) & (motion.time_s <= motion.time_s[rep.bottom] - 0.3)
    knee[before], trunk[before], hip[before] = 65.0, 55.0, 95.0
    knee[late] = np.linspace(65.0, 20.0, int(late.sum()))
    trunk[late] = np.linspace(55.0, 80.0, int(late.sum()))
    hip[late] = 95.0
    lifted = replace(
        motion,
        knee_flexion=replace(motion.knee_flexion, value_deg=knee),
        trunk_inclination=replace(motion.trunk_inclination, value_deg=trunk),
        hip_flexion=replace(motion.hip_flexion, value_deg=hip),
    )
    rows = slice(None, None, step)
    thinned = track_rows(track, rows)
    assert [(item.name, item.reps) for item in judged(thinned, rows_of(lifted, rows)).observations] == [("hips_rise_first", (1,))]


@pytest.mark.parametrize("name", ["deadlift_neutral", "deadlift_rounded"])
def test_hips_hidden_at_the_bottom_of_every_rep_are_not_said_to_stop_short_and_the_rep_is_not_called_clean(name):
    track, motion = sample(name)
    hidden = motion
    for rep in segment(motion).reps:
        bottom_s = float(motion.time_s[rep.bottom])
        hidden = with_hole(hidden, bottom_s - 0.6, bottom_s + 0.6)
    judgement = judged(track, hidden)
    assert "limited_range" not in faults(judgement)
    assert all(measure.faults or measure.rep in judgement.undecided for measure in judgement.judged)


def test_a_clip_that_ends_on_the_way_down_is_not_called_clean():
    track, motion = sample("deadlift_rounded")
    rep = segment(motion).reps[0]
    low = int(np.flatnonzero(motion.trunk_inclination.value_deg[rep.start :] > 45)[0]) + rep.start
    rows = slice(0, low)
    judgement = judged(track_rows(track, rows), rows_of(motion, rows), "deadlift")
    assert judgement.judged
    assert all(measure.rep in judgement.undecided for measure in judgement.judged)
