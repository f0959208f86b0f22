"""Cores and threads: how many there are, and keeping OpenCV's out of the way of ours, and all of them where many clips are worked on at once.

OpenCV is loaded where it is needed: the command line and its doctor ask for the cores before.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Generator
from contextlib import contextmanager

from hinge_vision.memory import keep_freed_memory

_one_core = False
_lock = threading.Lock()
# How many blocks of `opencv_in_one_thread` are under way, and how many threads OpenCV had before the first.
_blocks = _threads_before = 0


def keep_to_one_core() -> None:
    """From now on let this process decode, run the pose model and encode in one thread, and keep the memory of its pictures.

    It holds for the whole process and for good: fit for a worker process, not to be called behind the back of another program.
    """
    import cv2

    global _one_core
    _one_core = True
    cv2.setNumThreads(1)
    keep_freed_memory()


def is_on_one_core() -> bool:
    """Tell whether this process keeps to one core."""
    return _one_core


def usable_cores() -> int:
    """Return how many cores this process may use: in a container, or bound to some, fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def opencv_in_one_thread() -> Generator[None, None, None]:
    """Within this block, or in the function it decorates, let OpenCV work in the thread that calls it.

    Its helper threads wait for work by turning round and round, and take the cores from landmarkers and decoder.
    """
    import cv2

    global _blocks, _threads_before
    with _lock:
        _blocks += 1
        if _blocks == 1:
            _threads_before = cv2.getNumThreads()
            cv2.setNumThreads(1)
    try:
        yield
    finally:
        with _lock:
            _blocks -= 1
            if _blocks == 0:
                cv2.setNumThreads(_threads_before)
