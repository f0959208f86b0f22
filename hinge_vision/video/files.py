"""Writing files whole or not at all, and never over the clip they are made from."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hinge_vision.errors import OutputError
from hinge_vision.video.probe import shown_name


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Yield a path to write to, which becomes `path` if the block ends well and vanishes otherwise.

    The temporary file lies in the same folder and has the same suffix; nobody ever sees `path` half written. What
    stood there before stays until then. An interrupt counts as failure.

    Raises
    ------
    OutputError
        The operating system refused: no such folder, no permission, disk full.
    """
    temporary = path.with_name(f".{secrets.token_hex(8)}{path.suffix}")
    try:
        yield temporary
        temporary.replace(path)
    except OSError as error:
        why = error.strerror or str(error)
        raise OutputError(f"{shown_name(path)}: cannot be written to {path.parent} ({why}); free some space or choose another folder") from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def atomic_write_bytes(path: Path, data: bytes) -> None:
    """Write a file whole or not at all.

    Raises
    ------
    OutputError
        It cannot be written.
    """
    with atomic_path(path) as temporary:
        temporary.write_bytes(data)


def atomic_write_text(path: Path, text: str) -> None:
    """Write a text file as UTF-8, line ends as they are, whole or not at all.

    Raises
    ------
    OutputError
        It cannot be written.
    """
    atomic_write_bytes(path, text.encode("utf-8"))


def refuse_to_replace(clip_path: Path, places: Iterable[Path]) -> None:
    """Raise OutputError when the clip itself lies at one of the places that results are about to be written to."""
    for place in places:
        if _is_same_file(clip_path, place):
            raise OutputError(
                f"{clip_path}: {place.name} of the results would be written over this clip; move the clip, or choose another folder for the results"
            )


def _is_same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:  # one of them is not there
        return False
