"""From rendered lifters' true angles, with errors like those of a measurement, the judge finds what is there and nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.kinematics.segment import segment
from tests.made_judgements import faults, judged
from tests.made_motions import rows_of, with_hole, with_noise
from tests.made_tracks import rows_of as track_rows
from tests.report_fixture import sample_motion

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
    judgement = judged(*sample_motion(name))
    assert judgement.quality.judgeable
    for measure in judgement.measures:
        assert (set(measure.faults), set(measure.observations)) == expected


@given(seed=st.integers(0, 10_000), bias_deg=st.floats(-2.5, 2.5))
@settings(max_examples=6)
@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_errors_below_the_standard_error_leave_the_verdict(name, seed, bias_deg):
    track, motion = sample_motion(name)
    assert faults(judged(track, with_noise(motion, seed, bias_deg=bias_deg))) == EXPECTED[name][0]


@pytest.mark.parametrize("name", ["deadlift_rounded", "deadlift_overextended", "deadlift_neutral", "deadlift_limited_range"])
@pytest.mark.parametrize("step", [2, 3])
def test_half_or_a_third_of_the_frames_give_the_same_verdict(name, step):
    track, motion = sample_motion(name)
    rows = slice(None, None, step)
    thinned = track_rows(track, rows)
    every, fewer = judged(track, motion), judged(thinned, rows_of(motion, rows))
    assert faults(fewer) == faults(every)
    assert len(fewer.measures) == len(every.measures)
    for few, full in zip(fewer.measures, every.measures, strict=True):
        assert few.lumbar_at_bottom_deg == pytest.approx(full.lumbar_at_bottom_deg, abs=2.0)
        assert few.peak_hip_flexion_deg == pytest.approx(full.peak_hip_flexion_deg, abs=3.0)


def test_a_hole_beside_the_bottom_leaves_the_verdict():
    track, motion = sample_motion("deadlift_rounded")
    bottom_s = motion.time_s[segment(motion).reps[0].bottom]
    assert faults(judged(track, with_hole(motion, bottom_s - 0.35, bottom_s - 0.05))) == {"coupled_flexion"}


def test_a_low_back_that_was_never_measured_is_declined():
    track, motion = sample_motion("deadlift_rounded")
    nothing = np.full(len(motion.time_s), np.nan)
    judgement = judged(track, replace(motion, lumbar_flexion=replace(motion.lumbar_flexion, value_deg=nothing)))
    assert not judgement.quality.judgeable
    assert [reason.code for reason in judgement.quality.reasons] == ["too_little_measured"]
    assert judgement.quality.measured == 0.0
    assert judgement.findings == ()


def test_a_low_back_that_is_known_only_roughly_is_declined_and_not_called_clean():
    track, motion = sample_motion("deadlift_neutral")
    roughly = np.full(len(motion.time_s), 13.0)
    judgement = judged(track, replace(motion, lumbar_flexion=replace(motion.lumbar_flexion, sd_deg=roughly)))
    assert not judgement.quality.judgeable
    assert [reason.code for reason in judgement.quality.reasons] == ["unsure"]


def test_one_rep_without_a_low_back_leaves_the_others_judged():
    track, motion = sample_motion("deadlift_rounded")
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
    track, motion = sample_motion("deadlift_rounded")
    first = segment(motion).reps[0]
    rows = slice(first.bottom, first.end)
    cut = track_rows(track, rows)
    hips_behind_a_plate = replace(motion.hip_flexion, value_deg=motion.hip_flexion.value_deg * 0.4)
    judgement = judged(cut, rows_of(replace(motion, hip_flexion=hips_behind_a_plate), rows))
    assert [measure.partial for measure in judgement.measures] == [True]
    assert faults(judgement) == {"coupled_flexion"}


def test_every_piece_of_evidence_names_a_frame_of_the_clip_past_its_limit():
    found = []
    for name in EXPECTED:
        track, motion = sample_motion(name)
        judgement = judged(track, motion)
        for finding in judgement.findings:
            found.append(finding.fault)
            assert 0.0 < finding.confidence <= 1.0
            for item in finding.evidence:
                below = item.why.startswith("hips stopped short") or (finding.fault == "overextension" and item.unit == "deg")
                assert item.value < item.limit if below else item.value > item.limit
                row = int(np.flatnonzero(track.frame == item.frame)[0])
                assert track.time_s[row] == item.time_s
                assert np.isfinite([item.value, item.sd, item.limit]).all()
    assert set(found) == {"coupled_flexion", "overextension", "limited_range"}


def test_stricter_limits_find_more_and_looser_ones_less():
    track, motion = sample_motion("deadlift_rounded")
    assert faults(judged(track, motion, thresholds=Thresholds(rounding_deg=80.0, rounding_flat_deg=80.0))) == set()
    neutral_track, neutral = sample_motion("deadlift_neutral")
    assert "limited_range" in faults(judged(neutral_track, neutral, thresholds=Thresholds(hip_range_deg=150.0)))


def test_a_worse_view_lowers_the_confidence_of_the_same_finding():
    track, motion = sample_motion("deadlift_rounded")
    clean = judged(track, motion).findings[0].confidence
    oblique = judged(track, replace(motion, yaw_deg=np.full(len(motion.time_s), 25.0))).findings[0].confidence
    assert oblique < clean


def test_no_reps_at_all_is_declined_with_what_to_film_instead():
    track, motion = sample_motion("deadlift_neutral")
    rows = slice(0, 12)
    cut = track_rows(track, rows)
    judgement = judged(cut, rows_of(motion, rows))
    assert not judgement.quality.judgeable
    assert judgement.quality.reasons[0].code == "no_hinge"
    assert judgement.quality.reasons[0].remedy
    assert judgement.drills == ()


def test_a_fault_seen_too_badly_to_be_said_leaves_its_rep_undecided():
    track, motion = sample_motion("deadlift_rounded")
    dim = replace(motion, confidence=np.full(len(motion.time_s), 0.2), yaw_deg=np.full(len(motion.time_s), 28.0))
    unsure = judged(track, dim)
    assert faults(unsure) == set()
    assert unsure.undecided == tuple(measure.rep for measure in unsure.judged) != ()
    assert judged(track, motion).undecided == ()
    assert judged(*sample_motion("deadlift_neutral")).undecided == ()


def test_a_rep_that_ends_far_from_its_zero_is_undecided():
    track, motion = sample_motion("deadlift_rounded")
    found = segment(motion)
    lumbar = motion.lumbar_flexion.value_deg.copy()
    lumbar[found.phase == "lockout"] = 35.0
    drifted = judged(track, replace(motion, lumbar_flexion=replace(motion.lumbar_flexion, value_deg=lumbar)))
    assert judged(track, motion).findings
    assert drifted.findings == ()
    assert drifted.undecided == tuple(measure.rep for measure in drifted.judged) != ()


@pytest.mark.parametrize("name", ["deadlift_neutral", "deadlift_rounded"])
def test_hips_hidden_at_the_bottom_of_every_rep_are_not_said_to_stop_short_and_the_rep_is_not_called_clean(name):
    track, motion = sample_motion(name)
    hidden = motion
    for rep in segment(motion).reps:
        bottom_s = float(motion.time_s[rep.bottom])
        hidden = with_hole(hidden, bottom_s - 0.6, bottom_s + 0.6)
    judgement = judged(track, hidden)
    assert "limited_range" not in faults(judgement)
    assert all(measure.faults or measure.rep in judgement.undecided for measure in judgement.judged)


def test_a_clip_that_ends_on_the_way_down_is_not_called_clean():
    track, motion = sample_motion("deadlift_rounded")
    rep = segment(motion).reps[0]
    low = int(np.flatnonzero(motion.trunk_inclination.value_deg[rep.start :] > 45)[0]) + rep.start
    rows = slice(0, low)
    judgement = judged(track_rows(track, rows), rows_of(motion, rows), "deadlift")
    assert judgement.judged
    assert all(measure.rep in judgement.undecided for measure in judgement.judged)


def test_a_rep_whose_hips_were_not_measured_at_its_bottom_is_not_called_clean():
    track, motion = sample_motion("kb_swing")
    hip_deg = motion.hip_flexion.value_deg.copy()
    for rep in segment(motion).reps:
        hip_deg[np.abs(motion.time_s - motion.time_s[rep.bottom]) <= 0.14] = np.nan
    judgement = judged(track, replace(motion, hip_flexion=replace(motion.hip_flexion, value_deg=hip_deg)))
    unmeasured = [measure for measure in judgement.judged if np.isnan(measure.peak_hip_flexion_deg)]
    assert unmeasured
    assert all(measure.rep in judgement.undecided for measure in unmeasured)
