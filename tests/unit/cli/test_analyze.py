"""The analyze command: what it refuses before any work, and how it ends for one clip and for several."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path

import pytest

from hinge_vision import Settings, Thresholds
from hinge_vision.cli import commands, run_command
from hinge_vision.errors import ClipUnreadableError, OutputError, SettingsError
from hinge_vision.report.model import Report
from tests.conftest import SAMPLES
from tests.report_fixture import declined_report, sample_report

ROUNDED = "deadlift_rounded.mp4"


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Settings, Thresholds]]:
    """What was asked of the analysis, which pretends: a clip's name is its outcome."""
    calls = []

    def pretend(path: Path, settings: Settings, *, thresholds: Thresholds, progress: object) -> Report:
        calls.append((path.name, settings, thresholds))
        if path.name == "unreadable.mp4":
            raise ClipUnreadableError(f"{path}: not a video")
        if path.name == "unfit.mp4":
            raise SettingsError(f"{path}: ends before the start")
        if path.name == "full.mp4":
            raise OutputError(f"{path}: no room left")
        return declined_report(path.name)

    monkeypatch.setattr("hinge_vision.analysis.analyze", pretend)
    return calls


def run(*arguments: str | Path) -> int:
    return run_command(commands, ["analyze", *map(str, arguments)])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["a.mp4", "--embed-video", "--no-video"], "--embed-video needs the video"),
        (["a.mp4", "b.mp4", "--json"], "--json prints one report"),
        (["one/a.mp4", "two/a.mov"], "several clips are named 'a'"),
        (["a.mp4", "./a.mp4"], "a.mp4 is given twice"),
        (["a.mp4", "--workers", "0"], "--workers"),
    ],
    ids=["film without film", "one report of two", "two of one name", "one twice", "no workers"],
)
def test_what_cannot_be_meant_is_refused_before_any_work(
    arguments: list[str], said: str, tmp_path: Path, asked: list, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments, "-o", tmp_path / "out") == 2
    assert said in capsys.readouterr().err
    assert asked == []
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("name", "code"), [("declined.mp4", 4), ("unreadable.mp4", 3), ("unfit.mp4", 2), ("full.mp4", 5)])
def test_one_clip_ends_with_its_own_code(name: str, code: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(name, "-o", tmp_path) == code
    told = capsys.readouterr()
    if code == 4:
        assert "This clip could not be judged" in told.out
        assert str(tmp_path / "declined" / "report.html") in told.out
    else:
        assert (told.out, told.err.count("\n")) == ("", 1)


def test_of_several_clips_one_that_cannot_be_read_does_not_stop_the_others(
    tmp_path: Path, asked: list, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("unreadable.mp4", "unfit.mp4", "declined.mp4", "-o", tmp_path) == 1
    assert [name for name, *_ in asked] == ["unreadable.mp4", "unfit.mp4", "declined.mp4"]
    told = capsys.readouterr()
    assert "unreadable.mp4: not a video" in told.err
    assert "unfit.mp4: ends before the start" in told.err
    assert [line for line in told.out.splitlines() if line.endswith(".mp4:")] == ["unreadable.mp4:", "unfit.mp4:", "declined.mp4:"]
    assert (tmp_path / "declined" / "report.json").exists()


def test_a_full_disk_stops_them_all(tmp_path: Path, asked: list) -> None:
    assert run("full.mp4", "declined.mp4", "-o", tmp_path) == 5
    assert [name for name, *_ in asked] == ["full.mp4"]


def test_the_analysis_gets_what_was_asked_for(tmp_path: Path, asked: list) -> None:
    (tmp_path / "limits.json").write_text('{"rounding_deg": 25}', encoding="utf-8")
    run("a.mp4", "-o", tmp_path, "--facing", "left", "--start", "1.5", "--workers", "3", "--thresholds", tmp_path / "limits.json", "-q")
    assert asked == [("a.mp4", Settings(facing="left", start_s=1.5, workers=3), Thresholds(rounding_deg=25.0))]


def test_quiet_says_nothing_and_json_only_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("declined.mp4", "-o", tmp_path, "-q")
    assert tuple(capsys.readouterr()) == ("", "")
    run("declined.mp4", "-o", tmp_path, "--json")
    told = capsys.readouterr()
    assert told.out == (tmp_path / "declined" / "report.json").read_text(encoding="utf-8")
    assert json.loads(told.out)["quality"]["judgeable"] is False


@pytest.mark.parametrize(("options", "film", "inside"), [([], True, False), (["--no-video"], False, False), (["--embed-video"], True, True)])
def test_a_judged_clip_ends_with_0_and_gets_its_film_as_asked_for(
    options: list[str], film: bool, inside: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = sample_report("deadlift_rounded")
    shortened = replace(report, settings=replace(report.settings, start_s=1.8, end_s=2.0))
    monkeypatch.setattr("hinge_vision.analysis.analyze", lambda *_, **__: shortened)
    assert run(SAMPLES / ROUNDED, "-o", tmp_path, *options) == 0
    video = tmp_path / "deadlift_rounded" / "annotated.mp4"
    page = video.with_name("report.html").read_text(encoding="utf-8")
    assert (video.exists(), "<video" in page) == (film, film)
    assert (film and base64.b64encode(video.read_bytes()).decode() in page) is inside
