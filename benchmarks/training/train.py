"""Fit the learned map of `hinge_vision/spine/posture_model.py` and write its coefficients.

    python train.py                      from the measured lifters beside this script (lifters*.npz)
    python train.py --clips FOLDER --tracks FOLDER    make the calibration table first, from clips of render_clips.py and their tracks

    python train.py --calibrate          keep the fitted maps, fit the standard errors again

Lifters are left out whole: every fifth lifter is predicted by maps that never saw him; the errors printed come from those predictions.
The standard errors come from the calibration table: clips of other lifters, none of them among those.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import network
import numpy as np
from calibration import calibrate, make_calibration
from numpy.typing import NDArray
from pairs import lifelike, pairs, pull_of, since_reference
from sklearn.linear_model import Ridge
from table import STANDS, VARIANTS, Table, make_table

from hinge_vision.arrays import FloatArray
from hinge_vision.spine.posture_model import ABSOLUTES, CHANGES, POSITION_UNIT, SKIN_POINTS, Mapping, load_model

HERE = Path(__file__).parent
COEFFICIENTS = HERE.parents[1] / "hinge_vision" / "spine" / "coefficients.npz"
FOLDS = 5
# Reference postures per lifter: his two quiet stands, and others near upright, as lockouts are.
REFERENCES = 6
HIDDEN, MEMBERS, EPOCHS = (256, 128), 6, 14
POSTURE_HIDDEN, POSTURE_EPOCHS = (48, 24), 40
NECK_HIDDEN, NECK_MEMBERS = (24,), 3


def fit_change(table: Table, lifters: NDArray[np.int64], members: int) -> Mapping:
    """Fit the change map on some of the lifters."""
    inputs, outputs, rows, _ = pairs(table, table.body, lifters, REFERENCES, VARIANTS)
    return network.fit(inputs, outputs[:, :-1], pull_of(table.truth[rows], outputs.shape[1] - 1), hidden=HIDDEN, members=members, epochs=EPOCHS)


def fit_posture(table: Table, lifters: NDArray[np.int64], members: int) -> Mapping:
    """Fit the posture map on some of the lifters."""
    inside = np.isin(table.lifter, lifters)
    return network.fit(table.body[inside], table.truth[inside, : len(CHANGES)], hidden=POSTURE_HIDDEN, members=members, epochs=POSTURE_EPOCHS)


def fit_neck(table: Table, lifters: NDArray[np.int64], members: int) -> Mapping:
    """Fit the neck's map on some of the lifters."""
    inputs, outputs, _, _ = pairs(table, table.whole, lifters, 4, VARIANTS)
    return network.fit(inputs, outputs[:, -1:], hidden=NECK_HIDDEN, members=members, epochs=EPOCHS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=Path, help="folder of rendered clips with truth: make the calibration table from them")
    parser.add_argument("--tracks", type=Path, help="their pose tracks (track.npz format), one NAME.npz per clip")
    parser.add_argument("--calibrate", action="store_true", help="keep the fitted maps, fit the standard errors again")
    arguments = parser.parse_args()
    if arguments.clips is not None:
        make_calibration(arguments.clips, arguments.tracks)
    if arguments.calibrate:
        model = load_model()
        error, neck_sd_deg = calibrate(model.change, model.neck)
        save(model.change, model.posture, model.neck, error, model.posture_sd_deg, neck_sd_deg, model.yaw)
        return
    table = make_table(sorted(HERE.glob("lifters*.npz")))
    lifters = np.unique(table.lifter)
    print(f"{len(lifters)} lifters, {int((table.variant == 0).sum())} postures", flush=True)
    posture_sd_deg = validate(table, lifters)
    change, posture, neck = fit_change(table, lifters, MEMBERS), fit_posture(table, lifters, MEMBERS), fit_neck(table, lifters, NECK_MEMBERS)
    error, neck_sd_deg = calibrate(change, neck)
    save(change, posture, neck, error, posture_sd_deg, neck_sd_deg, fit_yaw(table))


