"""The learned map from what a posture looks like to its angles.

Two maps, each the average of a few small neural networks fitted on rendered lifters:

- **change**: a posture beside the same lifter's reference posture, and his build -> how much each joint angle changed, where the trunk
  leans, and where the spine's skin points lie on the outline;
- **posture**: a posture alone -> each angle since an unseen quiet standing. Less exact; it stands in where nobody stands.

`benchmarks/training/train.py` makes the coefficients and says how they were validated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hinge_vision.arrays import FloatArray
from hinge_vision.spine.change_map import ChangeMap
from hinge_vision.spine.features import SPREAD_COLUMNS, Features
from hinge_vision.spine.mapping import Mapping

# Joint angles measured as change, in the order of the maps' outputs.
CHANGES = ("lumbar_flexion", "thoracic_flexion", "pelvic_tilt", "hip_flexion", "knee_flexion")
# Angles measured as such.
ABSOLUTES = ("trunk_inclination", "hip_line")
# Skin points whose place along the outline is measured, from the rear of the head down.
SKIN_POINTS = ("HEAD", "C7", "T8", "T12", "L3", "SI")


@dataclass(frozen=True)
class Estimate:
    """What the change map says of N frames.

    `changes_deg`, `changes_sd_deg` (N, 5) in the order of `CHANGES`; `absolutes_deg`, `absolutes_sd_deg` (N, 2) in that of
    `ABSOLUTES`; `skin_positions` (N, 6) in statures along the outline in the order of `SKIN_POINTS`.
    """

    changes_deg: FloatArray
    changes_sd_deg: FloatArray
    absolutes_deg: FloatArray
    absolutes_sd_deg: FloatArray
    skin_positions: FloatArray


@dataclass(frozen=True)
class PostureModel:
    """Both maps, the neck's, the yaw's, and what is known of their errors."""

    change: ChangeMap
    posture: Mapping
    neck: Mapping
    change_error: FloatArray
    posture_sd_deg: FloatArray
    neck_sd_deg: float
    yaw: FloatArray

    def since(self, reference: FloatArray, body: FloatArray, bent: FloatArray) -> Estimate:
        """Compare postures (N, F) with a reference posture (F,), given the same lifter's postures bent over (M, F): rows of `Features.body()`."""
        outputs, apart = self.change(reference, body, bent, len(CHANGES))
        angles = len(CHANGES) + len(ABSOLUTES)
        sd_deg = np.exp(np.einsum("naf,fa->na", error_features(reference, outputs[:, :angles], apart[:, :angles]), self.change_error))
        return Estimate(
            changes_deg=outputs[:, : len(CHANGES)],
            changes_sd_deg=sd_deg[:, : len(CHANGES)],
            absolutes_deg=outputs[:, len(CHANGES) : angles],
            absolutes_sd_deg=sd_deg[:, len(CHANGES) :],
            skin_positions=outputs[:, angles:] * POSITION_UNIT,
        )

    def alone(self, body: FloatArray) -> FloatArray:
        """Estimate the five changes since quiet standing, (N, 5) degrees, from postures (N, F) alone."""
        return self.posture(body)

    def neck_change_deg(self, reference: FloatArray, whole: FloatArray) -> FloatArray:
        """Estimate neck flexion, (N,) degrees, since the reference posture, from rows of `Features.whole()`."""
        return self.neck.since(reference, whole)[:, 0]

    def yaw_deg(self, features: Features) -> FloatArray:
        """Estimate how far the camera stands off the pure side view, (N,) degrees, positive = more of the lifter's front."""
        return np.asarray(np.degrees(np.arcsin(np.clip(yaw_features(features) @ self.yaw, -1.0, 1.0))))


# Skin positions are learned in these many statures, so that they weigh like degrees.
POSITION_UNIT = 0.002


def error_features(reference: FloatArray, outputs: FloatArray, apart: FloatArray) -> FloatArray:
    """Return (N, A, 9): what the size of an error may depend on, for each of A angles.

    That is the posture itself, how far the camera stands off the side in the reference posture, and how far the networks lie apart.
    """
    lumbar, thoracic, _, hip = (np.abs(outputs[:, column]) for column in range(4))
    shoulder_spread, hip_spread = (np.full_like(lumbar, abs(reference[column]) / 0.1) for column in SPREAD_COLUMNS)
    # nothing can be far off that has hardly moved since the reference
    moved = np.log(0.05 + hip / 90.0 + lumbar / 30.0 + thoracic / 30.0)
    shared = np.stack(
        [np.ones_like(lumbar), moved, lumbar / 30.0, thoracic / 30.0, hip / 90.0, (hip / 90.0) ** 2, shoulder_spread, hip_spread], axis=1
    )
    own = np.log(apart + 0.5)
    return np.concatenate([np.repeat(shared[:, None], outputs.shape[1], axis=1), own[..., None]], axis=2)


def yaw_features(features: Features) -> FloatArray:
    """Return (N, 5): the near and far side's distance along the image at shoulders and hips, and their depth."""
    shoulder, hip = features.spread[:, 0, 0], features.spread[:, 1, 0]
    return np.stack([np.ones_like(hip), shoulder, hip, features.depth[:, 0], features.depth[:, 1]], axis=1)
