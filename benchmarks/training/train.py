"""Fit the learned map of `hinge_vision/spine/posture_model.py` and write its coefficients.

    python train.py                      from the measured lifters beside this script (lifters*.npz)
    python train.py --clips FOLDER --tracks FOLDER    make the calibration table first, from clips of render_clips.py and their tracks

    python train.py --calibrate          keep the fitted maps, fit the standard errors again

Lifters are left out whole: every fifth lifter is predicted by maps that never saw him; the errors printed come from those predictions.
The standard errors come from the calibration table: clips of other lifters, none of them among those.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import network
import numpy as np
from calibration import calibrate, make_calibration
from change_network import MOST_READ, fit_change_map
from numpy.typing import NDArray
from pairs import BuildRows, build_rows, changes_of, lifelike, neck_change_of, pairs
from sklearn.linear_model import Ridge
from table import STANDS, VARIANTS, Table, make_table

from hinge_vision.arrays import FloatArray
from hinge_vision.spine.change_map import ChangeMap
from hinge_vision.spine.coefficients import load_model, save_model
from hinge_vision.spine.mapping import Mapping, pair
from hinge_vision.spine.posture_model import ABSOLUTES, CHANGES, POSITION_UNIT, SKIN_POINTS, PostureModel

HERE = Path(__file__).parent
COEFFICIENTS = HERE.parents[1] / "hinge_vision" / "spine" / "coefficients.npz"
FOLDS = 5
# Reference postures per lifter: his two quiet stands, and others near upright, as lockouts are.
REFERENCES, NECK_REFERENCES = 6, 4
HIDDEN, MEMBERS, EPOCHS = (256, 128), 6, 14
POSTURE_HIDDEN, POSTURE_EPOCHS = (48, 24), 40
NECK_HIDDEN, NECK_MEMBERS = (24,), 3


def fit_change(table: Table, builds: BuildRows, lifters: NDArray[np.int64], members: int) -> ChangeMap:
    """Fit the change map on some of the lifters."""
    rows, beside = pairs(table, lifters, REFERENCES, VARIANTS)
    return fit_change_map(table, rows, beside, builds, hidden=HIDDEN, members=members, epochs=EPOCHS)


def fit_posture(table: Table, lifters: NDArray[np.int64], members: int) -> Mapping:
    """Fit the posture map on some of the lifters."""
    inside = np.isin(table.lifter, lifters)
    return network.fit(table.body[inside], table.truth[inside, : len(CHANGES)], hidden=POSTURE_HIDDEN, members=members, epochs=POSTURE_EPOCHS)


def fit_neck(table: Table, lifters: NDArray[np.int64], members: int) -> Mapping:
    """Fit the neck's map on some of the lifters."""
    rows, beside = pairs(table, lifters, NECK_REFERENCES, VARIANTS)
    inputs = pair(table.whole[beside], table.whole[rows])
    return network.fit(inputs, neck_change_of(table, rows, beside), hidden=NECK_HIDDEN, members=members, epochs=EPOCHS)


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
        save_model(replace(model, change_error=error, neck_sd_deg=neck_sd_deg), COEFFICIENTS)
        return
    table = make_table(sorted(HERE.glob("lifters*.npz")))
    lifters, builds = np.unique(table.lifter), build_rows(table)
    print(f"{len(lifters)} lifters, {int((table.variant == 0).sum())} postures", flush=True)
    posture_sd_deg = validate(table, builds, lifters)
    change, posture, neck = fit_change(table, builds, lifters, MEMBERS), fit_posture(table, lifters, MEMBERS), fit_neck(table, lifters, NECK_MEMBERS)
    error, neck_sd_deg = calibrate(change, neck)
    save_model(PostureModel(change, posture, neck, error, posture_sd_deg, neck_sd_deg, fit_yaw(table)), COEFFICIENTS)


def validate(table: Table, builds: BuildRows, lifters: NDArray[np.int64]) -> FloatArray:
    """Leave every fifth lifter out in turn; print the errors; return the standard errors of a posture alone."""
    angles = len(CHANGES) + len(ABSOLUTES)
    error_parts, row_parts, posture_errors, neck_errors = [], [], [], []
    for fold in range(FOLDS):
        known, unseen = lifters[np.arange(len(lifters)) % FOLDS != fold], lifters[np.arange(len(lifters)) % FOLDS == fold]
        change = fit_change(table, builds, known, 2)
        rows, beside = pairs(table, unseen, STANDS, 1)
        error_parts.append(_said(change, table, builds, rows, beside) - changes_of(table, rows, beside))
        row_parts.append(rows)
        held = np.isin(table.lifter, unseen) & (table.variant == 0) & (table.truth[:, 3] < 30)
        posture_errors.append(fit_posture(table, known, 1)(table.body[held]) - table.truth[held, : len(CHANGES)])
        turned_deg = fit_neck(table, known, 1).since(table.whole[beside], table.whole[rows])
        neck_errors.append((turned_deg - neck_change_of(table, rows, beside))[lifelike(table.truth[rows])])
    errors, rows = np.concatenate(error_parts), np.concatenate(row_parts)
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


def _said(change: ChangeMap, table: Table, builds: BuildRows, rows: NDArray[np.int64], beside: NDArray[np.int64]) -> FloatArray:
    """Return what the map says of postures, the build read off the few most like those a clip would show."""
    said = []
    for row, reference in zip(rows, beside, strict=True):
        bent = table.body[builds.row[row, : min(builds.count[row], MOST_READ)]]
        said.append(change(table.body[reference], table.body[[row]], bent, len(CHANGES))[0])
    return np.concatenate(said)


def fit_yaw(table: Table) -> FloatArray:
    """Fit the sine of the camera's yaw on the sides' distances, near upright and as measured."""
    upright = (table.truth[:, 3] < 40) & (table.variant == 0)
    return np.asarray(Ridge(0.01, fit_intercept=False).fit(table.yaw_features[upright], np.sin(np.radians(table.yaw_deg[upright]))).coef_)


if __name__ == "__main__":
    main()
