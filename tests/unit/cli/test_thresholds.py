"""The limits as the command prints them."""

from __future__ import annotations

from pathlib import Path

import pytest

from hinge_vision.cli import commands, run_command
from hinge_vision.findings.thresholds import Thresholds


def test_the_printed_thresholds_can_be_read_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(commands, ["thresholds"]) == 0
    (tmp_path / "limits.json").write_text(capsys.readouterr().out, encoding="utf-8")
    assert Thresholds.load(tmp_path / "limits.json") == Thresholds()


def test_the_table_has_a_line_for_each_limit_with_value_unit_meaning_and_source(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(commands, ["thresholds", "--table"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(Thresholds.table())
    for line, row in zip(lines, Thresholds.table(), strict=True):
        assert line.startswith(f"{row['name']} = {row['default']:g} {row['unit']}: ")
        assert row["meaning"] in line
        assert row["source"] in line
