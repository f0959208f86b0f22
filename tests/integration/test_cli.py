"""The command line as a user meets it: light help, one line per trouble, the right exit code, nothing half-written."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PROGRAM, ROOT, SAMPLES, run_program, run_python
from tests.made_clips import make_clip, steady

CLIP = SAMPLES / "kb_deadlift_low_back_rounded.mp4"


def only_one_line(result: subprocess.CompletedProcess[str]) -> str:
    assert "Traceback" not in result.stdout + result.stderr
    assert result.stdout == ""
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    return lines[0]


def test_help_loads_no_heavy_library() -> None:
    heavy = {"cv2", "mediapipe", "numpy", "scipy", "av", "plotly", "jinja2", "rich"}
    code = f"import sys, hinge_vision.cli as c; c.run_command(c.commands, sys.argv[1:]); print(*{heavy} & set(sys.modules))"
    for arguments in (["--help"], ["analyze", "--help"], ["--version"]):
        result = run_python(["-c", code, *arguments])
        assert result.returncode == 0, result.stderr
        assert result.stdout.splitlines()[-1] == ""


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["analyse"],
        ["analyze"],
        ["analyze", str(CLIP), "--exercise", "squat"],
        ["analyze", str(CLIP), "--rate", "1"],
        ["analyze", str(CLIP), "--start", "5", "--end", "2"],
        ["analyze", str(CLIP), "--end", "nan"],
        ["analyze", str(CLIP), "--capture-fps", "inf"],
        ["analyze", str(CLIP), "--embed-video", "--no-video"],
        ["analyze", str(CLIP), str(SAMPLES / "kb_swing.mp4"), "--json"],
        ["analyze", str(CLIP), str(CLIP)],
        ["analyze", str(CLIP), "--model", "no_such.task"],
        ["analyze", str(CLIP), "--thresholds", str(SAMPLES / "README.md")],
        ["rejudge", str(SAMPLES)],
        ["serve", "--quota", "nan"],
        ["serve", "--quota", "inf"],
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2_and_no_traceback(arguments: list[str], tmp_path: Path) -> None:
    result = run_program(*arguments, *(["-o", str(tmp_path / "out")] if "analyze" in arguments else []))
    assert result.returncode == 2
    assert "Traceback" not in result.stderr
    assert result.stderr or result.stdout
    assert not (tmp_path / "out").exists()


def test_a_clip_that_is_not_there_ends_with_3_and_writes_nothing(tmp_path: Path) -> None:
    result = run_program("analyze", str(tmp_path / "none.mp4"), "-o", str(tmp_path / "out"))
    assert result.returncode == 3
    assert "none.mp4" in only_one_line(result)
    assert not (tmp_path / "out").exists()


def test_an_output_that_cannot_be_written_ends_with_5_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    result = run_program("analyze", str(CLIP), "-o", str(tmp_path / "file" / "out"))
    assert result.returncode == 5
    assert "--out" in only_one_line(result)
    too_long = run_program("analyze", str(CLIP), "--end", "0.5", "-o", str(tmp_path / ("x" * 300)), "-q")
    assert too_long.returncode == 5
    only_one_line(too_long)


def test_an_option_that_does_not_fit_one_of_several_clips_does_not_stop_the_others(tmp_path: Path) -> None:
    long, short = make_clip(tmp_path / "long.mp4", steady(20, 10.0)), make_clip(tmp_path / "short.mp4", steady(5, 10.0))
    result = run_program("analyze", str(short), str(long), "--start", "1", "-o", str(tmp_path / "out"))
    assert result.returncode == 1
    assert "short.mp4" in result.stderr
    assert (tmp_path / "out" / "long" / "report.json").exists()


@pytest.mark.parametrize("damage", ["missing", "truncated"])
def test_a_damaged_model_ends_with_6_and_the_mending_command(damage: str, tmp_path: Path) -> None:
    package = tmp_path / "hinge_vision"
    shutil.copytree(ROOT / "hinge_vision", package, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "models").mkdir(exist_ok=True)
    model = package / "models" / "pose_landmarker_full.task"
    model.unlink(missing_ok=True)
    if damage == "truncated":
        model.write_bytes((ROOT / "models" / model.name).read_bytes()[:100_000])
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    for arguments in (["analyze", str(CLIP), "-o", str(tmp_path / "out")], ["doctor"]):
        command = [*PROGRAM, *arguments]
        result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env=environment)
        assert result.returncode == 6, result.stderr
        assert "pip install --force-reinstall" in result.stdout + result.stderr
        assert "Traceback" not in result.stderr
    assert not (tmp_path / "out").exists()


def test_an_analysis_writes_all_its_files_and_prints_verdict_and_path(tmp_path: Path) -> None:
    result = run_program("analyze", str(CLIP), "-o", str(tmp_path))
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    folder = tmp_path / CLIP.stem
    assert {path.name for path in folder.iterdir()} == {
        "report.json",
        "report.html",
        "frames.csv",
        "reps.csv",
        "track.npz",
        "annotated.mp4",
        "frames",
    }
    assert json.loads((folder / "report.json").read_text(encoding="utf-8"))["verdict"] in result.stdout
    assert str(folder / "report.html") in result.stdout


def test_json_prints_the_report_alone_and_its_track_serves_annotate_and_rejudge(tmp_path: Path) -> None:
    result = run_program("analyze", str(CLIP), "-o", str(tmp_path), "--json", "--no-video")
    assert (result.returncode, result.stderr) == (0, "")
    folder = tmp_path / CLIP.stem
    assert result.stdout == (folder / "report.json").read_text(encoding="utf-8")
    assert "coupled_flexion" in {finding["fault"] for finding in json.loads(result.stdout)["findings"]}

    lost = run_program("annotate", str(folder), "--frames", "bottom", "--no-video")
    assert lost.returncode == 2
    assert "--clip" in only_one_line(lost)
    pictures = run_program("annotate", str(folder), "--clip", str(CLIP), "--frames", "bottom", "--no-video")
    assert (pictures.returncode, pictures.stderr) == (0, "")
    assert all(Path(line).stat().st_size > 10_000 for line in pictures.stdout.splitlines())
    assert len(pictures.stdout.splitlines()) == 1

    limits = tmp_path / "limits.json"
    limits.write_text(json.dumps({"rounding_deg": 80, "rounding_flat_deg": 80}), encoding="utf-8")
    again = run_program("rejudge", str(folder), "--thresholds", str(limits))
    assert (again.returncode, again.stderr) == (0, "")
    findings = json.loads((folder / "report.json").read_text(encoding="utf-8"))["findings"]
    assert "coupled_flexion" not in {finding["fault"] for finding in findings}

    before = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    for wrong in (tmp_path / "typo.mp4", make_clip(tmp_path / "another.mp4", steady(5, 10.0))):
        refused = run_program("rejudge", str(folder), "--thresholds", str(limits), "--clip", str(wrong))
        assert refused.returncode in (2, 3)
        assert wrong.name in only_one_line(refused)
        assert {path: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before
    named = run_program("rejudge", str(folder), "--thresholds", str(limits), "--clip", str(CLIP))
    assert (named.returncode, named.stderr) == (0, "")
    assert (folder / "annotated.mp4").exists()


def test_an_interrupt_while_the_video_is_drawn_says_what_an_unfinished_folder_looks_like(tmp_path: Path) -> None:
    code = """
