"""A folder of this machine as storage: finished folders are renamed into place, a kernel lock keeps a second batch out."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from hinge_vision.batch.storage import UNFINISHED, StoredFile, refuse_to_lose
from hinge_vision.errors import OutputError, SettingsError
from hinge_vision.lock import hold
from hinge_vision.video.files import atomic_write_bytes

_LOCK = ".batch.lock"


@dataclass(frozen=True)
class LocalStorage:
    """A folder of this machine, or of a file server all machines of a cluster see under the same path."""

    root: Path

    @property
    def address(self) -> str:
        """The absolute path."""
        return str(self.root)

    @property
    def shown_address(self) -> str:
        """The absolute path."""
        return self.address

    def files(self, *, recursive: bool = True, hidden: bool = False) -> list[StoredFile]:
        """List the files, sorted by path; hidden ones and those in hidden folders only when asked for."""
        found: list[StoredFile] = []
        folders = [self.root]
        while folders:
            folder = folders.pop()
            try:
                entries = list(os.scandir(folder))
            except PermissionError:
                if folder == self.root:
                    raise SettingsError(f"{folder}: may not be read; change the folder's permissions") from None
                continue
            except (FileNotFoundError, NotADirectoryError):
                continue
            for entry in entries:
                if entry.name.startswith(".") and not hidden:
                    continue
                with suppress(OSError):  # vanished meanwhile, or a link to nowhere
                    if entry.is_dir(follow_symlinks=False):
                        folders += [Path(entry.path)] if recursive else []
                    else:
                        status = entry.stat()
                        found.append(StoredFile(Path(entry.path).relative_to(self.root).as_posix(), status.st_size, status.st_mtime))
        return sorted(found, key=lambda file: file.path)

    def read_all(self, paths: Iterable[str]) -> dict[str, bytes]:
        """Read many small files; one that cannot be read is left out."""
        contents = {}
        for path in paths:
            with suppress(OSError):
                contents[path] = (self.root / path).read_bytes()
        return contents

    def write(self, path: str, data: bytes) -> None:
        """Write a file, whole or not at all."""
        with _refusal(self.root / path):
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        atomic_write_bytes(self.root / path, data)

    @contextmanager
    def local_copy(self, path: str) -> Iterator[Path]:
        """Yield the file itself."""
        yield self.root / path

    @contextmanager
    def new_folder(self, path: str) -> Iterator[Path]:
        """Yield a folder beside the results, of the same file system, renamed to `path` when the block ends well.

        Raises
        ------
        OutputError
            Something else than results lies there, and would be lost; or it cannot be written.
        """
        place = self.root / path
        refuse_to_lose(str(place), _files(place))
        work = self.root / UNFINISHED / secrets.token_hex(8)
        with _refusal(place):
            new = work / place.name
            new.mkdir(parents=True)
        try:
            yield new
            with _refusal(place):
                place.parent.mkdir(parents=True, exist_ok=True)
                refuse_to_lose(str(place), _files(place))
                if place.is_symlink():
                    place.unlink()
                elif place.exists():
                    place.rename(work / f"{place.name}.replaced")
                new.rename(place)
        finally:
            shutil.rmtree(work, ignore_errors=True)

    def remove_unfinished(self) -> None:
        """Remove what a run that was broken off left behind."""
        shutil.rmtree(self.root / UNFINISHED, ignore_errors=True)

    @contextmanager
    def sole_writer(self) -> Iterator[None]:
        """Hold the folder by a lock of the kernel: it ends with the process, however that ends."""
        with _refusal(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
        try:
            lock = hold(self.root / _LOCK)
        except BlockingIOError:
            who = self.read_all([_LOCK]).get(_LOCK, b"").decode().strip() or "unknown"
            message = f"{self.root}: another batch (process {who}) is writing its results there; wait for it to end, or give another --out"
            raise OutputError(message) from None
        except OSError as error:
            message = f"{self.root / _LOCK}: cannot be made or locked ({error.strerror}); choose another --out"
            raise OutputError(message) from error
        with lock:
            with _refusal(self.root / _LOCK):
                lock.truncate(0)
                lock.write(f"{os.getpid()}\n")
                with suppress(OSError):  # on a full disk the lock holds all the same, it only cannot say whose it is
                    lock.flush()
            yield


def _files(place: Path) -> Iterator[str]:
    """Yield the paths of all files below a folder; an empty one where a file lies in its place."""
    if place.is_file():
        yield ""
    for above, _, names in os.walk(place):
        yield from (Path(above, name).relative_to(place).as_posix() for name in names)


@contextmanager
def _refusal(path: Path) -> Iterator[None]:
    """Turn the operating system's refusal into an OutputError."""
    try:
        yield
    except OSError as error:
        message = f"{path}: cannot be written to ({error.strerror or error}); free some space or choose another --out"
        raise OutputError(message) from error
