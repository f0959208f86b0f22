"""When a claim is said, when it stays open, and how the claims of several reps make one finding."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinge_vision.findings.claims import Claim, evidence, finding, graded, observation
from hinge_vision.findings.confidence import Reading
from hinge_vision.findings.model import Evidence, Fault
from hinge_vision.findings.thresholds import Thresholds
from tests.made_readings import made_motion

LIMITS = Thresholds()
SHARES = st.floats(0.0, 1.0)


def item(frame: int) -> Evidence:
    return Evidence("low_back", frame, frame / 30, 30.0, 3.0, "deg", 21.0, "seen")


def claim(probability: float, quality: float = 1.0, disbelieved: float = 0.0) -> Claim[Fault]:
    return Claim("coupled_flexion", 1, probability, quality, (), disbelieved=disbelieved)


def test_a_claim_is_as_sure_as_its_probability_times_how_well_the_rep_was_seen() -> None:
    assert claim(0.8, 0.7).confidence == pytest.approx(0.56)


@pytest.mark.parametrize(("probability", "said"), [(0.5, True), (0.499, False)])
def test_only_what_is_more_likely_than_not_is_said(probability: float, said: bool) -> None:
    assert claim(probability).stands(LIMITS) is said


@pytest.mark.parametrize(("quality", "said"), [(0.5, True), (0.499, False)])
def test_only_what_is_sure_enough_is_said(quality: float, said: bool) -> None:
    assert LIMITS.min_confidence == 0.5
    assert claim(1.0, quality).stands(LIMITS) is said


def test_how_sure_is_enough_can_be_set() -> None:
    assert not claim(1.0, 0.6).stands(Thresholds(min_confidence=0.7))
    assert claim(0.6, 0.3).stands(Thresholds(min_confidence=0.1))


@pytest.mark.parametrize(
    ("probability", "quality", "disbelieved", "open_"),
    [
        (0.9, 0.4, 0.0, True),
        (0.9, 1.0, 0.0, False),
        (0.499, 0.4, 0.0, False),
        (0.1, 1.0, 0.5, True),
        (0.1, 1.0, 0.499, False),
        (0.9, 1.0, 0.9, False),
    ],
    ids=["seen badly", "said", "unlikely", "not believed", "hardly read at all", "said in spite of another reading"],
)
def test_what_is_likely_and_cannot_be_said_stays_open(probability: float, quality: float, disbelieved: float, open_: bool) -> None:
    assert claim(probability, quality, disbelieved).stays_open(LIMITS) is open_


@given(SHARES, SHARES, SHARES)
def test_a_claim_is_said_or_open_or_ruled_out_and_never_two_of_them(probability: float, quality: float, disbelieved: float) -> None:
    made = claim(probability, quality, disbelieved)
    likely = max(probability, disbelieved) >= 0.5
    assert made.stands(LIMITS) + made.stays_open(LIMITS) == likely


def test_evidence_names_the_frame_and_the_time_of_the_row_that_was_read() -> None:
    motion = made_motion()
    made = evidence(motion, "low_back", Reading(33.0, 2.0, 7), "deg", 21.0, "rounds")
    assert made == Evidence("low_back", 1014, float(motion.time_s[7]), 33.0, 2.0, "deg", 21.0, "rounds")


@pytest.mark.parametrize("sd", [math.nan, math.inf])
def test_an_unknown_standard_error_is_written_as_0(sd: float) -> None:
    assert evidence(made_motion(), "low_back", Reading(33.0, sd, 7), "deg", 21.0, "rounds").sd == 0.0


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(("value", "severity"), [(0.0, "mild"), (29.9, "mild"), (30.0, "moderate"), (41.9, "moderate"), (42.0, "marked")])
def test_severity_steps_up_at_its_limits_to_either_side_of_zero(value: float, severity: str, sign: int) -> None:
    assert graded(sign * value, sign * 30.0, sign * 42.0) == severity


ONE, TWO, THREE = (
    Claim("coupled_flexion", 1, 0.9, 0.5, (item(10), item(12)), "moderate"),
    Claim("coupled_flexion", 2, 0.8, 1.0, (item(40),), "mild"),
    Claim("coupled_flexion", 3, 0.7, 0.9, (item(70),), "marked"),
)


@given(st.permutations([ONE, TWO, THREE]))
def test_a_finding_has_all_reps_in_order_the_worst_severity_and_the_surest_reps_confidence(claims: list[Claim[Fault]]) -> None:
    found = finding(claims)
    assert found.fault == "coupled_flexion"
    assert found.reps == (1, 2, 3)
    assert [one.frame for one in found.evidence] == [10, 12, 40, 70]
    assert found.severity == "marked"
    assert found.confidence == pytest.approx(0.8)


@pytest.mark.parametrize(("severities", "worst"), [("mild moderate", "moderate"), ("moderate mild", "moderate"), ("mild mild", "mild")])
def test_moderate_lies_between_mild_and_marked(severities: str, worst: str) -> None:
    assert finding(replace(one, severity=severity) for one, severity in zip((ONE, TWO), severities.split(), strict=True)).severity == worst


@given(st.permutations([1, 2, 3]))
def test_an_observation_has_all_reps_in_order_and_the_surest_reps_confidence(reps: list[int]) -> None:
    noted = observation(Claim("knee_dominant", rep, rep / 4, 0.8, (item(rep),)) for rep in reps)
    assert (noted.name, noted.reps, [one.frame for one in noted.evidence]) == ("knee_dominant", (1, 2, 3), [1, 2, 3])
    assert noted.confidence == pytest.approx(0.6)
