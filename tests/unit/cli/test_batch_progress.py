"""What a batch says while it runs, to people and to programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest
from rich.console import Console

from hinge_vision.batch.clips import Source
from hinge_vision.batch.record import Record, Row
from hinge_vision.batch.run import BatchResult, Progress
from hinge_vision.batch.summary import table
from hinge_vision.batch.work import Outcome
from hinge_vision.cli.batch_progress import JsonLines, Lines, LiveTable, clock, closing_lines, reporter
from hinge_vision.report.model import DISCLAIMER

SOURCE = Source("0123456789ab", "anna/lift.mp4", 5, 1777629600.0)
ROW = Row(True, "No fault seen.", "2026-05-01T10:00:00+00:00", "container")
RECORD = Record("anna/lift", "c" * 64, "1.0", "s", (SOURCE,), ROW, {"report.json": 2}, 8.0)
JUDGED = Outcome(SOURCE, "judged", "No fault seen.", RECORD, 8.26, "host:7")
FAILED = Outcome(replace(SOURCE, path="bad.mov"), "failed", "bad.mov: not a video", None, 0.5, "host:8")
ADDRESS = "/results"
Heard = Callable[[], tuple[str, str]]


def result() -> BatchResult:
    """Three clips: one judged now, one failed now, one declined before."""
    before = replace(SOURCE, path="old.mp4")
    declined = replace(RECORD, folder="old", sources=(before,), row=replace(ROW, judged=False))
    rows = table({RECORD.folder: RECORD, "old": declined}, [SOURCE], [JUDGED, FAILED], None)
    return BatchResult(rows, (JUDGED, FAILED), known=1, seconds=83.4)


@pytest.fixture
def heard(capsys: pytest.CaptureFixture[str]) -> Heard:
    return lambda: tuple(capsys.readouterr())  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.0, "0:00"), (59.4, "0:59"), (59.6, "1:00"), (61.0, "1:01"), (3599.4, "59:59"), (3599.6, "1:00:00"), (7325.0, "2:02:05")],
)
def test_a_time_is_written_as_people_read_it(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown


def test_people_are_told_of_the_beginning_of_each_clip_and_of_the_sums(heard: Heard) -> None:
    lines = Lines(quiet=False)
    lines.show(Progress(0, 2, 0, 1, 0.0))
    assert heard() == ("2 clips to analyse, 1 known already\n", "")
    lines.show(Progress(1, 2, 0, 1, 9.0, JUDGED))
    assert heard() == ("1/2 anna/lift.mp4: No fault seen. (8.3 s)\n", "")
    lines.show(Progress(2, 2, 1, 1, 10.0, FAILED))
    assert heard() == ("", "hinge-vision: failed: bad.mov: not a video\n")
    lines.end(result(), ADDRESS)
    sums = "3 clips: 1 judged, 1 declined, 1 failed (2 analysed in 1:23, 1 known before)"
    assert heard() == (f"{sums}\n{DISCLAIMER}\n/results/index.html\n", "")


def test_one_clip_is_not_called_clips(heard: Heard) -> None:
    Lines(quiet=False).show(Progress(0, 1, 0, 0, 0.0))
    assert heard()[0].startswith("1 clip to analyse")
    assert closing_lines(replace(result(), rows=result().rows[:1]), ADDRESS)[0].startswith("1 clip: ")


def test_who_wants_quiet_is_told_of_failures_only(heard: Heard) -> None:
    lines = Lines(quiet=True)
    for progress in (Progress(0, 2, 0, 1, 0.0), Progress(1, 2, 0, 1, 9.0, JUDGED)):
        lines.show(progress)
    lines.end(result(), ADDRESS)
    assert heard() == ("", "")
    lines.show(Progress(2, 2, 1, 1, 10.0, FAILED))
    assert heard() == ("", "hinge-vision: failed: bad.mov: not a video\n")


def test_programs_get_one_object_a_line(heard: Heard) -> None:
    lines = JsonLines()
    lines.show(Progress(0, 2, 0, 1, 0.0))
    lines.show(Progress(1, 2, 0, 1, 12.0, JUDGED))
    lines.show(Progress(2, 2, 1, 1, 24.0, FAILED))
    lines.end(result(), ADDRESS)
    out, err = heard()
    assert err == ""
    begin, judged, failed, end = map(json.loads, out.splitlines())
    assert begin == {"event": "begin", "ended": 0, "to_do": 2, "failed": 0, "known": 1, "clips_per_min": 0.0, "left_s": None}
    assert judged == {
        "event": "clip",
        "clip": "anna/lift.mp4",
        "status": "judged",
        "says": "No fault seen.",
        "folder": "anna/lift",
        "seconds": 8.26,
        "worker": "host:7",
        "ended": 1,
        "to_do": 2,
        "failed": 0,
        "known": 1,
        "clips_per_min": 5.0,
        "left_s": 12.0,
    }
    assert (failed["clip"], failed["status"], failed["folder"], failed["left_s"]) == ("bad.mov", "failed", None, 0.0)
    assert end == {"event": "end", "results": "/results", "known": 1, "failed": 1, "seconds": 83.4, "judged": 1, "declined": 1}


def drawn(table: LiveTable) -> str:
    console = Console(width=160, force_terminal=False)
    with console.capture() as captured:
        console.print(table.render())
    return captured.get()


def test_the_live_table_shows_how_far_the_batch_has_come_and_what_each_worker_did_last() -> None:
    table = LiveTable()
    table.live = Console(quiet=True)
    table.live.console = table.live
    assert "looking for clips" in drawn(table)
    table.show(Progress(0, 5, 0, 1, 0.0))
    assert "0 of 5 clips, 1 known before, 0 failed, 0.0 clips/min, time left not known yet" in drawn(table)
    table.show(Progress(1, 5, 0, 1, 30.0, JUDGED))
    table.show(Progress(2, 5, 0, 1, 60.0, replace(JUDGED, source=replace(SOURCE, path="[red]ben.mp4"), seconds=21.0)))
    table.show(Progress(3, 5, 1, 1, 90.0, FAILED))
    head, *rest = drawn(table).splitlines()
    assert head.startswith("3 of 5 clips, 1 known before, 1 failed, 2.0 clips/min, 1:00 left")
    workers = {line.split()[0]: line.split()[1:5] for line in rest if line.startswith("host:")}
    assert workers == {"host:7": ["2", "[red]ben.mp4", "21.0", "s"], "host:8": ["1", "bad.mov", "0.5", "s"]}


def test_between_two_clips_the_time_left_runs_down_to_nothing_and_the_time_since_runs_up(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = [1000.0]
    monkeypatch.setattr("hinge_vision.cli.batch_progress.time", SimpleNamespace(monotonic=lambda: now_s[0]))
    table = LiveTable()
    table.show(Progress(1, 3, 0, 0, 30.0, JUDGED))
    for waited_s, left, since in ((0.0, "1:00 left", "0:00"), (25.0, "0:35 left", "0:25"), (90.0, "0:00 left", "1:30")):
        now_s[0] = 1000.0 + waited_s
        shown = drawn(table)
        assert left in shown
        assert next(line for line in shown.splitlines() if line.startswith("host:7")).split()[-1] == since


def test_a_failure_is_printed_above_the_live_table_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    table = LiveTable()
    table.live = Console(width=160)
    table.live.console = table.live
    table.show(Progress(1, 2, 1, 0, 1.0, replace(FAILED, says="[bold]odd.mp4: not a video")))
    assert capsys.readouterr().out == "failed: [bold]odd.mp4: not a video\n"


@pytest.mark.parametrize(
    ("log_json", "quiet", "terminal", "kind"),
    [
        (False, False, True, LiveTable),
        (False, False, False, Lines),
        (False, True, True, Lines),
        (True, False, True, JsonLines),
        (True, True, False, JsonLines),
    ],
)
def test_who_listens_decides_how_it_is_told(
    log_json: bool, quiet: bool, terminal: bool, kind: type, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal)
    with reporter(log_json=log_json, quiet=quiet) as chosen:
        assert type(chosen) is kind
    capsys.readouterr()
