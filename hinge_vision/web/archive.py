"""A clip's results as one zip file, made while it is sent: nothing of it is held in memory or written to the disk."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

_PIECE_BYTES = 256 << 10
# These are compressed already; packing them again costs time and saves nothing.
_PACKED = frozenset((".mp4", ".png", ".jpg", ".npz"))


class _Outlet:
    """A file that can only be written to, and hands out what was written."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        pass

    def take(self) -> bytes:
        data = b"".join(self._pieces)
        self._pieces.clear()
        return data


def zip_pieces(folder: Path, top: str, leave_out: frozenset[str] = frozenset()) -> Iterator[bytes]:
    """Yield a zip file of a folder, piece by piece.

    Parameters
    ----------
    folder
        What to pack; its files, and those in its folders.
    top
        The one folder that the zip unpacks to.
    leave_out
        Names of files that are not packed.
    """
    outlet = _Outlet()
    with zipfile.ZipFile(cast("IO[bytes]", outlet), "w", allowZip64=True) as archive:
        for path in sorted(folder.rglob("*")):
            if not path.is_file() or path.name in leave_out:
                continue
            entry = zipfile.ZipInfo.from_file(path, f"{top}/{path.relative_to(folder).as_posix()}")
            entry.compress_type = zipfile.ZIP_STORED if path.suffix in _PACKED else zipfile.ZIP_DEFLATED
            with path.open("rb") as source, archive.open(entry, "w") as target:
                while piece := source.read(_PIECE_BYTES):
                    target.write(piece)
                    yield outlet.take()
    yield outlet.take()
