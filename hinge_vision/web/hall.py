"""What all routes share: the job table, the folders, the workers; and the few things done with several of them at once."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from hinge_vision.settings import Exercise, Facing
from hinge_vision.web.intake import Intake
from hinge_vision.web.job import Job, Task
from hinge_vision.web.job_table import JobTable
from hinge_vision.web.ledger import Ledger
from hinge_vision.web.places import Places
from hinge_vision.web.problems import ProblemError
from hinge_vision.web.safety.sign_in import Doorkeeper
from hinge_vision.web.settings import ServerSettings
from hinge_vision.web.supervisor import Supervisor

log = logging.getLogger("hinge_vision.web")
_SWEEP_EVERY_S = 600.0
_DAY_S = 24 * 3600.0


class Hall:
    """One server's parts, opened and closed together.

    Parameters
    ----------
    settings
        What the server was told at its start.

    Raises
    ------
    OutputError
        The data folder cannot be used.
    """

    def __init__(self, settings: ServerSettings) -> None:
        self.settings = settings
        self.places = Places(settings.data.absolute())
        self._lock_file = self.places.prepare()
        self.table = JobTable(self.places.database)
        self.supervisor = Supervisor(self.table, self.places, settings)
        self.intake = Intake(self.table, self.places, Ledger(self.table, self.places, settings), settings)
        self.doorkeeper = Doorkeeper(settings.secret)
        self._closing = threading.Event()
        self._sweeper = threading.Thread(target=self._sweep, name="sweeper", daemon=True)

    def open(self) -> None:
        """Begin to work."""
        self.supervisor.start()
        self._sweeper.start()

    def close(self) -> None:
        """End the workers and give the data folder free."""
        self._closing.set()
        self.supervisor.stop()
        self.table.close()
        self._lock_file.close()

    def job(self, clip_id: str) -> Job:
        """Return a clip's job.

        Raises
        ------
        ProblemError
            There is no such clip.
        """
        job = self.table.get(clip_id)
        if job is None:
            raise ProblemError("not-found", "There is no such clip; it may have been deleted.")
        return job

    def result(self, clip_id: str) -> Path:
        """Return the folder with a clip's report.

        Raises
        ------
        ProblemError
            There is no such clip, or no report of it yet.
        """
        job = self.job(clip_id)
        if job.result_run is None:
            raise ProblemError("no-report", "There is no report of this clip." if job.state == "failed" else "The report is not ready yet.")
        return self.places.result(job.id, job.result_run)

    def places_in_queue(self, jobs: Iterable[Job]) -> dict[str, int]:
        """Return the places in the queue, from 1, by the ids of those of some clips that wait."""
        asked = {job.id for job in jobs if job.state == "queued"}
        if not asked:
            return {}
        waiting = (job.id for job in self.table.active() if job.state == "queued")
        return {clip_id: place for place, clip_id in enumerate(waiting, start=1) if clip_id in asked}

    def correct(self, job: Job, athlete: str | None, exercise: Exercise | None, facing: Facing | None) -> Job:
        """Enter corrections, and queue what follows from them.

        Raises
        ------
        ProblemError
            The clip is still being analysed, or gone.
        """
        has_track = job.result_run is not None and (self.places.result(job.id, job.result_run) / "track.npz").exists()
        task = task_after(job, exercise, facing, has_track=has_track)
        if task is not None and job.active:
            raise ProblemError("still-active", "The clip is still being analysed. Correct it when that has ended.")
        corrected = self.table.correct(job.id, athlete, exercise, facing, task)
        if corrected is None:
            raise ProblemError("still-active", "The clip is still being analysed. Correct it when that has ended.")
        self.supervisor.wake()
        return corrected

    def delete(self, clip_id: str) -> None:
        """Delete a clip with everything made from it, whatever state it is in."""
        if self.table.delete(clip_id):
            self.supervisor.drop(clip_id)

    def _sweep(self) -> None:
        """Delete what is older than it may be, for as long as the server runs."""
        days = self.settings.retention_days
        while days is not None:
            try:
                limit_s = time.time() - days * _DAY_S
                for clip_id in self.table.finished_before(limit_s):
                    if self.table.delete_finished(clip_id, limit_s):
                        self.supervisor.drop(clip_id)
            except Exception:
                log.exception("old clips could not be deleted")
            if self._closing.wait(_SWEEP_EVERY_S):
                return


def task_after(job: Job, exercise: Exercise | None, facing: Facing | None, *, has_track: bool) -> Task | None:
    """Return what a correction asks for.

    The exercise is judged anew from the stored track. The outline of the back was traced on the side the lifter was taken
    to face away from; another facing needs another outline, and so the whole analysis. None = nothing to do.
    """
    if job.state == "failed":
        return "analyse"
    if (exercise, facing) == (job.exercise, job.facing):
        return None
    return "judge" if has_track and facing in (job.found_facing, job.facing) else "analyse"
