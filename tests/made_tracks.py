"""Pose tracks changed the way a camera would change them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hinge_vision.arrays import IntArray
from hinge_vision.pose.track import Landmark, PoseTrack
from hinge_vision.report.track_file import ARRAYS, ARRAYS_IF_KNOWN


def mirrored(track: PoseTrack) -> PoseTrack:
    """The same lift filmed in a mirror: left and right change places, in the image and on the body."""
    swap = np.arange(33)
    for mark in Landmark:
        if mark.name.startswith("LEFT_"):
            other = Landmark[mark.name.replace("LEFT", "RIGHT")]
            swap[[mark, other]] = other, mark
    landmarks = track.landmarks[:, swap].copy()
    landmarks[..., 0] = track.clip.width_px - landmarks[..., 0]
    outline = track.outline.copy()
    outline[..., 0] = track.clip.width_px - outline[..., 0]
    return replace(track, facing="left" if track.facing == "right" else "right", landmarks=landmarks, outline=outline)


def moved(track: PoseTrack, scale: float, shift_px: tuple[float, float]) -> PoseTrack:
    """The same lift filmed from elsewhere: larger or smaller, and at another place in the image."""
    landmarks = track.landmarks.copy()
    landmarks[..., :2] = landmarks[..., :2] * scale + shift_px
    landmarks[..., 2] *= scale
    return replace(track, landmarks=landmarks, outline=track.outline * scale + shift_px, stature_px=track.stature_px * scale)


def tilted(track: PoseTrack, roll_deg: float) -> PoseTrack:
    """The same lift filmed with the camera tilted, so that what is upright leans to the right by that much; the tilt is known."""
    cos, sin = np.cos(np.radians(roll_deg)), np.sin(np.radians(roll_deg))
    turn = np.array([[cos, sin], [-sin, cos]])
    landmarks = track.landmarks.copy()
    landmarks[..., :2] = landmarks[..., :2] @ turn
    return replace(track, landmarks=landmarks, outline=track.outline @ turn, roll_deg=roll_deg)


def rows_of(track: PoseTrack, rows: IntArray | slice) -> PoseTrack:
    """Only these frames of a track."""
    known = [name for name in (*ARRAYS, *ARRAYS_IF_KNOWN) if getattr(track, name) is not None]
    return replace(track, **{name: getattr(track, name)[rows] for name in known})
