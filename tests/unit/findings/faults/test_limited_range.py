"""Limited range: how deep is deep enough, for which exercise, and what takes over from hips that stop short."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinge_vision.findings.claims import Claim
from hinge_vision.findings.faults.limited_range import limited_range
from hinge_vision.findings.model import Fault
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.settings import Exercise
from tests.made_judgements import faults, judged
from tests.made_readings import LIMITS, ROWS, made_motion, made_readings
from tests.report_fixture import sample_motion


def claim(exercise: Exercise | None = "deadlift", **values: object) -> Claim[Fault]:
    made = limited_range(made_readings(**values), made_motion(), exercise, LIMITS)
    assert made is not None
    return made


@pytest.mark.parametrize(("exercise", "limit_deg"), [("deadlift", 70.0), ("hinge", 70.0), (None, 70.0), ("kb_swing", 52.0)])
def test_each_exercise_has_its_range_to_reach(exercise: Exercise | None, limit_deg: float) -> None:
    short, deep = claim(exercise, hip=limit_deg - 0.1), claim(exercise, hip=limit_deg + 0.1)
    assert (short.stands(LIMITS), deep.stands(LIMITS)) == (True, False)
    assert short.evidence[0].limit == limit_deg


@pytest.mark.parametrize(("exercise", "name"), [("deadlift", "hip_range_deg"), ("kb_swing", "hip_range_kb_swing_deg")])
def test_short_of_the_dead_band_it_is_found_and_beyond_it_nothing_is_claimed(exercise: Exercise, name: str) -> None:
    low, high = next(row["dead_band"] for row in Thresholds.table() if row["name"] == name)
    assert claim(exercise, hip=low).probability > 0.95
    assert claim(exercise, hip=high).probability < 0.05


def test_nothing_is_claimed_where_the_exercise_has_no_range_or_the_deepest_point_was_not_seen() -> None:
    motion = made_motion()
    assert limited_range(made_readings(hip=40.0), motion, "hang_clean", LIMITS) is None
    assert limited_range(made_readings(hip=40.0, depth_seen=False), motion, "deadlift", LIMITS) is None
    assert limited_range(made_readings(hip=40.0, depth_seen=True), motion, "deadlift", LIMITS) is not None


def test_hips_that_were_not_measured_are_not_said_to_stop_short() -> None:
    assert claim(hip=math.nan).probability == 0.0


@pytest.mark.parametrize(
    ("values", "witnesses"),
    [
        ({"lumbar": 18.1}, ["low_back"]),
        ({"lumbar": 17.9}, []),
        ({"knee": 50.1}, ["knees"]),
        ({"knee": 49.9}, []),
        ({"lumbar": 30.0, "knee": 80.0}, ["low_back", "knees"]),
        ({"lumbar": math.nan, "knee": math.nan}, []),
    ],
)
def test_what_took_over_is_named(values: dict[str, float], witnesses: list[str]) -> None:
    first, *rest = claim(hip=40.0, **values).evidence
    assert [item.witness for item in rest] == witnesses
    assert ("nothing took over" in first.why) == (not witnesses)
    limits = {"low_back": LIMITS.take_over_lumbar_deg, "knees": LIMITS.take_over_knee_deg}
    read = {"low_back": "lumbar", "knees": "knee"}
    for item in rest:
        assert (item.value, item.limit) == (values[read[item.witness]], limits[item.witness])
        assert item.frame == 1000 + 2 * ROWS[read[item.witness]]


@pytest.mark.parametrize(("short_deg", "severity"), [(4.9, "mild"), (5.0, "moderate"), (24.9, "moderate"), (25.0, "marked")])
def test_how_far_the_hips_stop_short_is_the_severity_once_something_takes_over(short_deg: float, severity: str) -> None:
    assert claim(hip=70.0 - short_deg, lumbar=30.0).severity == severity
    assert claim(hip=70.0 - short_deg, knee=80.0).severity == severity
    assert claim(hip=70.0 - short_deg).severity == "mild"


def test_severity_is_counted_from_the_exercises_own_range() -> None:
    assert claim("kb_swing", hip=48.0, lumbar=30.0).severity == "mild"
    assert claim("deadlift", hip=48.0, lumbar=30.0).severity == "moderate"


def test_the_claim_names_the_rep_and_how_well_it_was_seen() -> None:
    made = claim(hip=40.0, quality=0.6)
    assert (made.name, made.rep, made.quality) == ("limited_range", 2, 0.6)
    assert (made.evidence[0].value, made.evidence[0].frame) == (40.0, 1000 + 2 * ROWS["hip"])


@given(hip=st.floats(0.0, 120.0), deeper=st.floats(0.0, 60.0))
def test_deeper_hips_are_never_likelier_to_stop_short(hip: float, deeper: float) -> None:
    assert claim(hip=hip + deeper).probability <= claim(hip=hip).probability


def test_a_hang_clean_has_no_range_to_reach():
    track, motion = sample_motion("deadlift_limited_range")
    assert faults(judged(track, motion, "hang_clean")) == set()


def test_hips_that_stop_short_with_nothing_taking_over_are_mild():
    judgement = judged(*sample_motion("deadlift_limited_range"))
    (finding,) = judgement.findings
    assert finding.severity == "mild"
    assert "film the deepest hinge" in finding.evidence[0].why


def test_hips_that_stop_short_while_the_back_goes_on_are_worse_than_mild():
    track, motion = sample_motion("deadlift_limited_range")
    lumbar = motion.lumbar_flexion.value_deg + 35.0 * motion.hip_flexion.value_deg / 45.0
    judgement = judged(track, replace(motion, lumbar_flexion=replace(motion.lumbar_flexion, value_deg=lumbar)))
    limited = next(finding for finding in judgement.findings if finding.fault == "limited_range")
    assert limited.severity in {"moderate", "marked"}
    assert any("took over" in item.why for item in limited.evidence)
