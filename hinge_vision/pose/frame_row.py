"""What one frame leaves behind: the lifter's landmarks and the outline of his back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from hinge_vision.arrays import FloatArray
from hinge_vision.pose.crop import WIDENINGS, CropPath, View, body_box
from hinge_vision.pose.joints import middle
from hinge_vision.pose.landmarker import Landmarker, Person
from hinge_vision.pose.sides import faces_other_way
from hinge_vision.pose.track import Landmark
from hinge_vision.settings import Facing
from hinge_vision.spine.outline import OUTLINE_POINTS, dorsal_outline, mask_contour

# Two skeletons whose trunks lie this near (in sizes of the body) are of one person.
_SAME_SIZES = 0.12
# Whose middle lies at the crop's edge, half a side from where the lifter is expected, is somebody else (he himself strays by up to 0.44).
_MOST_OFF_PATH = 0.5
# The back reaches this far (in sizes of the body) beyond shoulders and hips.
_BACK_SIZES = 0.08
_TRUNK = [Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER, Landmark.LEFT_HIP, Landmark.RIGHT_HIP]


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


def measure_view(landmarker: Landmarker, view: View, crops: CropPath, facing: Facing, size_px: float) -> FrameRow:
    """Find the lifter in one frame and trace his dorsal outline."""
    row = empty_row(view)
    for widen in WIDENINGS:
        crop, scale, corner = view.cut(*crops.at(view.time_s, widen))
        people = landmarker.find(crop)
        if people:
            break
    else:
        return row
    centre_px, side_px = crops.at(view.time_s)

    def off_path(person: Person) -> float:
        return _off_path(body_box(person.landmarks) / scale + np.tile(corner, 2), centre_px, side_px)

    person = min(people, key=off_path)
    if off_path(person) > _MOST_OFF_PATH:
        return row
    landmarks = person.landmarks.copy()
    landmarks[:, :3] /= scale
    landmarks[:, :2] += corner
    row = replace(row, landmarks=landmarks, world_landmarks=person.world_landmarks)
    if person.mask is None or faces_other_way(person.landmarks, facing) or any(_covers(other, person) for other in people):
        return row
    contour = mask_contour(person.mask)
    shoulder, hip = middle(person.landmarks, "SHOULDER"), middle(person.landmarks, "HIP")
    traced = dorsal_outline(contour, shoulder, hip, facing, size_px * scale)
    if traced is None:
        return row
    points, origin = traced
    return replace(row, outline=points / scale + corner, origin=origin)


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


def _covers(other: Person, person: Person) -> bool:
    """Tell whether another person stands in the way of the one's trunk, so that the outline may be his; not a second skeleton of the same."""
    box, trunk = body_box(other.landmarks), body_box(person.landmarks[_TRUNK])
    size_px = float(np.max(np.ptp(body_box(person.landmarks).reshape(2, 2), axis=0)))
    middle_px, other_middle_px = (body_box(one.landmarks[_TRUNK]).reshape(2, 2).mean(axis=0) for one in (person, other))
    same = float(np.hypot(*(middle_px - other_middle_px))) < _SAME_SIZES * size_px
    return not same and bool(min(box[2], trunk[2] + _BACK_SIZES * size_px) > max(box[0], trunk[0] - _BACK_SIZES * size_px))


def _off_path(box_px: FloatArray, centre_px: FloatArray, side_px: float) -> float:
    """Tell how far a body's box lies from where the lifter is expected, in sides of his crop; a body too small or large counts too."""
    distance = float(np.hypot(*((box_px[:2] + box_px[2:]) / 2 - centre_px))) / side_px
    size = float(np.max(box_px[2:] - box_px[:2])) / side_px
    return distance + max(0.0, 0.35 - size) + max(0.0, size - 0.8)
