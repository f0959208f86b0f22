"""A broken installation is told from a broken program, and the mending command is named."""

from __future__ import annotations

import pytest

from hinge_vision.doctor import examine, mending_import, missing_sentence
from tests.conftest import run_python


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
    checks = examine()
    assert [check.name for check in checks if not check.sound] == []
    assert {"OpenCV", "MediaPipe", "pose model", "first inference", "network"} <= {check.name for check in checks}


def test_several_missing_libraries_are_named_with_one_command() -> None:
    said = missing_sentence(["libGL.so.1", "libEGL.so.1", "libgthread-2.0.so.0"])
    assert said == (
        "the system libraries libGL.so, libEGL.so, libgthread-2.0.so are missing; run `sudo apt-get install -y libgl1 libegl1 libglib2.0-0`"
    )


def test_doctor_tells_codecs_cores_and_system_libraries() -> None:
    told = {check.name: check.text for check in examine()}
    assert "AV1" in told["codecs"]
    assert told["cores"].split()[0].isdigit()
    assert "libGL" in told["system libraries"] or "none" in told["system libraries"]


WITHOUT_A_LIBRARY = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name == "cv2":
            raise ImportError("libGL.so.1: cannot open shared object file: No such file or directory")

sys.meta_path.insert(0, Missing())
from hinge_vision.errors import InstallationError
try:
    from hinge_vision import analyze
except InstallationError as error:
    print(error)
"""


def test_importing_the_package_without_a_system_library_fails_with_doctors_sentence() -> None:
    result = run_python(["-c", WITHOUT_A_LIBRARY])
    assert result.stdout.strip() == missing_sentence(["libGL.so.1"]), result.stderr
