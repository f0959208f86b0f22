"""hinge_vision tells whether the low back stays neutral while the hips hinge.

    from hinge_vision import analyze
    report = analyze("deadlift.mp4")

Importing the package is cheap: OpenCV and MediaPipe are loaded when `analyze` is first looked up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hinge_vision.errors import ClipUnreadableError, HingeVisionError, InstallationError, OutputError, SettingsError
from hinge_vision.settings import Settings
from hinge_vision.version import __version__

if TYPE_CHECKING:
    from hinge_vision.analysis import analyze, rejudge
    from hinge_vision.findings.thresholds import Thresholds
    from hinge_vision.output import write_report
    from hinge_vision.report.model import Report

__all__ = [
    "ClipUnreadableError",
    "HingeVisionError",
    "InstallationError",
    "OutputError",
    "Report",
    "Settings",
    "SettingsError",
    "Thresholds",
    "__version__",
    "analyze",
    "rejudge",
    "write_report",
]

_HOMES = {
    "analyze": "hinge_vision.analysis",
    "rejudge": "hinge_vision.analysis",
    "Report": "hinge_vision.report.model",
    "Thresholds": "hinge_vision.findings.thresholds",
    "write_report": "hinge_vision.output",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'hinge_vision' has no attribute {name!r}")
    from importlib import import_module

    try:
        return getattr(import_module(_HOMES[name]), name)
    except (ImportError, OSError) as error:
        from hinge_vision.doctor import mending_import

        mended = mending_import(error)
        if mended is None:
            raise
        raise mended from error
