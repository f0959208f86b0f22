"""The standard errors: how they grow with posture and view, and how large they are, from clips of lifters that no map was fitted on."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import Ridge
from truth import TRUTH

from hinge_vision.arrays import FloatArray
from hinge_vision.kinematics.baseline import STANDING_SD_DEG
from hinge_vision.kinematics.filters import SMOOTHING_S, smooth
from hinge_vision.report.track_file import load_track
from hinge_vision.spine.change_map import ChangeMap, bent_over
from hinge_vision.spine.features import features
from hinge_vision.spine.mapping import Mapping
from hinge_vision.spine.posture_model import ABSOLUTES, CHANGES, error_features

CALIBRATION = Path(__file__).parent / "calibration.npz"
# This share of the errors shall lie within one standard error.
_WITHIN_PCT = 70.0
# Errors are taken as no smaller than this when their logarithm is fitted: a third of a degree is nothing.
_SMALLEST_DEG = 0.3


def make_calibration(clips: Path, tracks: Path) -> None:
    """Keep what calibration needs of clips: smoothed features, truth, and which clip and whether he stands."""
    parts: dict[str, list[NDArray[np.generic]]] = {"clip": [], "whole": [], "truth": [], "standing": []}
    for number, path in enumerate(sorted(tracks.glob("*.npz"))):
        track = load_track(path).track
        with (clips / f"{path.stem}.csv").open(newline="") as file:
            rows = list(csv.DictReader(file))
        truth = np.array([[float(rows[frame][column]) for column in TRUTH.values()] for frame in track.frame])
        whole = np.stack([smooth(column, track.time_s, SMOOTHING_S) for column in features(track).whole().T], axis=1)
        standing = np.array([rows[frame]["phase"] == "top" and int(float(rows[frame]["rep"])) < 0 for frame in track.frame])
        good = np.isfinite(whole).all(axis=1)
        if not (standing & good).any():
            continue
        for name, values in {"clip": np.full(len(truth), number), "whole": whole, "truth": truth, "standing": standing}.items():
            parts[name].append(values[good])
    kept = {name: np.concatenate(values) for name, values in parts.items()}
    np.savez_compressed(
        CALIBRATION, clip=kept["clip"].astype(np.int16), whole=kept["whole"].astype(np.float16), truth=kept["truth"].astype(np.float16), standing=kept["standing"]
    )


def calibrate(change: ChangeMap, neck: Mapping) -> tuple[FloatArray, float]:
    """Fit the standard errors of all angles to the errors on the calibration clips; return their weights and the neck's one."""
    with np.load(CALIBRATION) as data:
        clip, whole, truth, standing = (data[name] for name in ("clip", "whole", "truth", "standing"))
    whole, truth = whole.astype(float), truth.astype(float)
    changes, angles = len(CHANGES), len(CHANGES) + len(ABSOLUTES)
    width = len(change.inputs.mean) // 2
    known_parts, error_parts, weight_parts, neck_errors = [], [], [], []
    for number in np.unique(clip):
        mine = np.flatnonzero(clip == number)
        rows = mine[standing[mine]]
        reference = np.median(whole[rows], axis=0)
        body = whole[mine, :width]
        outputs, apart = change(reference[:width], body, body[bent_over(body)], changes)
        wrong = outputs[:, :angles] - truth[mine, :angles]
        known_parts.append(error_features(reference, outputs[:, :angles], apart[:, :angles]))
        error_parts.append(np.abs(wrong))
        weight_parts.append(np.full(len(mine), 1.0 / len(mine)))
        turned = neck.since(reference, whole[mine])[:, 0]
        neck_errors.append((turned - truth[mine, -1])[truth[mine, 3] > 10])
    knowns, errors, weight = np.concatenate(known_parts), np.concatenate(error_parts), np.concatenate(weight_parts)
    names = (*CHANGES, *ABSOLUTES)
    print(f"calibration on {len(error_parts)} clips, mean absolute error:", ", ".join(f"{name} {errors[:, i].mean():.2f}" for i, name in enumerate(names)))
    weights = np.empty((knowns.shape[2], angles))
    for angle in range(angles):
        size = np.log(errors[:, angle] + _SMALLEST_DEG)
        weights[:, angle] = Ridge(1.0, fit_intercept=False).fit(knowns[:, angle], size, sample_weight=weight).coef_
        # from the mean of log |error| to one standard error; the zero's own comes on top of that of a change
        zero_sd_deg = STANDING_SD_DEG if angle < changes else 0.0
        own = np.sqrt(np.maximum(errors[:, angle] ** 2 - zero_sd_deg**2, 0.0)) / np.exp(knowns[:, angle] @ weights[:, angle])
        weights[0, angle] += np.log(np.percentile(own, _WITHIN_PCT))
    return weights, float(np.percentile(np.abs(np.concatenate(neck_errors)), _WITHIN_PCT))
