"""A whole batch: look, plan, hand out, take in, and write the table over all."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from hinge_vision.batch.backend import Backend
from hinge_vision.batch.clips import SUFFIXES, AthleteFrom, Source, find_clips
from hinge_vision.batch.plan import make_plan
from hinge_vision.batch.record import Record, load_records, settings_sha256
from hinge_vision.batch.status import Status, counts
from hinge_vision.batch.storage import RECORD, Storage
from hinge_vision.batch.summary import TableRow, table, write_summary
from hinge_vision.batch.work import Outcome, Task, analyse_clip, outcome_of
from hinge_vision.errors import HingeVisionError, OutputError, SettingsError
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.settings import Settings

_LOOK_S = 1.0


@dataclass(frozen=True)
class Batch:
    """What is to be done.

    Attributes
    ----------
    clips, results
        Where the clips lie and where the results go.
    settings, thresholds, video
        As for `analyze`; every clip gets the same.
    pattern, recursive, since_s
        Which files are clips of this batch, see `find_clips`.
    redo, verify
        Analyse finished clips again; read finished clips again to see that they are unchanged.
    athlete_from
        How to tell whose clip it is.
    verbose
        Let the libraries' own messages through.
    """

    clips: Storage
    results: Storage
    settings: Settings
    thresholds: Thresholds
    video: bool = True
    pattern: str | None = None
    recursive: bool = False
    since_s: float | None = None
    redo: bool = False
    verify: bool = False
    athlete_from: AthleteFrom | None = None
    verbose: bool = False


@dataclass(frozen=True)
class Progress:
    """How far a batch has come: clips ended of those to do, failures, seconds since it began, and what ended last."""

    ended: int
    to_do: int
    failed: int
    known: int
    seconds: float
    last: Outcome | None = None

    @property
    def clips_per_min(self) -> float:
        """Clips ended per minute so far."""
        return 60 * self.ended / self.seconds if self.seconds > 0 else 0.0

    @property
    def left_s(self) -> float | None:
        """Seconds left at this pace; None = not known yet."""
        return (self.to_do - self.ended) * self.seconds / self.ended if self.ended else None


@dataclass(frozen=True)
class BatchResult:
    """The table, what failed in this run, how many clips were known before, and the time it took."""

    rows: tuple[TableRow, ...]
    outcomes: tuple[Outcome, ...]
    known: int
    seconds: float

    @property
    def counts(self) -> dict[Status, int]:
        """How many clips of the table ended how."""
        return counts(row.status for row in self.rows)

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """The clips that failed."""
        return tuple(outcome for outcome in self.outcomes if outcome.status == "failed")


class BatchStoppedError(HingeVisionError):
    """Every further clip would fail as the last one did: the disk is full, or the installation broken."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def run_batch(batch: Batch, backend: AbstractContextManager[Backend], show: Callable[[Progress], None]) -> BatchResult:
    """Analyse what is new or failed, and write the table over everything finished.

    Parameters
    ----------
    batch
        What is to be done.
    backend
        Where; it is entered only if there is something to do.
    show
        Told of the beginning and of each clip that ends.

    Raises
    ------
    SettingsError
        No clips were found, or an address cannot be used.
    OutputError
        The results cannot be written, or another batch is writing them.
    BatchStoppedError
        It had to stop early; what was finished is kept.
    """
    began_s = time.monotonic()
    clips = find_clips(
        batch.clips, pattern=batch.pattern, recursive=batch.recursive, since_s=batch.since_s, leave_out=_inside(batch.results, batch.clips)
    )
    if not clips:
        message = (
            f"{batch.clips.shown_address}: no clips were found there; look at the folder's name, --glob, --since, or add --recursive "
            f"(clips are files that end in {', '.join(sorted(SUFFIXES))})"
        )
        raise SettingsError(message)
    identity = settings_sha256(batch.settings, batch.thresholds, video=batch.video)
    with batch.results.sole_writer():
        batch.results.remove_unfinished()
        records = load_records(batch.results)
        plan = make_plan(clips, batch.clips, records, identity, verify=batch.verify, redo=batch.redo)
        known = []
        for source, record in plan.finished:
            records[record.folder] = _note_source(batch.results, records[record.folder], source)
            known.append(outcome_of(record, source))
        tasks = [_task(batch, source, folder, identity) for source, folder in plan.to_do]
        outcomes: list[Outcome] = []

        def progress(last: Outcome | None = None) -> Progress:
            failed = sum(outcome.status == "failed" for outcome in outcomes)
            return Progress(len(outcomes), len(tasks), failed, len(known), time.monotonic() - began_s, last)

        show(progress())
        try:
            if tasks:
                with backend as workers:
                    for outcome in work_through(tasks, workers):
                        outcomes.append(outcome)
                        if outcome.record is not None:
                            records[outcome.record.folder] = outcome.record
                        show(progress(outcome))
                        if outcome.stops_with is not None:
                            raise BatchStoppedError(f"{outcome.says}; the batch stopped, what was finished is kept", outcome.stops_with)
        finally:
            batch.results.remove_unfinished()  # of workers that were ended in the middle of a clip
            outcomes += _copies(batch.results, plan.copies, outcomes, records)
            rows = table(records, clips, [*known, *outcomes], batch.athlete_from)
            try:
                write_summary(batch.results, rows)
            except OutputError:
                if not any(outcome.stops_with for outcome in outcomes):  # else that one is told
                    raise
    return BatchResult(rows, tuple(outcomes), len(known), time.monotonic() - began_s)


