"""The words of the pages."""

from __future__ import annotations

from hinge_vision.report import text
from hinge_vision.web import words


def test_an_exercise_is_called_on_the_page_what_the_report_calls_it() -> None:
    assert words.EXERCISE_NAMES == text.EXERCISE_NAMES