def validate(table: Table, lifters: NDArray[np.int64]) -> FloatArray:
    """Leave every fifth lifter out in turn; print the errors; return the standard errors of a posture alone."""
    angles = len(CHANGES) + len(ABSOLUTES)
    learned_parts, truth_parts, row_parts, posture_errors, neck_errors = [], [], [], [], []
    for fold in range(FOLDS):
        seen, unseen = lifters[np.arange(len(lifters)) % FOLDS != fold], lifters[np.arange(len(lifters)) % FOLDS == fold]
        mapping = fit_change(table, seen, 2)
        inputs, outputs, rows, beside = pairs(table, table.body, unseen, STANDS, 1)
        learned_parts.append(since_reference(mapping, inputs, table.body[beside], len(CHANGES))[0])
        truth_parts.append(outputs[:, :-1])
        row_parts.append(rows)
        held = np.isin(table.lifter, unseen) & (table.variant == 0) & (table.truth[:, 3] < 30)
        posture_errors.append(fit_posture(table, seen, 1)(table.body[held])[0] - table.truth[held, : len(CHANGES)])
        neck = fit_neck(table, seen, 1)
        inputs, outputs, _, beside = pairs(table, table.whole, unseen, STANDS, 1)
        turned_deg = since_reference(neck, inputs, table.whole[beside], 1)[0][:, 0]
        neck_errors.append((turned_deg - outputs[:, -1])[lifelike(table.truth[rows])])
    predicted, truth, rows = map(np.concatenate, (learned_parts, truth_parts, row_parts))
    errors = predicted - truth
    names = (*CHANGES, *ABSOLUTES)
    mean = np.abs(errors).mean(axis=0)
    print("mean absolute error on lifters left out (deg; skin points in % of stature):")
    print("  all postures:", ", ".join(f"{name} {value:.2f}" for name, value in zip(names, mean, strict=False)))
    print("  skin points:", ", ".join(f"{name} {100 * POSITION_UNIT * value:.2f}" for name, value in zip(SKIN_POINTS, mean[angles:], strict=True)))
    square = np.abs(table.yaw_deg[rows]) < 8
    print(f"  lumbar within 8 deg of the pure side {np.abs(errors[square, 0]).mean():.2f}, beyond {np.abs(errors[~square, 0]).mean():.2f}")
    likely = lifelike(table.truth[rows])
    mean = np.abs(errors[likely]).mean(axis=0)
    print(f"  lifelike postures ({likely.mean():.2f} of all):", ", ".join(f"{name} {value:.2f}" for name, value in zip(names, mean, strict=False)))
    posture_error, neck_error = np.concatenate(posture_errors), np.concatenate(neck_errors)
    print("  posture alone, upright:", ", ".join(f"{name} {value:.2f}" for name, value in zip(CHANGES, np.abs(posture_error).mean(axis=0), strict=True)))
    print(f"  neck {np.abs(neck_error).mean():.2f}", flush=True)
    return posture_error.std(axis=0)


def fit_yaw(table: Table) -> FloatArray:
    """Fit the sine of the camera's yaw on the sides' distances, near upright and as measured."""
    upright = (table.truth[:, 3] < 40) & (table.variant == 0)
    return np.asarray(Ridge(0.01, fit_intercept=False).fit(table.yaw_features[upright], np.sin(np.radians(table.yaw_deg[upright]))).coef_)


def save(change: Mapping, posture: Mapping, neck: Mapping, error: FloatArray, posture_sd_deg: FloatArray, neck_sd_deg: float, yaw: FloatArray) -> None:
    """Write the coefficients that ship with the package."""
    arrays: dict[str, NDArray[np.generic]] = {}
    for name, mapping in (("change", change), ("posture", posture), ("neck", neck)):
        for part in ("input_mean", "input_sd", "output_mean", "output_sd"):
            arrays[f"{name}_{part}"] = np.asarray(getattr(mapping, part), dtype=np.float32)
        for member, layers in enumerate(mapping.networks):
            for layer, (weights, bias) in enumerate(layers):
                arrays[f"{name}_network{member}_weights{layer}"] = np.asarray(weights, dtype=np.float32)
                arrays[f"{name}_network{member}_bias{layer}"] = np.asarray(bias, dtype=np.float32)
    arrays |= {"change_error": error, "posture_sd_deg": posture_sd_deg, "neck_sd_deg": np.float32(neck_sd_deg), "yaw": yaw}
    np.savez_compressed(COEFFICIENTS, **arrays)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
