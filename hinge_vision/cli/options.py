"""Options that several commands share."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hinge_vision.cli.paths import is_folder, is_there
from hinge_vision.errors import OutputError
from hinge_vision.settings import EXERCISES, FACINGS, Settings

if TYPE_CHECKING:
    from hinge_vision.findings.thresholds import Thresholds

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
ANY_PATH = click.Path(path_type=Path)

_SETTINGS = (
    click.option("--exercise", type=click.Choice(EXERCISES), help="What is lifted. [default: found in the clip]"),
    click.option("--facing", type=click.Choice(FACINGS), help="The side of the image the lifter faces. [default: found]"),
    click.option("--person", type=click.IntRange(min=1), help="Which lifter, counted from the left. [default: the one who hinges most]"),
    click.option("--start", "start_s", type=float, metavar="SECONDS", help="Begin here, by the time a player shows."),
    click.option("--end", "end_s", type=float, metavar="SECONDS", help="Stop here, by the time a player shows."),
    click.option(
        "--standing-at",
        "standing_at_s",
        type=float,
        metavar="SECONDS",
        help="When the lifter stands quietly, by the time a player shows. [default: found]",
    ),
    click.option("--capture-fps", type=float, metavar="FPS", help="Rate a slow-motion clip was filmed at, when it plays slower than life."),
    click.option("--rate", "analysis_rate_hz", type=float, metavar="HZ", help="Frames analysed a second, about. [default: 15; slow lifts 10]"),
    click.option("--model", "model_path", type=FILE, help="Another MediaPipe pose landmarker bundle (.task)."),
)
_NAMES = tuple(field.name for field in fields(Settings) if field.name != "workers")


def settings_options(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the options of an analysis; it takes them together, as its argument `settings`."""

    @functools.wraps(command)
    def with_settings(**values: Any) -> int:
        settings = Settings(**{name: values.pop(name) for name in _NAMES})
        return command(settings=settings, **values)

    for option in reversed(_SETTINGS):
        with_settings = option(with_settings)
    return with_settings


thresholds_option = click.option(
    "--thresholds", "thresholds_path", type=FILE, help="Other limits to judge by; `hinge-vision thresholds` prints the defaults."
)
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
verbose_option = click.option("-v", "--verbose", is_flag=True, help="Let the libraries' own messages through.")


def read_thresholds(path: Path | None) -> Thresholds:
    """Read the limits to judge by; None = the defaults."""
    from hinge_vision.findings.thresholds import Thresholds

    return Thresholds() if path is None else Thresholds.load(path)


def check_writable(folder: Path) -> None:
    """Raise OutputError before any work is done when results could not be written to `folder`; create nothing yet."""
    existing = folder
    while not is_there(existing) and existing != existing.parent:
        existing = existing.parent
    if not is_folder(existing):
        raise OutputError(f"{existing}: is no folder, so nothing can be written to {folder}; give another --out")
    if not os.access(existing, os.W_OK | os.X_OK):
        raise OutputError(f"{existing}: cannot be written to; give another --out or change the folder's permissions")
