"""Who comes next: clients take turns, so that one with many clips does not keep the others waiting."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Ticket:
    """A place in the queue: whose it is and since when."""

    id: str
    client: str
    queued_s: float


def serving_order(waiting: Iterable[Ticket], running: Mapping[str, int]) -> list[str]:
    """Return the ids of the waiting clips in the order they will be taken.

    Parameters
    ----------
    waiting
        The queue.
    running
        How many clips of each client are being analysed now. A client's first clip comes before anybody's second.
    """
    had: Counter[str] = Counter(running)
    turns: list[tuple[int, float, str]] = []
    for ticket in sorted(waiting, key=lambda one: (one.queued_s, one.id)):
        turns.append((had[ticket.client], ticket.queued_s, ticket.id))
        had[ticket.client] += 1
    return [clip_id for _, _, clip_id in sorted(turns)]
