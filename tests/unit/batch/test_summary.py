"""What the table shows after several runs, with workers that only pretend to analyse: a clip's verdict is its text."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from hinge_vision.batch import run
from hinge_vision.batch.backend import Backend
from hinge_vision.batch.local_storage import LocalStorage
from hinge_vision.batch.record import Record, Row, content_sha256, files_of
from hinge_vision.batch.storage import RECORD
from hinge_vision.batch.work import Outcome, Task, outcome_of
from hinge_vision.errors import SettingsError
from hinge_vision.findings.thresholds import Thresholds
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
