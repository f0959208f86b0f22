"""One core for this process: where many clips are worked on at once, each by a process of its own, threads only get in each other's way."""

from __future__ import annotations

import ctypes
import sys

import cv2

# glibc's names for its settings (malloc.h), and the largest values that serve: a picture of a 4K clip has 25 MB.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_KEPT_BYTES, _HEAP_BYTES = 256 << 20, 32 << 20

_one_core = False


def keep_to_one_core() -> None:
    """From now on let this process decode, run the pose model and encode in one thread, and keep the memory of its pictures.

    It holds for the whole process and for good: fit for a worker process, not to be called behind the back of another program.
    """
    global _one_core
    _one_core = True
    cv2.setNumThreads(1)
    _keep_freed_memory()


def is_on_one_core() -> bool:
    """Tell whether this process keeps to one core."""
    return _one_core


def _keep_freed_memory() -> None:
    # Dask starts its workers with MALLOC_TRIM_THRESHOLD_ set, by which glibc gives every freed picture back to the system
    # and fetches it again page by page: a quarter more CPU time for a clip. A setting made here overrides it.
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries lack it
        if mallopt is not None:
            mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)
            mallopt(_M_MMAP_THRESHOLD, _HEAP_BYTES)
