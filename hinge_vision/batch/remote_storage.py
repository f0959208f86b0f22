"""An fsspec address (s3://, gs://, sftp://) as storage: files are uploaded first and the record that vouches for them last."""

from __future__ import annotations

import json
import os
import re
import secrets
import socket
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from hinge_vision.batch.storage import RECORD, StoredFile, refuse_to_lose
from hinge_vision.errors import ClipUnreadableError, OutputError, SettingsError

_LOCK = ".batch.lock"
BEAT_S = 20.0
"""How often a running batch says that it lives."""
STALE_S = 90.0
"""A lock not renewed for so long belongs to a batch that died."""
_WRITING_S = 0.2
# Small files read at once, where the driver can: most of the time is waiting.
_READERS = 16
_PASSWORD = re.compile(r"(://[^/@:]*:)[^/@]*@")


class RemoteStorage:
    """A folder at an fsspec address.

    Raises
    ------
    SettingsError
        The kind of address is not known, its driver is not installed, or it cannot be reached.
    """

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/")
        kind = address.split("://")[0]
        try:
            import fsspec

            self._system, self._root = fsspec.core.url_to_fs(self._address)
        except ImportError as error:
            driver = {"s3": "s3fs", "gs": "gcsfs", "sftp": "paramiko"}.get(kind, "its driver")
            message = f"{kind}:// needs more than is installed here ({error}); pip install fsspec {driver}"
            raise SettingsError(message) from error
        except ValueError as error:
            raise SettingsError(f"{self.shown_address}: this kind of address is not known ({error})") from error
        except Exception as error:  # some drivers connect at once, and each has its own errors
            raise SettingsError(f"{self.shown_address}: cannot be reached ({_short(error)}); check the address and your access to it") from error
        self._root = str(self._root).rstrip("/")

    @property
    def address(self) -> str:
        """The address, without a slash at the end."""
        return self._address

    @property
    def shown_address(self) -> str:
        """The address, with dots for a password in it."""
        return _PASSWORD.sub(r"\1…@", self._address)

    def files(self, *, recursive: bool = True, hidden: bool = False) -> list[StoredFile]:
        """List the files, sorted by path; hidden ones and those in hidden folders only when asked for."""
        self._system.invalidate_cache()
        try:
            found: dict[str, dict[str, Any]] = self._system.find(self._root, maxdepth=None if recursive else 1, detail=True)
        except FileNotFoundError:
            return []
        except Exception as error:  # each driver has its own errors
            raise SettingsError(f"{self.shown_address}: cannot be listed ({_short(error)}); check the address and your access to it") from error
        files = []
        for name, facts in found.items():
            path = name.removeprefix(self._root).lstrip("/")
            if path and (hidden or not any(part.startswith(".") for part in path.split("/"))):
                files.append(StoredFile(path, int(facts.get("size") or 0), _modified_s(facts)))
        return sorted(files, key=lambda file: file.path)

    def read_all(self, paths: Iterable[str]) -> dict[str, bytes]:
        """Read many small files at once; one that cannot be read is left out."""
        names = {self._name(path): path for path in paths}
        if not names:
            return {}
        # one by one: asked for many, fsspec takes brackets in a name for a pattern
        with ThreadPoolExecutor(_READERS if self._system.async_impl else 1) as pool:
            contents = pool.map(self._content, names)
            return {path: data for path, data in zip(names.values(), contents, strict=True) if data is not None}

    def _content(self, name: str) -> bytes | None:
        try:
            content: bytes = self._system.cat_file(name)
        except Exception:  # noqa: BLE001  each driver has its own errors
            return None
        return content

    def write(self, path: str, data: bytes) -> None:
        """Write a file: object stores show it whole or not at all."""
        with self._refusal(path):
            self._make_parent(path)
            self._system.pipe_file(self._name(path), data)

    @contextmanager
    def local_copy(self, path: str) -> Iterator[Path]:
        """Yield a copy in a temporary folder."""
        with tempfile.TemporaryDirectory(prefix="hinge-vision-") as folder:
            copy = Path(folder) / Path(path).name
            try:
                self._system.get_file(self._name(path), str(copy))
            except Exception as error:
                raise ClipUnreadableError(f"{Path(path).name}: cannot be fetched from {self.shown_address} ({_short(error)})") from error
            yield copy

    @contextmanager
    def new_folder(self, path: str) -> Iterator[Path]:
        """Yield a local folder; uploaded when the block ends well: the old record goes first, the new one comes last."""
        with tempfile.TemporaryDirectory(prefix="hinge-vision-") as temporary:
            new = Path(temporary) / Path(path).name
            new.mkdir()
            self._older(path)
            yield new
            older = self._older(path)
            with self._refusal(path):
                for old in older:
                    self._system.rm_file(old)
                files = sorted(file for file in new.rglob("*") if file.is_file())
                for file in sorted(files, key=lambda file: file == new / RECORD):
                    relative = f"{path}/{file.relative_to(new).as_posix()}"
                    self._make_parent(relative)
                    self._system.put_file(str(file), self._name(relative))

    def _older(self, path: str) -> list[str]:
        """Return the files of the results that lie there, the record first; OutputError where there are others."""
        place = self._name(path)
        with self._refusal(path):
            self._system.invalidate_cache()
            found = sorted(map(str, self._system.find(place)), key=lambda name: name != f"{place}/{RECORD}")
        refuse_to_lose(f"{self.shown_address}/{path}", (name.removeprefix(place).lstrip("/") for name in found))
        return found

    def remove_unfinished(self) -> None:
        """Nothing to do: an unfinished folder has no record, and is replaced when its clip's turn comes."""

    @contextmanager
    def sole_writer(self) -> Iterator[None]:
        """Hold the folder by a small file that is renewed as long as the batch lives."""
        token = secrets.token_hex(8)
        holder = self._holder()
        if holder is not None and time.time() - holder["beat_s"] < STALE_S:
            raise OutputError(self._taken(holder))
        self._beat(token)
        time.sleep(_WRITING_S)  # two that start in the same moment: the later writer has it
        holder = self._holder()
        if holder is None or holder["token"] != token:
            raise OutputError(self._taken(holder or {}))
        ended = threading.Event()

        def mine() -> bool:
            holder = self._holder()  # another's, where this machine slept for so long that it was taken for dead
            return holder is None or holder["token"] == token

        def keep_beating() -> None:
            while not ended.wait(BEAT_S) and mine():
                with suppress(OutputError):  # the next beat may come through; writing results will tell if not
                    self._beat(token)

        heart = threading.Thread(target=keep_beating, daemon=True, name="batch lock")
        heart.start()
        try:
            yield
        finally:
            ended.set()
            heart.join()
            with suppress(Exception):
                if mine():
                    self._system.rm_file(self._name(_LOCK))

    def _holder(self) -> dict[str, Any] | None:
        for _ in range(2):
            self._system.invalidate_cache()
            try:
                holder: dict[str, Any] = json.loads(self.read_all([_LOCK])[_LOCK])
            except (KeyError, FileNotFoundError):
                return None
            except ValueError:  # over sftp it may be seen half written
                time.sleep(_WRITING_S)
                continue
            return holder if {"token", "beat_s"} <= set(holder) else None
        return None

    def _beat(self, token: str) -> None:
        facts = {"token": token, "beat_s": time.time(), "process": os.getpid(), "host": socket.gethostname()}
        self.write(_LOCK, json.dumps(facts).encode())

    def _taken(self, holder: dict[str, Any]) -> str:
        who = f"process {holder.get('process', 'unknown')} on {holder.get('host', 'another machine')}"
        return (
            f"{self.shown_address}: another batch ({who}) is writing its results there; wait for it to end, or give another --out. "
            f"One that was killed is forgotten {STALE_S:.0f} s after its last sign of life."
        )

    def _name(self, path: str) -> str:
        return f"{self._root}/{path}"

    def _make_parent(self, path: str) -> None:
        # object stores have no folders and take this for nothing; sftp needs it
        parent = self._name(path).rsplit("/", 1)[0]
        with suppress(FileExistsError):
            self._system.makedirs(parent, exist_ok=True)

    @contextmanager
    def _refusal(self, path: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            message = f"{self.shown_address}/{path}: cannot be written ({_short(error)}); check the address and your access to it"
            raise OutputError(message) from error


def _short(error: Exception) -> str:
    return _PASSWORD.sub(r"\1…@", (str(error).splitlines() or [""])[0]) or type(error).__name__


def _modified_s(facts: dict[str, Any]) -> float:
    """Return the time of last change; each driver calls it something else."""
    for key in ("LastModified", "mtime", "modified", "updated", "last_modified", "created"):
        value = facts.get(key)
        if isinstance(value, datetime):
            return value.timestamp()
        if isinstance(value, int | float):
            return float(value)
        if isinstance(value, str):
            with suppress(ValueError):
                return datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp()
    return 0.0
