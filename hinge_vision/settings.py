"""What a user may set for one analysis."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from hinge_vision.errors import SettingsError

Exercise = Literal["deadlift", "kb_swing", "hang_clean", "hinge"]
Facing = Literal["left", "right"]
EXERCISES: tuple[Exercise, ...] = get_args(Exercise)
EXERCISE_NAMES: dict[Exercise, str] = {"deadlift": "Deadlift", "kb_swing": "Kettlebell swing", "hang_clean": "Hang clean", "hinge": "Hip hinge"}
FACINGS: tuple[Facing, ...] = get_args(Facing)
# No camera that films lifters is faster.
_FASTEST_FPS = 10_000.0


def ahead_sign(facing: Facing) -> float:
    """Return +1 where what is ahead of the lifter lies to the right in the picture (x grows), -1 where to the left."""
    return 1.0 if facing == "right" else -1.0


@dataclass(frozen=True)
class Settings:
    """Settings of one analysis; the defaults suit a phone clip of a deadlift or swing.

    Attributes
    ----------
    exercise, facing
        What is lifted and which way the lifter faces in the image; `None` = found automatically.
    person
        Which lifter to judge when several are seen, counted from the left from 1; `None` = the one who hinges most.
    start_s, end_s
        The part of the clip to analyse, in seconds of the clip's own time; `None` = from its beginning, to its end.
    standing_at_s
        A moment, in the clip's own time, at which the lifter stands quietly: the baseline is taken there. `None` = found automatically.
    capture_fps
        The rate at which a slow-motion clip was filmed, when the file plays slower than life; `None` = plays in real time.
    analysis_rate_hz
        Frames analysed per second of real time, about; `None` = 15, and 10 where a longer clip shows slow lifting.
    model_path
        Another MediaPipe pose landmarker bundle; `None` = the one shipped with the package.
    workers
        Threads that run the pose model; `None` = one per core, 8 at most. The result does not depend on it.
    """

    exercise: Exercise | None = None
    facing: Facing | None = None
    person: int | None = None
    start_s: float | None = None
    end_s: float | None = None
    standing_at_s: float | None = None
    capture_fps: float | None = None
    analysis_rate_hz: float | None = None
    model_path: Path | None = None
    workers: int | None = None

    def __post_init__(self) -> None:
        if self.exercise is not None and self.exercise not in EXERCISES:
            raise SettingsError(f"exercise {self.exercise!r} is not known; choose one of {', '.join(EXERCISES)}")
        if self.facing is not None and self.facing not in FACINGS:
            raise SettingsError(f"facing {self.facing!r} is not known; choose left or right")
        if self.person is not None and self.person < 1:
            raise SettingsError("person is counted from 1 (the leftmost)")
        for name in ("start_s", "end_s", "standing_at_s"):
            moment_s = getattr(self, name)
            if moment_s is not None and not 0 <= moment_s < math.inf:
                raise SettingsError(f"{name.removesuffix('_s').replace('_', ' ')} must be a time in seconds, not negative")
        if self.end_s is not None and self.end_s <= (self.start_s or 0.0):
            raise SettingsError("end must lie after start")
        if self.capture_fps is not None and not 0 < self.capture_fps <= _FASTEST_FPS:
            raise SettingsError(f"capture fps must lie between 0 and {_FASTEST_FPS:g}")
        if self.analysis_rate_hz is not None and not 5 <= self.analysis_rate_hz <= 240:
            raise SettingsError("analysis rate must lie between 5 and 240 Hz")
        if self.workers is not None and self.workers < 1:
            raise SettingsError("workers must be at least 1")
