"""Joints and the trunk's lean, read off the landmarks of one picture or of many."""

from __future__ import annotations

import numpy as np

from hinge_vision.arrays import FloatArray
from hinge_vision.pose.track import Landmark

# A skeleton whose trunk is shorter than so many statures (0.19 to 0.33 on rendered lifters) is laid over a plate, or seen from the front.
SHORTEST_TRUNK = 0.1


def middle(landmarks: FloatArray, joint: str) -> FloatArray:
    """Return the mean of left and right of a joint, such as "HIP": (..., 2) px of landmarks (..., 33, >=2); NaN where one is."""
    return np.asarray(landmarks[..., [Landmark[f"LEFT_{joint}"], Landmark[f"RIGHT_{joint}"]], :2].mean(axis=-2))


def lean_deg(upward: FloatArray) -> FloatArray:
    """Return how far lines (..., 2) px that run up the picture lean from its vertical, to either side alike, 0 to 180."""
    return np.asarray(np.degrees(np.arctan2(np.abs(upward[..., 0]), -upward[..., 1])))


def trunk_lean_deg(landmarks: FloatArray) -> FloatArray:
    """Return `lean_deg` of the hip-shoulder line, (...) of landmarks (..., 33, >=2)."""
    return lean_deg(middle(landmarks, "SHOULDER") - middle(landmarks, "HIP"))
