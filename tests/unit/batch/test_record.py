"""The record beside a clip's results: written and read whole, damaged and changed ones not trusted."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hinge_vision.batch.clips import Source
from hinge_vision.batch.local_storage import LocalStorage
from hinge_vision.batch.record import (
    Record,
    Row,
    content_sha256,
    file_date,
    files_of,
    is_current,
    load_records,
    note_new_pictures,
    read_record,
    settings_sha256,
    whole_record,
)
from hinge_vision.batch.storage import RECORD
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.pose.model import default_model_path
from hinge_vision.settings import Settings
from hinge_vision.version import __version__

ROW = Row(True, "No fault seen.", "2026-05-01T10:00:00+00:00", "container", "deadlift", 3, 90.0, 5.0, 4.0, 3.0, ("hips_rise_first",), 0.9, None)
SOURCE = Source("0123456789ab", "anna/lift.mp4", 5, 1234.5)
MADE = Record("lift", "c" * 64, __version__, "s" * 64, (SOURCE,), ROW, {"report.json": 3}, 2.5)


def finished(folder: Path, **values: Any) -> Record:
    """A folder of results with its record."""
    (folder / "frames").mkdir(parents=True)
    (folder / "report.json").write_bytes(b"{}")
    (folder / "frames" / "frame_000003.png").write_bytes(b"picture")
    record = replace(MADE, folder=folder.name, files=files_of(folder), **values)
    (folder / RECORD).write_bytes(record.to_bytes())
    return record


def changed(data: bytes, *path: str, to: Any = None) -> bytes:
    """The record with one of its values replaced, or taken out where `to` is not given."""
    values = json.loads(data)
    inside = values
    for name in path[:-1]:
        inside = inside[name]
    if to is None:
        del inside[path[-1]]
    else:
        inside[path[-1]] = to
    return json.dumps(values).encode()


TEXTS = st.text(max_size=20)
NUMBERS = st.none() | st.floats(-200, 200, allow_nan=False)


ROWS = st.builds(Row, st.booleans(), TEXTS, TEXTS, TEXTS, st.none() | TEXTS, st.integers(0, 50), flags=st.lists(TEXTS).map(tuple), confidence=NUMBERS)


@settings(max_examples=30)
@given(
    row=ROWS,
    sources=st.lists(st.builds(Source, TEXTS, TEXTS, st.integers(0, 1 << 40), st.floats(0, 1e10)), max_size=3).map(tuple),
    files=st.dictionaries(TEXTS, st.integers(0, 1 << 40), max_size=3),
    rejudged=st.booleans(),
)
def test_whatever_a_record_holds_is_read_back_the_same(row: Row, sources: tuple[Source, ...], files: dict[str, int], rejudged: bool) -> None:
    record = replace(MADE, row=row, sources=sources, files=files, rejudged=rejudged)
    assert read_record(record.folder, record.to_bytes()) == record


def test_a_name_that_is_no_utf_8_is_read_back_the_same() -> None:
    odd = replace(MADE, sources=(replace(SOURCE, path=b"lift\xff.mp4".decode("utf-8", "surrogateescape")),))
    assert read_record("lift", odd.to_bytes()) == odd


def test_a_record_lies_where_its_folder_lies_and_says_nothing_of_where_it_was() -> None:
    assert "folder" not in json.loads(MADE.to_bytes())
    assert read_record("moved/elsewhere", MADE.to_bytes()) == replace(MADE, folder="moved/elsewhere")


@pytest.mark.parametrize("name", ["format_version", "row", "sources", "content_sha256", "program_version", "settings_sha256"])
def test_a_record_that_lacks_something_is_none(name: str) -> None:
    assert read_record("lift", changed(MADE.to_bytes(), name)) is None


@pytest.mark.parametrize("path", [("row", "judged"), ("row", "says"), ("row", "flags"), ("row", "recorded_at")], ids=".".join)
def test_a_record_whose_row_lacks_something_is_none(path: tuple[str, ...]) -> None:
    assert read_record("lift", changed(MADE.to_bytes(), *path)) is None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("format_version",), 2),
        (("format_version",), "1"),
        (("later",), "unknown"),
        (("row", "later"), "unknown"),
        (("row",), [1]),
        (("row", "flags"), 3),
        (("sources",), 3),
        (("sources",), ["lift.mp4"]),
        (("sources",), [{"path": "lift.mp4"}]),
        (("sources", 0, "path"), 3),
        (("files",), ["report.json"]),
        (("files", "report.json"), "3"),
        (("row", "flags"), "hips_rise_first"),
        (("row", "flags", 0), 3),
        (("row", "recorded_at"), 20260501),
        (("row", "reps"), True),
        (("row", "confidence"), "0.9"),
        (("rejudged",), 1),
    ],
    ids=str,
)
def test_a_record_with_something_else_in_it_is_none(path: tuple[str, ...], value: Any) -> None:
    assert read_record("lift", changed(MADE.to_bytes(), *path, to=value)) is None


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b"1", b'"text"', b"\x00\xff", b"[" * 200_000, MADE.to_bytes()[:-10]])
def test_what_is_no_record_is_none(data: bytes) -> None:
    assert read_record("lift", data) is None


def test_a_later_place_of_a_clip_stands_last_and_takes_the_place_of_what_its_path_held() -> None:
    elsewhere = replace(SOURCE, path="ben/copy.mp4")
    both = MADE.seen_at(elsewhere)
    assert both.sources == (SOURCE, elsewhere)
    touched = replace(SOURCE, modified_s=9999.0)
    assert both.seen_at(touched).sources == (elsewhere, touched)
    other_folder = replace(SOURCE, root="ba9876543210")
    assert MADE.seen_at(other_folder).sources == (SOURCE, other_folder)


def test_all_whole_results_are_loaded_by_their_folder_and_what_is_not_whole_is_left_out(tmp_path: Path) -> None:
    whole = {name: finished(tmp_path / name) for name in ("a", "team/anna/lift", "spaces in it")}
    for name in ("cut", "lost", "grown", "no record", "half a record", "empty"):
        finished(tmp_path / name)
    (tmp_path / "cut" / "report.json").write_bytes(b"{")
    (tmp_path / "lost" / "frames" / "frame_000003.png").unlink()
    (tmp_path / "grown" / "report.json").write_bytes(b"{}\n")
    (tmp_path / "no record" / RECORD).unlink()
    (tmp_path / "half a record" / RECORD).write_bytes(MADE.to_bytes()[:60])
    (tmp_path / "empty" / RECORD).write_bytes(replace(MADE, files={}).to_bytes())
    finished(tmp_path / ".unfinished" / "b")
    assert load_records(LocalStorage(tmp_path)) == {name: replace(record, folder=name) for name, record in whole.items()}


def test_a_file_of_somebody_elses_beside_the_results_does_no_harm(tmp_path: Path) -> None:
    finished(tmp_path / "a")
    (tmp_path / "a" / "my notes.txt").write_text("keep", encoding="utf-8")
    assert list(load_records(LocalStorage(tmp_path))) == ["a"]
    assert whole_record(tmp_path / "a") is not None


def test_the_record_of_one_folder_is_trusted_as_long_as_it_is_whole(tmp_path: Path) -> None:
    record = finished(tmp_path / "a")
    assert whole_record(tmp_path / "a") == record
    (tmp_path / "a" / "report.json").write_bytes(b"{")
    assert whole_record(tmp_path / "a") is None
    assert whole_record(tmp_path / "not there") is None
    (tmp_path / "a" / RECORD).write_bytes(b"{")
    assert whole_record(tmp_path / "a") is None


def test_pictures_drawn_anew_are_vouched_for_and_files_added_meanwhile_are_not(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    record = finished(folder)
    (folder / "frames" / "frame_000003.png").write_bytes(b"a larger picture")
    (folder / "annotated_slow.mp4").write_bytes(b"film")
    assert whole_record(folder) is None
    note_new_pictures(record, folder)
    noted = whole_record(folder)
    assert noted == replace(record, files={"frames/frame_000003.png": 16, "report.json": 2})
    (folder / "annotated_slow.mp4").unlink()
    assert whole_record(folder) == noted


def test_pictures_taken_away_are_no_longer_vouched_for(tmp_path: Path) -> None:
    record = finished(tmp_path / "a")
    (tmp_path / "a" / "frames" / "frame_000003.png").unlink()
    note_new_pictures(record, tmp_path / "a")
    assert whole_record(tmp_path / "a") == replace(record, files={"report.json": 2})


def test_the_files_of_a_folder_are_all_but_its_own_record(tmp_path: Path) -> None:
    finished(tmp_path / "a")
    finished(tmp_path / "a" / "b")
    assert set(files_of(tmp_path / "a")) == {
        "report.json",
        "frames/frame_000003.png",
        "b/report.json",
        "b/frames/frame_000003.png",
        f"b/{RECORD}",
    }


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1])
def test_a_files_hash_is_that_of_all_its_bytes(tmp_path: Path, size: int) -> None:
    content = (b"0123456789abcdef" * ((size >> 4) + 1))[:size]
    (tmp_path / "clip.mp4").write_bytes(content)
    assert content_sha256(tmp_path / "clip.mp4") == hashlib.sha256(content).hexdigest()


OTHERS = {
    "exercise": "deadlift",
    "facing": "left",
    "person": 2,
    "start_s": 1.0,
    "end_s": 9.0,
    "standing_at_s": 0.5,
    "capture_fps": 240.0,
    "analysis_rate_hz": 12.0,
}


@pytest.mark.parametrize("name", sorted({field.name for field in fields(Settings)} - {"workers", "model_path"}))
def test_every_setting_that_shapes_a_result_is_part_of_what_a_clip_is_known_by(name: str) -> None:
    plain = settings_sha256(Settings(), Thresholds(), video=True)
    assert settings_sha256(Settings(**{name: OTHERS[name]}), Thresholds(), video=True) != plain


def test_thresholds_and_video_are_part_of_it_too_and_the_number_of_threads_is_not() -> None:
    plain = settings_sha256(Settings(), Thresholds(), video=True)
    assert settings_sha256(Settings(workers=1), Thresholds(), video=True) == plain
    assert settings_sha256(Settings(), Thresholds(rounding_deg=50), video=True) != plain
    assert settings_sha256(Settings(), Thresholds(), video=False) != plain


def test_of_the_pose_model_the_content_counts_and_not_where_it_lies(tmp_path: Path) -> None:
    copy = tmp_path / "copy.task"
    shutil.copyfile(default_model_path(), copy)
    plain = settings_sha256(Settings(), Thresholds(), video=True)
    assert settings_sha256(Settings(model_path=copy), Thresholds(), video=True) == plain
    with copy.open("ab") as file:
        file.write(b"\0")
    assert settings_sha256(Settings(model_path=copy), Thresholds(), video=True) != plain


def test_a_files_date_is_told_in_utc_to_the_second() -> None:
    assert file_date(0.0) == "1970-01-01T00:00:00+00:00"
    assert file_date(1777629600.9) == "2026-05-01T10:00:00+00:00"


def test_only_this_version_with_these_settings_made_a_current_record() -> None:
    assert is_current(MADE, "s" * 64)
    assert not is_current(MADE, "t" * 64)
    assert not is_current(replace(MADE, program_version="0.0.1"), "s" * 64)
