"""Overextension: how far is too far at depth and at lockout, and which readings are not believed."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinge_vision.findings.claims import Claim
from hinge_vision.findings.faults.overextension import overextension
from hinge_vision.findings.model import Fault
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.kinematics.segment import segment
from tests.made_judgements import faults, judged
from tests.made_readings import LIMITS, ROWS, made_motion, made_readings
from tests.report_fixture import sample_motion

AT_DEPTH, AT_LOCKOUT = "low back arched past its standing shape at depth", "low back arched past its standing shape at lockout"
ROOM = "the hand's room at the low back has grown"
QUIET, STOOD_IN = ("standing", "user"), ("lockout", "prior")


def claim(source: str = "standing", **values: object) -> Claim[Fault]:
    return overextension(made_readings(**values), made_motion(source), LIMITS)


def said(source: str = "standing", **values: object) -> bool:
    return claim(source, **values).stands(LIMITS)


def reasons(made: Claim[Fault]) -> list[str]:
    return [item.why for item in made.evidence]


@pytest.mark.parametrize("source", [*QUIET, *STOOD_IN])
def test_a_neutral_rep_shows_none_has_no_evidence_and_leaves_nothing_open(source: str) -> None:
    made = claim(source)
    assert made.probability < 0.01
    assert made.evidence == ()
    assert not made.stays_open(LIMITS)


@pytest.mark.parametrize(("lumbar", "found"), [(-9.6, True), (-9.4, False)])
def test_an_arch_at_depth_counts_from_its_limit_on(lumbar: float, found: bool) -> None:
    assert LIMITS.arching_deg == -9.5
    assert said(lumbar=lumbar) is found


@pytest.mark.parametrize(("lumbar", "room", "found"), [(-7.6, 6.0, True), (-7.4, 6.0, False), (-8.5, 2.3, True), (-8.5, 2.1, False)])
def test_fewer_degrees_will_do_where_the_hands_room_has_grown_as_well(lumbar: float, room: float, found: bool) -> None:
    assert said(lumbar=lumbar, hand_room=room) is found


def test_the_evidence_says_which_limit_was_passed() -> None:
    (alone,) = claim(lumbar=-15.0).evidence
    assert (alone.why, alone.limit, alone.value, alone.frame) == (AT_DEPTH, LIMITS.arching_deg, -15.0, 1000 + 2 * ROWS["lumbar"])
    arch, room = claim(lumbar=-9.0, hand_room=8.0).evidence
    assert (arch.why, arch.limit) == (AT_DEPTH, LIMITS.arching_with_room_deg)
    assert (room.why, room.value, room.unit, room.limit) == (ROOM, 8.0, "pct", LIMITS.hand_room_pct)


@pytest.mark.parametrize(("room", "named"), [(2.3, True), (2.2, False), (math.nan, False)])
def test_grown_room_is_named_beside_an_arch_only(room: float, named: bool) -> None:
    assert (ROOM in reasons(claim(lumbar=-15.0, hand_room=room))) is named
    assert reasons(claim(lumbar=0.0, hand_room=room)) == []


def test_beyond_the_dead_band_it_is_found_and_short_of_it_nothing_is_claimed() -> None:
    bands = {row["name"]: row["dead_band"] for row in Thresholds.table()}
    low, high = bands["arching_deg"]
    assert claim(lumbar=low, hand_room=math.nan, sd=2.0).probability > 0.95
    assert claim(lumbar=high, hand_room=math.nan, sd=2.0).probability < 0.05
    low, high = bands["arching_with_room_deg"]
    assert claim(lumbar=low, hand_room=9.0, sd=2.0).probability > 0.95
    assert claim(lumbar=high, hand_room=9.0, sd=1.2).probability < 0.05


@pytest.mark.parametrize(("lumbar", "believed"), [(-24.9, True), (-25.1, False)])
@pytest.mark.parametrize("where", ["lumbar", "lumbar_lockout"])
def test_an_arch_past_what_a_body_can_do_is_not_believed_and_leaves_the_question_open(where: str, lumbar: float, believed: bool) -> None:
    made = claim(**{where: lumbar})
    assert made.stands(LIMITS) is believed
    assert made.stays_open(LIMITS) is not believed


def test_a_wild_reading_is_named_nowhere_in_the_evidence() -> None:
    assert claim(lumbar=-60.0).evidence == ()
    assert claim(lumbar_lockout=-60.0).evidence == ()


@given(lumbar=st.floats(-60.0, 30.0))
def test_what_is_not_believed_is_not_lost(lumbar: float) -> None:
    made = claim(lumbar=lumbar, hand_room=math.nan, lumbar_lockout=math.nan, trunk_lockout=math.nan)
    readings = made_readings(lumbar=lumbar)
    assert made.probability + made.disbelieved == pytest.approx(readings.lumbar.below(LIMITS.arching_deg))


@pytest.mark.parametrize("source", [*QUIET, *STOOD_IN])
@pytest.mark.parametrize(("lumbar", "found"), [(-9.6, True), (-9.4, False)])
def test_an_arch_at_lockout_counts_from_the_same_limit_on(source: str, lumbar: float, found: bool) -> None:
    made = claim(source, lumbar_lockout=lumbar, trunk_lockout=-2.0)
    assert made.stands(LIMITS) is found
    assert reasons(made) == ([AT_LOCKOUT] if found else [])
    assert not made.stays_open(LIMITS)


@pytest.mark.parametrize(("source", "most_deg"), [*((source, 6.0) for source in QUIET), *((source, 2.0) for source in STOOD_IN)])
def test_bent_forward_it_is_no_lockout_and_less_so_where_zero_is_no_quiet_standing(source: str, most_deg: float) -> None:
    assert said(source, lumbar_lockout=-15.0, trunk_lockout=most_deg - 0.1)
    for arched in (-15.0, -60.0):
        bent = claim(source, lumbar_lockout=arched, trunk_lockout=most_deg + 0.1)
        assert not bent.stands(LIMITS)
        assert not bent.stays_open(LIMITS)


@pytest.mark.parametrize("source", [*QUIET, *STOOD_IN])
@pytest.mark.parametrize(("trunk", "leans"), [(-6.1, True), (-5.9, False)])
def test_a_trunk_that_leans_back_speaks_alone_only_where_zero_is_no_quiet_standing(source: str, trunk: float, leans: bool) -> None:
    made = claim(source, trunk_lockout=trunk)
    assert made.stands(LIMITS) is (leans and source in STOOD_IN)
    assert reasons(made) == (["trunk leans back past upright at lockout"] if leans and source in STOOD_IN else [])


def test_a_lean_back_alone_is_mild_and_shows_the_trunk_against_its_limit() -> None:
    made = claim("lockout", trunk_lockout=-9.0)
    (item,) = made.evidence
    assert (item.value, item.limit, item.frame) == (-9.0, LIMITS.lean_back_deg, 1000 + 2 * ROWS["trunk_lockout"])
    assert made.severity == "mild"


@pytest.mark.parametrize(("trunk", "found"), [(-6.1, True), (-5.9, False)])
def test_a_trunk_that_leans_back_vouches_for_a_wild_low_back_at_lockout_but_not_at_depth(trunk: float, found: bool) -> None:
    assert said(lumbar_lockout=-40.0, trunk_lockout=trunk) is found
    assert not said(lumbar=-40.0, trunk_lockout=trunk)


def test_the_worse_of_depth_and_lockout_leads_the_evidence_and_sets_the_severity() -> None:
    at_depth = claim(lumbar=-16.0, lumbar_lockout=-12.0)
    assert (reasons(at_depth), at_depth.severity) == ([AT_DEPTH, AT_LOCKOUT], "moderate")
    at_lockout = claim(lumbar=-12.0, lumbar_lockout=-16.0, hand_room=9.0)
    assert (reasons(at_lockout), at_lockout.severity) == ([AT_LOCKOUT, AT_DEPTH, ROOM], "moderate")


@pytest.mark.parametrize(("lumbar", "severity"), [(-13.9, "mild"), (-14.0, "moderate"), (-21.9, "moderate"), (-22.0, "marked")])
@pytest.mark.parametrize("where", ["lumbar", "lumbar_lockout"])
def test_severity_goes_by_the_degrees(where: str, lumbar: float, severity: str) -> None:
    assert claim(**{where: lumbar}).severity == severity


def test_what_was_not_measured_claims_nothing_and_leaves_nothing_open() -> None:
    unknown = dict.fromkeys(("lumbar", "lumbar_lockout", "trunk_lockout", "hand_room"), math.nan)
    for source in (*QUIET, *STOOD_IN):
        made = claim(source, **unknown)
        assert (made.probability, made.disbelieved, made.evidence) == (0.0, 0.0, ())


def test_an_arch_at_lockout_needs_a_trunk_that_was_measured() -> None:
    assert not said(lumbar_lockout=-15.0, trunk_lockout=math.nan)


def test_the_claim_names_the_rep_and_how_well_it_was_seen() -> None:
    made = claim(lumbar=-15.0, quality=0.6)
    assert (made.name, made.rep, made.quality) == ("overextension", 2, 0.6)


def test_a_lean_back_shows_by_the_trunk_when_zero_was_taken_at_a_lockout():
    track, motion = sample_motion("deadlift_neutral")
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


def test_more_arching_than_a_low_back_can_do_is_not_believed():
    track, motion = sample_motion("deadlift_overextended")
    broken = replace(motion, lumbar_flexion=replace(motion.lumbar_flexion, value_deg=motion.lumbar_flexion.value_deg * 3.0))
    upright = replace(motion.trunk_inclination, value_deg=np.maximum(motion.trunk_inclination.value_deg, 2.0))
    not_believed = judged(track, replace(broken, trunk_inclination=upright))
    assert faults(not_believed) == set()
    assert not_believed.undecided == tuple(measure.rep for measure in not_believed.judged), "nor is it called clean"
    assert faults(judged(track, broken)) == {"overextension"}, "a trunk that leans back at lockout vouches for it"


def test_an_arch_at_lockout_that_is_worse_than_at_depth_leads_the_evidence():
    track, motion = sample_motion("deadlift_overextended")
    lumbar = motion.lumbar_flexion.value_deg.copy()
    found = segment(motion)
    lumbar[found.phase == "lockout"] = -20.0
    lumbar[found.phase != "lockout"] = np.clip(lumbar[found.phase != "lockout"], -12.0, None)
    finding = judged(track, replace(motion, lumbar_flexion=replace(motion.lumbar_flexion, value_deg=lumbar))).findings[0]
    assert finding.evidence[0].value == pytest.approx(-20.0)
