"""The table of limits loads, explains itself, and refuses what it cannot use."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinge_vision.errors import SettingsError
from hinge_vision.findings.thresholds import Thresholds


def test_every_threshold_has_a_meaning_a_unit_and_a_source():
    for row in Thresholds.table():
        assert row["meaning"]
        assert row["unit"] in {"deg", "pct", "px", "1"}
        assert row["source"]
        assert row["default"] == getattr(Thresholds(), row["name"])


def test_every_limit_with_a_dead_band_lies_within_it():
    for row in Thresholds.table():
        if row["dead_band"] is not None:
            low, high = row["dead_band"]
            assert low < row["default"] < high


def test_what_a_file_leaves_out_keeps_its_default(tmp_path):
    path = tmp_path / "mine.json"
    path.write_text('{"rounding_deg": 25}', encoding="utf-8")
    loaded = Thresholds.load(path)
    assert loaded.rounding_deg == 25.0
    assert loaded.arching_deg == Thresholds().arching_deg


def test_written_thresholds_load_as_the_same(tmp_path):
    path = tmp_path / "all.json"
    path.write_text(json.dumps(Thresholds(hip_range_deg=70.0).as_dict()), encoding="utf-8")
    assert Thresholds.load(path) == Thresholds(hip_range_deg=70.0)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('{"rouding_deg": 25}', "rouding_deg"),
        ('{"rounding_deg": "25"}', "rounding_deg"),
        ('{"rounding_deg": true}', "rounding_deg"),
        ('{"rounding_deg": NaN}', "rounding_deg"),
        ("[1, 2]", "object"),
        ("rounding_deg = 25", "JSON"),
    ],
)
def test_what_cannot_be_used_is_named_with_the_file(tmp_path, text, named):
    path = tmp_path / "bad.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=named) as caught:
        Thresholds.load(path)
    assert "bad.json" in str(caught.value)


def test_a_missing_or_binary_file_is_a_settings_error(tmp_path):
    with pytest.raises(SettingsError, match="cannot be read"):
        Thresholds.load(tmp_path / "none.json")
    (tmp_path / "binary.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError):
        Thresholds.load(tmp_path / "binary.json")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_number_is_kept_as_given(value):
    assert Thresholds.from_dict({"rounding_deg": value}).rounding_deg == value


def test_a_hang_clean_has_no_range_to_reach_and_a_swing_a_smaller_one():
    limits = Thresholds()
    assert limits.hip_range("hang_clean") is None
    swing, deadlift = limits.hip_range("kb_swing"), limits.hip_range("deadlift")
    assert swing is not None
    assert deadlift is not None
    assert swing < deadlift == limits.hip_range("hinge")
