"""The annotate command: from a stored track to pictures and film, and what it says when something is missing."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from hinge_vision.batch.record import Record, Row, files_of, whole_record
from hinge_vision.batch.storage import RECORD
from hinge_vision.cli import commands, run_command
from hinge_vision.overlay.face import head_circles
from hinge_vision.report.names import TRACK
from hinge_vision.report.track_file import load_track, track_bytes
from hinge_vision.settings import Settings
from tests.conftest import SAMPLES
from tests.report_fixture import sample_report

CLIP = SAMPLES / "deadlift_rounded.mp4"


def run(*arguments: str | Path) -> int:
    return run_command(commands, ["annotate", *map(str, arguments)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Results of the first two seconds of a clip that is not at hand: its track alone."""
    report = sample_report("deadlift_rounded")
    assert report.track is not None
    folder = tmp_path / "out" / "deadlift_rounded"
    folder.mkdir(parents=True)
    (folder / TRACK).write_bytes(track_bytes(report.track, Settings(end_s=2.0), report.versions))
    return folder


def test_a_folder_without_a_track_says_how_to_analyse_the_clip(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path) == 2
    assert f"{tmp_path}: holds no track.npz; analyse the clip first (hinge-vision analyze CLIP -o {tmp_path.parent})" in capsys.readouterr().err


def test_a_clip_that_is_not_found_is_asked_for_by_its_name(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(folder, "--no-video") == 2
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert "deadlift_rounded.mp4: the clip of" in told.err
    assert "--clip" in told.err


def test_another_clip_than_the_one_analysed_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "--clip", SAMPLES / "deadlift_neutral.mp4", "--no-video") == 2
    assert "not the clip these results were made from" in capsys.readouterr().err
    assert list(folder.rglob("*.png")) == []


def test_the_pictures_asked_for_are_written_and_named_and_no_others(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "--clip", CLIP, "--frames", "every:30", "--no-video") == 0
    written = [folder / "frames" / f"frame_{number:06d}.png" for number in (0, 30, 60)]
    assert capsys.readouterr().out.splitlines() == [str(path) for path in written]
    assert sorted((folder / "frames").iterdir()) == written
    assert not list(folder.glob("*.mp4"))


def test_a_clip_beside_its_results_is_found_and_its_film_runs_as_slowly_as_asked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copyfile(CLIP, folder.parent / CLIP.name)
    assert run(folder, "--frames", "every:1000", "--slow", "0.5") == 0
    slow = folder / "annotated_slow.mp4"
    assert str(slow) in capsys.readouterr().out.splitlines()
    capture = cv2.VideoCapture(str(slow))
    assert capture.get(cv2.CAP_PROP_FRAME_COUNT) / capture.get(cv2.CAP_PROP_FPS) == pytest.approx(4.0, abs=0.15)
    capture.release()


def test_a_clip_given_by_itself_uses_the_results_it_has(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(CLIP, "-o", folder.parent, "--frames", "every:1000", "--no-video", "-q") == 0
    assert [path.name for path in (folder / "frames").iterdir()] == ["frame_000000.png"]
    assert capsys.readouterr().out == "", "quiet names nothing"


def test_a_face_is_blurred_only_when_asked_for(folder: Path) -> None:
    pictures = []
    for options in ([], ["--blur-face"]):
        assert run(folder, "--clip", CLIP, "--frames", "every:1000", "--no-video", *options) == 0
        pictures.append(cv2.imread(str(folder / "frames" / "frame_000000.png")).astype(int))
    plain, blurred = pictures
    x, y, radius = head_circles(load_track(folder / TRACK).track)[0]
    rows, columns = np.nonzero(np.abs(plain - blurred).max(axis=2))
    assert len(rows) > 0.3 * np.pi * radius**2
    band = plain.shape[0] - 720
    assert np.hypot(columns - x, rows - band - y).max() <= radius + 1


def test_a_clip_of_a_batch_stays_finished_when_its_pictures_are_drawn_anew(folder: Path) -> None:
    assert run(folder, "--clip", CLIP, "--frames", "every:1000", "--no-video") == 0
    row = Row(True, "No fault seen.", "2026-05-01T10:00:00+00:00", "container")
    (folder / RECORD).write_bytes(Record(folder.name, "c" * 64, "1.0", "s", (), row, files_of(folder)).to_bytes())
    assert run(folder, "--clip", CLIP, "--frames", "every:1000", "--no-video", "--blur-face") == 0
    record = whole_record(folder)
    assert record is not None
    assert record.row == row
    assert record.files == files_of(folder)
