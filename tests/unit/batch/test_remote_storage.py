"""Storage at an fsspec address, as far as no server is needed."""

from __future__ import annotations

import pytest

from hinge_vision.batch.storage import open_storage
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
