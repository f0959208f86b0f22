"""How far an analysis has come, and how long it will still take."""

from __future__ import annotations

from dataclasses import dataclass

# What part of an analysis each stage is, in shares of its time: a rough guess, only for the bar and the time left.
_STAGES = {"survey": (0.0, 0.08), "pose": (0.08, 0.65), "write": (0.65, 1.0)}
STAGE_WORDS = {"survey": "Looking for the lifter", "pose": "Following the lifter", "write": "Drawing the video and the report"}
# Before this share is done, a guess of the time left would be a guess in the dark.
_TOO_EARLY = 0.1


@dataclass(frozen=True)
class Progress:
    """How far one analysis has come.

    Attributes
    ----------
    stage
        `survey`, `pose` or `write`.
    share
        The share of the whole that is done, from 0 to 1.
    left_s
        Seconds it will still take; `None` = not known yet.
    """

    stage: str
    share: float
    left_s: float | None


def progress_at(stage: str, stage_share: float, elapsed_s: float, stage_started_s: float) -> Progress:
    """Estimate the progress.

    Parameters
    ----------
    stage, stage_share
        What the worker told last: its stage, and the share of it that is done.
    elapsed_s, stage_started_s
        Seconds since the analysis began: now, and when the stage was first told of.
    """
    first, last = _STAGES.get(stage, (0.0, 1.0))
    if stage == "write":
        # writing tells nothing on its way; it is taken to need its usual part of the time used so far
        whole_s = stage_started_s * (last - first) / first
        stage_share = min(0.95, (elapsed_s - stage_started_s) / whole_s) if whole_s > 0 else 0.0
    share = first + (last - first) * min(max(stage_share, 0.0), 1.0)
    left_s = elapsed_s * (1 - share) / share if share >= _TOO_EARLY else None
    return Progress(stage, share, left_s)
