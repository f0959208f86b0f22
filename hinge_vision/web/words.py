"""Plain words for the pages: states, times, sizes."""

from __future__ import annotations

from datetime import datetime

from hinge_vision.settings import EXERCISE_NAMES as EXERCISE_NAMES
from hinge_vision.settings import Facing
from hinge_vision.web.job import Job
from hinge_vision.web.progress import STAGE_WORDS, Progress

FACING_NAMES: dict[Facing, str] = {"left": "Left", "right": "Right"}
STATE_NAMES = {"queued": "Waiting", "running": "Being analysed", "done": "Report ready", "declined": "Could not be judged", "failed": "Failed"}


def ordinal(number: int) -> str:
    """Return `1st`, `2nd`, `11th`."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def time_left(seconds: float | None) -> str:
    """Return how long it will still take, as exactly as such a guess deserves."""
    if seconds is None:
        return ""
    if seconds < 8:
        return "a few seconds left"
    if seconds < 55:
        return f"about {5 * round(seconds / 5)} seconds left"
    minutes = max(1, round(seconds / 60))
    return "about a minute left" if minutes == 1 else f"about {minutes} minutes left"


def size(count: int) -> str:
    """Return a number of bytes as people read it."""
    if count >= 1 << 30:
        return f"{round(count / (1 << 30), 1):g} GB"
    return f"{max(1, round(count / (1 << 20)))} MB" if count >= 1 << 20 else f"{max(1, round(count / 1024))} KB"


def day(seconds: float) -> str:
    """Return a moment by this machine's clock."""
    return datetime.fromtimestamp(seconds).astimezone().strftime("%-d %B %Y, %H:%M")


def what_happens(job: Job, place: int | None, progress: Progress | None) -> str:
    """Return one line on what is happening with a clip now."""
    if job.state == "queued":
        return "Next in the queue" if place == 1 else f"{ordinal(place)} in the queue" if place else "In the queue"
    if job.state == "running":
        if progress is None:
            return "Starting"
        doing = "Judging the stored measurements again" if job.task == "judge" else STAGE_WORDS.get(progress.stage, "Working")
        left = time_left(progress.left_s) if job.task == "analyse" else ""
        return f"{doing}, {left}" if left else doing
    if job.state == "failed":
        return job.message or "The analysis failed."
    told = job.verdict or STATE_NAMES[job.state]
    return f"{told} {job.message}" if job.message else told
