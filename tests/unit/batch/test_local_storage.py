"""A folder on this machine as storage."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hinge_vision.batch.storage import open_storage
from hinge_vision.errors import SettingsError


def test_hidden_files_and_folders_are_listed_only_when_asked_for(tmp_path: Path) -> None:
    (tmp_path / ".unfinished").mkdir()
    for name in ("a.mp4", ".unfinished/b.mp4"):
        (tmp_path / name).write_bytes(b"x")
    assert [file.path for file in open_storage(str(tmp_path)).files()] == ["a.mp4"]
    assert [file.path for file in open_storage(str(tmp_path)).files(hidden=True)] == [".unfinished/b.mp4", "a.mp4"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_that_may_not_be_read_is_not_called_empty(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    with pytest.raises(SettingsError, match="closed: may not be read"):
        open_storage(str(closed)).files()
