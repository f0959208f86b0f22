"""Folders and table together: a clip is in both or in neither, and corrected clips outlive the sweep."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from hinge_vision.web import intake
from hinge_vision.web.answers import page
from hinge_vision.web.hall import Hall
from hinge_vision.web.job import Job
from hinge_vision.web.places import new_id
from hinge_vision.web.prober import Look
from hinge_vision.web.routes.pages import Card
from hinge_vision.web.settings import ServerSettings
from hinge_vision.web.upload import Received


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    made = Hall(ServerSettings(data=tmp_path, retention_days=1.0))
    yield made
    made.table.close()
    made._lock_file.close()


def test_an_upload_that_cannot_be_entered_leaves_no_folder(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(job: Job) -> Job:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(intake, "look_into", lambda path: Look(clip_s=1.0))
    monkeypatch.setattr(hall.table, "add", full)
    part = hall.places.part()
    part.write_bytes(b"clip")
    with pytest.raises(sqlite3.OperationalError):
        asyncio.run(hall.intake._enter("a", part, Received("lift.mp4", 4, {})))
    assert list(hall.places.clips.iterdir()) == []


def test_a_clip_corrected_during_the_sweep_stays_and_an_old_one_goes(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    corrected, old = (
        hall.table.add(Job(id=new_id(), name="lift.mp4", client="a", clip_s=1, clip_bytes=1, state="done", finished_s=1.0)) for _ in range(2)
    )
    for job in (corrected, old):
        hall.places.folder(job.id).mkdir()

    def listed(moment_s: float) -> list[str]:
        hall.correct(corrected, None, "deadlift", None)
        hall._closing.set()
        return [corrected.id, old.id]

    monkeypatch.setattr(hall.table, "finished_before", listed)
    hall._sweep()
    assert [job.id for job in hall.table.find()] == [corrected.id]
    assert [path.name for path in hall.places.clips.iterdir()] == [corrected.id]


def test_the_page_of_a_failed_clip_says_whose_report_it_links_to(hall: Hall) -> None:
    known = {"name": "lift.mp4", "client": "a", "clip_s": 1.0, "clip_bytes": 1, "state": "failed", "message": "No room left."}
    shown = []
    for result_run in (None, 1):
        job = hall.table.add(Job(id=new_id(), run=2, result_run=result_run, **known))  # type: ignore[arg-type]
        shown.append(bytes(page("clip.html.j2", card=Card.of(job, hall), max_name=80, signed_in=False).body).decode())
    for text in shown:
        assert "No room left." in text
        assert "Analyse again" in text
    assert ["Open the report" in text for text in shown] == [False, True]
    assert ["the analysis before" in text for text in shown] == [False, True]
