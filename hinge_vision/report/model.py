"""Report: everything one analysis found, ready to be written in any form."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hinge_vision.findings.thresholds import Thresholds

if TYPE_CHECKING:
    from hinge_vision.findings.model import Judgement
    from hinge_vision.kinematics.motion import Motion
    from hinge_vision.kinematics.reps import Segmentation
    from hinge_vision.pose.track import PoseTrack
    from hinge_vision.settings import Exercise, Facing, Settings
    from hinge_vision.video.clip_info import ClipInfo

SCHEMA_VERSION = "1.0"
DISCLAIMER = (
    "General information for training, not medical advice. If you have pain or an injury, see a licensed health care provider before you lift."
)


@dataclass(frozen=True)
class Versions:
    """What made the report: program, libraries, and the pose model's SHA-256."""

    hinge_vision: str
    mediapipe: str
    opencv: str
    model_sha256: str


@dataclass(frozen=True)
class Report:
    """The result of `analyze()`.

    A declined clip has a report too: `judgement.quality.judgeable` is False, the reasons say why, and `motion` and
    `track` may be None (no person was found) or hold what was measured before the clip was declined.
    """

    clip: ClipInfo
    exercise: Exercise | None
    facing: Facing | None
    settings: Settings
    versions: Versions
    judgement: Judgement
    segmentation: Segmentation | None = None
    motion: Motion | None = None
    track: PoseTrack | None = None
    accuracy: str = "unproven"
    thresholds: Thresholds = field(default_factory=Thresholds)
