"""analyze(): the one way in, from a clip to its report, for the command line, the batch and the upload page alike."""

from __future__ import annotations

from dataclasses import replace
from importlib import metadata
from pathlib import Path

import cv2
import numpy as np

from hinge_vision.findings.exercise import hands_at_shoulders, recognise
from hinge_vision.findings.gate import never_seen
from hinge_vision.findings.judge import judge
from hinge_vision.findings.model import Judgement, Quality
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.kinematics.measure import measure
from hinge_vision.kinematics.segment import segment
from hinge_vision.memory import give_back_freed_memory
from hinge_vision.pose.model import default_model_path, verify_model
from hinge_vision.pose.pipeline import OnProgress, track_clip
from hinge_vision.pose.track import PoseTrack
from hinge_vision.report.accuracy import accuracy_statement
from hinge_vision.report.model import Report, Versions
from hinge_vision.report.track_file import load_track
from hinge_vision.settings import Exercise, Settings
from hinge_vision.version import __version__
from hinge_vision.video.clip_info import ClipInfo


def analyze(
    path: str | Path, settings: Settings | None = None, *, thresholds: Thresholds | None = None, progress: OnProgress | None = None
) -> Report:
    """Analyse one clip.

    Parameters
    ----------
    path
        A video file.
    settings
        What to analyse and how; the defaults suit a phone clip of a deadlift or swing.
    thresholds
        The limits to judge by.
    progress
        Called as the work goes on with the stage, the clip time reached and the clip's duration, both in seconds.

    Returns
    -------
    Report
        A clip that cannot be judged has a report too: `report.judgement.quality` says why.

    Raises
    ------
    ClipUnreadableError
        The file is missing, no video, or without a frame that can be decoded.
    SettingsError
        A setting does not fit the clip.
    InstallationError
        The pose model is missing or damaged.
    """
    settings = settings or Settings()
    versions = current_versions(settings)
    try:
        clip, track = track_clip(Path(path), settings, progress)
        return report_of(clip, track, settings, versions, thresholds or Thresholds())
    finally:
        give_back_freed_memory()


def rejudge(folder: str | Path, thresholds: Thresholds | None = None, *, exercise: Exercise | None = None) -> Report:
    """Judge an analysed clip again from its `track.npz`, without running the pose model.

    Parameters
    ----------
    folder
        What `analyze -o` wrote for the clip.
    thresholds
        The limits to judge by; None = those of the first analysis.
    exercise
        What is lifted; None = as in the first analysis.

    Raises
    ------
    HingeVisionError
        There is no readable `track.npz` in the folder.
    """
    stored = load_track(Path(folder) / "track.npz")
    settings = stored.settings if exercise is None else replace(stored.settings, exercise=exercise)
    return report_of(stored.track.clip, stored.track, settings, stored.versions, thresholds or stored.thresholds)


def report_of(clip: ClipInfo, track: PoseTrack | None, settings: Settings, versions: Versions, thresholds: Thresholds) -> Report:
    """Measure and judge a pose track; a report of refusal where there is none."""
    if track is None or not np.isfinite(track.outline_origin).any():
        nothing = Judgement((), (), (), (), (), Quality(judgeable=False, reasons=(never_seen(track, settings.facing),), measured=0.0))
        return Report(clip, settings.exercise, settings.facing, settings, versions, nothing, thresholds=thresholds)
    motion = measure(track, settings)
    segmentation = segment(motion, hands_at_shoulders(track))
    exercise = settings.exercise or recognise(track, motion, segmentation)
    judgement = judge(track, motion, segmentation, exercise, thresholds)
    return Report(clip, exercise, track.facing, settings, versions, judgement, segmentation, motion, track, accuracy_statement(motion), thresholds)


def current_versions(settings: Settings) -> Versions:
    """Return what is about to run; checks the pose model on the way."""
    model = settings.model_path or default_model_path()
    return Versions(
        hinge_vision=__version__,
        mediapipe=metadata.version("mediapipe"),
        opencv=cv2.__version__,
        model_sha256=verify_model(model),
    )
