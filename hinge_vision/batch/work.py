"""What a worker does with one clip, as an executor sees it: a task in, an outcome out. It is handed out without OpenCV and MediaPipe loaded."""

from __future__ import annotations

import os
import socket
import time
from dataclasses import dataclass

from hinge_vision.batch.clips import Source
from hinge_vision.batch.record import Record
from hinge_vision.batch.status import Status
from hinge_vision.doctor import mending_import
from hinge_vision.errors import HingeVisionError, InstallationError, OutputError
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.settings import Settings
from hinge_vision.version import __version__
from hinge_vision.video.quiet import native_stderr


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
            _check_version(task)
            from hinge_vision.batch.one_clip import analyse

            begin_s = time.monotonic()  # loading that, once per process, is no work on this clip
            record = analyse(task, begin_s)
    except Exception as error:  # noqa: BLE001  one clip never stops the rest
        mended = error if isinstance(error, HingeVisionError) else mending_import(error)
        says = str(mended or f"{task.source.name}: this should not have happened ({type(error).__name__}: {error})")
        stops_with = mended.exit_code if isinstance(mended, OutputError | InstallationError) else None
        return Outcome(task.source, "failed", says, None, time.monotonic() - begin_s, worker_name(), stops_with)
    return outcome_of(record, task.source, time.monotonic() - begin_s)


def outcome_of(record: Record, source: Source, seconds: float = 0.0) -> Outcome:
    """Return the outcome of a clip that is finished."""
    return Outcome(source, record.row.status, record.row.says, record, seconds, worker_name())


def worker_name() -> str:
    """Name this process among all that work on a batch."""
    return f"{socket.gethostname()}:{os.getpid()}"


def _check_version(task: Task) -> None:
    if task.program_version != __version__:
        message = f"this worker runs hinge-vision {__version__} and the batch {task.program_version}; install the same version on every machine"
        raise InstallationError(message)
