"""The rejudge command: other limits, the same track, and honest about pictures that cannot be drawn."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from hinge_vision.batch.record import Record, Row, files_of, whole_record
from hinge_vision.batch.storage import RECORD
from hinge_vision.cli import commands, run_command
from hinge_vision.report.names import TRACK
from hinge_vision.report.track_file import track_bytes
from tests.conftest import SAMPLES
from tests.report_fixture import sample_report

LOOSE = {"rounding_deg": 80, "rounding_flat_deg": 80}


def run(folder: Path, limits: dict[str, float], *more: str | Path) -> int:
    path = folder.parent / "limits.json"
    path.write_text(json.dumps(limits), encoding="utf-8")
    return run_command(commands, ["rejudge", str(folder), "--thresholds", str(path), *map(str, more)])


def faults(folder: Path) -> set[str]:
    return {finding["fault"] for finding in json.loads((folder / "report.json").read_text(encoding="utf-8"))["findings"]}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Results of a rounded deadlift, with a picture and a film of the judgement before; the clip is not at hand."""
    monkeypatch.chdir(tmp_path)
    report = sample_report("deadlift_rounded")
    assert report.track is not None
    folder = tmp_path / "deadlift_rounded"
    (folder / "frames").mkdir(parents=True)
    (folder / TRACK).write_bytes(track_bytes(report.track, replace(report.settings, end_s=2.2), report.versions))
    for old in ("annotated.mp4", "annotated_slow.mp4", "side_by_side.mp4", "frames/frame_000003.png"):
        (folder / old).write_bytes(b"of the old judgement")
    return folder


def test_other_limits_give_another_verdict_and_pictures_of_the_old_one_are_taken_away(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, LOOSE) == 0
    assert faults(folder) == set()
    told = capsys.readouterr().out
    assert "deadlift_rounded.mp4 was not found, so there are no pictures and no video; run again with --clip" in told
    assert "No fault seen" in told
    assert "batch" not in told
    assert list(folder.glob("*.mp4")) == []
    assert list((folder / "frames").iterdir()) == []
    assert run(folder, {}, "-q") == 0
    assert faults(folder) == {"coupled_flexion"}
    assert capsys.readouterr().out == ""


def test_with_the_clip_pictures_and_film_are_those_of_the_new_judgement(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, {}, "--clip", SAMPLES / "deadlift_rounded.mp4") == 0
    assert "was not found" not in capsys.readouterr().out
    assert (folder / "annotated.mp4").stat().st_size > 10_000
    pictures = [path.stat().st_size for path in (folder / "frames").iterdir()]
    assert pictures
    assert min(pictures) > 10_000


def test_limits_that_cannot_be_used_leave_everything_as_it_was(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert run(folder, {"rouding_deg": 80}) == 2
    assert "unknown threshold rouding_deg" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_folder_without_a_track_is_told_so_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert run(tmp_path / "empty", {}) == 2
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert "track.npz: not found; analyse the clip first" in told.err


def test_a_file_in_place_of_a_folder_of_results_is_told_what_to_give(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"")
    assert run(tmp_path / "clip.mp4", {}) == 2
    assert "clip.mp4: is no folder of results; give the one that analyze made for the clip" in capsys.readouterr().err


def test_a_clip_that_is_declined_by_the_new_limits_ends_with_4(folder: Path) -> None:
    assert run(folder, {"min_stature_px": 5000}) == 4


def test_a_clip_of_a_batch_keeps_its_date_and_is_marked_as_judged_by_other_limits(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = Row(True, "The low back rounds.", "2026-05-01T10:00:00+00:00", "container", flags=("coupled_flexion (marked)",), worst_frame_s=1.9)
    record = Record(folder.name, "c" * 64, "1.0", "s", (), row, files_of(folder), 8.0)
    (folder / RECORD).write_bytes(record.to_bytes())
    assert run(folder, LOOSE) == 0
    assert "The batch's table shows this after its next run." in capsys.readouterr().out
    new = whole_record(folder)
    assert new is not None
    assert (new.rejudged, new.row.flags, new.row.worst_frame_s) == (True, (), None)
    assert (new.row.recorded_at, new.row.recorded_at_from) == (row.recorded_at, row.recorded_at_from)
    assert (new.content_sha256, new.program_version, new.settings_sha256, new.seconds) == ("c" * 64, "1.0", "s", 8.0)
    assert new.row.says.startswith("No fault seen")
