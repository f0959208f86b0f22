"""The job table, in a real database."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from hinge_vision.errors import OutputError
from hinge_vision.web.job import Job, Outcome
from hinge_vision.web.job_table import MAX_TRIES, JobTable
from hinge_vision.web.places import new_id


@pytest.fixture
def table(tmp_path: Path) -> JobTable:
    return JobTable(tmp_path / "jobs.sqlite3")


def entered(table: JobTable, client: str = "a", **known: object) -> Job:
    return table.add(Job(id=new_id(), name="lift.mp4", client=client, clip_s=3.0, clip_bytes=1000, **known))  # type: ignore[arg-type]


def test_a_clip_goes_from_the_queue_to_its_report(table: JobTable) -> None:
    job = entered(table)
    assert table.claim() == table.get(job.id)
    running = table.get(job.id)
    assert running is not None
    assert (running.state, running.run, running.tries) == ("running", 1, 1)
    assert table.claim() is None
    assert table.finish(running, Outcome("done", verdict="No fault seen", exercise="deadlift", facing="left", result_bytes=500))
    done = table.get(job.id)
    assert done is not None
    assert (done.state, done.result_run, done.verdict, done.found_exercise) == ("done", 1, "No fault seen", "deadlift")
    assert table.used_bytes() == 1500


def test_what_was_entered_is_there_after_a_new_start(table: JobTable, tmp_path: Path) -> None:
    job = entered(table, athlete="Ann")
    table.claim()
    again = JobTable(tmp_path / "jobs.sqlite3")  # the first one was never closed: its process was killed
    again.put_all_back()
    found = again.get(job.id)
    assert found is not None
    assert (found.state, found.athlete) == ("queued", "Ann")


def test_a_clip_that_ends_every_server_is_given_up(table: JobTable) -> None:
    job = entered(table)
    for _ in range(MAX_TRIES):
        assert table.claim() is not None
        table.put_all_back()
    given_up = table.get(job.id)
    assert given_up is not None
    assert given_up.state == "failed"
    assert given_up.message


def test_the_outcome_of_an_older_run_changes_nothing(table: JobTable) -> None:
    job = entered(table)
    first = table.claim()
    assert first is not None
    table.put_back(first)
    table.claim()
    assert not table.finish(first, Outcome("done"))
    current = table.get(job.id)
    assert current is not None
    assert (current.state, current.run) == ("running", 2)


def test_a_deleted_clip_stays_deleted_when_its_worker_ends(table: JobTable) -> None:
    entered(table)
    job = table.claim()
    assert job is not None
    assert table.delete(job.id)
    assert not table.finish(job, Outcome("done"))
    assert table.get(job.id) is None
    assert not table.delete(job.id)


def test_no_clip_is_claimed_twice_however_many_ask_at_once(table: JobTable) -> None:
    ids = {entered(table, client=str(number % 3)).id for number in range(40)}
    claimed: list[str] = []

    def claim_all() -> None:
        while (job := table.claim()) is not None:
            claimed.append(job.id)

    threads = [threading.Thread(target=claim_all) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == sorted(ids)


def test_clients_take_turns(table: JobTable) -> None:
    many = [entered(table, client="a").id for _ in range(3)]
    newcomer = entered(table, client="b").id
    order = []
    for _ in range(4):
        job = table.claim()
        assert job is not None
        order.append(job.id)
    assert order == [many[0], newcomer, many[1], many[2]]


def test_search_finds_words_in_name_athlete_exercise_and_verdict_and_takes_signs_literally(table: JobTable) -> None:
    job = table.add(Job(id=new_id(), name="Heavy_set 100%.mp4", client="a", clip_s=1, clip_bytes=1, athlete="Zoë", exercise="kb_swing"))
    entered(table)
    for words in ("heavy", "zoë heavy", "kb swing", "100%", "heavy_set", ".mp4 100"):
        assert [found.id for found in table.find(words)] == [job.id], words
    assert table.find("heavy'; DROP TABLE jobs; --") == []
    assert table.find("h%y") == []
    assert len(table.find()) == 2


def test_only_finished_clips_grow_old(table: JobTable) -> None:
    entered(table)
    old = table.claim()
    entered(table)
    assert old is not None
    table.finish(old, Outcome("declined"))
    assert table.finished_before(4e9) == [old.id]
    assert table.finished_before(1e9) == []


def test_a_clip_corrected_after_it_was_found_old_is_not_deleted(table: JobTable) -> None:
    entered(table)
    old = table.claim()
    assert old is not None
    table.finish(old, Outcome("done"))
    assert table.finished_before(4e9) == [old.id]
    table.correct(old.id, None, "deadlift", None, "judge")
    assert not table.delete_finished(old.id, 4e9)
    again = table.claim()
    assert again is not None
    assert not table.delete_finished(old.id, 4e9)
    table.finish(again, Outcome("done"))
    assert not table.delete_finished(old.id, 1e9)
    assert table.delete_finished(old.id, 4e9)
    assert table.get(old.id) is None


def test_a_change_that_could_not_be_written_leaves_the_table_usable(table: JobTable) -> None:
    pages = table._database.execute("PRAGMA page_count").fetchone()[0]
    table._database.execute(f"PRAGMA max_page_count = {pages}")  # as a full disk: the database cannot grow
    with pytest.raises(sqlite3.OperationalError, match="full"):
        entered(table, athlete="a" * 100_000)
    table._database.execute("PRAGMA max_page_count = 100000")
    job = entered(table)
    assert [found.id for found in table.find()] == [job.id]


def test_corrections_wait_for_the_analysis_but_the_athlete_can_be_named_meanwhile(table: JobTable) -> None:
    entered(table)
    job = table.claim()
    assert job is not None
    assert table.correct(job.id, "Ann", "deadlift", None, "judge") is None
    renamed = table.correct(job.id, "Bob", None, None, None)
    assert renamed is not None
    assert (renamed.athlete, renamed.exercise, renamed.state) == ("Bob", None, "running")
    table.finish(job, Outcome("done"))
    judged = table.correct(job.id, "Bob", "deadlift", None, "judge")
    assert judged is not None
    assert (judged.state, judged.task, judged.exercise, judged.result_run) == ("queued", "judge", "deadlift", 1)


def test_a_table_of_a_newer_program_or_no_table_at_all_is_refused_in_one_line(tmp_path: Path) -> None:
    JobTable(tmp_path / "jobs.sqlite3").close()
    with sqlite3.connect(tmp_path / "jobs.sqlite3") as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(OutputError, match="newer hinge-vision"):
        JobTable(tmp_path / "jobs.sqlite3")
    (tmp_path / "other").write_bytes(b"no database at all" * 100)
    with pytest.raises(OutputError, match="cannot be opened"):
        JobTable(tmp_path / "other")


def test_the_journal_is_written_ahead(table: JobTable, tmp_path: Path) -> None:
    entered(table)
    with sqlite3.connect(tmp_path / "jobs.sqlite3") as database:
        assert database.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
