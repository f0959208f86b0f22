"""The coefficients that ship with the package: how they are stored, reading and writing them."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hinge_vision.arrays import FloatArray
from hinge_vision.spine.change_map import ChangeMap, Member
from hinge_vision.spine.mapping import Mapping, Network, Scale
from hinge_vision.spine.posture_model import PostureModel

# Single precision is far finer than what the maps know, and half the size.
_STORED = np.float32


@lru_cache(maxsize=1)
def load_model() -> PostureModel:
    """Read the coefficients that ship with the package."""
    path = resources.files("hinge_vision.spine").joinpath("coefficients.npz")
    with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        arrays = {name: np.asarray(stored[name], dtype=float) for name in stored.files}
    builds, changes = _networks(arrays, "change_build"), _networks(arrays, "change_change")
    return PostureModel(
        change=ChangeMap(*_scales(arrays, "change"), tuple(Member(build, change) for build, change in zip(builds, changes, strict=True))),
        posture=Mapping(*_scales(arrays, "posture"), _networks(arrays, "posture")),
        neck=Mapping(*_scales(arrays, "neck"), _networks(arrays, "neck")),
        change_error=arrays["change_error"],
        posture_sd_deg=arrays["posture_sd_deg"],
        neck_sd_deg=float(arrays["neck_sd_deg"]),
        yaw=arrays["yaw"],
    )


def save_model(model: PostureModel, path: Path) -> None:
    """Write coefficients as `load_model` reads them."""
    arrays: dict[str, NDArray[np.generic]] = {}
    for name, scaled in (("change", model.change), ("posture", model.posture), ("neck", model.neck)):
        for side, scale in (("input", scaled.inputs), ("output", scaled.outputs)):
            arrays |= {f"{name}_{side}_mean": scale.mean.astype(_STORED), f"{name}_{side}_sd": scale.sd.astype(_STORED)}
    for name, networks in (
        ("change_build", tuple(member.build for member in model.change.members)),
        ("change_change", tuple(member.change for member in model.change.members)),
        ("posture", model.posture.networks),
        ("neck", model.neck.networks),
    ):
        for number, network in enumerate(networks):
            for layer, (weights, bias) in enumerate(network):
                arrays[f"{name}_network{number}_weights{layer}"] = weights.astype(_STORED)
                arrays[f"{name}_network{number}_bias{layer}"] = bias.astype(_STORED)
    arrays |= {"change_error": model.change_error, "posture_sd_deg": model.posture_sd_deg, "yaw": model.yaw}
    arrays["neck_sd_deg"] = np.array(model.neck_sd_deg, dtype=_STORED)
    np.savez_compressed(path, **arrays)


def _scales(arrays: dict[str, FloatArray], name: str) -> tuple[Scale, Scale]:
    inputs, outputs = (Scale(arrays[f"{name}_{side}_mean"], arrays[f"{name}_{side}_sd"]) for side in ("input", "output"))
    return inputs, outputs


def _networks(arrays: dict[str, FloatArray], name: str) -> tuple[Network, ...]:
    networks: list[Network] = []
    while f"{name}_network{len(networks)}_weights0" in arrays:
        prefix = f"{name}_network{len(networks)}"
        depth = sum(1 for key in arrays if key.startswith(f"{prefix}_weights"))
        networks.append(tuple((arrays[f"{prefix}_weights{layer}"], arrays[f"{prefix}_bias{layer}"]) for layer in range(depth)))
    return tuple(networks)
