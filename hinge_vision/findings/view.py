"""How far the camera stands off the side view, frame by frame."""

from __future__ import annotations

import numpy as np

from hinge_vision.arrays import FloatArray
from hinge_vision.kinematics.motion import Motion
from hinge_vision.pose.sides import landmark_yaw_deg
from hinge_vision.pose.track import PoseTrack


def view_yaw_deg(track: PoseTrack, motion: Motion) -> FloatArray:
    """Return the camera's angle off the pure side view, from the landmarks: one value for the whole clip cannot follow a camera that moves.

    Parameters
    ----------
    track, motion
        Of the same N rows.

    Returns
    -------
    (N,) float
        Degrees, 0 = side, 90 = front or rear; the motion's own yaw where a frame has no world landmarks.
    """
    by_landmarks = landmark_yaw_deg(track)
    return np.where(np.isfinite(by_landmarks), by_landmarks, np.abs(motion.yaw_deg))
