"""Where everything lies below the data folder. Every name on the disk is made here; none comes from outside."""

from __future__ import annotations

import os
import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from hinge_vision.errors import OutputError
from hinge_vision.lock import hold

_ID = re.compile(r"[0-9a-f]{32}")
RUN_PREFIX = "run-"


def new_id() -> str:
    """Return a clip's id: 128 random bits, which nobody guesses."""
    return secrets.token_hex(16)


def is_id(text: str) -> bool:
    """Tell whether a text has the form of an id. Nothing else ever becomes part of a path."""
    return _ID.fullmatch(text) is not None


@dataclass(frozen=True)
class Places:
    """The data folder: `jobs.sqlite3`, `incoming/` (uploads not yet whole) and `clips/<id>/` (clip and results)."""

    root: Path

    @property
    def database(self) -> Path:
        """The job table."""
        return self.root / "jobs.sqlite3"

    @property
    def incoming(self) -> Path:
        """Uploads on their way in."""
        return self.root / "incoming"

    @property
    def clips(self) -> Path:
        """One folder for each clip that was accepted."""
        return self.root / "clips"

    def part(self) -> Path:
        """Return a new place for an upload on its way in."""
        return self.incoming / new_id()

    def folder(self, clip_id: str) -> Path:
        """Return a clip's own folder."""
        if not is_id(clip_id):
            raise ValueError(clip_id)
        return self.clips / clip_id

    def upload(self, clip_id: str) -> Path:
        """Return the clip as it was uploaded."""
        return self.folder(clip_id) / "upload"

    def run(self, clip_id: str, number: int) -> Path:
        """Return the folder of one analysis of a clip."""
        return self.folder(clip_id) / f"{RUN_PREFIX}{number}"

    def result(self, clip_id: str, number: int) -> Path:
        """Return the report's files of one analysis."""
        return self.run(clip_id, number) / "result"

    def prepare(self) -> IO[str]:
        """Make the folders, readable by their owner only, take the lock, and clear what a killed server had half received.

        Returns
        -------
        file
            The lock: a second server is kept out for as long as it is open, or this process lives.

        Raises
        ------
        OutputError
            They cannot be made, or another server works there.
        """
        try:
            for folder in (self.root, self.incoming, self.clips):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = self._lock()
            for leftover in self.incoming.iterdir():
                # the folder may have been somebody's before: only what a server named is its own
                if is_id(leftover.name):
                    leftover.unlink()
        except OSError as error:
            raise OutputError(f"{self.root}: cannot be written to ({error.strerror or error}); choose another folder with --data") from error
        return lock

    def _lock(self) -> IO[str]:
        try:
            return hold(self.root / "server.lock")
        except BlockingIOError as error:
            raise OutputError(f"{self.root}: another server works in this folder; stop it, or choose another folder with --data") from error

    def keep(self, part: Path, clip_id: str) -> None:
        """Move a whole upload to its clip's folder, so that it is still there after a power cut."""
        folder = self.folder(clip_id)
        folder.mkdir(mode=0o700)
        part.replace(folder / "upload")
        for place in (folder, self.clips):
            _sync(place)

    def drop_runs(self, clip_id: str, except_number: int | None) -> None:
        """Delete the results of all analyses of a clip but one."""
        for run in self.folder(clip_id).glob(f"{RUN_PREFIX}*"):
            if run.name != f"{RUN_PREFIX}{except_number}":
                shutil.rmtree(run, ignore_errors=True)

    def remove(self, clip_id: str) -> None:
        """Delete a clip with everything made from it."""
        shutil.rmtree(self.folder(clip_id), ignore_errors=True)

    def stray(self, known: set[str]) -> list[str]:
        """Return the names of clips' folders that belong to no job."""
        return [path.name for path in self.clips.iterdir() if is_id(path.name) and path.name not in known]


def bytes_below(folder: Path) -> int:
    """Return how much room the files below a folder take."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
