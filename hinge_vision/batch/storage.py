"""Where clips come from and results go to: a folder of this machine or any fsspec address, behind one small interface."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from hinge_vision.errors import OutputError
from hinge_vision.report.names import PICTURE_NAMES, PICTURES, REPORT, SIDE_BY_SIDE, SLOW_VIDEO

UNFINISHED = ".unfinished"
"""Folder in the results that holds what is being written; nothing in it is ever trusted."""
RECORD = "batch.json"
"""File in a clip's folder of results that says what it was made from. A folder without it is not finished."""
THUMBNAIL = "thumbnail.jpg"
"""File beside it with the picture that stands for the clip in the table."""
_RESULTS = frozenset((RECORD, THUMBNAIL, *REPORT, SLOW_VIDEO, SIDE_BY_SIDE))
# What systems put into any folder, beside what they hide.
_OF_THE_SYSTEM = frozenset(("Thumbs.db", "desktop.ini"))


@dataclass(frozen=True)
class StoredFile:
    """A file: its path relative to the storage's root (with `/`), size, and time of last change in seconds since 1970."""

    path: str
    size_bytes: int
    modified_s: float


class Storage(Protocol):
    """A folder, near or far. Paths are relative to it."""

    @property
    def address(self) -> str:
        """What `open_storage` takes to open it again, on another machine too."""

    @property
    def shown_address(self) -> str:
        """The address as messages may name it: without a password."""

    def files(self, *, recursive: bool = True, hidden: bool = False) -> list[StoredFile]:
        """List the files, sorted by path; none when the folder does not exist."""

    def read_all(self, paths: Iterable[str]) -> dict[str, bytes]:
        """Read many small files; one that cannot be read is left out."""

    def write(self, path: str, data: bytes) -> None:
        """Write a file, whole or not at all."""

    def local_copy(self, path: str) -> AbstractContextManager[Path]:
        """Yield the path of a file of this machine, of the same name, with the content of the one at `path`."""

    def new_folder(self, path: str) -> AbstractContextManager[Path]:
        """Yield an empty local folder that takes the place of the one at `path` if the block ends well, as one step.

        It must hold a `RECORD`. A crash at any moment leaves the old folder, the new one, or one without `RECORD`.
        """

    def remove_unfinished(self) -> None:
        """Remove what a run that was broken off left behind."""

    def sole_writer(self) -> AbstractContextManager[None]:
        """Hold this folder against other batches for the length of the block.

        Raises
        ------
        OutputError
            Another batch holds it.
        """


def refuse_to_lose(place: str, inside: Iterable[str]) -> None:
    """Raise OutputError where a clip's folder of results would take the place of other files.

    Parameters
    ----------
    place
        The folder, as messages may name it.
    inside
        The paths of all files below it; an empty one where a file lies in its place.
    """
    for path in map(PurePosixPath, inside):
        ours = path.name in _RESULTS if len(path.parts) == 1 else path.match(f"{PICTURES}/{PICTURE_NAMES}")
        if not (ours or path.name.startswith(".") or path.name in _OF_THE_SYSTEM):
            message = f"{place}: results are to be written there and would replace {path.name or 'this file'}; move it, or choose another --out"
            raise OutputError(message)


def open_storage(address: str) -> Storage:
    """Return the storage at a path or an fsspec address such as `s3://bucket/clips`.

    Raises
    ------
    SettingsError
        The address is of a kind that is not known, or its driver is not installed.
    """
    from hinge_vision.batch.local_storage import LocalStorage

    if "://" not in address:
        return LocalStorage(Path(address).absolute())
    if address.startswith("file://"):
        return LocalStorage(Path(address.removeprefix("file://")).absolute())
    from hinge_vision.batch.remote_storage import RemoteStorage

    return RemoteStorage(address)
