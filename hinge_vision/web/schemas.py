"""The bodies of the API, as its OpenAPI document describes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone

from pydantic import BaseModel, ConfigDict, Field

from hinge_vision.settings import Exercise, Facing
from hinge_vision.web.hall import Hall
from hinge_vision.web.job import Job, State, Task
from hinge_vision.web.names import MAX_NAME

ID_PATTERN = "^[0-9a-f]{32}$"


class ProgressBody(BaseModel):
    """How far an analysis has come."""

    stage: str = Field(description="`survey` (looking for the lifter), `pose` (following him) or `write` (drawing video and report).")
    share: float = Field(ge=0, le=1, description="The share of the whole that is done.")
    left_s: float | None = Field(description="Seconds it will still take; null = not known yet.")


class Clip(BaseModel):
    """A clip and what has become of it."""

    id: str = Field(pattern=ID_PATTERN)
    name: str
    athlete: str | None
    exercise: Exercise | None = Field(description="What the user said is lifted; null = to be found.")
    facing: Facing | None = Field(description="Which way the user said the lifter faces in the image; null = to be found.")
    found_exercise: Exercise | None = Field(description="What the report says is lifted.")
    found_facing: Facing | None = Field(description="Which way the report says the lifter faces.")
    state: State = Field(description="`done`: judged. `declined`: it cannot be judged; the report says why and what to film instead.")
    task: Task = Field(description="What it is or was queued for: `analyse` it, or `judge` its stored track again.")
    place: int | None = Field(description="Place in the queue, from 1; null = not waiting.")
    progress: ProgressBody | None = Field(description="null = not running.")
    verdict: str | None
    message: str | None = Field(description="Why it failed; what to film instead where it was declined.")
    length_s: float
    size_bytes: int = Field(description="Room the clip and its results take.")
    created: datetime
    finished: datetime | None

    @classmethod
    def of(cls, job: Job, hall: Hall, places: Mapping[str, int] | None = None) -> Clip:
        """Describe a job; for one of many, `places` are those of all in the queue, looked up once."""
        place = (hall.places_in_queue([job]) if places is None else places).get(job.id)
        progress = hall.supervisor.progress(job.id) if job.state == "running" else None
        return cls(
            id=job.id,
            name=job.name,
            athlete=job.athlete,
            exercise=job.exercise,
            facing=job.facing,
            found_exercise=job.found_exercise,
            found_facing=job.found_facing,
            state=job.state,
            task=job.task,
            place=place,
            progress=None if progress is None else ProgressBody(stage=progress.stage, share=round(progress.share, 4), left_s=progress.left_s),
            verdict=job.verdict,
            message=job.message,
            length_s=round(job.clip_s, 3),
            size_bytes=job.clip_bytes + job.result_bytes,
            created=_moment(job.created_s),
            finished=None if job.finished_s is None else _moment(job.finished_s),
        )


class ClipList(BaseModel):
    """Clips, newest first."""

    clips: list[Clip]
    more: bool = Field(description="Whether there are older ones.")


class Correction(BaseModel):
    """What is to be corrected; a member left out stays as it is, null means: to be found in the clip (or: no athlete)."""

    model_config = ConfigDict(extra="forbid")

    athlete: str | None = Field(default=None, max_length=MAX_NAME)
    exercise: Exercise | None = None
    facing: Facing | None = None


class ProblemBody(BaseModel):
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, tz=timezone.utc)
