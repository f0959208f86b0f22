"""Storage at an fsspec address, as far as no server is needed."""

from __future__ import annotations

import json
import time

import pytest

from hinge_vision.batch import remote_storage
from hinge_vision.batch.storage import RECORD, open_storage
from hinge_vision.errors import OutputError, SettingsError

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


def test_results_never_take_the_place_of_other_files() -> None:
    storage = open_storage("memory://others")
    storage.write("anna/monday.mp4", b"mine")
    with pytest.raises(OutputError, match=r"memory://others/anna: .* replace monday.mp4"), storage.new_folder("anna"):
        pass
    assert storage.read_all(["anna/monday.mp4"]) == {"anna/monday.mp4": b"mine"}


def test_a_batch_that_was_taken_for_dead_leaves_its_successors_lock_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_storage, "_WRITING_S", 0.01)
    monkeypatch.setattr(remote_storage, "BEAT_S", 0.05)
    storage, other = open_storage("memory://beats"), {"token": "another's", "beat_s": time.time(), "host": "elsewhere", "process": 1}
    with storage.sole_writer():
        lock = next(file.path for file in storage.files(hidden=True))
        storage.write(lock, json.dumps(other).encode())
        time.sleep(0.3)
    assert json.loads(storage.read_all([lock])[lock]) == other
