"""Drills follow the gravest thing seen, and promise nothing the source does not give."""

from __future__ import annotations

import pytest

from hinge_vision.findings.drills import drills_for
from hinge_vision.findings.model import Evidence, Fault, Finding, Observation, Severity

TOE_TOUCH, KNEELING, SELF_TEST = "forefoot elevated toe touch", "tall kneeling KB hip hinge", "hip hinge self-assessment"


def finding(fault: Fault, severity: Severity = "moderate", confidence: float = 0.8) -> Finding:
    return Finding(fault, severity, (1,), (Evidence("low_back", 10, 0.3, 40.0, 3.0, "deg", 21.0, "seen"),), confidence)


HEAD = Observation("head_contact_lost", (1,), (), 0.8)


@pytest.mark.parametrize(
    ("fault", "order"),
    [
        ("coupled_flexion", [TOE_TOUCH, KNEELING]),
        ("overextension", [KNEELING, TOE_TOUCH]),
        ("limited_range", [TOE_TOUCH, KNEELING]),
    ],
)
def test_each_fault_has_its_order_of_drills(fault, order):
    assert [drill.name for drill in drills_for([finding(fault)], (), ())] == order


def test_the_gravest_fault_decides():
    found = [finding("coupled_flexion", "mild"), finding("overextension", "marked")]
    assert drills_for(found, (), ())[0].name == KNEELING
    assert drills_for(found[::-1], (), ())[0].name == KNEELING


@pytest.mark.parametrize(("lost", "first"), [("sacral", TOE_TOUCH), ("thoracic", TOE_TOUCH), ("low_back", KNEELING)])
def test_a_lost_contact_alone_calls_for_both_drills(lost, first):
    drills = drills_for([], (lost,), ())
    assert drills[0].name == first
    assert {drill.name for drill in drills} == {TOE_TOUCH, KNEELING}


def test_room_for_the_hand_alone_is_not_called_an_arched_back():
    assert not any("arch" in drill.why for drill in drills_for([], ("low_back",), ()))


def test_the_head_alone_calls_for_the_self_assessment():
    assert [drill.name for drill in drills_for([], ("head",), [HEAD])] == [SELF_TEST]
    assert [drill.name for drill in drills_for([], (), [HEAD])] == [SELF_TEST]


def test_nothing_seen_needs_no_drill():
    assert drills_for([], (), ()) == ()


def test_repetitions_and_tempo_stand_only_at_the_toe_touch():
    for drill in drills_for([finding("coupled_flexion")], (), ()):
        assert (drill.reps, drill.tempo) == ((15, "1-1-0") if drill.name == TOE_TOUCH else (None, None))
        assert "neutral" in drill.cue
