"""What the table shows after several runs, with workers that only pretend to analyse: a clip's verdict is its text."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import pytest

from hinge_vision.batch import run
from hinge_vision.batch.backend import Backend
from hinge_vision.batch.clips import Source
from hinge_vision.batch.local_storage import LocalStorage
from hinge_vision.batch.record import Record, Row, content_sha256, files_of
from hinge_vision.batch.storage import RECORD
from hinge_vision.batch.summary import SCHEMA_VERSION, TableRow, csv_text, json_text, table
from hinge_vision.batch.work import Outcome, Task, outcome_of
from hinge_vision.errors import SettingsError
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.report.model import DISCLAIMER
from hinge_vision.settings import Settings
from hinge_vision.version import __version__


@pytest.fixture
def clips(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(run, "analyse_clip", _pretend)
    folder = tmp_path / "clips"
    folder.mkdir()
    return folder


def _pretend(task: Task) -> Outcome:
    clip = Path(task.clips_address) / task.source.path
    text = clip.read_text(encoding="utf-8")
    if text == "bad":
        return Outcome(task.source, "failed", text)
    with LocalStorage(Path(task.results_address)).new_folder(task.folder) as new:
        (new / "report.html").write_text(text, encoding="utf-8")
        row = Row(True, text, "2026-05-01T10:00:00+00:00", "container")
        record = Record(task.folder, content_sha256(clip), __version__, task.settings_sha256, (task.source,), row, files_of(new))
        (new / RECORD).write_bytes(record.to_bytes())
    return outcome_of(record, task.source)


@contextmanager
def _one_thread() -> Iterator[Backend]:
    with ThreadPoolExecutor(1) as executor:
        yield Backend(executor, lambda: 1, (), 0)


def _table(clips: Path, pattern: str | None = None, *, redo: bool = False) -> list[tuple[str, str]]:
    """Run a batch and return path and verdict of each row, having seen that its report says the same."""
    results = LocalStorage(clips.parent / "out")
    batch = run.Batch(LocalStorage(clips), results, Settings(), Thresholds(), pattern=pattern, redo=redo)
    rows = run.run_batch(batch, _one_thread(), lambda _: None).rows
    for row in rows:
        assert row.report is None or (results.root / row.report).read_text(encoding="utf-8") == row.says
    return [(row.clip, row.says) for row in rows]


def _write(clips: Path, **texts: str) -> None:
    for stem, text in texts.items():
        (clips / f"{stem}.mp4").write_text(text, encoding="utf-8")


def test_a_renamed_clip_and_another_under_its_old_name_both_have_their_own_row_and_report(clips: Path) -> None:
    _write(clips, a="one")
    assert _table(clips) == [("a.mp4", "one")]
    (clips / "a.mp4").rename(clips / "b.mp4")
    _write(clips, a="another")
    assert _table(clips) == [("a.mp4", "another"), ("b.mp4", "one")]


def test_a_changed_clip_no_longer_shows_the_verdict_it_shared_with_its_copy(clips: Path) -> None:
    _write(clips, a="same", b="same")
    assert _table(clips) == [("a.mp4", "same"), ("b.mp4", "same")]
    _write(clips, a="changed")
    assert _table(clips) == [("a.mp4", "changed"), ("b.mp4", "same")]
    _write(clips, a="bad")
    assert _table(clips) == [("b.mp4", "same"), ("a.mp4", "bad")]


def test_two_clips_that_swapped_their_names_swap_their_verdicts(clips: Path) -> None:
    _write(clips, a="one", b="two!")
    _table(clips)
    _write(clips, a="two!", b="one")
    assert _table(clips) == [("a.mp4", "two!"), ("b.mp4", "one")]


def test_copies_that_are_analysed_again_stay_one_row_each(clips: Path) -> None:
    _write(clips, a="same", b="same")
    _table(clips)
    assert _table(clips, redo=True) == [("a.mp4", "same"), ("b.mp4", "same")]


def test_clips_that_a_run_did_not_look_at_keep_one_row_with_their_latest_verdict(clips: Path) -> None:
    _write(clips, a="same", b="same")
    _table(clips)
    _write(clips, b="changed", c="three")
    _table(clips)
    assert ("b.mp4", "changed") in _table(clips, "c*")
    assert [path for path, _ in _table(clips, "c*")].count("b.mp4") == 1


def test_a_folder_without_clips_is_refused_with_what_counts_as_a_clip(clips: Path) -> None:
    (clips / "notes.txt").write_text("no clip", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"no clips were found .*\.3gp, .*\.mp4, "):
        _table(clips)


ROW = Row(True, "No fault seen.", "2026-05-01T10:00:00+00:00", "container", "deadlift", 3, 90.0, 5.0, 4.0, 3.0, ("hips_rise_first",), 0.9, 1.9)
DECLINED = Row(False, "This clip could not be judged.", "2026-05-02T10:00:00+00:00", "file")
SOURCE = Source("0123456789ab", "anna/lift.mp4", 5, 1777629600.0)


def _record(row: Row, source: Source = SOURCE, folder: str = "anna/lift", **values: Any) -> Record:
    return Record(folder, "c" * 64, __version__, "s", (source,), row, {"report.json": 2}, 8.25, **values)


def _row(row: Row | None, **values: Any) -> TableRow:
    """The table's row of one clip that ended so; None = it failed."""
    if row is None:
        (only,) = table({}, [SOURCE], [Outcome(SOURCE, "failed", "this is not a video", None, 0.5)], None)
    else:
        record = _record(row, **values)
        (only,) = table({record.folder: record}, [SOURCE], [outcome_of(record, SOURCE)], None)
    return only


