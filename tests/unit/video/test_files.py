from __future__ import annotations

import os
from pathlib import Path

import pytest

from hinge_vision.errors import OutputError
from hinge_vision.video.files import atomic_path, atomic_write_bytes, atomic_write_text


def test_text_and_bytes_arrive_as_given(tmp_path: Path) -> None:
    atomic_write_text(tmp_path / "a.txt", "Knie 膝\r\nzwei\n")
    atomic_write_bytes(tmp_path / "b.bin", b"\x00\xff\r\n")
    assert (tmp_path / "a.txt").read_bytes() == "Knie 膝\r\nzwei\n".encode()
    assert (tmp_path / "b.bin").read_bytes() == b"\x00\xff\r\n"
    assert {entry.name for entry in tmp_path.iterdir()} == {"a.txt", "b.bin"}


def test_the_file_appears_only_at_the_end_and_replaces_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    target.write_text("old")
    with atomic_path(target) as temporary:
        temporary.write_text("new")
        assert temporary.parent == tmp_path
        assert temporary.suffix == ".json"
        assert target.read_text() == "old"
    assert target.read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt, SystemExit])
def test_failure_and_interrupt_leave_the_old_file_and_nothing_else(tmp_path: Path, failure: type[BaseException]) -> None:
    target = tmp_path / "report.json"
    target.write_text("old")

    def fail_half_way() -> None:
        with atomic_path(target) as temporary:
            temporary.write_text("half")
            raise failure

    with pytest.raises(failure):
        fail_half_way()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_missing_folder_is_an_output_error_that_names_file_folder_and_reason(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"report\.json: cannot be written to .*absent \(No such file or directory\)") as caught:
        atomic_write_text(tmp_path / "absent" / "report.json", "{}")
    assert caught.value.exit_code == 5


def test_a_folder_in_the_files_place_is_an_output_error_and_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "report.json").mkdir()
    with pytest.raises(OutputError):
        atomic_write_text(tmp_path / "report.json", "{}")
    assert [entry.name for entry in tmp_path.iterdir()] == ["report.json"]


def test_a_long_name_is_no_trouble(tmp_path: Path) -> None:
    target = tmp_path / ("x" * 250 + ".txt")
    atomic_write_text(target, "ok")
    assert target.read_text() == "ok"


def test_the_file_gets_the_permissions_any_new_file_gets(tmp_path: Path) -> None:
    mask = os.umask(0o027)
    try:
        atomic_write_text(tmp_path / "a.txt", "")
    finally:
        os.umask(mask)
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o640
