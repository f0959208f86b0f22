"""What commands ask of finished results: how they end, and where the clip lies."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from hinge_vision.cli.results import exit_code_of, find_clip
from tests.conftest import SAMPLES
from tests.report_fixture import declined_report, sample_report


def test_a_clip_that_was_judged_ends_with_0_and_one_that_could_not_be_with_4() -> None:
    assert exit_code_of(sample_report("deadlift_rounded")) == 0
    assert exit_code_of(declined_report()) == 4


@pytest.mark.parametrize("where", [".", "clips/out/lift", "clips/out", "clips"])
def test_the_clip_is_looked_for_here_in_the_folder_and_in_the_two_above_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    report = sample_report("deadlift_rounded")
    folder, here = tmp_path / "clips" / "out" / "lift", tmp_path / "here"
    folder.mkdir(parents=True)
    here.mkdir()
    monkeypatch.chdir(here)
    place = here if where == "." else tmp_path / where
    shutil.copyfile(SAMPLES / report.clip.name, place / report.clip.name)
    found = find_clip(folder, report)
    assert found is not None
    assert found.resolve() == (place / report.clip.name).resolve()
    (place / report.clip.name).rename(tmp_path / report.clip.name)
    assert find_clip(folder, report) is None


def test_the_clip_of_a_folder_is_found_by_what_it_is_and_not_only_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = sample_report("deadlift_rounded")
    folder, elsewhere = tmp_path / "clips" / "out" / "deadlift_rounded", tmp_path / "elsewhere"
    folder.mkdir(parents=True)
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    name = report.clip.name
    assert find_clip(folder, report) is None
    shutil.copyfile(SAMPLES / "deadlift_neutral.mp4", elsewhere / name)
    (folder / name).write_bytes(b"no clip at all")
    assert find_clip(folder, report) is None
    clip = folder.parent.parent / name
    shutil.copyfile(SAMPLES / name, clip)
    assert find_clip(folder, report) == clip


def test_the_video_of_a_folder_is_not_taken_for_a_clip_of_the_same_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = sample_report("deadlift_rounded")
    report = replace(report, clip=replace(report.clip, name="annotated.mp4"))
    shutil.copyfile(SAMPLES / "deadlift_rounded.mp4", tmp_path / "annotated.mp4")
    monkeypatch.chdir(tmp_path)
    assert find_clip(tmp_path, report) is None
