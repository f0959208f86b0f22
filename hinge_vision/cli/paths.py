"""Looking at what a user named: the answer is no where `pathlib` would raise, as for a folder nobody may look into or a name too long."""

from __future__ import annotations

import os
from pathlib import Path


def is_there(path: Path) -> bool:
    """Tell whether something of that name can be seen."""
    return os.path.exists(path)  # noqa: PTH110


def is_file(path: Path) -> bool:
    """Tell whether it can be seen to be a file."""
    return os.path.isfile(path)  # noqa: PTH113


def is_folder(path: Path) -> bool:
    """Tell whether it can be seen to be a folder."""
    return os.path.isdir(path)  # noqa: PTH112
