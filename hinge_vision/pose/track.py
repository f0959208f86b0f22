"""PoseTrack: all that is kept of a clip once its frames are gone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Literal

import numpy as np

from hinge_vision.arrays import FloatArray, IntArray, blocks
from hinge_vision.settings import Facing, ahead_sign
from hinge_vision.video.clip_info import ClipInfo


class Landmark(IntEnum):
    """The BlazePose landmarks used here, by their index among its 33."""

    NOSE = 0
    LEFT_EAR = 7
    RIGHT_EAR = 8
    LEFT_SHOULDER = 11
    RIGHT_SHOULDER = 12
    LEFT_ELBOW = 13
    RIGHT_ELBOW = 14
    LEFT_WRIST = 15
    RIGHT_WRIST = 16
    LEFT_HIP = 23
    RIGHT_HIP = 24
    LEFT_KNEE = 25
    RIGHT_KNEE = 26
    LEFT_ANKLE = 27
    RIGHT_ANKLE = 28
    LEFT_HEEL = 29
    RIGHT_HEEL = 30
    LEFT_FOOT_INDEX = 31
    RIGHT_FOOT_INDEX = 32


OTHER_SIDE = [0, 4, 5, 6, 1, 2, 3, *(index + 1 if index % 2 else index - 1 for index in range(7, 33))]
"""Which of BlazePose's 33 landmarks is each one's counterpart: of the eyes (three points each), ears, mouth, and from the shoulders down."""


@dataclass(frozen=True)
class Elsewhere:
    """Somebody who bends down as a lifter does, elsewhere in the picture and at a time at which the lifter is not seen: most likely he himself.

    `person` is counted as in `PoseTrack`; he is there from `start_s` to `end_s`.
    """

    person: int
    start_s: float
    end_s: float


@dataclass(frozen=True)
class PoseTrack:
    """Landmarks and dorsal outline of the chosen lifter, one row per analysed frame.

    All image coordinates are pixels of the upright source image, x to the right, y down. NaN = not measured. In single precision as
    they come from the pose model, which is a ten-thousandth of a pixel, so that an hour takes 60 MB.

    Attributes
    ----------
    clip
        The clip they came from.
    facing
        The side of the image the lifter faces.
    frame : (N,) int
        Frame number in the source clip, counting from 0.
    time_s : (N,) float
        Real time of the frame, strictly increasing.
    landmarks : (N, 33, 4) float
        x, y, z in pixels (z: depth relative to the hips, smaller is nearer) and visibility 0..1.
    world_landmarks : (N, 33, 3) float
        BlazePose's own metric estimate, metres, origin between the hips.
    outline : (N, 64, 2) float
        The dorsal outline from the nape down over back and buttocks to the rear of the thigh, equally spaced.
    outline_origin : (N,) float
        Index (with fraction) along the outline of the point behind the shoulder.
    stature_px : float
        The lifter's stature in the image, from limb lengths (`pose.stature`).
    persons : int
        How many people were seen in the clip.
    person : int
        Which of them this is, counted from the left from 1.
    rod : bool
        Whether a rod is held along the back.
    roll_deg : float
        How far what is upright leans to the right in the picture, since the camera was tilted; NaN = not known.
    to_picture : (N, 2, 3) float or None
        How the room lies in each picture of a camera that moves (`sway.CameraPath`); None = it stands, or the room shows too little to tell.
    elsewhere : tuple of Elsewhere
        Where else the lifter himself may have lifted.
    """

    clip: ClipInfo
    facing: Facing
    frame: IntArray
    time_s: FloatArray
    landmarks: FloatArray
    world_landmarks: FloatArray
    outline: FloatArray
    outline_origin: FloatArray
    stature_px: float
    persons: int = 1
    person: int = 1
    rod: bool = False
    roll_deg: float = float("nan")
    to_picture: FloatArray | None = None
    elsewhere: tuple[Elsewhere, ...] = ()

    @property
    def near_side(self) -> Literal["LEFT", "RIGHT"]:
        """The lifter's side that is turned to the camera."""
        return "RIGHT" if self.facing == "right" else "LEFT"

    @property
    def upright(self) -> tuple[FloatArray, FloatArray]:
        """Unit vectors in the picture, (2,) each: ahead of the lifter along the floor, and straight up; unrolled where the roll is unknown."""
        roll = math.radians(self.roll_deg) if math.isfinite(self.roll_deg) else 0.0
        ahead = ahead_sign(self.facing) * np.array([math.cos(roll), math.sin(roll)])
        return ahead, np.array([math.sin(roll), -math.cos(roll)])

    def near(self, joint: str) -> FloatArray:
        """Return the (N, 4) landmark of a near-side joint, as `track.near("HIP")`."""
        return self.landmarks[:, Landmark[f"{self.near_side}_{joint}"]]

    def far(self, joint: str) -> FloatArray:
        """Return the (N, 4) landmark of a far-side joint."""
        side = "LEFT" if self.near_side == "RIGHT" else "RIGHT"
        return self.landmarks[:, Landmark[f"{side}_{joint}"]]

    def middle(self, joint: str) -> FloatArray:
        """Return the mean of both sides of a joint, (N, 2) px, or the one side that was seen; not to be written to."""
        if joint not in self._middles:
            near, far = self.near(joint)[:, :2], self.far(joint)[:, :2]
            middle = np.asarray(np.where(np.isfinite(near), np.where(np.isfinite(far), (near + far) / 2, near), far))
            middle.setflags(write=False)
            self._middles[joint] = middle
        return self._middles[joint]

    @cached_property
    def outline_step_px(self) -> float:
        """Distance between neighbouring outline points, which are equally spaced along it; where it bends sharply the straight step is shorter."""
        steps = np.concatenate([np.hypot(*np.moveaxis(np.diff(self.outline[rows], axis=1), 2, 0)) for rows in blocks(len(self.outline))])
        return float(np.nanpercentile(steps, 80)) if np.isfinite(steps).any() else float("nan")

    @cached_property
    def _middles(self) -> dict[str, FloatArray]:
        """Joints' middles already worked out: they are asked for anew for every rep of a long clip."""
        return {}
