"""Which files of a folder are clips to analyse, and whose they are."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import Literal

from hinge_vision.batch.storage import RECORD, Storage, StoredFile
from hinge_vision.report.names import JSON, TRACK

AthleteFrom = Literal["name", "folder"]
SUFFIXES = frozenset((".mp4", ".mov", ".m4v", ".3gp", ".avi", ".mkv", ".webm", ".ts", ".mts", ".m2ts", ".mpg", ".mpeg", ".wmv", ".flv"))
# The first word of a file's name: up to a space, a line or a date.
_FIRST_WORD = re.compile(r"[^\s_\-.]+")


@dataclass(frozen=True)
class Source:
    """A clip as it was seen in a folder.

    Attributes
    ----------
    root
        A fingerprint of the folder's address: the results need not say where on a disk the clips lay.
    path
        Path in the folder, with `/`.
    size_bytes, modified_s
        Size and time of last change, by which an unchanged clip is known without reading it.
    """

    root: str
    path: str
    size_bytes: int
    modified_s: float

    @property
    def name(self) -> str:
        """The file's name."""
        return PurePosixPath(self.path).name


def fingerprint(address: str) -> str:
    """Return 12 hexadecimal digits that stand for a folder's address."""
    return hashlib.sha256(address.encode("utf-8", "surrogateescape")).hexdigest()[:12]


def find_clips(
    storage: Storage, *, pattern: str | None = None, recursive: bool = False, since_s: float | None = None, leave_out: str | None = None
) -> list[Source]:
    """Find the clips in a folder, by the suffix of their names.

    Parameters
    ----------
    storage
        Where to look.
    pattern
        Only names (or paths) that match, such as `anna*`; `None` = all.
    recursive
        Look in the folders below as well.
    since_s
        Only clips changed at or after this time, seconds since 1970.
    leave_out
        Path of a folder below that holds results; its annotated videos are no clips. Other folders of results are known
        by what lies in them.
    """
    files = storage.files(recursive=recursive)
    results = _result_folders(files)
    root = fingerprint(storage.address)
    clips = []
    for file in files:
        path = PurePosixPath(file.path)
        if path.suffix.lower() not in SUFFIXES or str(path.parent) in results:
            continue
        if leave_out is not None and path.is_relative_to(leave_out):
            continue
        if pattern is not None and not (fnmatch(path.name, pattern) or fnmatch(file.path, pattern)):
            continue
        if since_s is not None and file.modified_s < since_s:
            continue
        clips.append(Source(root, file.path, file.size_bytes, file.modified_s))
    return clips


def _result_folders(files: Iterable[StoredFile]) -> set[str]:
    marks = {RECORD, JSON, TRACK}
    paths = [PurePosixPath(file.path) for file in files]
    return {str(path.parent) for path in paths if path.name in marks}


def athlete_of(path: str, athlete_from: AthleteFrom | None) -> str:
    """Say whose clip this is, by the file's first word or its folder; empty = not known.

    Without a rule, clips that lie in a folder of their own below the batch's are taken for that folder's athlete.
    """
    parts = PurePosixPath(path).parts
    if athlete_from == "name":
        word = _FIRST_WORD.search(PurePosixPath(path).stem)
        return word.group() if word else ""
    return parts[-2] if len(parts) > 1 else ""
