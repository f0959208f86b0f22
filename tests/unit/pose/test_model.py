"""The shipped pose model is found and checked."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest

from hinge_vision.errors import InstallationError
from hinge_vision.pose.model import MODEL_SHA256, default_model_path, verify_model


def test_the_shipped_model_is_the_one_whose_checksum_is_recorded() -> None:
    assert verify_model(default_model_path()) == MODEL_SHA256


def test_a_truncated_model_is_refused_with_the_way_to_mend_it(tmp_path: Path) -> None:
    cut = tmp_path / "pose_landmarker_full.task"
    cut.write_bytes(default_model_path().read_bytes()[:5_000_000])
    with pytest.raises(InstallationError, match=r"damaged.*--model") as refusal:
        verify_model(cut, expected_sha256=MODEL_SHA256)
    assert refusal.value.exit_code == 6


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(InstallationError, match=r"none\.task: the pose model is missing"):
        verify_model(tmp_path / "none.task")


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(InstallationError, match="cannot be read"):
        verify_model(tmp_path)


@pytest.mark.parametrize("content", [b"", b"no bundle at all"])
def test_a_file_that_is_no_bundle_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other.task").write_bytes(content)
    with pytest.raises(InstallationError, match="no MediaPipe pose landmarker bundle"):
        verify_model(tmp_path / "other.task")


def test_another_bundle_than_the_shipped_one_may_be_used(tmp_path: Path) -> None:
    other = tmp_path / "pose_landmarker_heavy.task"
    with zipfile.ZipFile(other, "w") as bundle:
        bundle.writestr("pose_detector.tflite", b"detector")
        bundle.writestr("pose_landmarks_detector.tflite", b"landmarks")
    assert verify_model(other) == hashlib.sha256(other.read_bytes()).hexdigest()
