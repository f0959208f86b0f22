"""How a clip of a batch can end, and how many ended so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

Status = Literal["judged", "declined", "failed"]


def counts(statuses: Iterable[Status]) -> dict[Status, int]:
    """Return how often each status occurs, 0 for one that does not."""
    ended = list(statuses)
    return {status: ended.count(status) for status in get_args(Status)}
