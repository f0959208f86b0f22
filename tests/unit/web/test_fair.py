"""Clients take turns."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hinge_vision.web.fair import Ticket, serving_order


def tickets(*clients: str) -> list[Ticket]:
    return [Ticket(f"{client}{number}", client, float(number)) for number, client in enumerate(clients)]


def test_one_client_is_served_in_the_order_of_arrival() -> None:
    assert serving_order(reversed(tickets("a", "a", "a")), {}) == ["a0", "a1", "a2"]


def test_a_newcomer_comes_before_the_second_clip_of_a_client_with_many() -> None:
    assert serving_order(tickets("a", "a", "a", "b"), {}) == ["a0", "b3", "a1", "a2"]


def test_a_client_whose_clip_runs_waits_for_those_who_have_none_running() -> None:
    assert serving_order(tickets("a", "b"), {"a": 1}) == ["b1", "a0"]


@given(st.lists(st.sampled_from("abcd"), max_size=30), st.dictionaries(st.sampled_from("abcd"), st.integers(0, 3)))
def test_everybody_is_served_once_and_no_client_gets_far_ahead(clients: list[str], running: dict[str, int]) -> None:
    queue = tickets(*clients)
    order = serving_order(queue, running)
    assert sorted(order) == sorted(ticket.id for ticket in queue)
    had = {client: running.get(client, 0) for client in "abcd"}
    left = {client: clients.count(client) for client in "abcd"}
    for clip_id in order:
        client = clip_id[0]
        assert had[client] <= min(had[other] for other in "abcd" if left[other])
        had[client] += 1
        left[client] -= 1
