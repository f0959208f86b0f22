"""The pose model that ships with the package: where it lies, and whether it is whole."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

from hinge_vision.errors import InstallationError

MODEL_NAME = "pose_landmarker_full.task"
# SHA-256 of models/pose_landmarker_full.task; models/README.md says where it comes from and how to rebuild it.
MODEL_SHA256 = "e80229d3ade07cdceecfed9c8ee44cad8e60ea0d003cecf430c3bf7ff3554d9b"
# What every MediaPipe pose landmarker bundle holds, Google's lite and heavy ones too.
BUNDLE_PARTS = frozenset({"pose_detector.tflite", "pose_landmarks_detector.tflite"})

_PACKAGE = Path(__file__).resolve().parents[1]


def default_model_path() -> Path:
    """Return where the shipped bundle lies: inside an installed package, or in `models/` of a source checkout.

    The file is not looked at; `verify_model` does that.
    """
    installed = _PACKAGE / "models" / MODEL_NAME
    return installed if installed.exists() or not _is_checkout() else _PACKAGE.parent / "models" / MODEL_NAME


def verify_model(path: Path, *, expected_sha256: str | None = None) -> str:
    """Check a pose landmarker bundle before MediaPipe sees it.

    Parameters
    ----------
    path
        The bundle.
    expected_sha256
        What its SHA-256 must be; `None` = the recorded one for the shipped bundle, any for another.

    Returns
    -------
    str
        SHA-256 of the file, lower-case hexadecimal.

    Raises
    ------
    InstallationError
        The file is missing, unreadable, not such a bundle, or not the one that was shipped. The message says what to do.
    """
    shipped = path.resolve() == default_model_path().resolve()
    remedy = mending_command() if shipped else "give --model the path of a MediaPipe pose landmarker bundle (.task), or leave it out"
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InstallationError(f"{path}: the pose model is missing; {remedy}") from None
    except OSError as error:
        raise InstallationError(f"{path}: the pose model cannot be read ({error.strerror}); {remedy}") from error
    digest = hashlib.sha256(data).hexdigest()
    if expected_sha256 is None and shipped:
        expected_sha256 = MODEL_SHA256
    if expected_sha256 not in (None, digest):
        raise InstallationError(f"{path}: the pose model is damaged ({len(data)} bytes, SHA-256 {digest[:12]}...); {remedy}")
    if not BUNDLE_PARTS.issubset(_parts(path)):
        raise InstallationError(f"{path}: this is no MediaPipe pose landmarker bundle; {remedy}")
    return digest


def mending_command() -> str:
    """Return the instruction that brings the shipped bundle back."""
    if _is_checkout():
        return f"run `git checkout -- models/{MODEL_NAME}` in {_PACKAGE.parent}"
    return "run `python -m pip install --force-reinstall --no-deps .` in the project folder"


def _is_checkout() -> bool:
    return (_PACKAGE.parent / "models" / "build_pose_model.py").exists()


def _parts(path: Path) -> set[str]:
    try:
        with zipfile.ZipFile(path) as bundle:
            return set(bundle.namelist())
    except (zipfile.BadZipFile, OSError):
        return set()
