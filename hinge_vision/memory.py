"""What becomes of memory the program has freed: by itself the C library keeps most of it, in shares of each thread's own."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable

# glibc's names for its settings (malloc.h), and the largest values that serve: a picture of a 4K clip has 25 MB.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_KEPT_BYTES, _HEAP_BYTES = 256 << 20, 32 << 20

_keeping = False


def keep_freed_memory() -> None:
    """From now on keep the memory of pictures for the next ones, in the whole process and for good: fit for a worker that does nothing else.

    Dask starts its workers with MALLOC_TRIM_THRESHOLD_ set, by which glibc gives every freed picture back to the system
    and fetches it again page by page: a quarter more CPU time for a clip. A setting made here overrides it.
    """
    global _keeping
    _keeping = True
    mallopt = _of_glibc("mallopt")
    if mallopt is not None:
        mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)
        mallopt(_M_MMAP_THRESHOLD, _HEAP_BYTES)


def give_back_freed_memory() -> None:
    """Return what is free to the system, unless this process keeps it: else a clip leaves nearly a gigabyte of nothing behind."""
    malloc_trim = None if _keeping else _of_glibc("malloc_trim")
    if malloc_trim is not None:
        malloc_trim(0)


def _of_glibc(name: str) -> Callable[..., int] | None:
    # other C libraries lack these functions
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
