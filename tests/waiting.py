"""Waiting for what another process does: patiently, since a busy system takes its time, and not for ever."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Seen = TypeVar("Seen")


def until(look: Callable[[], Seen], complaint: str = "it never came to that", timeout_s: float = 60.0) -> Seen:
    """Look again and again until there is something to see, and return it."""
    end = time.monotonic() + timeout_s
    while not (seen := look()):
        assert time.monotonic() < end, complaint
        time.sleep(0.05)
    return seen
