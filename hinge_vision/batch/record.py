"""batch.json: what a clip's folder of results was made from, and the row it adds to the table."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path, PurePosixPath
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from hinge_vision.batch.clips import Source
from hinge_vision.batch.status import Status
from hinge_vision.batch.storage import RECORD, Storage
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.pose.model import default_model_path, verify_model
from hinge_vision.settings import Settings
from hinge_vision.version import __version__
from hinge_vision.video.files import atomic_write_bytes

Made = TypeVar("Made")

FORMAT_VERSION = 1
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Row:
    """What one analysed clip adds to the table. Angles are the median over its reps; None = not measured.

    Attributes
    ----------
    judged
        False: the clip was honestly declined, and `says` tells why.
    says
        The report's verdict in one sentence.
    recorded_at, recorded_at_from
        When it was filmed, ISO 8601, and where that is known from: `container` or `file`.
    exercise, reps, flags, confidence
        As in the report; flags are the faults with their severity, then the observations.
    peak_hip_flexion_deg, lumbar_at_bottom_deg
        The deepest hip flexion, and what the low back did there, with their standard errors.
    worst_frame_s
        Clip time of the picture in `thumbnail.jpg`; None = there is none.
    heading
        The verdict in two or three words, as over the report; empty where an earlier version did not note it.
    """

    judged: bool
    says: str
    recorded_at: str
    recorded_at_from: str
    exercise: str | None = None
    reps: int = 0
    peak_hip_flexion_deg: float | None = None
    peak_hip_flexion_sd_deg: float | None = None
    lumbar_at_bottom_deg: float | None = None
    lumbar_at_bottom_sd_deg: float | None = None
    flags: tuple[str, ...] = ()
    confidence: float | None = None
    worst_frame_s: float | None = None
    heading: str = ""

    @property
    def status(self) -> Status:
        """How the clip ended: one with a row has not failed."""
        return "judged" if self.judged else "declined"


@dataclass(frozen=True)
class Record:
    """A finished clip.

    Attributes
    ----------
    folder
        Its folder in the results.
    content_sha256, program_version, settings_sha256
        What the clip is known by.
    sources
        Where clips of this content were seen, the latest last.
    files
        Every other file in the folder, with its size: results that were changed or lost since are not trusted.
    seconds
        How long the analysis took.
    rejudged
        It was judged again since, by limits of its own; batches leave that as it is.
    """

    folder: str
    content_sha256: str
    program_version: str
    settings_sha256: str
    sources: tuple[Source, ...]
    row: Row
    files: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    rejudged: bool = False

    def to_bytes(self) -> bytes:
        """Return the content of `batch.json`."""
        values = {"format_version": FORMAT_VERSION, **asdict(self)}
        del values["folder"]  # it is where the record lies, wherever that is moved to
        return (json.dumps(values, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "surrogateescape")

    def seen_at(self, source: Source) -> Record:
        """Return the record with one more place where the clip was seen, in place of what that path held before."""
        others = tuple(known for known in self.sources if (known.root, known.path) != (source.root, source.path))
        return replace(self, sources=(*others, source))


def read_record(folder: str, data: bytes) -> Record | None:
    """Read a `batch.json`; None when it is damaged or of another format."""
    try:
        values: dict[str, Any] = json.loads(data.decode("utf-8", "surrogateescape"))
        if values.pop("format_version") != FORMAT_VERSION:
            return None
        facts = values.pop("row")
        row = _made(Row, {**facts, "flags": _as_tuple(facts["flags"])})
        sources = tuple(_made(Source, source) for source in values.pop("sources"))
        return _made(Record, {**values, "folder": folder, "row": row, "sources": sources})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _as_tuple(values: Any) -> Any:
    return tuple(values) if isinstance(values, list) else values


def _made(kind: type[Made], values: dict[str, Any]) -> Made:
    """Make a dataclass of what was read; TypeError where a value is not of the kind its field is declared as."""
    made = kind(**values)
    for name, declared in get_type_hints(kind).items():
        if not _fits(getattr(made, name), declared):
            raise TypeError(f"{name} is no {declared}")
    return made


def _fits(value: Any, declared: Any) -> bool:
    origin, parts = get_origin(declared), get_args(declared)
    if origin is UnionType:
        return any(_fits(value, part) for part in parts)
    if origin is tuple:
        return isinstance(value, tuple) and all(_fits(item, parts[0]) for item in value)
    if origin is dict:
        return isinstance(value, dict) and all(_fits(item, parts[1]) for item in value.values())
    # JSON has one kind of number, and true is none
    return isinstance(value, (int, float) if declared is float else declared) and (declared is bool or not isinstance(value, bool))


def load_records(results: Storage) -> dict[str, Record]:
    """Return every finished clip in a folder of results, by its folder. What is not whole is left out."""
    files = results.files()
    sizes: dict[str, int] = {file.path: file.size_bytes for file in files}
    marks = [file.path for file in files if PurePosixPath(file.path).name == RECORD]
    records = {}
    for path, data in results.read_all(marks).items():
        folder = str(PurePosixPath(path).parent)
        record = read_record(folder, data)
        if record is not None and _is_whole(record, sizes, f"{folder}/"):
            records[folder] = record
    return records


def whole_record(folder: Path) -> Record | None:
    """Return the record of one local folder of results, if there is one that may be trusted."""
    try:
        record = read_record(folder.name, (folder / RECORD).read_bytes())
    except OSError:
        return None
    return record if record is not None and _is_whole(record, files_of(folder)) else None


def note_new_pictures(record: Record, folder: Path) -> None:
    """Let a record go on vouching for a local folder in which pictures or video were drawn anew; further files stay none of its own."""
    files = {name: size for name, size in files_of(folder).items() if name in record.files}
    atomic_write_bytes(folder / RECORD, replace(record, files=files).to_bytes())


def _is_whole(record: Record, sizes: dict[str, int], prefix: str = "") -> bool:
    """Tell whether all files are there that a record names, in the sizes it names."""
    return bool(record.files) and all(sizes.get(f"{prefix}{name}") == size for name, size in record.files.items())


def files_of(folder: Path) -> dict[str, int]:
    """Return the files of a local folder of results with their sizes, but for the record itself."""
    return {
        path.relative_to(folder).as_posix(): path.stat().st_size for path in sorted(folder.rglob("*")) if path.is_file() and path != folder / RECORD
    }


def content_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's content."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def settings_sha256(settings: Settings, thresholds: Thresholds, *, video: bool) -> str:
    """Return what stands for everything that shapes a result, beside the clip and the program's version.

    How many threads run does not; of the pose model its content counts, not where it lies.
    """
    values = asdict(settings)
    del values["workers"]
    values["model_path"] = verify_model(settings.model_path or default_model_path())
    facts = {"settings": values, "thresholds": thresholds.as_dict(), "video": video}
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def file_date(modified_s: float) -> str:
    """Return a file's time of last change as ISO 8601."""
    return datetime.fromtimestamp(modified_s, timezone.utc).isoformat(timespec="seconds")


def is_current(record: Record, identity: str) -> bool:
    """Tell whether a record was made by this version with these settings."""
    return (record.program_version, record.settings_sha256) == (__version__, identity)
