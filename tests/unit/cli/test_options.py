"""The options that several commands share, and what is looked at before any work is done."""

from __future__ import annotations

import os
from dataclasses import fields
from pathlib import Path

import click
import pytest

from hinge_vision.cli import commands, run_command
from hinge_vision.cli.options import check_writable, read_thresholds, settings_options
from hinge_vision.errors import OutputError, SettingsError
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.pose.model import default_model_path
from hinge_vision.settings import Settings

MODEL = str(default_model_path())
GIVEN = {
    "exercise": ("--exercise", "kb_swing", "kb_swing"),
    "facing": ("--facing", "left", "left"),
    "person": ("--person", "2", 2),
    "start_s": ("--start", "1.5", 1.5),
    "end_s": ("--end", "9.5", 9.5),
    "standing_at_s": ("--standing-at", "0.5", 0.5),
    "capture_fps": ("--capture-fps", "240", 240.0),
    "analysis_rate_hz": ("--rate", "12", 12.0),
    "model_path": ("--model", MODEL, Path(MODEL)),
}


def settings_of(*arguments: str) -> Settings:
    """The settings that a command with these options gets."""
    got = []

    @click.command()
    @settings_options
    @click.option("--other", default="none")
    def command(settings: Settings, other: str) -> int:
        got.append(settings)
        return 0

    assert run_command(command, arguments) == 0
    return got[0]


def test_a_command_without_options_works_by_the_defaults() -> None:
    assert settings_of() == Settings()
    assert settings_of("--other", "x") == Settings()


@pytest.mark.parametrize("name", sorted({field.name for field in fields(Settings)} - {"workers"}))
def test_every_setting_can_be_given_and_changes_that_setting_alone(name: str) -> None:
    option, text, value = GIVEN[name]
    assert settings_of(option, text) == Settings(**{name: value})


def test_all_settings_can_be_given_together() -> None:
    arguments = [word for option, text, _ in GIVEN.values() for word in (option, text)]
    assert settings_of(*arguments) == Settings(**{name: value for name, (_, _, value) in GIVEN.items()})


def test_no_limits_given_are_the_defaults_and_a_file_of_limits_is_read(tmp_path: Path) -> None:
    assert read_thresholds(None) == Thresholds()
    (tmp_path / "limits.json").write_text('{"rounding_deg": 25}', encoding="utf-8")
    assert read_thresholds(tmp_path / "limits.json") == Thresholds(rounding_deg=25.0)
    (tmp_path / "limits.json").write_text("25", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"limits\.json"):
        read_thresholds(tmp_path / "limits.json")


def test_a_folder_that_can_be_made_is_not_made_yet(tmp_path: Path) -> None:
    check_writable(tmp_path)
    check_writable(tmp_path / "new" / "newer")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("below", ["", "out", "out/further"])
def test_a_file_in_the_way_of_the_results_is_named_with_what_to_do(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    with pytest.raises(OutputError, match=f"{tmp_path / 'file'}: is no folder, .* give another --out"):
        check_writable(tmp_path / "file" / below)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.parametrize("mode", [0o500, 0o600], ids=["read only", "not to be entered"])
def test_a_folder_that_may_not_be_written_to_is_named_with_what_to_do(tmp_path: Path, mode: int) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=mode)
    with pytest.raises(OutputError, match=r"closed: cannot be written to; .* change the folder's permissions"):
        check_writable(closed / "out")


def test_start_end_and_standing_are_said_to_be_a_players_times() -> None:
    helps = {option.name: option.help for option in commands.commands["analyze"].params if isinstance(option, click.Option)}
    for name in ("start_s", "end_s", "standing_at_s"):
        assert "by the time a player shows" in str(helps[name])
