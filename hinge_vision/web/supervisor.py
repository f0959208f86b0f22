"""The worker slots: each takes the next clip from the queue, has a process analyse it, and enters the outcome."""

from __future__ import annotations

import json
import logging
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import Any

from hinge_vision.web.job import Job, Outcome
from hinge_vision.web.job_table import MAX_TRIES, JobTable
from hinge_vision.web.limits import Limits
from hinge_vision.web.places import Places, bytes_below
from hinge_vision.web.progress import Progress, progress_at
from hinge_vision.web.settings import ServerSettings
from hinge_vision.web.worker import Order

log = logging.getLogger("hinge_vision.web")

# Processor time any analysis may use besides what the clip's length allows: starting, loading the model.
_CPU_START_S = 120.0
# A worker that uses no processor time either is stuck: this much longer than its processor time may last, and it is ended.
_WALL_FACTOR = 3.0
_LOOK_EVERY_S = 2.0
_TOO_LONG = "The analysis took far longer than a clip of this length should. The file may be damaged: save or export it again as MP4 (H.264)."
_DIED = "The analysis ended unexpectedly. The file may be damaged: save or export it again as MP4 (H.264), for example at 1080p."
_SENT_AWAY = (-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP)


class _Run:
    """A worker process at work."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.began_s = time.monotonic()
        self.stage, self.share, self.stage_began_s = "survey", 0.0, 0.0
        self.process: subprocess.Popen[bytes] | None = None
        self.dropped = False
        self.timed_out = False

    def heard(self, message: dict[str, Any]) -> None:
        stage = str(message.get("stage"))
        if stage != self.stage:
            self.stage_began_s = time.monotonic() - self.began_s
        self.stage, self.share = stage, float(message.get("share", 0.0))

    def progress(self) -> Progress:
        return progress_at(self.stage, self.share, time.monotonic() - self.began_s, self.stage_began_s)

    def kill(self) -> None:
        if self.process is not None:
            with suppress(OSError):
                self.process.kill()

    def time_out(self) -> None:
        self.timed_out = True
        self.kill()


class Supervisor:
    """Keeps as many workers at work as were asked for.

    Parameters
    ----------
    table, places, settings
        The queue, the folders, and the limits.
    """

    def __init__(self, table: JobTable, places: Places, settings: ServerSettings) -> None:
        self._table, self._places, self._settings = table, places, settings
        self._work_there = threading.Condition()
        self._runs: dict[str, _Run] = {}
        self._stopping = False
        self._slots = [threading.Thread(target=self._slot, name=f"slot-{number}", daemon=True) for number in range(settings.workers)]

    def start(self) -> None:
        """Take up what an earlier server left, and begin."""
        self._table.put_all_back()
        leftovers = self._table.leftovers()
        for leftover in leftovers:
            self._places.remove(leftover)
        self._table.forget_leftovers(clip_id for clip_id in leftovers if not self._places.folder(clip_id).exists())
        known = self._table.ids()
        strays = self._places.stray(known)
        if strays:
            # the table may have been lost, or be an older copy: then these are all there is of somebody's clips
            log.warning("%s: %d folders belong to no clip in the job table; they are kept", self._places.clips, len(strays))
        for clip_id in known:
            job = self._table.get(clip_id)
            if job is not None:
                self._places.drop_runs(clip_id, job.result_run)
        for slot in self._slots:
            slot.start()

    def stop(self) -> None:
        """End all workers; their clips go back to the queue, for the next server."""
        with self._work_there:
            self._stopping = True
            for run in self._runs.values():
                run.kill()
            self._work_there.notify_all()
        for slot in self._slots:
            slot.join(timeout=10)

    def wake(self) -> None:
        """Tell the slots that there is work."""
        with self._work_there:
            self._work_there.notify_all()

    def progress(self, clip_id: str) -> Progress | None:
        """Return how far a clip's analysis has come; None when it does not run."""
        run = self._runs.get(clip_id)
        return None if run is None else run.progress()

    def drop(self, clip_id: str) -> None:
        """End a clip's worker, because the clip was deleted."""
        with self._work_there:
            run = self._runs.get(clip_id)
            if run is not None:
                run.dropped = True
                run.kill()
        if run is None:
            self._places.remove(clip_id)

    def _slot(self) -> None:
        while not self._stopping:
            try:
                self._take_next()
            except Exception:
                log.exception("the next clip could not be taken; trying again")
                with self._work_there:
                    self._work_there.wait(_LOOK_EVERY_S)

    def _take_next(self) -> None:
        with self._work_there:
            if self._stopping:
                return
            job = self._table.claim()
            if job is None:
                self._work_there.wait(_LOOK_EVERY_S)
                return
            run = self._runs[job.id] = _Run(job)
        try:
            outcome = self._analyse(run)
        except Exception:
            log.exception("the analysis of %s could not be carried out", job.id)
            outcome = Outcome("failed", _DIED)
        self._conclude(run, outcome)

    def _analyse(self, run: _Run) -> Outcome | None:
        """Have a process analyse the clip; None = it was ended by somebody, and the clip is to be analysed again."""
        order = self._order(run.job)
        with self._work_there:
            if self._stopping or run.dropped:
                return None
            self._places.run(run.job.id, run.job.run).mkdir(mode=0o700)
            run.process = process = subprocess.Popen(
                [sys.executable, "-m", "hinge_vision.web.worker", order.to_json()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        watch = threading.Timer(order.limits.cpu_s * _WALL_FACTOR, run.time_out)
        watch.daemon = True
        watch.start()
        told: dict[str, Any] | None = None
        with process:
            while line := process.stdout.readline(65536) if process.stdout else b"":
                with suppress(ValueError, TypeError, AttributeError):
                    message = json.loads(line)
                    if "outcome" in message:
                        told = message["outcome"]
                    else:
                        run.heard(message)
            code = process.wait()
        watch.cancel()
        if told is not None and code == 0:
            return Outcome(result_bytes=bytes_below(self._places.run(run.job.id, run.job.run)), **told)
        return self._explain(run, code)

    def _explain(self, run: _Run, code: int) -> Outcome | None:
        log.warning("the worker of %s ended with %s", run.job.id, code)
        if run.timed_out or code == -signal.SIGXCPU:
            return Outcome("failed", _TOO_LONG)
        if code in _SENT_AWAY and (self._stopping or run.job.tries < MAX_TRIES):
            return None
        return Outcome("failed", _DIED)

    def _conclude(self, run: _Run, outcome: Outcome | None) -> None:
        job = run.job
        # in one piece, so that a correction coming in now does not find its new run swept away with the old ones
        with self._work_there:
            while True:
                try:
                    if outcome is None:
                        self._table.put_back(job)
                    else:
                        self._table.finish(job, outcome)
                    current = self._table.get(job.id)
                    break
                except sqlite3.Error:
                    log.exception("how the analysis of %s ended could not be entered", job.id)
                    if self._stopping:
                        # the next server finds it running, and analyses it again
                        return
                    self._work_there.wait(_LOOK_EVERY_S)
            if self._runs.get(job.id) is not run:
                # corrected and begun anew while the table could not be read
                return
            del self._runs[job.id]
            if current is None:
                self._places.remove(job.id)
            else:
                self._places.drop_runs(job.id, current.result_run)

    def _order(self, job: Job) -> Order:
        judged_from = None
        if job.task == "judge" and job.result_run is not None:
            judged_from = str(self._places.result(job.id, job.result_run))
        return Order(
            clip=str(self._places.upload(job.id)),
            name=job.name,
            run=str(self._places.run(job.id, job.run)),
            judged_from=judged_from,
            exercise=job.exercise,
            facing=job.facing,
            analysis_rate_hz=self._settings.analysis_rate_hz,
            threads=self._settings.threads_per_worker,
            limits=Limits(_CPU_START_S + job.clip_s * self._settings.worker_cpu_s_per_clip_s, self._settings.worker_memory_bytes),
        )
