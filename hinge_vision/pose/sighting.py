"""Whom the pose model takes for the lifter in one frame: one crop after the other is shown to it until he stands on his feet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hinge_vision.arrays import FloatArray
from hinge_vision.pose.crop import WIDENINGS, CropPath, View, body_box
from hinge_vision.pose.feet import Floor
from hinge_vision.pose.joints import SHORTEST_TRUNK, middle
from hinge_vision.pose.landmarker import Landmarker, Person
from hinge_vision.pose.track import Landmark

# Crops are tried in this order, as they are or mirrored: which of them misleads the pose model is chance.
_ATTEMPTS = ((WIDENINGS[0], False), (WIDENINGS[0], True), *((widen, False) for widen in WIDENINGS[1:]))
# A skeleton laid over a plate has both ankles so high (statures) above where they stand: 93 in 100 of those whose shoulders are 0.12 off, and 7 in
# 1,000 of the others, whose feet a plate hides (95 rendered clips).
_IN_THE_AIR = 0.2
# Whose middle lies at the crop's edge, half a side from where the lifter is expected, is somebody else (he himself strays by up to 0.44).
_MOST_OFF_PATH = 0.5
# Two skeletons whose trunks lie this near (in sizes of the body) are of one person.
_SAME_SIZES = 0.12
# The back reaches this far (in sizes of the body) beyond shoulders and hips.
_BACK_SIZES = 0.08
_TRUNK = [Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER, Landmark.LEFT_HIP, Landmark.RIGHT_HIP]


@dataclass(frozen=True)
class Sighting:
    """What the pose model sees in one crop.

    Attributes
    ----------
    lifter
        In pixels of the crop.
    is_covered
        Whether somebody stands in the way of his trunk, so that the outline may be the other's.
    landmarks : (33, 4) float
        His, in pixels of the source image.
    scale, corner
        Of the crop: source = point / scale + corner.
    """

    lifter: Person
    is_covered: bool
    landmarks: FloatArray
    scale: float
    corner: FloatArray


def sight(landmarker: Landmarker, view: View, crops: CropPath, floor: Floor | None) -> Sighting | None:
    """Look for the lifter in one frame.

    Parameters
    ----------
    landmarker, view, crops
        The pose model, the frame, and where he is expected.
    floor
        What he is looked for until he stands on; None = it is not known, and the first crop that shows anybody is taken.

    Returns
    -------
    Sighting or None
        Where he stands in no crop, the first that shows him with a trunk, or else the first that shows anybody; None where there is nobody,
        or only somebody else.
    """
    centre_px, side_px = crops.at(view.time_s)
    seen: list[Sighting] = []
    for widen, mirrored in _ATTEMPTS:
        crop, scale, corner = view.cut(*crops.at(view.time_s, widen))
        people = landmarker.find(crop, mirrored=mirrored)
        if not people:
            continue
        placed = [_in_source(person.landmarks, scale, corner) for person in people]
        distances = [_off_path(body_box(landmarks), centre_px, side_px) for landmarks in placed]
        if min(distances) > _MOST_OFF_PATH:
            if not seen:
                return None
            continue
        chosen = int(np.argmin(distances))
        heights = [-np.inf if floor is None else floor.height(landmarks, view.time_s) for landmarks in placed]
        covered = any(
            _covers(other, placed[chosen], hangs=height > _IN_THE_AIR)
            for number, (other, height) in enumerate(zip(placed, heights, strict=True))
            if number != chosen
        )
        seen.append(Sighting(people[chosen], covered, placed[chosen], scale, corner))
        if heights[chosen] <= _IN_THE_AIR:
            return seen[-1]
    # laid over a plate he has no trunk to speak of
    with_trunk = [one for one in seen if floor is not None and _trunk_px(one.landmarks) >= SHORTEST_TRUNK * floor.stature_px]
    return next(iter(with_trunk or seen), None)


def _trunk_px(landmarks: FloatArray) -> float:
    return float(np.hypot(*(middle(landmarks, "HIP") - middle(landmarks, "SHOULDER"))))


def _in_source(landmarks: FloatArray, scale: float, corner: FloatArray) -> FloatArray:
    out = landmarks.copy()
    out[:, :3] /= scale
    out[:, :2] += corner
    return out


def _covers(other: FloatArray, person: FloatArray, *, hangs: bool) -> bool:
    """Tell whether another skeleton's person stands in the way of the one's trunk, so that the outline may be his.

    A second skeleton of the same person does not, nor one laid over his plates: that `hangs` in the air, its middle within his box.
    """
    box, whole, trunk = body_box(other), body_box(person), body_box(person[_TRUNK])
    size_px = float(np.max(whole[2:] - whole[:2]))
    middle_px, other_middle_px = (body_box(one[_TRUNK]).reshape(2, 2).mean(axis=0) for one in (person, other))
    if float(np.hypot(*(middle_px - other_middle_px))) < _SAME_SIZES * size_px:
        return False
    place = (box[:2] + box[2:]) / 2
    if hangs and bool(np.all((place > whole[:2]) & (place < whole[2:]))):
        return False
    return bool(min(box[2], trunk[2] + _BACK_SIZES * size_px) > max(box[0], trunk[0] - _BACK_SIZES * size_px))


def _off_path(box_px: FloatArray, centre_px: FloatArray, side_px: float) -> float:
    """Tell how far a body's box lies from where the lifter is expected, in sides of his crop; a body too small or large counts too."""
    distance = float(np.hypot(*((box_px[:2] + box_px[2:]) / 2 - centre_px))) / side_px
    size = float(np.max(box_px[2:] - box_px[:2])) / side_px
    return distance + max(0.0, 0.35 - size) + max(0.0, size - 0.8)
