"""What is installed is enough, and what is shipped is whole."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from hinge_vision.pose.model import MODEL_SHA256
from tests.conftest import ROOT, SAMPLES, run_python

# What MediaPipe's wheel asks for and the pinned install leaves out.
LEFT_OUT = ("jax", "jaxlib", "sentencepiece", "sounddevice")
DETECT_WITHOUT = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {left_out!r}:
            raise ImportError(f"{{name}} was asked for")

sys.meta_path.insert(0, Blocked())
import cv2
from hinge_vision.pose.landmarker import Landmarker
from hinge_vision.pose.model import default_model_path
clip = cv2.VideoCapture({clip!r})
read, image = clip.read()
with Landmarker(default_model_path()) as landmarker:
    people = landmarker.find(image)
print(len(people), people[0].mask.shape == image.shape[:2], *[name for name in {left_out!r} if name in sys.modules])
"""


def test_a_detection_with_mask_imports_none_of_the_packages_left_out() -> None:
    result = run_python(["-c", DETECT_WITHOUT.format(left_out=LEFT_OUT, clip=str(SAMPLES / "deadlift_neutral.mp4"))])
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == ["1", "True"]


def test_the_constraints_hold_names_and_versions_only_and_leave_those_packages_out() -> None:
    for name in ("constraints.txt", "constraints-3.13.txt"):
        lines = [line for line in (ROOT / name).read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
        assert all("==" in line and "/" not in line and "@" not in line for line in lines)
        assert {line.split("==")[0] for line in lines}.isdisjoint(LEFT_OUT)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if importlib.util.find_spec("hatchling") is None or importlib.util.find_spec("pip") is None:
        pytest.skip("hatchling or pip is not installed here; `make test` has both")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return next(folder.glob("hinge_vision-*.whl"))


def test_the_wheel_holds_the_pose_model_with_its_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert hashlib.sha256(archive.read("hinge_vision/models/pose_landmarker_full.task")).hexdigest() == MODEL_SHA256
        assert b"Apache License" in archive.read("hinge_vision/models/LICENSE")


def test_the_wheel_holds_every_file_of_the_package(wheel: Path) -> None:
    sources = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "hinge_vision").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }
    with zipfile.ZipFile(wheel) as archive:
        assert sources <= set(archive.namelist())
    assert "hinge_vision/py.typed" in sources
    assert any(name.endswith("report.schema.json") for name in sources)


def test_the_installed_wheel_runs_from_anywhere_with_its_own_model(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    installed = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site), str(wheel)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert installed.returncode == 0, installed.stderr
    code = "import hinge_vision.pose.model as m; print(m.default_model_path(), m.verify_model(m.default_model_path()))"
    environment = {**os.environ, "PYTHONPATH": str(site)}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path, env=environment)
    assert result.stdout.split() == [str(site / "hinge_vision" / "models" / "pose_landmarker_full.task"), MODEL_SHA256], result.stderr
