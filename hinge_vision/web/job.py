"""A job: one clip that was accepted, and what has become of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hinge_vision.settings import Exercise, Facing

State = Literal["queued", "running", "done", "declined", "failed"]
ACTIVE: tuple[State, ...] = ("queued", "running")
Task = Literal["analyse", "judge"]


@dataclass(frozen=True)
class Job:
    """One clip.

    Attributes
    ----------
    id, name, athlete
        Its id, the name shown, and who lifts.
    exercise, facing
        What the user said; `None` = to be found in the clip.
    client
        The address it came from.
    state
        `queued`, `running`, `done` (judged), `declined` (cannot be judged; there is a report all the same) or `failed`.
    task
        What the queue holds it for: `analyse` it, or only `judge` its stored track again.
    tries
        How often the task was begun.
    run, result_run
        Number of the latest analysis, and of the one whose report is shown; `None` = there is no report.
    created_s, queued_s, started_s, finished_s
        Moments, in seconds since 1970.
    clip_s, clip_bytes, result_bytes
        Length of the clip, and the room it and its results take.
    message
        Why it failed; what to film instead where it was declined.
    verdict, found_exercise, found_facing
        The report's verdict, and what was lifted and which way the lifter faced.
    """

    id: str
    name: str
    client: str
    clip_s: float
    clip_bytes: int
    athlete: str | None = None
    exercise: Exercise | None = None
    facing: Facing | None = None
    state: State = "queued"
    task: Task = "analyse"
    tries: int = 0
    run: int = 0
    result_run: int | None = None
    created_s: float = 0.0
    queued_s: float = 0.0
    started_s: float | None = None
    finished_s: float | None = None
    result_bytes: int = 0
    message: str | None = None
    verdict: str | None = None
    found_exercise: Exercise | None = None
    found_facing: Facing | None = None

    @property
    def active(self) -> bool:
        """Whether it still waits or runs."""
        return self.state in ACTIVE


@dataclass(frozen=True)
class Outcome:
    """How an analysis ended."""

    state: State
    message: str | None = None
    verdict: str | None = None
    exercise: Exercise | None = None
    facing: Facing | None = None
    result_bytes: int = 0
