"""What is said beside the faults: knees that do the work, hips that rise first, a head that leaves the dowel."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hinge_vision.arrays import FloatArray
from hinge_vision.findings.claims import Claim
from hinge_vision.findings.model import ObservationName
from hinge_vision.findings.observations import head_contact_lost, hips_rise_first, knee_dominant, observe
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.kinematics.motion import Angle, Motion
from hinge_vision.kinematics.segment import segment
from tests.made_judgements import judged
from tests.made_motions import rows_of
from tests.made_readings import LIMITS, ROWS, made_motion, made_readings
from tests.made_tracks import rows_of as track_rows
from tests.report_fixture import sample_motion

BANDS = {row["name"]: row["dead_band"] for row in Thresholds.table()}


def knees(**values: object) -> Claim[ObservationName]:
    return knee_dominant(made_readings(**values), made_motion(), LIMITS)


def head(**values: object) -> Claim[ObservationName]:
    return head_contact_lost(made_readings(**values), made_motion(), LIMITS)


@pytest.mark.parametrize(
    ("knee", "trunk", "found"), [(54.1, 30.0, True), (53.9, 30.0, False), (90.0, 49.9, True), (90.0, 50.1, False), (90.0, 80.0, False)]
)
def test_a_lift_is_knee_dominant_where_the_knees_bend_far_under_an_upright_trunk(knee: float, trunk: float, found: bool) -> None:
    assert (LIMITS.knee_dominant_knee_deg, LIMITS.knee_dominant_trunk_deg) == (54.0, 50.0)
    assert knees(knee=knee, trunk=trunk).stands(LIMITS) is found


def test_past_both_dead_bands_a_lift_is_knee_dominant_and_short_of_either_it_is_not() -> None:
    (knee_low, knee_high), (trunk_low, trunk_high) = BANDS["knee_dominant_knee_deg"], BANDS["knee_dominant_trunk_deg"]
    assert knees(knee=knee_high, trunk=trunk_low).probability > 0.95
    assert knees(knee=knee_low, trunk=trunk_low).probability < 0.05
    assert knees(knee=knee_high, trunk=trunk_high).probability < 0.05


@pytest.mark.parametrize("name", ["knee", "trunk"])
def test_knees_or_trunk_that_were_not_measured_make_no_lift_knee_dominant(name: str) -> None:
    assert knees(**{"knee": 90.0, "trunk": 30.0, name: math.nan}).probability == 0.0


def test_the_evidence_for_knees_is_both_angles_each_against_its_limit() -> None:
    made = knees(knee=80.0, trunk=34.0, quality=0.7)
    assert [(item.value, item.limit, item.frame) for item in made.evidence] == [
        (80.0, LIMITS.knee_dominant_knee_deg, 1000 + 2 * ROWS["knee"]),
        (34.0, LIMITS.knee_dominant_trunk_deg, 1000 + 2 * ROWS["trunk"]),
    ]
    assert (made.name, made.rep, made.quality) == ("knee_dominant", 2, 0.7)


@pytest.mark.parametrize(("gap", "lost"), [(8.1, True), (7.9, False), (-20.0, False), (math.nan, False)])
def test_a_head_is_lost_when_it_moves_away_from_the_dowel_and_not_when_it_comes_nearer(gap: float, lost: bool) -> None:
    assert LIMITS.head_gap_pct == 8.0
    assert head(head_gap=gap).stands(LIMITS) is lost


def test_beyond_its_dead_band_a_head_is_lost_and_short_of_it_nothing_is_said() -> None:
    low, high = BANDS["head_gap_pct"]
    assert head(head_gap=high, sd=1.2).probability > 0.95
    assert head(head_gap=low, sd=1.2).probability < 0.05


def test_the_evidence_for_the_head_is_its_gap_against_its_limit() -> None:
    made = head(head_gap=20.0, quality=0.7)
    (item,) = made.evidence
    assert (item.value, item.unit, item.limit, item.frame) == (20.0, "pct", LIMITS.head_gap_pct, 1000 + 2 * ROWS["head_gap"])
    assert (made.name, made.rep, made.quality) == ("head_contact_lost", 2, 0.7)


def lift_off(trunk_deg: float, knee_deg: float, hip_deg: float, offset_deg: float = 0.0) -> Motion:
    """A rep in which, from 0.1 s before the bottom to 0.4 s after, the trunk leans further by as much, the knees straighten and the hips flex."""
    motion = made_motion()
    share = np.clip((motion.time_s - motion.time_s[30] + 0.1) / 0.5, 0.0, 1.0)
    risen = motion.time_s > motion.time_s[30] + 0.7

    def course(start_deg: float, change_deg: float, upright_deg: float) -> Angle:
        values: FloatArray = np.where(risen, upright_deg, start_deg + change_deg * share)
        return Angle(values + offset_deg, np.full(len(values), 1.0))

    return replace(
        motion,
        trunk_inclination=course(55.0, trunk_deg, 10.0),
        knee_flexion=course(65.0, -knee_deg, 5.0),
        hip_flexion=course(90.0, hip_deg, 10.0),
    )


def first(motion: Motion, **values: object) -> Claim[ObservationName] | None:
    return hips_rise_first(made_readings(**values), motion, LIMITS)


@pytest.mark.parametrize(
    ("trunk_deg", "knee_deg", "hip_deg", "found"),
    [
        (8.2, 40.0, 0.0, True),
        (7.8, 40.0, 0.0, False),
        (20.0, 18.3, 0.0, True),
        (20.0, 17.7, 0.0, False),
        (20.0, 40.0, 7.8, True),
        (20.0, 40.0, 8.2, False),
    ],
    ids=["trunk past", "trunk short", "knees past", "knees short", "hips still enough", "hips still flexing"],
)
def test_hips_rise_first_where_the_trunk_leans_on_while_the_knees_straighten_and_the_hips_do_not_flex(
    trunk_deg: float, knee_deg: float, hip_deg: float, found: bool
) -> None:
    assert (LIMITS.hips_first_trunk_deg, LIMITS.hips_first_knee_deg, LIMITS.hips_first_hip_deg) == (8.0, 18.0, 8.0)
    made = first(lift_off(trunk_deg, knee_deg, hip_deg))
    assert made is not None
    assert made.stands(LIMITS) is found


def test_beyond_its_dead_band_a_further_lean_is_found_and_short_of_it_nothing_is_said() -> None:
    low, high = BANDS["hips_first_trunk_deg"]
    found, none = first(lift_off(high, 40.0, 0.0)), first(lift_off(low, 40.0, 0.0))
    assert found is not None
    assert none is not None
    assert found.probability > 0.95
    assert none.probability < 0.07


def test_the_evidence_for_hips_that_rise_first_is_how_much_further_the_trunk_leaned() -> None:
    made = first(lift_off(20.0, 40.0, 0.0), quality=0.7)
    assert made is not None
    (item,) = made.evidence
    assert item.value == pytest.approx(20.0, abs=0.1)
    assert item.sd == 2.0, "a difference is never surer than that"
    assert item.limit == LIMITS.hips_first_trunk_deg
    assert (made.name, made.rep, made.quality) == ("hips_rise_first", 2, 0.7)


@settings(max_examples=20)
@given(offset_deg=st.floats(-20.0, 20.0), trunk_deg=st.floats(0.0, 30.0))
def test_only_changes_tell_whether_hips_rise_first_and_no_zero_does(offset_deg: float, trunk_deg: float) -> None:
    shifted, plain = first(lift_off(trunk_deg, 40.0, 0.0, offset_deg)), first(lift_off(trunk_deg, 40.0, 0.0))
    assert shifted is not None
    assert plain is not None
    assert shifted.probability == pytest.approx(plain.probability, abs=1e-9)


def shifted(motion: Motion, rows: int) -> Motion:
    """The motion with its angles so many rows later."""

    def late(angle: Angle) -> Angle:
        return replace(angle, value_deg=np.roll(angle.value_deg, rows))

    names = ("trunk_inclination", "knee_flexion", "hip_flexion")
    return replace(motion, **{name: late(getattr(motion, name)) for name in names})


@pytest.mark.parametrize(("rows", "seen"), [(-11, True), (0, True), (-25, False)])
def test_hips_that_rose_long_before_the_deepest_moment_were_still_on_the_way_down(rows: int, seen: bool) -> None:
    made = first(shifted(lift_off(20.0, 40.0, 0.0), rows))
    assert made is not None
    assert made.stands(LIMITS) is seen


@pytest.mark.parametrize(("frames", "seen"), [(1, False), (3, False), (6, True)])
def test_a_flicker_of_the_trunk_is_no_further_lean(frames: int, seen: bool) -> None:
    motion = lift_off(0.0, 40.0, 0.0)
    trunk = motion.trunk_inclination.value_deg.copy()
    trunk[42 : 42 + frames] += 30.0
    made = first(replace(motion, trunk_inclination=replace(motion.trunk_inclination, value_deg=trunk)))
    assert made is not None
    assert made.stands(LIMITS) is seen


@pytest.mark.parametrize("name", ["trunk_inclination", "knee_flexion", "hip_flexion"])
@pytest.mark.parametrize(("rows", "seen"), [(5, True), (4, False)])
def test_a_lift_off_of_which_too_little_was_measured_tells_nothing(name: str, rows: int, seen: bool) -> None:
    motion = lift_off(20.0, 40.0, 0.0)
    angle = getattr(motion, name)
    values = np.full(len(angle.value_deg), np.nan)
    values[28 : 28 + rows] = angle.value_deg[28 : 28 + rows]
    claims = observe(made_readings(), replace(motion, **{name: replace(angle, value_deg=values)}), LIMITS)
    assert ("hips_rise_first" in [claim.name for claim in claims]) is seen


def test_every_observation_is_looked_for_in_every_rep() -> None:
    assert {claim.name for claim in observe(made_readings(), lift_off(20.0, 40.0, 0.0), LIMITS)} == {
        "knee_dominant",
        "head_contact_lost",
        "hips_rise_first",
    }


@pytest.mark.parametrize("step", [1, 3])
def test_hips_that_rise_while_the_trunk_leans_further_are_said_at_any_rate_and_the_way_down_is_not(step):
    track, motion = sample_motion("deadlift_neutral")
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
