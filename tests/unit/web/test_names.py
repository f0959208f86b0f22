"""Names from outside, made fit to be shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinge_vision.errors import SettingsError
from hinge_vision.output import report_folder
from hinge_vision.web.names import MAX_NAME, athlete_name, clip_name


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("deadlift.mp4", "deadlift.mp4"),
        ("C:\\fakepath\\Lift 1.MOV", "Lift 1.MOV"),
        ("../../etc/passwd", "passwd"),
        ("....//....//x.mp4", "x.mp4"),
        ("..", "clip"),
        ("", "clip"),
        ("a\x00b\x1b[31m\u202egpj.mp4", "ab[31mgpj.mp4"),
        ("<img src=x onerror=alert(1)>.mp4", "img src=x onerror=alert(1).mp4"),
        ("Kreuzheben für Anna 💪.mp4", "Kreuzheben für Anna 💪.mp4"),
    ],
)
def test_a_clip_is_shown_by_the_last_part_of_its_name(given_name: str, shown: str) -> None:
    assert clip_name(given_name) == shown


def test_a_long_name_keeps_its_suffix() -> None:
    assert clip_name("x" * 300 + ".mp4") == "x" * (MAX_NAME - 4) + ".mp4"


@given(st.text(max_size=300))
def test_no_name_leads_out_of_a_folder(tmp_path_factory: pytest.TempPathFactory, given_name: str) -> None:
    out = tmp_path_factory.getbasetemp()
    name = clip_name(given_name)
    assert 0 < len(name) <= MAX_NAME
    assert name.isprintable()
    assert report_folder(out, name).resolve().parent == out.resolve()
    (out / name).exists()  # no name the system refuses to look up


def test_an_athletes_name_is_one_line_or_nothing() -> None:
    assert athlete_name("  Ann\n Example ") == "Ann Example"
    assert athlete_name(" \t") is None
    assert athlete_name(None) is None
    with pytest.raises(SettingsError, match="shorten"):
        athlete_name("x" * (MAX_NAME + 1))
