"""A broken installation is told from a broken program, and the mending command is named."""

from __future__ import annotations

import pytest

from hinge_vision.doctor import examine, mending_import


@pytest.mark.parametrize(
    ("message", "command"),
    [
        ("libGL.so.1: cannot open shared object file: No such file or directory", "apt-get install -y libgl1"),
        ("libgthread-2.0.so.0: cannot open shared object file: No such file or directory", "apt-get install -y libglib2.0-0"),
        ("libGLESv2.so.2: cannot open shared object file: No such file or directory", "apt-get install -y libgles2"),
        ("libEGL.so.1: cannot open shared object file: No such file or directory", "apt-get install -y libegl1"),
        ("libsomething.so.7: cannot open shared object file: No such file or directory", "apt-get install -y libgl1 libegl1 libgles2 libglib2.0-0"),
    ],
)
def test_a_missing_shared_library_names_the_line_that_installs_it(message: str, command: str) -> None:
    for error in (ImportError(message), OSError(message)):
        mended = mending_import(error)
        assert mended is not None
        assert command in str(mended)
        assert mended.exit_code == 6


def test_a_missing_python_package_names_the_reinstall() -> None:
    mended = mending_import(ModuleNotFoundError("No module named 'mediapipe'", name="mediapipe"))
    assert mended is not None
    assert "mediapipe is missing" in str(mended)
    assert "pip install" in str(mended)


def test_an_ordinary_system_error_is_no_broken_installation() -> None:
    assert mending_import(PermissionError(13, "Permission denied")) is None


def test_this_installation_is_sound() -> None:
    findings = examine()
    assert [finding.name for finding in findings if not finding.sound] == []
    assert {"OpenCV", "MediaPipe", "pose model", "first inference", "network"} <= {finding.name for finding in findings}
