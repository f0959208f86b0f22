"""What a child process may use, so that a hostile file ends its own process and nothing else."""

from __future__ import annotations

import os
import resource
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Limits of one process: processor time, memory, and the size of any file it writes."""

    cpu_s: float
    memory_bytes: int
    file_bytes: int = 4 << 30


def limit_process(limits: Limits) -> None:
    """Set the limits for this process, for good, and step behind other work. Call it before anything large is loaded.

    The kernel ends the process (SIGXCPU) when its processor time is used up; memory beyond the limit is refused. Linux
    counts what the process itself holds (`RLIMIT_DATA`); address space, most of which libraries only map, gets twice that.
    """
    cpu_s = max(1, round(limits.cpu_s))
    _set(resource.RLIMIT_CPU, cpu_s, cpu_s + 5)
    _set(resource.RLIMIT_CORE, 0, 0)
    _set(resource.RLIMIT_FSIZE, limits.file_bytes, limits.file_bytes)
    if sys.platform == "linux":
        _set(resource.RLIMIT_DATA, limits.memory_bytes, limits.memory_bytes)
        _set(resource.RLIMIT_AS, 2 * limits.memory_bytes, 2 * limits.memory_bytes)
    with suppress(OSError):
        os.nice(5)


def end_with_parent() -> None:
    """End this process at once when its parent is gone: the pipe that is its standard input then reaches its end."""

    def wait() -> None:
        with suppress(OSError):
            while os.read(0, 1024):
                pass
        os._exit(1)

    threading.Thread(target=wait, name="parent", daemon=True).start()


def _set(which: int, soft: int, hard: int) -> None:
    # a limit the user has set lower stays; some systems know a limit and refuse to set it
    with suppress(OSError, ValueError):
        _, present = resource.getrlimit(which)
        if present != resource.RLIM_INFINITY:
            soft, hard = min(soft, present), min(hard, present)
        resource.setrlimit(which, (soft, hard))
