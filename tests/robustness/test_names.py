"""Whatever the clip and the folder of results are called, and whatever becomes of the disk."""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import PROGRAM, ROOT, SAMPLES, run_python
from tests.made_clips import make_clip, steady

Record = Callable[[str, object], None]
NAMES = (
    "with spaces and (brackets) [1].mp4",
    "Kreuzheben 硬拉 🏋️.mp4",
    "--help.mp4",
    "-o.mp4",
    "50%d.mp4",
    "clip%03d.mp4",
    "file:clip.mp4",
    "concat:a|b.mp4",
    "clip.mp4?x=1#y",
    "*.mp4",
    "'quotes' \"and\" `ticks` $(true).mp4",
    "two\nlines.mp4",
    "no suffix",
    ".hidden.mp4",
    "UPPER.MP4",
    "…" * 80 + ".mp4",
    "x" * 251 + ".mp4",
)
SECTION = "6 Names and places"


def nobody(path: Path) -> Path:
    """A clip of three frames in which nobody is."""
    made = make_clip(path.with_name("made.mp4"), steady(3, 30))
    return made.rename(path)


def analyze(*arguments: str | Path, cwd: Path, **how: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, "analyze", "--rate", "6", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        **how,  # type: ignore[call-overload]
    )


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """All those clips, given to one command by their bare names from inside their folder."""
    folder = tmp_path_factory.mktemp("named")
    for name in NAMES:
        nobody(folder / name)
    return folder, analyze("-o", "out", "--", *NAMES, cwd=folder)


@pytest.mark.parametrize("name", NAMES)
def test_a_clip_of_any_name_gets_its_report(named: tuple[Path, subprocess.CompletedProcess[str]], name: str, record_property: Record) -> None:
    folder, result = named
    assert result.returncode == 1, "nobody is in any of them"
    assert result.stderr == ""
    report = json.loads((folder / "out" / Path(name).stem / "report.json").read_text(encoding="utf-8"))
    assert report["clip"]["name"] == name
    assert report["quality"]["reasons"][0]["code"] == "no_person"
    shown = name if len(name) < 60 else f"{name[0]} {len(name) - 4} times, .mp4"
    record_property("row", (SECTION, f"`{shown}`".replace("\n", "\\n"), "read, and its report in a folder of its name", "as expected"))


def test_a_read_only_place_ends_with_5_before_any_work(tmp_path: Path, record_property: Record) -> None:
    clip = nobody(tmp_path / "clip.mp4")
    read_only = tmp_path / "out"
    read_only.mkdir()
    read_only.chmod(0o500)
    places = [Path("/proc/hinge"), clip] if os.geteuid() == 0 else [read_only, clip]
    for place in places:
        result = analyze(clip, "-o", place, cwd=tmp_path)
        assert result.returncode == 5, result.stderr
        assert result.stderr.startswith("hinge-vision: ")
        assert result.stderr.count("\n") == 1
    record_property(
        "row",
        (
            SECTION,
            "folder of results that cannot be written to, or is a file",
            "exit code 5, one line",
            "exit code 5: it cannot be written to, or is no folder",
        ),
    )


@pytest.mark.parametrize("limit_bytes", [4_000, 60_000, 400_000])
def test_a_full_disk_ends_with_5_and_leaves_no_report_that_looks_whole(tmp_path: Path, limit_bytes: int, record_property: Record) -> None:
    # the system refuses to let any file grow beyond this, as it does on a full disk
    result = analyze(
        SAMPLES / "kb_deadlift_low_back_rounded.mp4",
        "-o",
        "out",
        cwd=tmp_path,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes)),
    )
    assert result.returncode == 5, result.stderr
    assert result.stderr.count("\n") == 1
    assert "cannot be written" in result.stderr
    assert not list(tmp_path.glob("out/*/report.json"))
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith(".")], "nothing half-written is left"
    record_property(
        "row",
        (SECTION, f"disk full after {limit_bytes // 1000} kB", "exit code 5, one line, no half report", result.stderr.strip().split(": ", 1)[-1]),
    )


def test_a_clip_that_vanishes_while_it_is_worked_on_ends_with_3(tmp_path: Path, record_property: Record) -> None:
    clip = Path(shutil.copy(SAMPLES / "kb_deadlift_low_back_rounded.mp4", tmp_path / "clip.mp4"))
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from hinge_vision import Settings, analyze, write_report\n"
        "from hinge_vision.errors import ClipUnreadableError\n"
        "clip = Path(sys.argv[1])\n"
        "report = analyze(clip, Settings(analysis_rate_hz=6))\n"
        "clip.unlink()\n"
        "try:\n"
        "    write_report(report, clip, Path(sys.argv[2]))\n"
        "except ClipUnreadableError as error:\n"
        "    print(error)\n"
    )
    result = run_python(["-c", code, clip, tmp_path / "out"])
    assert "clip.mp4: there is no such file" in result.stdout, result.stderr
    assert not list(tmp_path.glob("out/*/report.json"))
    record_property("row", (SECTION, "the clip vanishes while it is worked on", "one line, no half report", result.stdout.strip().split(": ", 1)[-1]))
