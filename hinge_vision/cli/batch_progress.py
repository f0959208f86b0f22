"""What a batch says while it runs: a live table on a terminal, a line per clip elsewhere, JSON lines for programs."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import click

from hinge_vision.cli.terminal import complain
from hinge_vision.report.model import DISCLAIMER
from hinge_vision.report.text import count

if TYPE_CHECKING:
    from rich.console import RenderableType

    from hinge_vision.batch.run import BatchResult, Progress
    from hinge_vision.batch.work import Outcome

_REFRESH_HZ = 2


class Reporter(Protocol):
    """Is told how a batch goes on."""

    def show(self, progress: Progress) -> None:
        """Say how far the batch has come."""

    def end(self, result: BatchResult, address: str) -> None:
        """Say what came of it, and where the table lies."""


@contextmanager
def reporter(*, log_json: bool, quiet: bool) -> Iterator[Reporter]:
    """Yield the reporter that suits who is listening."""
    if log_json:
        yield JsonLines()
    elif quiet or not sys.stderr.isatty():
        yield Lines(quiet)
    else:
        from rich.console import Console
        from rich.live import Live

        table = LiveTable()
        with Live(get_renderable=table.render, console=Console(stderr=True), refresh_per_second=_REFRESH_HZ, transient=True) as live:
            table.live = live
            yield table


class Lines:
    """A line per clip."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet

    def show(self, progress: Progress) -> None:
        """Print the clip that ended last."""
        outcome = progress.last
        if outcome is None:
            self._say(f"{count(progress.to_do, 'clip')} to analyse, {progress.known} known already")
        elif outcome.status == "failed":
            complain(f"failed: {outcome.says}")
        else:
            self._say(f"{progress.ended}/{progress.to_do} {outcome.source.path}: {outcome.says} ({outcome.seconds:.1f} s)")

    def end(self, result: BatchResult, address: str) -> None:
        """Print the sums."""
        for line in closing_lines(result, address):
            self._say(line)

    def _say(self, line: str) -> None:
        if not self._quiet:
            click.echo(line)


class JsonLines:
    """One JSON object a line on stdout: `begin`, a `clip` each, `end`."""

    def show(self, progress: Progress) -> None:
        """Print the clip that ended last."""
        outcome = progress.last
        facts: dict[str, Any] = {"event": "begin"}
        if outcome is not None:
            facts = {
                "event": "clip",
                "clip": outcome.source.path,
                "status": outcome.status,
                "says": outcome.says,
                "folder": None if outcome.record is None else outcome.record.folder,
                "seconds": round(outcome.seconds, 3),
                "worker": outcome.worker,
            }
        left_s = progress.left_s
        facts |= {"ended": progress.ended, "to_do": progress.to_do, "failed": progress.failed, "known": progress.known}
        facts |= {"clips_per_min": round(progress.clips_per_min, 2), "left_s": None if left_s is None else round(left_s, 1)}
        click.echo(json.dumps(facts))

    def end(self, result: BatchResult, address: str) -> None:
        """Print the sums."""
        facts = {"event": "end", "results": address, "known": result.known, "failed": len(result.failed), "seconds": round(result.seconds, 2)}
        click.echo(json.dumps({**facts, **result.counts}))


class LiveTable:
    """The whole batch and each worker, drawn anew as they go on."""

    def __init__(self) -> None:
        self._progress: Progress | None = None
        self._told_s = time.monotonic()
        self._workers: dict[str, tuple[int, Outcome, float]] = {}
        self.live: Any = None

    def show(self, progress: Progress) -> None:
        """Take in the clip that ended last; a failure is also printed above the table."""
        self._progress, self._told_s = progress, time.monotonic()
        outcome = progress.last
        if outcome is None:
            return
        if outcome.worker:
            self._workers[outcome.worker] = (self._workers.get(outcome.worker, (0, outcome, 0.0))[0] + 1, outcome, self._told_s)
        if outcome.status == "failed":
            self.live.console.print(f"failed: {outcome.says}", markup=False, highlight=False)

    def end(self, result: BatchResult, address: str) -> None:
        """Print the sums below."""
        self.live.stop()
        for line in closing_lines(result, address):
            click.echo(line)

    def render(self) -> RenderableType:
        """Return the table as it stands now."""
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        progress = self._progress
        if progress is None:
            return Text("looking for clips")
        now_s = time.monotonic()
        left_s = None if progress.left_s is None else max(0.0, progress.left_s - (now_s - self._told_s))
        head = Text(
            f"{progress.ended} of {count(progress.to_do, 'clip')}, {progress.known} known before, {progress.failed} failed, "
            f"{progress.clips_per_min:.1f} clips/min, {'time left not known yet' if left_s is None else f'{clock(left_s)} left'}"
        )
        table = Table(box=None, pad_edge=False)
        for name in ("worker", "clips", "last clip", "took", "since then"):
            table.add_column(name, no_wrap=True)
        for worker, (clips, outcome, ended_s) in sorted(self._workers.items()):
            table.add_row(worker, str(clips), Text(outcome.source.path), f"{outcome.seconds:.1f} s", clock(now_s - ended_s))
        return Group(head, ProgressBar(total=max(1, progress.to_do), completed=progress.ended), table)


def clock(seconds: float) -> str:
    """Return a time as people read it."""
    whole = round(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}" if whole >= 3600 else f"{whole // 60}:{whole % 60:02d}"


def closing_lines(result: BatchResult, address: str) -> list[str]:
    """Return what is said at the end."""
    counts = result.counts
    done = f"{len(result.outcomes)} analysed in {clock(result.seconds)}, {result.known} known before"
    return [
        f"{count(len(result.rows), 'clip')}: {counts['judged']} judged, {counts['declined']} declined, {counts['failed']} failed ({done})",
        DISCLAIMER,
        f"{address}/index.html",
    ]
