"""What a correction asks for: judging the stored track, or the whole analysis again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hinge_vision.settings import Exercise, Facing
from hinge_vision.web.hall import task_after
from hinge_vision.web.job import Job, Task
from hinge_vision.web.places import new_id

DONE = Job(id=new_id(), name="a", client="a", clip_s=1, clip_bytes=1, state="done", run=1, result_run=1, found_exercise="hinge", found_facing="left")


@pytest.mark.parametrize(
    ("exercise", "facing", "task"),
    [(None, None, None), ("deadlift", None, "judge"), (None, "left", "judge"), (None, "right", "analyse"), ("kb_swing", "right", "analyse")],
)
def test_another_exercise_is_judged_from_the_track_and_another_facing_is_analysed(
    exercise: Exercise | None, facing: Facing | None, task: Task | None
) -> None:
    assert task_after(DONE, exercise, facing, has_track=True) == task


def test_facing_left_open_again_after_it_was_given_is_found_anew() -> None:
    given = replace(DONE, facing="left")
    assert task_after(given, None, None, has_track=True) == "analyse"
    assert task_after(given, "deadlift", "left", has_track=True) == "judge"


def test_where_there_is_no_track_everything_is_analysed() -> None:
    assert task_after(DONE, "deadlift", None, has_track=False) == "analyse"
    assert task_after(replace(DONE, state="failed", result_run=None), None, None, has_track=False) == "analyse"