import sys
import hinge_vision.analysis, hinge_vision.output
from hinge_vision.cli import commands, run_command
from tests.report_fixture import sample_report

def interrupted(*_, **__):
    raise KeyboardInterrupt

hinge_vision.analysis.analyze = lambda *_, **__: sample_report("deadlift_rounded")
hinge_vision.output.render = interrupted
sys.exit(run_command(commands, sys.argv[1:]))
"""
    result = run_python(["-c", code, "analyze", str(SAMPLES / "deadlift_rounded.mp4"), "-o", str(tmp_path)])
    assert result.returncode == 130
    left = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {"frames.csv", "reps.csv", "track.npz"}
    said = only_one_line(result)
    assert "without report.json is unfinished: run the command again" in said
    assert "nothing" not in said


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
def test_an_interrupt_ends_with_130_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [*PROGRAM, "analyze", str(SAMPLES / "deadlift_neutral.mp4"), "-o", str(out), "-v"]

    def heed_interrupts() -> None:
        # started in the background by a shell, this process ignores interrupts, and so would the one it starts
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, preexec_fn=heed_interrupts
    ) as process:
        assert process.stderr is not None
        said = ""
        # the model's own first words: frames are being worked on
        while "XNNPACK" not in said and process.poll() is None:
            said += process.stderr.readline()
        process.send_signal(signal.SIGINT)
        _, rest = process.communicate(timeout=60)
    assert process.returncode == 130, said + rest
    assert "Traceback" not in said + rest
    assert "interrupted" in rest
    assert [path for path in out.rglob("*") if path.is_file()] == []
