"""The learned map from what a posture looks like to its angles: reading the coefficients and applying them.

Two maps, each the average of a few small neural networks fitted on rendered lifters:

- **change**: a posture beside the same lifter's reference posture -> how much each joint angle changed, where the trunk
  leans, and where the spine's skin points lie on the outline;
- **posture**: a posture alone -> each angle since an unseen quiet standing. Less exact; it stands in where nobody stands.

`benchmarks/training/train.py` makes the coefficients and says how they were validated.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np

from hinge_vision.arrays import FloatArray, blocks
from hinge_vision.spine.features import SPREAD_COLUMNS, Features

# Joint angles measured as change, in the order of the maps' outputs.
CHANGES = ("lumbar_flexion", "thoracic_flexion", "pelvic_tilt", "hip_flexion", "knee_flexion")
# Angles measured as such.
ABSOLUTES = ("trunk_inclination", "hip_line")
# Skin points whose place along the outline is measured, from the rear of the head down.
SKIN_POINTS = ("HEAD", "C7", "T8", "T12", "L3", "SI")


# No training posture lies further out than this many standard deviations; what does is a broken outline.
LIMIT_SD = 6.0


@dataclass(frozen=True)
class Mapping:
    """A few networks over standardised inputs and outputs; their hidden layers are tanh."""

    input_mean: FloatArray
    input_sd: FloatArray
    output_mean: FloatArray
    output_sd: FloatArray
    networks: tuple[tuple[tuple[FloatArray, FloatArray], ...], ...]

    def __call__(self, inputs: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the (N, O) outputs and how far the members of the ensemble lie apart (standard deviation)."""
        parts = [self._block(inputs[rows]) for rows in blocks(len(inputs))]
        return np.concatenate([mean for mean, _ in parts]), np.concatenate([apart for _, apart in parts])

    def _block(self, inputs: FloatArray) -> tuple[FloatArray, FloatArray]:
        scaled = np.clip((inputs - self.input_mean) / self.input_sd, -LIMIT_SD, LIMIT_SD)
        members = np.stack([_forward(network, scaled) for network in self.networks])
        return members.mean(axis=0) * self.output_sd + self.output_mean, members.std(axis=0) * self.output_sd


def _forward(network: tuple[tuple[FloatArray, FloatArray], ...], values: FloatArray) -> FloatArray:
    for depth, (weights, bias) in enumerate(network):
        values = values @ weights + bias
        if depth < len(network) - 1:
            values = np.tanh(values)
    return values


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

    change: Mapping
    posture: Mapping
    neck: Mapping
    change_error: FloatArray
    posture_sd_deg: FloatArray
    neck_sd_deg: float
    yaw: FloatArray

    def since(self, reference: FloatArray, body: FloatArray) -> Estimate:
        """Compare postures (N, F) with a reference posture (F,), rows of `Features.body()`."""
        inputs = pair(reference, body)
        outputs, apart = self.change(inputs)
        # nothing has changed at the reference itself: what the map says there is its own offset for this lifter
        outputs[:, : len(CHANGES)] -= self.change(pair(reference, reference[None]))[0][:, : len(CHANGES)]
        angles = len(CHANGES) + len(ABSOLUTES)
        sd_deg = np.exp(np.einsum("naf,fa->na", error_features(inputs, outputs[:, :angles], apart[:, :angles]), self.change_error))
        return Estimate(
            changes_deg=outputs[:, : len(CHANGES)],
            changes_sd_deg=sd_deg[:, : len(CHANGES)],
            absolutes_deg=outputs[:, len(CHANGES) : angles],
            absolutes_sd_deg=sd_deg[:, len(CHANGES) :],
            skin_positions=outputs[:, angles:] * POSITION_UNIT,
        )

    def alone(self, body: FloatArray) -> FloatArray:
        """Estimate the five changes since quiet standing, (N, 5) degrees, from postures (N, F) alone."""
        return self.posture(body)[0]

    def neck_change_deg(self, reference: FloatArray, whole: FloatArray) -> FloatArray:
        """Estimate neck flexion, (N,) degrees, since the reference posture, from rows of `Features.whole()`."""
        return (self.neck(pair(reference, whole))[0] - self.neck(pair(reference, reference[None]))[0])[:, 0]

    def yaw_deg(self, features: Features) -> FloatArray:
        """Estimate how far the camera stands off the pure side view, (N,) degrees, positive = more of the lifter's front."""
        return np.asarray(np.degrees(np.arcsin(np.clip(yaw_features(features) @ self.yaw, -1.0, 1.0))))


# Skin positions are learned in these many statures, so that they weigh like degrees.
POSITION_UNIT = 0.002


def pair(reference: FloatArray, postures: FloatArray) -> FloatArray:
    """Return the change map's inputs (N, 2 F): what changed since the reference, and the reference itself."""
    return np.concatenate([postures - reference, np.broadcast_to(reference, postures.shape)], axis=1)


def error_features(inputs: FloatArray, outputs: FloatArray, apart: FloatArray) -> FloatArray:
    """Return (N, A, 9): what the size of an error may depend on, for each of A angles.

    That is the posture itself, how far the camera stands off the side in the reference posture, and how far the networks lie apart.
    """
    lumbar, thoracic, _, hip = (np.abs(outputs[:, column]) for column in range(4))
    shoulder_spread, hip_spread = (np.abs(inputs[:, inputs.shape[1] // 2 + column]) / 0.1 for column in SPREAD_COLUMNS)
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


@lru_cache(maxsize=1)
def load_model() -> PostureModel:
    """Read the coefficients that ship with the package."""
    path = resources.files("hinge_vision.spine").joinpath("coefficients.npz")
    with path.open("rb") as file, np.load(file, allow_pickle=False) as data:
        return PostureModel(
            change=_mapping(data, "change"),
            posture=_mapping(data, "posture"),
            neck=_mapping(data, "neck"),
            change_error=data["change_error"].astype(float),
            posture_sd_deg=data["posture_sd_deg"].astype(float),
            neck_sd_deg=float(data["neck_sd_deg"]),
            yaw=data["yaw"].astype(float),
        )


def _mapping(data: np.lib.npyio.NpzFile, name: str) -> Mapping:
    def read(part: str) -> FloatArray:
        return np.asarray(data[f"{name}_{part}"], dtype=float)

    networks: list[tuple[tuple[FloatArray, FloatArray], ...]] = []
    while f"{name}_network{len(networks)}_weights0" in data:
        prefix = f"network{len(networks)}"
        depth = sum(1 for key in data if key.startswith(f"{name}_{prefix}_weights"))
        networks.append(tuple((read(f"{prefix}_weights{layer}"), read(f"{prefix}_bias{layer}")) for layer in range(depth)))
    return Mapping(read("input_mean"), read("input_sd"), read("output_mean"), read("output_sd"), tuple(networks))
