"""What one frame leaves behind: the lifter's landmarks and the outline of his back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hinge_vision.arrays import FloatArray
from hinge_vision.pose.crop import CropPath, View
from hinge_vision.pose.feet import Floor
from hinge_vision.pose.joints import middle
from hinge_vision.pose.landmarker import Landmarker
from hinge_vision.pose.sides import faces_other_way
from hinge_vision.pose.sighting import sight
from hinge_vision.settings import Facing
from hinge_vision.spine.outline import OUTLINE_POINTS, dorsal_outline, mask_contour


@dataclass(frozen=True)
class FrameRow:
    """What one frame leaves behind; NaN where nothing was found."""

    frame: int
    time_s: float
    landmarks: FloatArray
    world_landmarks: FloatArray
    outline: FloatArray
    origin: float


class Rows:
    """The rows of a track as they come, in single precision and without a second copy at the end: an hour has 36,000 of them."""

    def __init__(self) -> None:
        self.frame: list[int] = []
        self.time_s: list[float] = []
        self.origin: list[float] = []
        self._bytes: dict[str, bytearray] = {}
        self._shapes: dict[str, tuple[int, ...]] = {}

    def append(self, row: FrameRow) -> None:
        """Add the row of the next frame."""
        self.frame.append(row.frame)
        self.time_s.append(row.time_s)
        self.origin.append(row.origin)
        for name, values in (
            ("landmarks", row.landmarks),
            ("world_landmarks", row.world_landmarks),
            ("outline", row.outline),
        ):
            self._shapes[name] = values.shape
            self._bytes.setdefault(name, bytearray()).extend(values.astype(np.float32).tobytes())

    def arrays(self) -> dict[str, Any]:
        """Return landmarks, world landmarks and outlines, (N, ...) each."""
        return {name: np.frombuffer(content, np.float32).reshape(-1, *self._shapes[name]) for name, content in self._bytes.items()}


def measure_view(landmarker: Landmarker, view: View, crops: CropPath, facing: Facing, size_px: float, floor: Floor | None = None) -> FrameRow:
    """Find the lifter in one frame and trace his dorsal outline; where the floor is known, he is looked for until he stands on it."""
    row = empty_row(view)
    seen = sight(landmarker, view, crops, floor)
    if seen is None:
        return row
    row = replace(row, landmarks=seen.landmarks, world_landmarks=seen.lifter.world_landmarks)
    if seen.lifter.mask is None or faces_other_way(seen.lifter.landmarks, facing) or seen.is_covered:
        return row
    shoulder, hip = middle(seen.lifter.landmarks, "SHOULDER"), middle(seen.lifter.landmarks, "HIP")
    traced = dorsal_outline(mask_contour(seen.lifter.mask), shoulder, hip, facing, size_px * seen.scale)
    if traced is None:
        return row
    points, origin = traced
    return replace(row, outline=points / seen.scale + seen.corner, origin=origin)


def empty_row(view: View) -> FrameRow:
    """Return the row of a frame in which nobody was found."""
    return FrameRow(
        view.index,
        view.time_s,
        np.full((33, 4), np.nan),
        np.full((33, 3), np.nan),
        np.full((OUTLINE_POINTS, 2), np.nan),
        np.nan,
    )
