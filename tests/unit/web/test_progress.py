"""How far an analysis has come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinge_vision.web.progress import progress_at
from hinge_vision.web.words import time_left


def test_nothing_is_said_of_the_time_left_at_the_very_beginning() -> None:
    assert progress_at("survey", 0.5, 2.0, 0.0).left_s is None


def test_half_way_takes_as_long_again() -> None:
    half = progress_at("pose", (0.5 - 0.08) / (0.65 - 0.08), 10.0, 1.0)
    assert half.share == pytest.approx(0.5)
    assert half.left_s == pytest.approx(10.0)


def test_writing_moves_on_with_the_clock_and_never_claims_to_have_ended() -> None:
    shares = [progress_at("write", 0.0, 13.0 + seconds, 13.0).share for seconds in (0.0, 2.0, 5.0, 60.0)]
    assert shares == sorted(shares)
    assert shares[0] == pytest.approx(0.65)
    assert shares[-1] < 1.0


@given(st.sampled_from(["survey", "pose", "write", "?"]), st.floats(-1, 5), st.floats(0, 1e4), st.floats(0, 1e4))
def test_a_share_is_a_share_whatever_a_worker_tells(stage: str, share: float, elapsed_s: float, stage_s: float) -> None:
    progress = progress_at(stage, share, elapsed_s, min(stage_s, elapsed_s))
    assert 0.0 <= progress.share <= 1.0
    assert progress.left_s is None or progress.left_s >= 0.0


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, ""), (3, "a few seconds left"), (42, "about 40 seconds left"), (58, "about a minute left"), (170, "about 3 minutes left")],
)
def test_time_left_is_told_no_more_exactly_than_it_is_known(seconds: float | None, words: str) -> None:
    assert time_left(seconds) == words
