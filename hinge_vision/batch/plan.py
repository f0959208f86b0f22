"""What is still to be done: which clips are known, which are copies of each other, and where new results go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import PurePosixPath

from hinge_vision.batch.clips import Source
from hinge_vision.batch.record import Record, content_sha256, is_current
from hinge_vision.batch.storage import Storage
from hinge_vision.errors import HingeVisionError


@dataclass(frozen=True)
class Plan:
    """Finished clips with their records, the clips to analyse with the folders their results go to, and copies of those."""

    finished: tuple[tuple[Source, Record], ...]
    to_do: tuple[tuple[Source, str], ...]
    copies: tuple[tuple[Source, Source], ...]


def make_plan(
    clips: Iterable[Source], storage: Storage, records: dict[str, Record], identity: str, *, verify: bool = False, redo: bool = False
) -> Plan:
    """Compare the clips found with the records there are.

    A clip is known by path, size and time of change, without reading it. One that is not known so is read only if it could
    be a copy of another: only then can files be equal in content when they are equal in size.

    Parameters
    ----------
    clips
        What was found.
    storage
        Where they lie.
    records
        Finished clips by their folder of results.
    identity
        What stands for the settings.
    verify
        Trust no path: read every clip that seems known.
    redo
        Take nothing for finished.
    """
    clips = list(clips)
    current = {folder: record for folder, record in records.items() if is_current(record, identity) and not redo}
    by_source = {source: record for record in current.values() for source in record.sources}
    by_content = {record.content_sha256: record for record in current.values()}
    known_sizes = {source.size_bytes for record in current.values() for source in record.sources}
    sizes = Counter(clip.size_bytes for clip in clips)
    finished: list[tuple[Source, Record]] = []
    new: list[Source] = []
    copies: list[tuple[Source, Source]] = []
    firsts: dict[str, Source] = {}
    for clip in clips:
        record = by_source.get(clip)
        if record is not None and not verify:
            finished.append((clip, record))
            continue
        sha256 = None
        if record is not None or clip.size_bytes in known_sizes or sizes[clip.size_bytes] > 1:
            sha256 = _content(storage, clip)
        if sha256 in by_content:
            finished.append((clip, by_content[sha256]))
        elif sha256 in firsts:
            copies.append((clip, firsts[sha256]))
        else:
            new.append(clip)
            if sha256 is not None:
                firsts[sha256] = clip
    kept = {record.folder for _, record in finished}
    return Plan(tuple(finished), tuple(zip(new, _folders(new, records, kept), strict=True)), tuple(copies))


def _content(storage: Storage, clip: Source) -> str | None:
    """Return a clip's SHA-256; None when it cannot be read, which its analysis will tell."""
    try:
        with storage.local_copy(clip.path) as path:
            return content_sha256(path)
    except (OSError, HingeVisionError):
        return None


def _folders(new: list[Source], records: dict[str, Record], kept: set[str]) -> list[str]:
    """Choose a folder for each new clip's results: the one it had before unless that is kept, else its path without the suffix if that is free."""
    owned: dict[tuple[str, str], str] = {}
    for folder, record in records.items():
        # a kept one belongs to a clip that was renamed since, whoever has its old name now
        if folder not in kept and len({(source.root, source.path) for source in record.sources}) == 1:
            owned[record.sources[-1].root, record.sources[-1].path] = folder
    taken = set(records)
    above = {str(parent) for folder in taken for parent in PurePosixPath(folder).parents}

    def free(folder: str) -> bool:
        # results never lie inside other results: replacing the outer ones would take them away
        return folder not in taken and folder not in above and not any(str(parent) in taken for parent in PurePosixPath(folder).parents)

    chosen = []
    for clip in new:
        folder = owned.get((clip.root, clip.path)) or next(name for name in _names(clip.path) if free(name))
        taken.add(folder)
        above |= {str(parent) for parent in PurePosixPath(folder).parents}
        chosen.append(folder)
    return chosen


def _names(clip_path: str) -> Iterator[str]:
    """Yield the names a folder of results may have, the plainest first."""
    path = PurePosixPath(clip_path)
    stem = path.stem if path.stem.strip(". ") else "clip"
    plain, suffix = (path.parent / stem).as_posix(), path.suffix.lower().lstrip(".")
    flat = plain.replace("/", "_")
    yield plain
    yield f"{plain}_{suffix}"
    yield flat
    for number in count(1):
        yield f"{flat}_{suffix}_{number}"
