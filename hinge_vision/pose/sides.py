"""Left and right: which side is nearer is known from the way the lifter faces, so frames that take one for the other can be put right."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hinge_vision.arrays import BoolArray, FloatArray
from hinge_vision.pose.joints import middle
from hinge_vision.pose.track import OTHER_SIDE, Landmark, PoseTrack
from hinge_vision.settings import Facing, ahead_sign

# From the side the far shoulder and hip together lie about one stature behind the near ones (0.7 to 1.3 on rendered and real
# clips), from the front 0. A frame this far on the wrong side has left and right exchanged.
_EXCHANGED = -0.3
# Toes before heels, both feet, by this share of the hip-shoulder line; the nose may be less than that before the ears, as in a
# lifter who looks down.
_TOES_AHEAD, _NOSE_AHEAD = 0.18, 0.05


def with_sides_put_right(track: PoseTrack) -> PoseTrack:
    """Return the track with left and right exchanged back in the frames in which the far side is said to be the nearer one."""
    rows = exchanged(track)
    if not rows.any():
        return track
    landmarks, world = track.landmarks.copy(), track.world_landmarks.copy()
    for points in (landmarks, world):
        points[rows] = points[rows][:, OTHER_SIDE]
    return replace(track, landmarks=landmarks, world_landmarks=world)


def exchanged(track: PoseTrack) -> BoolArray:
    """Tell in which of a track's (N,) frames left and right are taken for each other."""
    depth = np.zeros(len(track.landmarks))
    for joint in ("SHOULDER", "HIP"):
        depth += track.far(joint)[:, 2] - track.near(joint)[:, 2]
    return np.asarray(depth < _EXCHANGED * track.stature_px)


def landmark_yaw_deg(track: PoseTrack) -> FloatArray:
    """Return the camera's angle off the pure side view, frame by frame.

    It is taken from the line across shoulders and hips in BlazePose's metric estimate, which stays level while the lifter bends. That is coarse
    (side views read 3 to 17 deg, oblique ones 30 and more) but follows a camera that moves or a clip that is cut.

    Returns
    -------
    (N,) float
        Degrees, 0 = side, 90 = front or rear; NaN where a frame has no world landmarks.
    """
    world = track.world_landmarks
    across = world[:, Landmark.LEFT_SHOULDER] - world[:, Landmark.RIGHT_SHOULDER] + world[:, Landmark.LEFT_HIP] - world[:, Landmark.RIGHT_HIP]
    return np.asarray(np.degrees(np.arctan2(np.abs(across[:, 0]), np.abs(across[:, 2]))))


def faces_other_way(landmarks: FloatArray, facing: Facing) -> bool:
    """Tell whether a person surely faces the other side of the image: both feet point there, and the nose not here.

    `landmarks` is (33, >=2) px. Another person after a cut, or the lifter turned round, is none whose back can be measured.
    """
    sign = ahead_sign(facing)
    x = landmarks[:, 0]
    ears = (x[Landmark.LEFT_EAR] + x[Landmark.RIGHT_EAR]) / 2
    toes = x[[Landmark.LEFT_FOOT_INDEX, Landmark.RIGHT_FOOT_INDEX]] - x[[Landmark.LEFT_HEEL, Landmark.RIGHT_HEEL]]
    shoulder, hip = middle(landmarks, "SHOULDER"), middle(landmarks, "HIP")
    length = float(np.hypot(*(shoulder - hip)))
    return bool(np.all(sign * toes < -_TOES_AHEAD * length) and sign * (x[Landmark.NOSE] - ears) < _NOSE_AHEAD * length)
