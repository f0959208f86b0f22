"""How far the camera stands off the side view, frame by frame."""

from __future__ import annotations

import numpy as np

from hinge_vision.arrays import FloatArray
from hinge_vision.kinematics.motion import Motion
from hinge_vision.pose.track import Landmark, PoseTrack


def view_yaw_deg(track: PoseTrack, motion: Motion) -> FloatArray:
    """Return the camera's angle off the pure side view.

    It is taken from the line across shoulders and hips in BlazePose's metric estimate, which stays level while the lifter bends. That is coarse
    (side views read 3 to 17 deg, oblique ones 30 and more) but follows a camera that moves or a clip that is cut, which one
    value for the whole clip cannot.

    Parameters
    ----------
    track, motion
        Of the same N rows.

    Returns
    -------
    (N,) float
        Degrees, 0 = side, 90 = front or rear; the motion's own yaw where a frame has no world landmarks.
    """
    world = track.world_landmarks
    across = world[:, Landmark.LEFT_SHOULDER] - world[:, Landmark.RIGHT_SHOULDER] + world[:, Landmark.LEFT_HIP] - world[:, Landmark.RIGHT_HIP]
    landmark_yaw_deg = np.degrees(np.arctan2(np.abs(across[:, 0]), np.abs(across[:, 2])))
    return np.where(np.isfinite(landmark_yaw_deg), landmark_yaw_deg, np.abs(motion.yaw_deg))
