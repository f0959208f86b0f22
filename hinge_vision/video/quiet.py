"""Silence for the native libraries, not for Python: MediaPipe, OpenCV and FFmpeg write to the terminal past it."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

_STDERR = 2
# Each library's own switch, for what it says before or after; a value the user has set stays.
_SWITCHES = {
    "GLOG_minloglevel": "3",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "OPENCV_LOG_LEVEL": "SILENT",
    "OPENCV_FFMPEG_LOGLEVEL": "-8",
}


class _Silence:
    """The one redirection of the process's file descriptor 2, shared by all who asked for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted = 0
        self._saved: int | None = None
        self._stand_in: TextIO | None = None
        self._replaced: TextIO | None = None

    def begin(self) -> None:
        with self._lock:
            self._wanted += 1
            if self._wanted == 1:
                self._redirect()

    def end(self) -> None:
        with self._lock:
            self._wanted -= 1
            if self._wanted == 0:
                self._restore()

    def _redirect(self) -> None:
        self._flush()
        try:
            # Kept above the standard three, should any of them be closed.
            self._saved = _dup_high(_STDERR)
        except OSError:
            # Stderr is closed. The next file opened would become descriptor 2 and the libraries would write into it.
            self._saved = None
        sink = os.open(os.devnull, os.O_WRONLY)
        os.dup2(sink, _STDERR)
        if sink != _STDERR:
            os.close(sink)
        if self._saved is not None and _writes_to_stderr(sys.stderr):
            self._replaced = sys.stderr
            sys.stderr = self._python_stderr(self._saved, sys.stderr)

    def _restore(self) -> None:
        self._flush()
        if self._replaced is not None and sys.stderr is self._stand_in:
            sys.stderr = self._replaced
        self._replaced = None
        if self._saved is None:
            os.close(_STDERR)
        else:
            os.dup2(self._saved, _STDERR)
            os.close(self._saved)
        self._saved = None

    def _python_stderr(self, saved: int, like: TextIO) -> TextIO:
        """Return a stream to the real stderr. It is made once and lives on: a logger may have kept it."""
        if self._stand_in is None:
            self._stand_in = open(  # noqa: SIM115
                _dup_high(saved), "w", encoding=like.encoding or "utf-8", errors="backslashreplace", buffering=1
            )
        else:
            os.dup2(saved, self._stand_in.fileno(), inheritable=False)
        return self._stand_in

    def _flush(self) -> None:
        with suppress(OSError, ValueError):
            if sys.stderr is not None:
                sys.stderr.flush()


def _dup_high(descriptor: int) -> int:
    """Duplicate a descriptor to one above the standard three."""
    low = []
    copy = os.dup(descriptor)
    while copy <= _STDERR:
        low.append(copy)
        copy = os.dup(descriptor)
    for number in low:
        os.close(number)
    return copy


def _writes_to_stderr(stream: TextIO | None) -> bool:
    """Tell whether a Python stream ends in file descriptor 2; a test's or a notebook's may end elsewhere."""
    try:
        return stream is not None and stream.fileno() == _STDERR
    except (OSError, ValueError, AttributeError):
        return False


_silence = _Silence()


@contextmanager
def native_stderr(verbose: bool) -> Iterator[None]:
    """Silence what native libraries write to stderr while the block runs; what Python prints still comes through.

    It may be nested and entered from several threads: the silence lasts until the last of them has left. A stream kept
    from before (a logging handler made earlier) is silenced as well; make such handlers inside, or let them look up
    `sys.stderr` when they write.

    Parameters
    ----------
    verbose
        True = do nothing, let everything through.
    """
    if verbose:
        yield
        return
    for name, value in _SWITCHES.items():
        os.environ.setdefault(name, value)
    _silence.begin()
    try:
        yield
    finally:
        _silence.end()
