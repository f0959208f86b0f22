"""One core for this process: where many clips are worked on at once, each by a process of its own, threads only get in each other's way."""

from __future__ import annotations

import cv2

from hinge_vision.memory import keep_freed_memory

_one_core = False


def keep_to_one_core() -> None:
    """From now on let this process decode, run the pose model and encode in one thread, and keep the memory of its pictures.

    It holds for the whole process and for good: fit for a worker process, not to be called behind the back of another program.
    """
    global _one_core
    _one_core = True
    cv2.setNumThreads(1)
    keep_freed_memory()


def is_on_one_core() -> bool:
    """Tell whether this process keeps to one core."""
    return _one_core
