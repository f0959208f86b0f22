"""A look over the installation: what runs, whether it is whole, and the command that mends it."""

from __future__ import annotations

import ctypes
import os
import platform
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from hinge_vision.cores import usable_cores
from hinge_vision.errors import HingeVisionError, InstallationError
from hinge_vision.pose.network import is_offline, sends_usage_numbers
from hinge_vision.version import __version__

# Debian and Ubuntu packages of the shared libraries that wheels of OpenCV and MediaPipe expect on the system.
PACKAGES = {
    "libGL.so": "libgl1",
    "libEGL.so": "libegl1",
    "libGLESv2.so": "libgles2",
    "libglib-2.0.so": "libglib2.0-0",
    "libgthread-2.0.so": "libglib2.0-0",
    "libportaudio.so": "libportaudio2",
    "libstdc++.so": "libstdc++6",
}
# What OpenCV and MediaPipe load on Linux, by the name they ask for.
NEEDED_LIBRARIES = ("libGL.so.1", "libEGL.so.1", "libGLESv2.so.2", "libgthread-2.0.so.0")
# What phones, browsers and editors write, by FFmpeg's name of the decoder.
CODECS = {"H.264": "h264", "HEVC": "hevc", "VP9": "vp9", "AV1": "libdav1d", "MPEG-4": "mpeg4", "Motion JPEG": "mjpeg"}
SYSTEM_REMEDY = "sudo apt-get install -y libgl1 libegl1 libgles2 libglib2.0-0"
OPENCV_BUILDS = ("opencv-contrib-python", "opencv-python", "opencv-contrib-python-headless", "opencv-python-headless")
REINSTALL = "run `python -m pip install --force-reinstall .` in the project folder"


@dataclass(frozen=True)
class Check:
    """One thing looked at: its name, whether it is sound, and what was seen or what mends it."""

    name: str
    sound: bool
    text: str


def examine() -> list[Check]:
    """Look at everything an analysis needs, the pose model's first inference included. Nothing is changed."""
    looks: list[tuple[str, Callable[[], str]]] = [
        ("hinge_vision", lambda: __version__),
        ("Python", lambda: f"{platform.python_version()} on {platform.system()} {platform.machine()}"),
        ("cores", _cores),
        ("system libraries", _system_libraries),
        ("OpenCV", _opencv),
        ("MediaPipe", _mediapipe),
        ("PyAV", _pyav),
        ("codecs", _codecs),
        ("pose model", _model),
        ("first inference", _inference),
        ("network", network_note),
    ]
    return [_look(name, look) for name, look in looks]


def mending_import(error: BaseException) -> InstallationError | None:
    """Return what mends a failed import, or None when the error is no broken installation.

    A shared library that is missing on the system names the package that has it; a missing Python package the reinstall.
    """
    library = re.search(r"(lib[\w.+-]+?\.so)[.\d]*: cannot open shared object file", str(error))
    if library:
        return InstallationError(missing_sentence([library.group(1)]))
    if isinstance(error, ModuleNotFoundError) and error.name and not error.name.startswith("hinge_vision"):
        return InstallationError(f"the Python package {error.name} is missing; {REINSTALL}")
    if isinstance(error, ImportError):
        return InstallationError(f"a library cannot be loaded ({error}); {REINSTALL}")
    return None


def missing_sentence(libraries: Sequence[str]) -> str:
    """Return the sentence that names missing shared libraries and the command that installs them."""
    names = [re.sub(r"(\.so)[.\d]*$", r"\1", library) for library in libraries]
    packages = list(dict.fromkeys(PACKAGES[name] for name in names if name in PACKAGES))
    remedy = f"sudo apt-get install -y {' '.join(packages)}" if len(packages) and all(name in PACKAGES for name in names) else SYSTEM_REMEDY
    what = f"the system library {names[0]} is" if len(names) == 1 else f"the system libraries {', '.join(names)} are"
    return f"{what} missing; run `{remedy}`"


def network_note() -> str:
    """Return whether the installed MediaPipe opens network connections of its own."""
    version = metadata.version("mediapipe")
    if not sends_usage_numbers():
        return f"silent: MediaPipe {version} opens no connection"
    if is_offline():
        return f"silent: MediaPipe {version} would send usage numbers, and is kept from it in this command"
    return f"MediaPipe {version} sends usage numbers from this process; hinge_vision.pose.network.stay_offline() prevents it"


def _look(name: str, look: Callable[[], str]) -> Check:
    try:
        return Check(name, True, look())
    except HingeVisionError as error:
        return Check(name, False, str(error))
    except metadata.PackageNotFoundError as error:
        return Check(name, False, f"the Python package {error.name} is missing; {REINSTALL}")
    except (ImportError, OSError) as error:
        mended = mending_import(error)
        return Check(name, False, str(mended or f"{error}; {REINSTALL}"))


def _cores() -> str:
    return f"{usable_cores()} of {os.cpu_count()} may be used"


def _system_libraries() -> str:
    if platform.system() != "Linux":
        return "none beyond those of the system are needed here"
    missing = [name for name in NEEDED_LIBRARIES if not _loads(name)]
    if missing:
        raise InstallationError(missing_sentence(missing))
    return ", ".join(NEEDED_LIBRARIES)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _codecs() -> str:
    import av

    missing = [name for name, decoder in CODECS.items() if decoder not in av.codecs_available]
    if missing:
        raise InstallationError(f"{', '.join(missing)} cannot be read; run `python -m pip install --force-reinstall --only-binary av av`")
    return f"{', '.join(CODECS)} can be read"


def _opencv() -> str:
    import cv2

    builds = [name for name in OPENCV_BUILDS if _installed(name)]
    if len(builds) > 1:
        raise InstallationError(
            f"{' and '.join(builds)} are both installed, over each other; run `python -m pip uninstall -y {' '.join(builds)}` "
            "and then `python -m pip install opencv-contrib-python`"
        )
    return f"{cv2.__version__} ({', '.join(builds) or 'no package of its own'})"


def _mediapipe() -> str:
    from mediapipe.tasks.python.vision import PoseLandmarker

    version = metadata.version("mediapipe")
    if sys.version_info < (3, 13) and version != "0.10.21":
        raise InstallationError(f"{version} is installed, 0.10.21 is wanted; run `python -m pip install mediapipe==0.10.21`")
    return f"{version} ({PoseLandmarker.__name__})"


def _pyav() -> str:
    import av

    try:
        av.codec.Codec("libx264", "w")
    except ValueError as error:
        raise InstallationError("PyAV cannot write H.264; run `python -m pip install --force-reinstall --only-binary av av`") from error
    return f"{av.__version__} (libx264)"


def _model() -> str:
    from hinge_vision.pose.model import default_model_path, verify_model

    path = default_model_path()
    return f"{path.name}, SHA-256 {verify_model(path)}"


def _inference() -> str:
    import numpy as np

    from hinge_vision.pose.landmarker import Landmarker
    from hinge_vision.pose.model import default_model_path

    path: Path = default_model_path()
    if not path.exists():
        raise InstallationError("not tried, the pose model is missing")
    with Landmarker(path) as landmarker:
        people = landmarker.find(np.zeros((256, 256, 3), np.uint8))
    if people:
        raise InstallationError(f"the pose model sees {len(people)} people in a black image; {REINSTALL}")
    return "the pose model runs"


def _installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True
