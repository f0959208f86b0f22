"""What the doctor prints of what was found."""

from __future__ import annotations

import pytest

from hinge_vision.cli import commands, run_command
from hinge_vision.doctor import Check

SOUND = [Check("Python", True, "3.12"), Check("pose model", True, "whole")]
BROKEN = [Check("Python", True, "3.12"), Check("pose model", False, "damaged; run this")]


@pytest.mark.parametrize(("found", "code"), [(SOUND, 0), (BROKEN, 6)], ids=["sound", "broken"])
def test_each_thing_looked_at_has_its_line_and_one_that_is_broken_sets_the_exit_code(
    found: list[Check], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("hinge_vision.doctor.examine", lambda: found)
    assert run_command(commands, ["doctor"]) == code
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["ok   Python      3.12", "ok   pose model  whole" if code == 0 else "BAD  pose model  damaged; run this"]
