"""track.npz."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hinge_vision.errors import HingeVisionError
from hinge_vision.pose.track import Elsewhere
from hinge_vision.report.track_file import ARRAYS, ARRAYS_IF_KNOWN, load_track, track_bytes
from hinge_vision.settings import Settings
from tests.report_fixture import VERSIONS, sample_report


def test_what_is_stored_comes_back_as_it_was(tmp_path):
    track = sample_report("deadlift_overextended").track
    to_picture = np.random.default_rng(1).normal(size=(len(track.frame), 2, 3))
    elsewhere = (Elsewhere(1, 3.0, 12.5),)
    track = replace(track, persons=2, person=2, rod=True, roll_deg=2.5, to_picture=to_picture, elsewhere=elsewhere)
    settings = Settings(start_s=1.0, model_path=Path("heavy.task"), exercise="hinge")
    path = tmp_path / "track.npz"
    path.write_bytes(track_bytes(track, settings, VERSIONS))
    stored = load_track(path)
    for name in (*ARRAYS, *ARRAYS_IF_KNOWN):
        np.testing.assert_array_equal(getattr(stored.track, name), getattr(track, name))
    assert (stored.track.clip, stored.track.facing, stored.track.persons, stored.track.person, stored.track.rod) == (track.clip, "left", 2, 2, True)
    assert stored.track.roll_deg == 2.5
    assert stored.track.elsewhere == elsewhere
    assert stored.settings == settings
    assert stored.versions == VERSIONS


def test_a_file_of_before_other_places_were_noted_still_loads(tmp_path):
    data = track_bytes(sample_report("deadlift_rounded").track, Settings(), VERSIONS)
    path = tmp_path / "track.npz"
    with np.load(io.BytesIO(data)) as stored:
        arrays = {name: stored[name] for name in stored}
    header = json.loads(str(arrays["header"]))
    del header["elsewhere"]
    np.savez(path, **{**arrays, "header": np.array(json.dumps(header))})
    assert load_track(path).track.elsewhere == ()


def test_the_same_track_gives_the_same_bytes():
    track = sample_report("deadlift_rounded").track
    assert track_bytes(track, Settings(), VERSIONS) == track_bytes(track, Settings(), VERSIONS)


@pytest.mark.parametrize("content", [None, b"", b"no zip", b"PK\x03\x04 half a zip"])
def test_a_missing_or_damaged_file_is_a_plain_error(tmp_path, content):
    path = tmp_path / "track.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(HingeVisionError, match=r"track\.npz"):
        load_track(path)


def test_a_truncated_file_is_a_plain_error(tmp_path):
    data = track_bytes(sample_report("deadlift_rounded").track, Settings(), VERSIONS)
    path = tmp_path / "track.npz"
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(HingeVisionError, match="damaged"):
        load_track(path)


def test_no_flipped_byte_ends_in_anything_but_a_plain_error(tmp_path):
    data = track_bytes(sample_report("deadlift_rounded").track, Settings(), VERSIONS)
    path = tmp_path / "track.npz"
    random = np.random.default_rng(0)
    refused = 0
    for place in random.integers(0, len(data), 60):
        damaged = bytearray(data)
        damaged[place] ^= 0xFF
        damaged[(place + 7) % len(data)] ^= 0x55
        path.write_bytes(bytes(damaged))
        try:
            load_track(path)
        except HingeVisionError:
            refused += 1
    assert refused > 30
