"""Coupled flexion: how round is round, by angle and shape together, at depth and over the lower half of a rep."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinge_vision.findings.claims import Claim
from hinge_vision.findings.confidence import Reading
from hinge_vision.findings.faults.coupled_flexion import coupled_flexion, flat_limit_deg, roundness_limit_deg
from hinge_vision.findings.model import Fault
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.kinematics.segment import segment
from tests.made_judgements import faults, judged
from tests.made_readings import LIMITS, ROWS, made_motion, made_readings
from tests.report_fixture import sample_motion

DEGREES = st.floats(-30.0, 80.0)


def claim(**values: object) -> Claim[Fault]:
    """What is claimed of a rep that is as round in its lower half as at its depth, unless told otherwise."""
    for name in ("lumbar", "bow", "convexity"):
        if name in values:
            values.setdefault(f"{name}_sustained", values[name])
    return coupled_flexion(made_readings(**values), made_motion(), LIMITS)


def said(**values: object) -> bool:
    return claim(**values).stands(LIMITS)


def test_a_neutral_rep_shows_none() -> None:
    assert claim().probability < 0.01


@pytest.mark.parametrize(("bow", "found"), [(13.1, True), (12.9, False)])
def test_flexion_and_bow_together_count_from_their_limit_on(bow: float, found: bool) -> None:
    assert LIMITS.roundness_deg == 43.0
    assert said(lumbar=30.0, bow=bow) is found


@pytest.mark.parametrize(("lumbar", "found"), [(21.1, True), (20.9, False)])
def test_however_bowed_the_outline_some_flexion_is_needed(lumbar: float, found: bool) -> None:
    assert said(lumbar=lumbar, bow=60.0) is found


@pytest.mark.parametrize(("lumbar", "found"), [(33.0 + 1.645 * 3.0 + 0.1, True), (33.0 + 1.645 * 3.0 - 0.1, False)])
@pytest.mark.parametrize("bow", [-30.0, -15.0])
def test_surely_more_flexion_than_a_flat_back_loses_counts_though_the_outline_is_hollow(lumbar: float, bow: float, found: bool) -> None:
    assert LIMITS.rounding_flat_deg == 33.0
    assert said(lumbar=lumbar, bow=bow) is found


def test_the_same_flexion_read_less_surely_does_not_count_by_itself() -> None:
    seen, blurred = Reading(42.0, 3.0, 0), Reading(42.0, 8.0, 0)
    assert flat_limit_deg(seen, LIMITS) < 42.0 < flat_limit_deg(blurred, LIMITS)
    assert blurred.above(flat_limit_deg(blurred, LIMITS)) < 0.5


@pytest.mark.parametrize(("lumbar", "found"), [(43.1, True), (42.9, False)])
def test_a_bow_that_was_not_measured_counts_as_none(lumbar: float, found: bool) -> None:
    # read so unsurely that the angle by itself says nothing
    assert said(lumbar=lumbar, bow=math.nan, sd=8.0) is found


def test_beyond_the_dead_bands_it_is_found_and_short_of_them_nothing_is_claimed() -> None:
    bands = {row["name"]: row["dead_band"] for row in Thresholds.table()}
    low, high = bands["roundness_deg"]
    assert claim(lumbar=32.0, bow=high - 32.0).probability > 0.95
    assert claim(lumbar=32.0, bow=low - 32.0).probability < 0.05
    low, high = bands["rounding_deg"]
    assert claim(lumbar=high, bow=60.0).probability > 0.95
    assert claim(lumbar=low, bow=60.0).probability < 0.05
    low, high = bands["rounding_flat_deg"]
    assert claim(lumbar=high, bow=-60.0).probability > 0.95
    assert claim(lumbar=low, bow=-60.0).probability < 0.05


@pytest.mark.parametrize(("share", "limit_deg"), [(0.49, 41.0), (0.5, 43.0), (0.9, 43.0), (math.nan, 43.0)])
def test_a_low_back_that_moves_early_has_a_lower_limit(share: float, limit_deg: float) -> None:
    assert roundness_limit_deg(share, LIMITS) == limit_deg
    assert said(lumbar=30.0, bow=limit_deg - 30.0 + 0.1, onset_share=share)
    assert not said(lumbar=30.0, bow=limit_deg - 30.0 - 0.1, onset_share=share)


def test_a_low_back_that_was_not_measured_claims_nothing() -> None:
    unknown = claim(lumbar=math.nan, bow=60.0)
    assert unknown.probability == 0.0
    assert not unknown.stays_open(LIMITS)


def test_the_place_that_is_likelier_round_decides_and_is_named() -> None:
    deep = claim(lumbar=50.0, bow=20.0, lumbar_sustained=10.0, bow_sustained=0.0)
    assert deep.evidence[0].why == "low back rounded past its standing shape at depth"
    assert deep.evidence[0].frame == 1000 + 2 * ROWS["lumbar"]
    lasting = claim(lumbar=10.0, bow=0.0, lumbar_sustained=50.0, bow_sustained=20.0)
    assert lasting.evidence[0].why == "low back rounded past its standing shape in the lower half of the rep"
    assert lasting.evidence[0].frame == 1000 + 2 * ROWS["lumbar_sustained"]
    assert lasting.probability == pytest.approx(deep.probability)


@pytest.mark.parametrize(("lumbar", "severity"), [(29.9, "mild"), (30.0, "moderate"), (41.9, "moderate"), (42.0, "marked")])
def test_severity_goes_by_the_low_backs_own_degrees(lumbar: float, severity: str) -> None:
    assert claim(lumbar=lumbar, bow=40.0).severity == severity


def test_the_evidence_is_the_flexion_and_its_sum_with_the_bow_each_against_its_limit() -> None:
    first, second = claim(lumbar=40.0, bow=20.0).evidence
    assert (first.value, first.sd, first.unit, first.limit) == (40.0, 3.0, "deg", LIMITS.rounding_deg)
    assert (second.value, second.unit, second.limit) == (60.0, "deg", LIMITS.roundness_deg)
    assert second.sd == pytest.approx(math.hypot(3.0, 3.0))
    (alone,) = claim(lumbar=60.0, bow=-40.0).evidence
    assert (alone.value, alone.limit) == (60.0, pytest.approx(LIMITS.rounding_flat_deg + 1.645 * alone.sd))
    assert alone.why.endswith(": surely more than the 33 deg that a flat back loses")


@pytest.mark.parametrize(("convexity", "gap", "units"), [(2.3, 2.6, 2), (2.3, 2.4, 1), (2.2, 2.6, 0), (math.nan, 2.6, 0), (2.3, math.nan, 1)])
def test_what_the_dowel_would_feel_is_said_only_where_the_low_back_stands_out_past_the_chord(convexity: float, gap: float, units: int) -> None:
    more = [item for item in claim(lumbar=40.0, bow=20.0, convexity=convexity, sacral_gap=gap).evidence if item.unit == "pct"]
    assert [(item.value, item.limit) for item in more] == [(convexity, LIMITS.convexity_pct), (gap, LIMITS.contact_gap_pct)][:units]


def test_where_the_low_back_began_to_move_is_told() -> None:
    assert claim(lumbar=40.0, bow=20.0, onset_hip_deg=33.4).evidence[0].why.endswith(", moving from 33 deg of hip flexion on")


def test_the_claim_names_the_rep_and_how_well_it_was_seen() -> None:
    made = claim(lumbar=40.0, bow=20.0, quality=0.6)
    assert (made.name, made.rep, made.quality) == ("coupled_flexion", 2, 0.6)


@given(lumbar=DEGREES, bow=DEGREES, more=st.floats(0.0, 40.0))
def test_a_rounder_back_is_never_less_likely_round(lumbar: float, bow: float, more: float) -> None:
    before = claim(lumbar=lumbar, bow=bow).probability
    assert claim(lumbar=lumbar + more, bow=bow).probability >= before - 1e-12
    assert claim(lumbar=lumbar, bow=bow + more).probability >= before - 1e-12


def test_a_low_back_that_only_loses_its_hollow_is_no_rounding_and_one_that_bows_after_as_many_degrees_is():
    track, motion = sample_motion("deadlift_rounded")
    lumbar = replace(motion.lumbar_flexion, value_deg=np.clip(motion.lumbar_flexion.value_deg, None, 28.0))
    assert faults(judged(track, replace(motion, lumbar_flexion=lumbar))) == {"coupled_flexion"}
    flat_track, flat = sample_motion("deadlift_neutral")
    scaled = replace(flat.lumbar_flexion, value_deg=28.0 * flat.hip_flexion.value_deg / np.nanmax(flat.hip_flexion.value_deg))
    assert faults(judged(flat_track, replace(flat, lumbar_flexion=scaled))) == set()


def test_very_many_degrees_count_without_the_shape():
    track, motion = sample_motion("deadlift_neutral")
    scaled = replace(motion.lumbar_flexion, value_deg=60.0 * motion.hip_flexion.value_deg / np.nanmax(motion.hip_flexion.value_deg))
    assert faults(judged(track, replace(motion, lumbar_flexion=scaled))) == {"coupled_flexion"}


def test_rounding_that_lasts_through_the_set_up_counts_though_the_back_is_flat_at_lift_off():
    track, motion = sample_motion("deadlift_rounded")
    lumbar = motion.lumbar_flexion.value_deg.copy()
    for rep in segment(motion).reps:
        near = np.abs(motion.time_s - motion.time_s[rep.bottom]) < 0.1
        lumbar[near] = 0.0
    assert faults(judged(track, replace(motion, lumbar_flexion=replace(motion.lumbar_flexion, value_deg=lumbar)))) == {"coupled_flexion"}
