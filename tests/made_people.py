"""Stick figures, as the pose model would see people."""

from __future__ import annotations

import numpy as np

from hinge_vision.arrays import FloatArray
from hinge_vision.pose.landmarker import Person
from hinge_vision.pose.track import Landmark


def person(x: float, *, lean_deg: float = 0.0, size_px: float = 300.0, facing: str = "right", visibility: float = 1.0) -> Person:
    """A stick figure whose feet stand at x."""
    sign = 1.0 if facing == "right" else -1.0
    marks: FloatArray = np.zeros((33, 4))
    marks[:, 3] = visibility
    lean = np.radians(lean_deg)
    hip = np.array([x, 500 - 0.5 * size_px])
    shoulder = hip + 0.3 * size_px * np.array([sign * np.sin(lean), -np.cos(lean)])
    ear = shoulder + 0.15 * size_px * np.array([sign * np.sin(lean), -np.cos(lean)])
    knee = hip + [0, 0.25 * size_px]
    arm = (("SHOULDER", shoulder), ("ELBOW", shoulder + [0, 60]), ("WRIST", shoulder + [0, 110]))
    for joint, point in (*arm, ("HIP", hip), ("KNEE", knee)):
        for side in ("LEFT", "RIGHT"):
            marks[Landmark[f"{side}_{joint}"], :2] = point
    for joint, offset in (("ANKLE", 0.0), ("HEEL", -0.03), ("FOOT_INDEX", 0.1)):
        for side in ("LEFT", "RIGHT"):
            marks[Landmark[f"{side}_{joint}"], :2] = [x + sign * offset * size_px, 500.0]
    marks[[Landmark.LEFT_EAR, Landmark.RIGHT_EAR], :2] = ear
    marks[Landmark.NOSE, :2] = ear + [sign * 0.05 * size_px, 0]
    unnamed = [index for index in range(33) if index not in set(Landmark)]
    marks[unnamed, :2] = ear
    return Person(marks, np.zeros((33, 3)), None)
