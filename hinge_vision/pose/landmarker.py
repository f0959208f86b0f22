"""One MediaPipe pose landmarker: an image in, the people in it out, with landmarks and mask."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from hinge_vision.arrays import FloatArray, ImageArray
from hinge_vision.errors import InstallationError
from hinge_vision.pose.lean import without_plotting
from hinge_vision.pose.track import OTHER_SIDE

with without_plotting():
    import mediapipe as mp
    from mediapipe.tasks.python import BaseOptions
    from mediapipe.tasks.python.vision import PoseLandmarker, PoseLandmarkerOptions, RunningMode

# BlazePose's detector was trained on upright people; a lifter bent over behind plates scores lower than its usual limit
# of 0.5. On rendered lifters 0.2 finds him in nearly every frame in which 0.5 does not, and finds nobody in empty rooms.
MIN_DETECTION_CONFIDENCE = 0.2


@dataclass(frozen=True)
class Person:
    """One person found in an image.

    Attributes
    ----------
    landmarks : (33, 4) float
        x, y, z in pixels of that image, and visibility.
    world_landmarks : (33, 3) float
        In metres.
    mask : (H, W) float32 or None
        How surely each pixel belongs to the person, 0..1.
    rod
        Whether a rod is held along the back; None where that was not looked for or could not be told.
    """

    landmarks: FloatArray
    world_landmarks: FloatArray
    mask: NDArray[np.float32] | None
    rod: bool | None = None


class Landmarker:
    """MediaPipe's `PoseLandmarker`, one image at a time (it keeps nothing from one image to the next).

    Parameters
    ----------
    model : Path
        The landmarker bundle.
    people : int
        How many people to look for.
    masks : bool
        Whether to ask for the segmentation mask.

    Raises
    ------
    InstallationError
        MediaPipe cannot load the bundle.
    """

    def __init__(self, model: Path, *, people: int = 1, masks: bool = True) -> None:
        options = PoseLandmarkerOptions(
            base_options=BaseOptions(model_asset_buffer=model.read_bytes(), delegate=BaseOptions.Delegate.CPU),
            running_mode=RunningMode.IMAGE,
            num_poses=people,
            min_pose_detection_confidence=MIN_DETECTION_CONFIDENCE,
            min_pose_presence_confidence=MIN_DETECTION_CONFIDENCE,
            output_segmentation_masks=masks,
        )
        try:
            self._landmarker = PoseLandmarker.create_from_options(options)
        except (RuntimeError, ValueError) as error:
            message = f"{model.name}: MediaPipe cannot load this pose model; install hinge_vision again or give another --model"
            raise InstallationError(message) from error

    def find(self, image: ImageArray, *, mirrored: bool = False) -> list[Person]:
        """Return the people in a BGR image, most certain first; with `mirrored` they are looked for in its mirror image."""
        if mirrored:
            return [mirror(person, image.shape[1]) for person in self.find(np.ascontiguousarray(image[:, ::-1]))]
        height_px, width_px = image.shape[:2]
        result: Any = self._landmarker.detect(mp.Image(image_format=mp.ImageFormat.SRGB, data=cv2.cvtColor(image, cv2.COLOR_BGR2RGB)))
        masks = result.segmentation_masks or [None] * len(result.pose_landmarks)
        scale = np.array([width_px, height_px, width_px, 1.0])
        return [
            Person(
                np.array([(p.x, p.y, p.z, p.visibility) for p in landmarks]) * scale,
                np.array([(p.x, p.y, p.z) for p in world]),
                None if mask is None else np.squeeze(mask.numpy_view()).copy(),
            )
            for landmarks, world, mask in zip(result.pose_landmarks, result.pose_world_landmarks, masks, strict=True)
        ]

    def close(self) -> None:
        """Free the model."""
        self._landmarker.close()

    def __enter__(self) -> Landmarker:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def mirror(person: Person, width_px: int) -> Person:
    """Return a person as in the mirror image of a picture so wide: left is right, and each side has the other's landmarks."""
    landmarks, world = person.landmarks[OTHER_SIDE], person.world_landmarks[OTHER_SIDE]
    landmarks[:, 0] = width_px - landmarks[:, 0]
    world[:, 0] *= -1.0
    mask = None if person.mask is None else np.ascontiguousarray(person.mask[:, ::-1])
    return replace(person, landmarks=landmarks, world_landmarks=world, mask=mask)
