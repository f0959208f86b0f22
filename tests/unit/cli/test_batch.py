"""The batch command: what it refuses, and a second run that has nothing to do. The work itself is in tests/integration."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from hinge_vision.batch.clips import Source, fingerprint
from hinge_vision.batch.record import Record, Row, content_sha256, files_of, settings_sha256
from hinge_vision.batch.storage import RECORD
from hinge_vision.cli import commands, run_command
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.settings import Settings
from hinge_vision.version import __version__


def run(*arguments: str | Path) -> int:
    return run_command(commands, ["batch", *map(str, arguments)])


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    """A folder of two clips whose results are finished, as a batch with these options leaves them."""
    clips = tmp_path / "clips"
    for number, name in enumerate(("anna/lift.mp4", "ben/lift.mp4")):
        clip = clips / name
        clip.parent.mkdir(parents=True)
        clip.write_text(name, encoding="utf-8")
        os.utime(clip, (1e9 + number, 1e9 + number))
        folder = (tmp_path / "out" / name).with_suffix("")
        folder.mkdir(parents=True)
        (folder / "report.html").write_text("report", encoding="utf-8")
        source = Source(fingerprint(str(clips)), name, len(name), 1e9 + number)
        row = Row(True, "No fault seen.", "2026-05-01T10:00:00+00:00", "container", flags=())
        identity = settings_sha256(Settings(facing="left"), Thresholds(rounding_deg=25.0), video=False)
        record = Record(folder.name, content_sha256(clip), __version__, identity, (source,), row, files_of(folder), 8.0)
        (folder / RECORD).write_bytes(record.to_bytes())
    (tmp_path / "limits.json").write_text('{"rounding_deg": 25}', encoding="utf-8")
    return clips


def options(clips: Path) -> list[str | Path]:
    return [clips, "-o", clips.parent / "out", "--facing", "left", "--no-video", "--thresholds", clips.parent / "limits.json"]


def test_a_second_run_with_the_same_options_has_nothing_to_do_and_writes_the_table(clips: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*options(clips), "--recursive") == 0
    begin, sums, disclaimer, place = capsys.readouterr().out.splitlines()
    assert begin == "0 clips to analyse, 2 known already"
    assert sums.startswith("2 clips: 2 judged, 0 declined, 0 failed (0 analysed in ")
    assert "not medical advice" in disclaimer
    assert place == f"{clips.parent / 'out'}/index.html"
    rows = json.loads((clips.parent / "out" / "summary.json").read_text(encoding="utf-8"))["clips"]
    assert [(row["clip"], row["athlete"]) for row in rows] == [("anna/lift.mp4", "anna"), ("ben/lift.mp4", "ben")]


@pytest.mark.parametrize(
    ("more", "known"),
    [(["--recursive", "--glob", "anna/*"], 1), (["--recursive", "--since", "2000-01-01"], 2), (["--recursive", "--athlete-from", "name"], 2)],
    ids=["by name", "by date", "with another athlete"],
)
def test_the_clips_of_a_run_can_be_chosen(clips: Path, more: list[str], known: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*options(clips), "--log-json", *more) == 0
    begin, end = map(json.loads, capsys.readouterr().out.splitlines())
    assert (begin["event"], begin["to_do"], begin["known"]) == ("begin", 0, known)
    assert (end["event"], end["judged"]) == ("end", 2)
    athletes = [row["athlete"] for row in json.loads((clips.parent / "out" / "summary.json").read_text(encoding="utf-8"))["clips"]]
    assert athletes == (["lift", "lift"] if "name" in more else ["anna", "ben"])


@pytest.mark.parametrize(
    "more",
    [[], ["--recursive", "--glob", "carl*"], ["--recursive", "--since", "2010-01-01T10:00"]],
    ids=["not below", "other names", "later"],
)
def test_where_no_clip_is_left_it_ends_with_2_and_says_what_to_look_at(clips: Path, more: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*options(clips), *more) == 2
    told = capsys.readouterr()
    assert "no clips were found there; look at the folder's name, --glob, --since, or add --recursive" in told.err
    assert not (clips.parent / "out" / "summary.json").exists()


@pytest.mark.parametrize(("name", "said"), [("no_such", "there is no such folder"), ("lift.mp4", "this is a file; give the folder it lies in")])
def test_what_is_no_folder_is_not_called_one_without_clips(tmp_path: Path, name: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "lift.mp4").write_bytes(b"")
    assert run(tmp_path / name, "-o", tmp_path / "out") == 2
    assert f"{tmp_path / name}: {said}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--workers", "2", "--dask", "tcp://host:8786"], "--workers is for this machine"),
        (["--since", "yesterday"], "--since"),
        (["--athlete-from", "face"], "--athlete-from"),
        (["--thresholds", "no_such.json"], "no_such.json"),
    ],
    ids=["here and elsewhere", "no date", "no such rule", "no such file"],
)
def test_wrong_usage_ends_with_2_before_anything_is_looked_at(clips: Path, more: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(clips, "-o", clips.parent / "new", *more) == 2
    assert said in capsys.readouterr().err
    assert not (clips.parent / "new").exists()


def test_results_that_cannot_be_written_end_with_5(clips: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(clips, "-o", clips / "anna" / "lift.mp4" / "out") == 5
    assert "give another --out" in capsys.readouterr().err
