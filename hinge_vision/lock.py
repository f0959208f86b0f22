"""Holding a folder against other processes by a lock of the kernel: it ends with the process, however that ends."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO


def hold(path: Path) -> IO[str]:
    """Take the lock of a file, which is made if need be; it is held until the file is closed.

    Raises
    ------
    BlockingIOError
        Another process holds it.
    OSError
        The file cannot be made, or its file system cannot lock.
    """
    file = path.open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise
    return file