def work_through(tasks: Iterable[Task], backend: Backend) -> Iterator[Outcome]:
    """Yield each clip's outcome as it ends. A clip whose worker died is handed out again, as often as the backend allows."""
    queue = deque((task, 0) for task in tasks)
    running: dict[Future[Outcome], tuple[Task, int]] = {}
    while queue or running:
        room = backend.capacity() - len(running)
        for _ in range(min(room, len(queue))):
            task, deaths = queue.popleft()
            running[backend.executor.submit(analyse_clip, task)] = (task, deaths)
        ended, _ = wait(running, timeout=_LOOK_S, return_when=FIRST_COMPLETED)
        for future in ended:
            task, deaths = running.pop(future)
            try:
                outcome = future.result()
            except backend.lost as error:
                if deaths < backend.retries:
                    queue.appendleft((task, deaths + 1))
                    continue
                tries = f"each of {deaths + 1} times" if deaths else "each time"
                outcome = Outcome(task.source, "failed", f"{task.source.name}: the worker that had this clip died, {tries} ({type(error).__name__})")
            except Exception as error:  # noqa: BLE001  what the executor itself could not do for one clip
                outcome = Outcome(task.source, "failed", f"{task.source.name}: could not be handed to a worker ({type(error).__name__}: {error})")
            yield outcome


def _task(batch: Batch, source: Source, folder: str, identity: str) -> Task:
    return Task(
        clips_address=batch.clips.address,
        results_address=batch.results.address,
        source=source,
        folder=folder,
        settings=batch.settings,
        settings_sha256=identity,
        thresholds=batch.thresholds,
        video=batch.video,
        verbose=batch.verbose,
    )


def _note_source(results: Storage, record: Record, source: Source) -> Record:
    """Write down where a finished clip was seen, if that is new."""
    if source in record.sources:
        return record
    record = record.seen_at(source)
    results.write(f"{record.folder}/{RECORD}", record.to_bytes())
    return record


def _copies(results: Storage, copies: Iterable[tuple[Source, Source]], outcomes: list[Outcome], records: dict[str, Record]) -> list[Outcome]:
    """Give copies of a clip the result of the one that was analysed."""
    by_source = {outcome.source: outcome for outcome in outcomes}
    found = []
    for copy, first in copies:
        outcome = by_source.get(first)
        if outcome is None:
            continue
        if outcome.record is None:
            found.append(Outcome(copy, "failed", f"{copy.name}: has the same content as {first.path}, which failed"))
            continue
        try:
            record = records[outcome.record.folder] = _note_source(results, records[outcome.record.folder], copy)
        except OutputError:  # the next run will notice this copy again
            record = outcome.record
        found.append(outcome_of(record, copy))
    return found


def _inside(inner: Storage, outer: Storage) -> str | None:
    """Return the path of one folder below another, None if it does not lie there."""
    if "://" in outer.address or "://" in inner.address:
        below = inner.address.startswith(f"{outer.address}/")
        return inner.address.removeprefix(f"{outer.address}/") if below else None
    path, base = Path(inner.address).resolve(), Path(outer.address).resolve()
    return path.relative_to(base).as_posix() if path != base and path.is_relative_to(base) else None
