"""Sample lifts judged as `analyze` judges them, from their true motion."""

from __future__ import annotations

from hinge_vision.findings.exercise import recognise
from hinge_vision.findings.judge import judge
from hinge_vision.findings.model import Judgement
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.kinematics.motion import Motion
from hinge_vision.kinematics.segment import segment
from hinge_vision.pose.track import PoseTrack
from hinge_vision.settings import Exercise


def judged(track: PoseTrack, motion: Motion, exercise: Exercise | None = None, thresholds: Thresholds | None = None) -> Judgement:
    """What is judged of a motion; the exercise is recognised unless given."""
    found = segment(motion)
    return judge(track, motion, found, exercise or recognise(track, motion, found), thresholds or Thresholds())


def faults(judgement: Judgement) -> set[str]:
    """The faults found."""
    return {finding.fault for finding in judgement.findings}
