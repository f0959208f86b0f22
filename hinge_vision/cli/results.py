"""What commands ask of finished results."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from hinge_vision.cli.paths import is_file
from hinge_vision.cli.terminal import EXIT_NOT_JUDGEABLE
from hinge_vision.errors import ClipUnreadableError, SettingsError
from hinge_vision.report.names import VIDEO

if TYPE_CHECKING:
    from hinge_vision.report.model import Report


def exit_code_of(report: Report) -> int:
    """Return 0 for a clip that was judged, 4 for one that could not be."""
    return 0 if report.judgement.quality.judgeable else EXIT_NOT_JUDGEABLE


def find_clip(folder: Path, report: Report) -> Path | None:
    """Look for the clip of a results folder by its name: the results do not say where on the disk it lay. Another clip so named is passed over."""
    from hinge_vision.overlay.pictures import open_clip

    for place in (Path(), folder, folder.parent, folder.parent.parent):
        path = place / report.clip.name
        if is_file(path) and path.resolve() != (folder / VIDEO).resolve():
            with suppress(ClipUnreadableError, SettingsError):
                open_clip(report, path).close()
                return path
    return None
