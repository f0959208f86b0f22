"""Storage at an fsspec address, as far as no server is needed."""

from __future__ import annotations

import pytest

from hinge_vision.batch.storage import RECORD, open_storage
from hinge_vision.errors import SettingsError

pytest.importorskip("fsspec")


def test_a_password_in_an_address_appears_in_no_message() -> None:
    with pytest.raises(SettingsError) as refusal:
        open_storage("nosuch://anna:secret@gym.example/clips")
    assert "nosuch://anna:…@gym.example/clips" in str(refusal.value)
    assert "secret" not in str(refusal.value)


def test_an_address_is_shown_without_its_password_and_opened_with_it() -> None:
    storage = open_storage("memory://anna:secret@gym.example/clips/")
    assert storage.shown_address == "memory://anna:…@gym.example/clips"
    assert "secret" in storage.address
    assert open_storage("memory://clips").shown_address == "memory://clips"


def test_a_clip_named_like_a_pattern_neither_loses_its_record_nor_another_clips_results() -> None:
    storage = open_storage("memory://pattern")
    for name in ("clip1", "clip[1]"):
        with storage.new_folder(name) as folder:
            (folder / "report.html").write_text(name)
            (folder / RECORD).write_text(name)
    with storage.new_folder("clip[1]") as folder:
        (folder / RECORD).write_text("again")
    assert storage.read_all(["clip1/" + RECORD, "clip[1]/" + RECORD, "gone/" + RECORD]) == {
        "clip1/" + RECORD: b"clip1",
        "clip[1]/" + RECORD: b"again",
    }
    assert [file.path for file in storage.files()] == ["clip1/" + RECORD, "clip1/report.html", "clip[1]/" + RECORD]
