"""What a user named is looked at without ever failing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hinge_vision.cli.paths import is_file, is_folder, is_there


def test_files_and_folders_are_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "clip.mp4"
    file.write_bytes(b"x")
    assert (is_there(file), is_file(file), is_folder(file)) == (True, True, False)
    assert (is_there(tmp_path), is_file(tmp_path), is_folder(tmp_path)) == (True, False, True)


def unreachable(tmp_path: Path) -> dict[str, Path]:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    file = tmp_path / "file"
    file.write_bytes(b"x")
    return {"missing": tmp_path / "gone", "too long": tmp_path / ("x" * 300), "a link to itself": loop, "below a file": file / "clip.mp4"}


@pytest.mark.parametrize("kind", ["missing", "too long", "a link to itself", "below a file"])
def test_what_cannot_be_reached_is_not_there(tmp_path: Path, kind: str) -> None:
    path = unreachable(tmp_path)[kind]
    assert (is_there(path), is_file(path), is_folder(path)) == (False, False, False)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may look into every folder")
def test_what_lies_in_a_folder_nobody_may_look_into_is_not_there(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    (closed / "clip.mp4").write_bytes(b"x")
    closed.chmod(0)
    try:
        assert (is_there(closed / "clip.mp4"), is_file(closed / "clip.mp4")) == (False, False)
    finally:
        closed.chmod(0o700)
