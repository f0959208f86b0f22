"""The job table: every job there is, and whose turn is next. SQLite, in the data folder."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

from hinge_vision.errors import OutputError
from hinge_vision.settings import Exercise, Facing
from hinge_vision.web.fair import Ticket, serving_order
from hinge_vision.web.job import Job, Outcome, Task

# Starts of one task, kills of the server included, after which it is given up: something about the clip ends its processes.
MAX_TRIES = 5
_FORMAT = 1
_TABLE = """
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    athlete TEXT,
    exercise TEXT,
    facing TEXT,
    client TEXT NOT NULL,
    state TEXT NOT NULL,
    task TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    run INTEGER NOT NULL DEFAULT 0,
    result_run INTEGER,
    created_s REAL NOT NULL,
    queued_s REAL NOT NULL,
    started_s REAL,
    finished_s REAL,
    clip_s REAL NOT NULL,
    clip_bytes INTEGER NOT NULL,
    result_bytes INTEGER NOT NULL DEFAULT 0,
    message TEXT,
    verdict TEXT,
    found_exercise TEXT,
    found_facing TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state);
CREATE INDEX IF NOT EXISTS jobs_by_age ON jobs (created_s);
CREATE TABLE IF NOT EXISTS leftovers (id TEXT PRIMARY KEY) STRICT;
"""
_SEARCHED = (
    "(name || ' ' || coalesce(athlete, '') || ' ' || replace(coalesce(found_exercise, exercise, ''), '_', ' ') || ' ' || coalesce(verdict, ''))"
)
_OLD = "finished_s < ? AND state NOT IN ('queued', 'running')"


class JobTable:
    """The table of jobs. Every change is on the disk when its method returns.

    Parameters
    ----------
    path
        The database; made where there is none.

    Raises
    ------
    OutputError
        It cannot be opened, or a newer version of the program made it.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        try:
            self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10.0)
            self._database.row_factory = sqlite3.Row
            self._database.execute("PRAGMA journal_mode = WAL")
            # FULL: an accepted clip survives a power cut, not only a killed process
            self._database.execute("PRAGMA synchronous = FULL")
            self._database.executescript(_TABLE)
            known = int(self._database.execute("PRAGMA user_version").fetchone()[0])
            self._database.execute(f"PRAGMA user_version = {max(known, _FORMAT)}")
        except sqlite3.Error as error:
            raise OutputError(f"{path}: the job table cannot be opened ({error}); restore it, or choose another folder with --data") from error
        if known > _FORMAT:
            raise OutputError(f"{path}: a newer hinge-vision made this job table; update the program, or choose another folder with --data")

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._database.close()

    def expect(self, clip_id: str) -> None:
        """Note that a clip's folder is about to be made: a leftover, unless the clip is entered."""
        with self._change() as database:
            database.execute("INSERT INTO leftovers VALUES (?)", (clip_id,))

    def leftovers(self) -> set[str]:
        """Return the ids of clips that were deleted or never entered: a kill may have left their folders."""
        with self._lock:
            return {row["id"] for row in self._database.execute("SELECT id FROM leftovers")}

    def forget_leftovers(self, ids: Iterable[str]) -> None:
        """Forget leftovers whose folders are gone."""
        with self._change() as database:
            database.executemany("DELETE FROM leftovers WHERE id = ?", ((clip_id,) for clip_id in ids))

    def add(self, job: Job) -> Job:
        """Enter a clip at the end of the queue."""
        now = time.time()
        columns = [field.name for field in fields(Job)]
        entry = {**{name: getattr(job, name) for name in columns}, "created_s": now, "queued_s": now}
        with self._change() as database:
            database.execute(f"INSERT INTO jobs ({', '.join(columns)}) VALUES ({', '.join(':' + name for name in columns)})", entry)  # noqa: S608
            database.execute("DELETE FROM leftovers WHERE id = ?", (job.id,))
        return Job(**entry)

    def get(self, clip_id: str) -> Job | None:
        """Return a clip's job."""
        jobs = self._select("WHERE id = ?", clip_id)
        return jobs[0] if jobs else None

    def find(self, words: str = "", limit: int = 50, offset: int = 0) -> list[Job]:
        """Return the newest clips in whose name, athlete, exercise or verdict every word occurs."""
        clauses, values = [], []
        for word in words.split()[:8]:
            clauses.append(f"{_SEARCHED} LIKE ? ESCAPE '\\'")
            values.append("%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%")
        where = f"WHERE {' AND '.join(clauses)} " if clauses else ""
        return self._select(f"{where}ORDER BY created_s DESC, id LIMIT ? OFFSET ?", *values, limit, offset)

    def active(self) -> list[Job]:
        """Return the clips that run or wait, those that come next first."""
        with self._lock:
            jobs = {job.id: job for job in self._select("WHERE state IN ('queued', 'running')")}
        running = sorted((job for job in jobs.values() if job.state == "running"), key=lambda job: job.started_s or 0.0)
        return [*running, *(jobs[clip_id] for clip_id in _order(list(jobs.values())))]

    def waiting_of(self, client: str) -> int:
        """Return how many clips of a client are in the queue."""
        return int(self._value("SELECT count(*) FROM jobs WHERE state = 'queued' AND client = ?", client))

    def used_bytes(self) -> int:
        """Return the room all clips and results take."""
        return int(self._value("SELECT coalesce(sum(clip_bytes + result_bytes), 0) FROM jobs"))

    def ids(self) -> set[str]:
        """Return the ids of all clips."""
        with self._lock:
            return {row["id"] for row in self._database.execute("SELECT id FROM jobs")}

    def claim(self) -> Job | None:
        """Take the next clip from the queue and mark it running; None = nobody waits."""
        with self._change() as database:
            order = _order(self._select("WHERE state IN ('queued', 'running')"))
            if not order:
                return None
            database.execute(
                "UPDATE jobs SET state = 'running', started_s = ?, tries = tries + 1, run = run + 1 WHERE id = ?", (time.time(), order[0])
            )
            return self.get(order[0])

    def finish(self, job: Job, outcome: Outcome) -> bool:
        """Enter how an analysis ended; False when the clip was deleted or given another task meanwhile.

        One that failed leaves the report there may be from before, with all that is known from it.
        """
        with self._change() as database:
            if outcome.state == "failed":
                failed = database.execute(
                    "UPDATE jobs SET state = 'failed', message = ?, finished_s = ? WHERE id = ? AND run = ? AND state = 'running'",
                    (outcome.message, time.time(), job.id, job.run),
                )
                return failed.rowcount == 1
            done = database.execute(
                "UPDATE jobs SET state = ?, message = ?, verdict = ?, found_exercise = ?, found_facing = ?, result_bytes = ?, result_run = run,"
                " finished_s = ? WHERE id = ? AND run = ? AND state = 'running'",
                (
                    outcome.state,
                    outcome.message,
                    outcome.verdict,
                    outcome.exercise,
                    outcome.facing,
                    outcome.result_bytes,
                    time.time(),
                    job.id,
                    job.run,
                ),
            )
            return done.rowcount == 1

    def put_back(self, job: Job) -> None:
        """Return a running clip to its place in the queue: its process ended through no fault of the clip's."""
        with self._change() as database:
            database.execute("UPDATE jobs SET state = 'queued' WHERE id = ? AND run = ? AND state = 'running'", (job.id, job.run))

    def put_all_back(self) -> None:
        """Return what ran when the last server ended to the queue; give up what has been begun too often."""
        with self._change() as database:
            database.execute(
                "UPDATE jobs SET state = 'failed', finished_s = ?, message = ? WHERE state = 'running' AND tries >= ?",
                (time.time(), "The server ended each time this clip was analysed. Try it once more, or another clip.", MAX_TRIES),
            )
            database.execute("UPDATE jobs SET state = 'queued' WHERE state = 'running'")

    def correct(self, clip_id: str, athlete: str | None, exercise: Exercise | None, facing: Facing | None, task: Task | None) -> Job | None:
        """Enter what a user corrected, and queue the task that follows from it; None = the clip is gone or still active."""
        with self._change() as database:
            database.execute(
                "UPDATE jobs SET athlete = ?, exercise = ?, facing = ? WHERE id = ? AND (? IS NULL OR state NOT IN ('queued', 'running'))",
                (athlete, exercise, facing, clip_id, task),
            )
            if task is not None:
                changed = database.execute(
                    "UPDATE jobs SET state = 'queued', task = ?, tries = 0, queued_s = ?, message = NULL, finished_s = NULL"
                    " WHERE id = ? AND state NOT IN ('queued', 'running')",
                    (task, time.time(), clip_id),
                )
                if changed.rowcount == 0:
                    return None
            return self.get(clip_id)

    def delete(self, clip_id: str) -> bool:
        """Take a clip off the table; False = it was not on it."""
        return self._delete(clip_id, "")

    def delete_finished(self, clip_id: str, before_s: float) -> bool:
        """Take a clip off the table if it was finished before a moment, and is not being analysed again; tell whether it was."""
        return self._delete(clip_id, f"AND {_OLD}", before_s)

    def _delete(self, clip_id: str, condition: str, *values: object) -> bool:
        with self._change() as database:
            deleted = database.execute(f"DELETE FROM jobs WHERE id = ? {condition}", (clip_id, *values)).rowcount == 1  # noqa: S608
            if deleted:
                database.execute("INSERT OR IGNORE INTO leftovers VALUES (?)", (clip_id,))
            return deleted

    def finished_before(self, moment_s: float) -> list[str]:
        """Return the ids of the clips that were finished before a moment."""
        return [job.id for job in self._select(f"WHERE {_OLD}", moment_s)]

    def _select(self, condition: str, *values: object) -> list[Job]:
        with self._lock:
            return [Job(**dict(row)) for row in self._database.execute(f"SELECT * FROM jobs {condition}", values)]  # noqa: S608

    def _value(self, query: str, *values: object) -> float:
        with self._lock:
            return float(self._database.execute(query, values).fetchone()[0])

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """Everything in the block is done, or nothing."""
        with self._lock:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
                self._database.execute("COMMIT")
            except BaseException:
                # SQLite has rolled back by itself where the disk is full
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise


def _order(jobs: list[Job]) -> list[str]:
    running = Counter(job.client for job in jobs if job.state == "running")
    return serving_order((Ticket(job.id, job.client, job.queued_s) for job in jobs if job.state == "queued"), running)