def test_the_row_of_a_judged_clip_has_its_numbers_its_report_and_its_picture() -> None:
    assert _row(ROW) == TableRow(
        clip="anna/lift.mp4",
        athlete="anna",
        status="judged",
        recorded_at="2026-05-01T10:00:00+00:00",
        recorded_at_from="container",
        exercise="deadlift",
        reps=3,
        peak_hip_flexion_deg=90.0,
        peak_hip_flexion_sd_deg=5.0,
        lumbar_at_bottom_deg=4.0,
        lumbar_at_bottom_sd_deg=3.0,
        flags=("hips_rise_first",),
        confidence=0.9,
        says="No fault seen.",
        report="anna/lift/report.html",
        thumbnail="anna/lift/thumbnail.jpg",
        worst_frame_s=1.9,
        analysis_s=8.25,
    )


def test_the_row_of_a_declined_clip_has_its_reason_and_its_report_and_no_numbers() -> None:
    row = _row(DECLINED)
    assert (row.status, row.says, row.report, row.thumbnail) == ("declined", "This clip could not be judged.", "anna/lift/report.html", None)
    assert (row.peak_hip_flexion_deg, row.lumbar_at_bottom_deg, row.confidence, row.flags, row.reps) == (None, None, None, (), 0)


def test_the_row_of_a_failed_clip_has_what_went_wrong_the_files_date_and_no_report() -> None:
    row = _row(None)
    assert (row.clip, row.athlete, row.status, row.says) == ("anna/lift.mp4", "anna", "failed", "this is not a video")
    assert (row.recorded_at, row.recorded_at_from) == ("2026-05-01T10:00:00+00:00", "file")
    known = {name for name, value in asdict(row).items() if value not in (None, (), 0, False, "")}
    assert known == {"clip", "athlete", "status", "recorded_at", "recorded_at_from", "says"}


def test_a_clip_judged_by_other_limits_is_marked_so() -> None:
    assert (_row(ROW).rejudged, _row(ROW, rejudged=True).rejudged) == (False, True)


def test_a_clip_finished_before_stands_where_it_is_seen_now_or_else_where_it_was_seen_last() -> None:
    first, second, third = (replace(SOURCE, path=f"{name}.mp4") for name in ("first", "second", "third"))
    records = {"anna/lift": replace(_record(ROW), sources=(first, second, third))}
    assert [row.clip for row in table(records, [second], [], None)] == ["second.mp4"]
    assert [row.clip for row in table(records, [first, second], [], None)] == ["first.mp4", "second.mp4"]
    assert [row.clip for row in table(records, [], [], None)] == ["third.mp4"]


def test_the_table_is_in_order_of_date_and_then_of_name() -> None:
    days = {"c": 1, "b": 2, "a": 2, "d": 3}
    sources = {name: replace(SOURCE, path=f"{name}.mp4", modified_s=0.0) for name in "abcde"}
    rows = {name: replace(ROW, recorded_at=f"2026-05-0{day}T10:00:00+00:00") for name, day in days.items()}
    records = {name: _record(row, sources[name], name) for name, row in rows.items()}
    ended = [Outcome(sources["e"], "failed", "this is not a video"), *(outcome_of(record, record.sources[0]) for record in records.values())]
    assert [row.clip for row in table(records, [], ended[::-1], None)] == ["e.mp4", "c.mp4", "a.mp4", "b.mp4", "d.mp4"]


def test_the_csv_has_a_line_for_each_clip_and_nothing_where_nothing_is_known() -> None:
    rows = [_row(replace(ROW, flags=("coupled_flexion (marked)", "hips_rise_first"), says='No "fault", seen.')), _row(None)]
    first, second = csv.DictReader(io.StringIO(csv_text(rows)))
    assert list(first) == [field.name for field in fields(TableRow)]
    assert first["flags"] == "coupled_flexion (marked); hips_rise_first"
    assert (first["says"], first["peak_hip_flexion_deg"]) == ('No "fault", seen.', "90.0")
    assert {second[name] for name in ("exercise", "peak_hip_flexion_deg", "flags", "report", "analysis_s")} == {""}


def test_the_json_says_null_where_nothing_is_known_and_names_its_schema() -> None:
    told = json.loads(json_text([_row(ROW), _row(None)]))
    assert (told["schema_version"], told["program_version"], told["disclaimer"]) == (SCHEMA_VERSION, __version__, DISCLAIMER)
    judged, failed = told["clips"]
    assert judged == {**asdict(_row(ROW)), "flags": ["hips_rise_first"]}
    assert failed["peak_hip_flexion_deg"] is None
    assert set(failed) == set(judged)
