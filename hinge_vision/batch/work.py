"""What a worker does with one clip: fetch, analyse, write, put in place. The same function on every kind of worker."""

from __future__ import annotations

import os
import socket
import time
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal

import cv2

from hinge_vision.analysis import analyze
from hinge_vision.batch.clips import Source
from hinge_vision.batch.record import Record, content_sha256, files_of
from hinge_vision.batch.row import THUMBNAIL, row_of, thumbnail_jpeg, worst_frame
from hinge_vision.batch.storage import RECORD, open_storage
from hinge_vision.errors import HingeVisionError, InstallationError, OutputError
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.overlay.render import frame_name
from hinge_vision.pose.network import stay_offline
from hinge_vision.pose.workers import keep_landmarkers
from hinge_vision.report.write import write_report
from hinge_vision.settings import Settings
from hinge_vision.version import __version__
from hinge_vision.video.quiet import native_stderr

Status = Literal["judged", "declined", "failed"]


@dataclass(frozen=True)
class Task:
    """One clip to be analysed: from where, to where, and how."""

    clips_address: str
    results_address: str
    source: Source
    folder: str
    settings: Settings
    settings_sha256: str
    thresholds: Thresholds
    video: bool
    verbose: bool = False
    program_version: str = __version__


@dataclass(frozen=True)
class Outcome:
    """How a clip ended.

    Attributes
    ----------
    source
        The clip.
    status
        `judged`, `declined` (the clip cannot be judged, honestly) or `failed` (tried again by the next run).
    says
        The verdict, or what went wrong.
    record
        What now lies in the results; None when failed.
    seconds, worker
        How long it took, and on which process of which machine.
    stops_with
        Exit code of a failure that every other clip would share, such as a full disk; None = go on.
    """

    source: Source
    status: Status
    says: str
    record: Record | None = None
    seconds: float = 0.0
    worker: str = ""
    stops_with: int | None = None


def analyse_clip(task: Task) -> Outcome:
    """Analyse one clip and put its folder of results in place. Nothing is raised: a failure is an outcome too."""
    begin_s = time.monotonic()
    try:
        with native_stderr(task.verbose):
            prepare_process()
            record = _analyse(task, begin_s)
    except HingeVisionError as error:
        stops_with = error.exit_code if isinstance(error, OutputError | InstallationError) else None
        return Outcome(task.source, "failed", str(error), None, time.monotonic() - begin_s, worker_name(), stops_with)
    except Exception as error:  # noqa: BLE001  one clip never stops the rest
        says = f"{task.source.name}: this should not have happened ({type(error).__name__}: {error})"
        return Outcome(task.source, "failed", says, None, time.monotonic() - begin_s, worker_name())
    return outcome_of(record, task.source, time.monotonic() - begin_s)


def outcome_of(record: Record, source: Source, seconds: float = 0.0) -> Outcome:
    """Return the outcome of a clip that is finished."""
    return Outcome(source, "judged" if record.row.judged else "declined", record.row.says, record, seconds, worker_name())


def worker_name() -> str:
    """Name this process among all that work on a batch."""
    return f"{socket.gethostname()}:{os.getpid()}"


@cache
def prepare_process() -> None:
    """Make this process a worker: silent on the network, one thread for pictures, models kept from clip to clip."""
    stay_offline()
    cv2.setNumThreads(1)
    keep_landmarkers()


def _analyse(task: Task, begin_s: float) -> Record:
    if task.program_version != __version__:
        message = f"this worker runs hinge-vision {__version__} and the batch {task.program_version}; install the same version on every machine"
        raise InstallationError(message)
    with (
        open_storage(task.clips_address).local_copy(task.source.path) as clip,
        open_storage(task.results_address).new_folder(task.folder) as new,
    ):
        report = analyze(clip, replace(task.settings, workers=1), thresholds=task.thresholds)
        sha256 = content_sha256(clip)
        written = write_report(report, clip, new, video=task.video)
        worst = worst_frame(report)
        thumbnail = None if worst is None else thumbnail_jpeg(written / "frames" / frame_name(worst.frame))
        _lift(written, new)
        if thumbnail is not None:
            (new / THUMBNAIL).write_bytes(thumbnail)
        record = Record(
            folder=task.folder,
            content_sha256=sha256,
            program_version=__version__,
            settings_sha256=task.settings_sha256,
            sources=(task.source,),
            row=row_of(report, clip, task.source.modified_s, None if thumbnail is None or worst is None else worst.time_s),
            files=files_of(new),
            seconds=round(time.monotonic() - begin_s, 2),
        )
        (new / RECORD).write_bytes(record.to_bytes())
    return record


def _lift(written: Path, new: Path) -> None:
    """Move everything from the folder that `write_report` made up into the one above: its name is the batch's to choose."""
    aside = written.rename(new.parent / f"{new.name}.written")
    for path in aside.iterdir():
        path.rename(new / path.name)
    aside.rmdir()
