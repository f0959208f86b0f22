"""One clip from its storage to its folder of results, and that folder's record."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import cache
from pathlib import Path

from hinge_vision.analysis import analyze
from hinge_vision.batch.record import Record, content_sha256, files_of
from hinge_vision.batch.row import recorded_at, row_of, write_thumbnail
from hinge_vision.batch.storage import RECORD, open_storage
from hinge_vision.batch.work import Task
from hinge_vision.cores import keep_to_one_core
from hinge_vision.output import write_results
from hinge_vision.overlay.pictures import open_clip
from hinge_vision.pose.network import stay_offline
from hinge_vision.pose.workers import keep_landmarkers
from hinge_vision.report.model import Report
from hinge_vision.version import __version__
from hinge_vision.video.files import atomic_write_bytes


@cache
def prepare_process() -> None:
    """Make this process a worker: silent on the network, on one core, models kept from clip to clip."""
    stay_offline()
    keep_to_one_core()
    keep_landmarkers()


def analyse(task: Task, begin_s: float) -> Record:
    """Analyse a clip and put its folder of results in place.

    Parameters
    ----------
    task
        What is to be done.
    begin_s
        When it was begun, by `time.monotonic()`.

    Raises
    ------
    HingeVisionError
        The clip cannot be read, or its results not be written.
    """
    prepare_process()
    with (
        open_storage(task.clips_address).local_copy(task.source.path) as clip,
        open_storage(task.results_address).new_folder(task.folder) as new,
    ):
        report = analyze(clip, replace(task.settings, workers=1), thresholds=task.thresholds)
        sha256 = content_sha256(clip)
        write_results(report, clip, new, video=task.video)
        worst_frame_s = write_thumbnail(report, new)
        record = Record(
            folder=task.folder,
            content_sha256=sha256,
            program_version=__version__,
            settings_sha256=task.settings_sha256,
            sources=(task.source,),
            row=row_of(report, recorded_at(clip, task.source.modified_s), worst_frame_s),
            files=files_of(new),
            seconds=round(time.monotonic() - begin_s, 2),
        )
        atomic_write_bytes(new / RECORD, record.to_bytes())
    return record


def write_rejudgement(report: Report, clip: Path | None, folder: Path, record: Record | None, *, video: bool) -> None:
    """Write a clip's results anew in their place, judged by other limits, and note it in its record if it is one of a batch's.

    Parameters
    ----------
    report
        The new judgement.
    clip
        The clip, for the pictures; None = it is not at hand.
    folder
        Where its results lie.
    record
        The record that vouched for them until now; None = they are not a batch's.
    video
        Whether to make a video too.

    Raises
    ------
    ClipUnreadableError, SettingsError
        The clip cannot be read or is another one; the old results stay.
    OutputError
    """
    if clip is not None:
        open_clip(report, clip).close()  # before the old results are taken away for it
    write_results(report, clip, folder, video=video)
    if record is not None:
        row = row_of(report, (record.row.recorded_at, record.row.recorded_at_from), write_thumbnail(report, folder))
        new = replace(record, row=row, rejudged=True, files=files_of(folder))
        atomic_write_bytes(folder / RECORD, new.to_bytes())
