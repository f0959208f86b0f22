"""The worker slots where the disk fails them, and what a start removes; no clip is analysed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hinge_vision.web import supervisor as module
from hinge_vision.web.job import Job, Outcome
from hinge_vision.web.job_table import JobTable
from hinge_vision.web.places import Places, new_id
from hinge_vision.web.settings import ServerSettings
from hinge_vision.web.supervisor import Supervisor
from tests.waiting import until


class Office:
    """A supervisor with its table and folders; each analysis ends at once, as it is told to."""

    def __init__(self, data: Path, outcome: Outcome | None = None) -> None:
        self.places = Places(data)
        self.lock = self.places.prepare()
        self.table = JobTable(self.places.database)
        self.supervisor = Supervisor(self.table, self.places, ServerSettings(data=data, workers=1))
        self.supervisor._analyse = lambda run: outcome or Outcome("failed", "as told")  # type: ignore[method-assign]

    def entered(self, **known: Any) -> Job:
        job = Job(id=new_id(), name="lift.mp4", client="a", clip_s=3.0, clip_bytes=1000, **known)
        part = self.places.part()
        part.write_bytes(b"clip")
        self.table.expect(job.id)
        self.places.keep(part, job.id)
        return self.table.add(job)

    def state(self, job: Job) -> str:
        current = self.table.get(job.id)
        return "" if current is None else current.state

    def close(self) -> None:
        if self.supervisor._slots[0].is_alive():
            self.supervisor.stop()
        self.table.close()
        self.lock.close()


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setattr(module, "_LOOK_EVERY_S", 0.02)
    opened = Office(tmp_path)
    yield opened
    opened.close()


def failing_first(change: Callable[..., Any], times: int = 2) -> Callable[..., Any]:
    """Return a change of the table that finds the disk full a few times."""
    left = times

    def changed(*values: Any) -> Any:
        nonlocal left
        left -= 1
        if left >= 0:
            raise sqlite3.OperationalError("database or disk is full")
        return change(*values)

    return changed


@pytest.mark.parametrize("method", ["claim", "finish", "get"])
def test_a_disk_that_is_full_for_a_moment_costs_neither_a_slot_nor_a_clip(office: Office, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    monkeypatch.setattr(office.table, method, failing_first(getattr(office.table, method)))
    jobs = [office.entered() for _ in range(2)]
    slot = office.supervisor._slots[0]
    slot.start()
    until(lambda: not slot.is_alive() or office.table.active() == [], timeout_s=5.0)
    assert slot.is_alive()
    assert [office.state(job) for job in jobs] == ["failed", "failed"]


def test_a_server_stops_though_an_outcome_cannot_be_entered(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office.table, "finish", failing_first(office.table.finish, times=10**6))
    job = office.entered()
    office.supervisor.start()
    until(lambda: office.state(job) == "running")
    office.supervisor.stop()
    assert not office.supervisor._slots[0].is_alive()
    assert office.state(job) == "running"  # the next server's start puts it back


def test_a_judgement_that_fails_leaves_the_report_and_track_from_before(office: Office) -> None:
    job = office.entered(state="done", run=1, result_run=1, result_bytes=500, verdict="No fault seen", found_exercise="deadlift")
    track = office.places.result(job.id, 1) / "track.npz"
    track.parent.mkdir(parents=True)
    track.write_bytes(b"track")
    office.table.correct(job.id, None, "kb_swing", None, "judge")
    office.supervisor.start()
    until(lambda: office.state(job) == "failed" and office.supervisor.progress(job.id) is None)
    failed = office.table.get(job.id)
    assert failed is not None
    assert (failed.message, failed.result_run, failed.result_bytes) == ("as told", 1, 500)
    assert (failed.verdict, failed.found_exercise) == ("No fault seen", "deadlift")
    office.supervisor.stop()  # whatever a slot sweeps away is gone by then
    assert track.exists()


def test_a_start_keeps_clips_whose_table_was_lost_however_often_it_is_made(tmp_path: Path) -> None:
    first = Office(tmp_path)
    job = first.entered(state="done", finished_s=1.0)
    first.close()
    for file in tmp_path.glob("jobs.sqlite3*"):
        file.unlink()
    for _ in range(2):
        again = Office(tmp_path)
        again.supervisor.start()
        again.close()
        assert again.places.upload(job.id).read_bytes() == b"clip"


def test_a_start_removes_what_a_kill_left_of_clips_deleted_or_never_entered(office: Office) -> None:
    deleted, kept = office.entered(), office.entered(state="done", finished_s=1.0)
    office.table.delete(deleted.id)
    never_entered = new_id()
    office.table.expect(never_entered)
    office.places.folder(never_entered).mkdir()
    office.supervisor.start()
    assert [path.name for path in office.places.clips.iterdir()] == [kept.id]
    assert office.table.leftovers() == set()


def test_a_start_clears_half_received_uploads_and_no_other_file(office: Office, tmp_path: Path) -> None:
    office.places.part().write_bytes(b"half")
    own = office.places.incoming / "anna deadlift.mp4"
    own.write_bytes(b"mine")
    office.lock.close()
    office.lock = Places(tmp_path).prepare()
    assert list(office.places.incoming.iterdir()) == [own]
