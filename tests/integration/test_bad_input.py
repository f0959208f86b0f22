"""Every clip that is none, or holds nothing to judge, through the command line: its exit code, one line, no traceback."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from hinge_vision.video.reader import ClipReader
from hinge_vision.video.writer import VideoWriter
from tests.conftest import SAMPLES, run_program
from tests.made_clips import cut_file, flip_bytes, make_clip, make_folder, make_picture, make_pipe, make_sound, steady, turn, wipe_packet


def analyze(*arguments: str | Path, out: Path) -> subprocess.CompletedProcess[str]:
    result = run_program("analyze", "--no-video", "--rate", "10", "-o", out, "--", *arguments)
    assert "Traceback" not in result.stderr + result.stdout
    return result


def still(path: Path, count: int = 20, width: int = 320, height: int = 240) -> Path:
    """A clip in which nobody is."""
    image = np.full((height, width, 3), 120, np.uint8)
    return make_clip(path, steady(count, 30), width=width, height=height, images=[image] * count)


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def undecodable(path: Path) -> Path:
    make_clip(path, steady(3, 30), options={"g": "1", "bf": "0"})
    for number in range(3):
        wipe_packet(path, number)
    return path


UNREADABLE: dict[str, tuple[Callable[[Path], Path], str]] = {
    "missing.mp4": (lambda path: path, "there is no such file"),
    "folder.mp4": (make_folder, "this is a folder"),
    "pipe.mp4": (make_pipe, "this is a pipe or a device"),
    "empty.mp4": (lambda path: written(path, b""), "the file is empty"),
    "zeros.mp4": (lambda path: written(path, bytes(100_000)), "this is not a video"),
    "noise.mp4": (lambda path: written(path, np.random.default_rng(0).bytes(100_000)), "this is not a video"),
    "text.mp4": (lambda path: written(path, b"three sets of five\n" * 100), "this is not a video"),
    "playlist.mp4": (lambda path: written(path, b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n"), "this is not a video"),
    "picture.png": (make_picture, "this is a still picture"),
    "sound.mp4": (make_sound, "this holds sound only"),
    "unfinished.mp4": (
        lambda path: cut_file(make_clip(path, steady(30, 30), noise=True, index_first=False), 0.8),
        "cut off before its index was written",
    ),
    "undecodable.mp4": (undecodable, "no frame can be decoded"),
}


@pytest.mark.parametrize("name", ["empty.mp4", "unfinished.mp4", "undecodable.mp4"])
def test_an_unreadable_clip_ends_with_3_one_line_and_nothing_written(tmp_path: Path, name: str) -> None:
    make, reason = UNREADABLE[name]
    result = analyze(make(tmp_path / name), out=tmp_path / "out")
    assert result.returncode == 3
    assert result.stdout == ""
    assert result.stderr.startswith(f"hinge-vision: {name}: ")
    assert reason in result.stderr
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_each_unreadable_clip_among_several_gets_its_line_and_the_good_one_its_report(tmp_path: Path) -> None:
    clips = [make(tmp_path / name) for name, (make, _) in UNREADABLE.items()]
    result = analyze(*clips, still(tmp_path / "nobody.mp4"), out=tmp_path / "out")
    assert result.returncode == 1
    lines = result.stderr.splitlines()
    for name, (_, reason) in UNREADABLE.items():
        assert [line for line in lines if f" {name}: " in line and reason in line], f"{name} in {lines}"
    assert len(lines) == len(UNREADABLE)
    assert [entry.name for entry in (tmp_path / "out").iterdir()] == ["nobody"]


def test_a_start_beyond_the_end_ends_with_3(tmp_path: Path) -> None:
    result = run_program("analyze", still(tmp_path / "clip.mp4"), "--start", "60", "-o", tmp_path / "out")
    assert result.returncode == 3
    assert "the start at 60 s lies beyond the clip's end at 0.7 s" in result.stderr
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("nobody.mp4", still),
        ("one small frame.mp4", lambda path: still(path, count=1, width=16, height=16)),
        ("--help.mp4", lambda path: turn(still(path), 90)),
    ],
)
def test_a_clip_with_nobody_in_it_ends_with_4_and_a_report_that_says_so(tmp_path: Path, name: str, make: Callable[[Path], Path]) -> None:
    clip = make(tmp_path / name)
    result = analyze(clip, out=tmp_path / "out")
    assert result.returncode == 4, result.stderr
    results = tmp_path / "out" / clip.stem
    assert {"report.json", "report.html"} <= {entry.name for entry in results.iterdir()}
    report = json.loads((results / "report.json").read_text(encoding="utf-8"))
    assert report["quality"]["judgeable"] is False
    assert report["quality"]["reasons"][0]["remedy"]
    assert report["clip"]["name"] == name
    assert "NaN" not in (results / "report.json").read_text(encoding="utf-8")
    assert report["findings"] == []
    assert "<html" in (results / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("damage", ["cut", "flipped"])
def test_a_damaged_clip_of_a_lifter_is_analysed_as_far_as_it_goes_and_the_damage_is_told(tmp_path: Path, damage: str) -> None:
    clip = tmp_path / f"{damage}.mp4"
    with ClipReader(SAMPLES / "kb_swing.mp4") as reader, VideoWriter(clip, reader.info.width_px, reader.info.height_px) as video:
        for frame in reader:
            video.write(frame.image, frame.time_s)
    if damage == "cut":
        cut_file(clip, 0.6)
    else:
        flip_bytes(clip, every=1000)
    result = analyze(clip, out=tmp_path / "out")
    assert result.returncode in (0, 4), result.stderr
    assert result.stderr == "", "the decoder's own complaints stay out of sight"
    report = json.loads((tmp_path / "out" / damage / "report.json").read_text(encoding="utf-8"))
    assert report["clip"]["truncated"] is (damage == "cut")
    assert (tmp_path / "out" / damage / "report.html").exists()
