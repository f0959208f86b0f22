"""Who is in the clip, who lifts, and which way he faces."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hinge_vision.pose.landmarker import Person
from hinge_vision.pose.survey import FollowedPerson, choose_lifter, elsewhere, facing_of, follow
from hinge_vision.pose.track import Elsewhere
from tests.made_people import person


def test_two_people_are_followed_apart_and_ordered_from_the_left() -> None:
    looks = [(0.4 * i, [person(900), person(200)]) for i in range(5)]
    followed = follow(looks)
    assert len(followed) == 2
    assert followed[0].boxes_px[:, 0].mean() < followed[1].boxes_px[:, 0].mean()
    assert [len(one.time_s) for one in followed] == [5, 5]


def test_a_lifter_missed_in_one_look_stays_the_same_person() -> None:
    looks = [(0.4 * i, [] if i == 2 else [person(400)]) for i in range(6)]
    followed = follow(looks)
    assert len(followed) == 1
    assert len(followed[0].time_s) == 5


def test_a_second_skeleton_on_the_same_body_is_no_second_person() -> None:
    looks = [(0.4 * i, [person(400), person(404)]) for i in range(5)]
    assert len(follow(looks)) == 1


def test_people_the_model_hardly_believes_in_are_left_out() -> None:
    assert follow([(0.0, [person(400, visibility=0.2)])]) == []


def test_the_one_who_hinges_is_chosen_over_one_who_stands_by() -> None:
    looks = [(0.4 * i, [person(200, size_px=330), person(800, lean_deg=70 * (i % 2))]) for i in range(8)]
    assert choose_lifter(follow(looks)) == 1


def test_the_larger_of_two_who_hinge_is_chosen() -> None:
    looks = [(0.4 * i, [person(200, size_px=150, lean_deg=70 * (i % 2)), person(800, size_px=400, lean_deg=70 * (i % 2))]) for i in range(8)]
    assert choose_lifter(follow(looks)) == 1


def test_nobody_is_chosen_when_nobody_is_there() -> None:
    assert choose_lifter(follow([(0.0, []), (0.4, [])])) is None


def two_sets(second_x: float, *, lean_deg: float = 70.0, pause_s: float = 4.0, together: bool = False) -> list[FollowedPerson]:
    """A set of 8 s at x = 800, and after a pause (or at once) one of 4 s elsewhere."""
    looks: list[list[Person]] = [[] for _ in range(40)]
    for look in range(20):
        looks[look].append(person(800, lean_deg=70 * (look % 2)))
    start = 10 if together else 20 + round(pause_s / 0.4)
    for look in range(start, start + 10):
        looks[look].append(person(second_x, lean_deg=lean_deg * (look % 2)))
    return follow((0.4 * look, people) for look, people in enumerate(looks))


TIME_S = np.arange(0.0, 16.0, 1 / 15)


@pytest.mark.parametrize("pause_s", [0.0, 4.0])
def test_who_lifts_at_another_place_once_the_lifter_is_gone_is_taken_for_him(pause_s: float) -> None:
    followed = two_sets(200, pause_s=pause_s)
    chosen = choose_lifter(followed)
    assert chosen == 1
    (place,) = elsewhere(followed, chosen, TIME_S, TIME_S < 8.0)
    assert place == Elsewhere(1, pytest.approx(8.0 + pause_s), pytest.approx(11.6 + pause_s))
    assert elsewhere(followed, 0, TIME_S, 8.0 + pause_s <= TIME_S)[0].person == 2


def test_who_lifts_beside_the_lifter_or_only_walks_by_after_him_is_somebody_else() -> None:
    for followed in (two_sets(200, together=True), two_sets(200, lean_deg=10.0)):
        assert len(followed) == 2
        assert elsewhere(followed, 1, TIME_S, TIME_S < 8.0) == ()


def test_who_comes_back_to_his_place_after_a_long_pause_is_not_elsewhere() -> None:
    followed = two_sets(800)
    assert len(followed) == 2
    chosen = choose_lifter(followed)
    assert chosen is not None
    assert elsewhere(followed, chosen, TIME_S, (TIME_S < 8.0) | (TIME_S > 12.0)) == ()


@pytest.mark.parametrize("facing", ["left", "right"])
@pytest.mark.parametrize("lean_deg", [0.0, 80.0])
def test_facing_is_told_upright_and_bent(facing: str, lean_deg: float) -> None:
    followed = follow([(0.4 * i, [person(400, lean_deg=lean_deg, facing=facing)]) for i in range(4)])
    assert facing_of(followed[0]) == facing


def test_the_way_the_lifter_faces_is_that_of_his_lift_and_not_of_his_walk_to_the_bar() -> None:
    walk = [(0.4 * i, [person(400, facing="left")]) for i in range(9)]
    lift = [(4.0 + 0.4 * i, [person(400, lean_deg=60.0, facing="right")]) for i in range(3)]
    assert facing_of(follow([*walk, *lift])[0]) == "right"


def test_the_hinge_range_is_that_of_the_trunk() -> None:
    followed = follow([(0.4 * i, [person(400, lean_deg=60 * (i % 2))]) for i in range(10)])
    assert followed[0].hinge_range_deg == pytest.approx(60, abs=2)


@pytest.mark.parametrize(("seen", "holds"), [([True, True, False], True), ([True, False, False, True], False), ([True], False), ([], False)])
def test_a_rod_is_believed_when_it_is_seen_twice_and_mostly(seen: list[bool], holds: bool) -> None:
    looks = [(0.4 * number, [replace(person(300), rod=rod)]) for number, rod in enumerate([None, *seen])]
    assert follow(looks)[0].holds_rod is holds
