"""Fit the learned map of `hinge_vision/spine/posture_model.py` and write its coefficients.

    python train.py                      from the measured lifters beside this script (lifters*.npz)
    python train.py --clips FOLDER --tracks FOLDER    make the calibration table first, from clips of render_clips.py and their tracks

Lifters are left out whole: every fifth lifter is predicted by maps that never saw him; the errors printed, and how the standard
errors grow with the posture, come from those predictions. How large they are for a clip, smoothed over time, comes from the
calibration table: clips of other lifters, none of them among those.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import network
import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import Ridge
from table import STANDS, TRUTH, VARIANTS, Table, make_table

from hinge_vision.arrays import FloatArray
from hinge_vision.kinematics.filters import smooth
from hinge_vision.kinematics.measure import SMOOTHING_S
from hinge_vision.report.track_file import load_track
from hinge_vision.spine.features import features
from hinge_vision.spine.posture_model import ABSOLUTES, CHANGES, ERROR_FEATURES, POSITION_UNIT, SKIN_POINTS, Mapping, error_features, pair

HERE = Path(__file__).parent
CALIBRATION = HERE / "calibration.npz"
COEFFICIENTS = HERE.parents[1] / "hinge_vision" / "spine" / "coefficients.npz"
FOLDS = 5
# Reference postures per lifter: his two quiet stands, and others near upright, as lockouts are.
REFERENCES = 6
HIDDEN, MEMBERS, EPOCHS = (96, 48), 6, 14
POSTURE_HIDDEN, POSTURE_EPOCHS = (48, 24), 40
NECK_HIDDEN, NECK_MEMBERS = (24,), 3


def pairs(
    table: Table, column: FloatArray, lifters: NDArray[np.int64], references: int, variants: int
) -> tuple[FloatArray, FloatArray, NDArray[np.int64], NDArray[np.int64]]:
    """Return inputs, outputs, row numbers and reference's row numbers of every posture beside each of its lifter's references."""
    inputs, outputs, rows, beside = [], [], [], []
    random = np.random.default_rng(11)
    changes, absolutes = len(CHANGES), len(ABSOLUTES)
    for lifter in lifters:
        for variant in range(variants):
            mine = np.flatnonzero((table.lifter == lifter) & (table.variant == variant))
            if not len(mine):
                continue
            truth = table.truth[mine]
            upright = mine[(table.posture[mine] >= STANDS) & (truth[:, 3] < 30) & (np.abs(truth[:, 0]) < 25)]
            chosen = np.concatenate([mine[table.posture[mine] < STANDS], random.permutation(upright)[: max(0, references - STANDS)]])
            for reference in chosen:
                difference = table.truth[mine, :changes] - table.truth[reference, :changes]
                neck = table.truth[mine, -1:] - table.truth[reference, -1:]
                inputs.append(pair(column[reference], column[mine]))
                outputs.append(
                    np.concatenate([difference, table.truth[mine, changes : changes + absolutes], table.skin[mine] / POSITION_UNIT, neck], axis=1)
                )
                rows.append(mine)
                beside.append(np.full(len(mine), reference))
    return np.concatenate(inputs), np.concatenate(outputs), np.concatenate(rows), np.concatenate(beside)


def since_reference(mapping: Mapping, inputs: FloatArray, own: FloatArray, changes: int) -> FloatArray:
    """Apply a map as `PostureModel.since` does: less what it says of the reference beside itself, in its first outputs."""
    outputs = mapping(inputs)[0]
    outputs[:, :changes] -= mapping(pair_rows(own))[0][:, :changes]
    return outputs


def pair_rows(own: FloatArray) -> FloatArray:
    """Return the inputs of references (M, F) beside themselves."""
    return np.concatenate([np.zeros_like(own), own], axis=1)


def fit_change(table: Table, lifters: NDArray[np.int64], members: int) -> Mapping:
    """Fit the change map on some of the lifters."""
    inputs, outputs, _, _ = pairs(table, table.body, lifters, REFERENCES, VARIANTS)
    return network.fit(inputs, outputs[:, :-1], hidden=HIDDEN, members=members, epochs=EPOCHS)


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
    parser.add_argument("--quick", action="store_true", help="no validation, fewer networks: for trying things")
    arguments = parser.parse_args()
    if arguments.clips is not None:
        make_calibration(arguments.clips, arguments.tracks)
    table = make_table(sorted(HERE.glob("lifters*.npz")))
    lifters = np.unique(table.lifter)
    print(f"{len(lifters)} lifters, {int((table.variant == 0).sum())} postures", flush=True)
    error, posture_sd_deg = _default_errors() if arguments.quick else validate(table, lifters)
    change = fit_change(table, lifters, 2 if arguments.quick else MEMBERS)
    posture = fit_posture(table, lifters, 2 if arguments.quick else MEMBERS)
    neck = fit_neck(table, lifters, 1 if arguments.quick else NECK_MEMBERS)
    error, neck_sd_deg = calibrate(change, neck, error)
    save(change, posture, neck, error, posture_sd_deg, neck_sd_deg, fit_yaw(table))


def validate(table: Table, lifters: NDArray[np.int64]) -> tuple[FloatArray, FloatArray]:
    """Leave every fifth lifter out in turn; print the errors; return the models of the standard errors."""
    angles = len(CHANGES) + len(ABSOLUTES)
    learned_parts, apart_parts, input_parts, truth_parts, row_parts, posture_errors, neck_errors = [], [], [], [], [], [], []
    for fold in range(FOLDS):
        seen, unseen = lifters[np.arange(len(lifters)) % FOLDS != fold], lifters[np.arange(len(lifters)) % FOLDS == fold]
        mapping = fit_change(table, seen, 2)
        inputs, outputs, rows, beside = pairs(table, table.body, unseen, STANDS, 1)
        learned_parts.append(since_reference(mapping, inputs, table.body[beside], len(CHANGES)))
        apart_parts.append(mapping(inputs)[1])
        input_parts.append(inputs)
        truth_parts.append(outputs[:, :-1])
        row_parts.append(rows)
        held = np.isin(table.lifter, unseen) & (table.variant == 0) & (table.truth[:, 3] < 30)
        posture_errors.append(fit_posture(table, seen, 1)(table.body[held])[0] - table.truth[held, : len(CHANGES)])
        neck = fit_neck(table, seen, 1)
        inputs, outputs, _, beside = pairs(table, table.whole, unseen, STANDS, 1)
        neck_errors.append((since_reference(neck, inputs, table.whole[beside], 1)[:, 0] - outputs[:, -1])[lifelike(table.truth[rows])])
    predicted, apart, inputs, truth, rows = map(np.concatenate, (learned_parts, apart_parts, input_parts, truth_parts, row_parts))
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
    knowns = error_features(inputs, predicted[:, :angles], apart[:, :angles])
    weights = np.empty((knowns.shape[2], angles))
    for angle in range(angles):
        size = np.log(np.abs(errors[:, angle]) + 0.3)
        weights[:, angle] = Ridge(1.0, fit_intercept=False).fit(knowns[:, angle], size).coef_
        # from the mean of log |error| to one standard error: scaled so that 68 % of the lifelike errors lie within it
        ratio = np.abs(errors[likely, angle]) / np.exp(knowns[likely, angle] @ weights[:, angle])
        weights[0, angle] += np.log(np.percentile(ratio, 68))
    return weights, posture_error.std(axis=0)


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


def calibrate(change: Mapping, neck: Mapping, error: FloatArray) -> tuple[FloatArray, float]:
    """Scale the standard errors so that 68 % of the errors on the calibration clips, while moving, lie within one."""
    with np.load(CALIBRATION) as data:
        clip, whole, truth, standing = (data[name] for name in ("clip", "whole", "truth", "standing"))
    whole, truth = whole.astype(float), truth.astype(float)
    changes, angles = len(CHANGES), len(CHANGES) + len(ABSOLUTES)
    width = len(change.input_mean) // 2
    ratios, errors, neck_errors = [], [], []
    for number in np.unique(clip):
        mine = np.flatnonzero(clip == number)
        rows = mine[standing[mine]]
        reference, zero = np.median(whole[rows], axis=0), truth[rows].mean(axis=0)
        body = whole[mine, :width]
        inputs = pair(reference[:width], body)
        outputs, apart = change(inputs)
        outputs[:, :changes] -= change(pair(reference[:width], reference[None, :width]))[0][:, :changes]
        wrong = outputs[:, :angles] - truth[mine, :angles]
        wrong[:, :changes] += zero[:changes]
        sd_deg = np.exp(np.einsum("naf,fa->na", error_features(inputs, outputs[:, :angles], apart[:, :angles]), error))
        moving = truth[mine, 3] > 10
        ratios.append(np.abs(wrong[moving]) / sd_deg[moving])
        errors.append(wrong[moving])
        turned = since_reference(neck, pair(reference, whole[mine]), np.repeat(reference[None], len(mine), axis=0), 1)[:, 0]
        neck_errors.append((turned - truth[mine, -1] + zero[-1])[moving])
    mean = np.abs(np.concatenate(errors)).mean(axis=0)
    print(f"calibration, {len(ratios)} clips while moving:", ", ".join(f"{name} {value:.2f}" for name, value in zip((*CHANGES, *ABSOLUTES), mean, strict=True)))
    scale = np.percentile(np.concatenate(ratios), 68, axis=0)
    print("  standard errors of single postures scaled by", ", ".join(f"{value:.2f}" for value in scale))
    scaled = error.copy()
    scaled[0] += np.log(scale)
    return scaled, float(np.percentile(np.abs(np.concatenate(neck_errors)), 68))


def lifelike(truth: FloatArray) -> NDArray[np.bool_]:
    """Tell which postures (N, 8) a lift can hold: the upper back follows the low back or stays, the knees bend less than the hips.

    The others were drawn to part what lifts join; a standard error that had to cover them would be too wide for any lift.
    """
    lumbar, thoracic, hip, knee = truth[:, 0], truth[:, 1], truth[:, 3], truth[:, 4]
    back = (np.abs(thoracic - 0.4 * lumbar) < 9) | (np.abs(thoracic) < 9) | ((np.abs(lumbar) < 9) & (thoracic > 0))
    return back & (knee < 15 + 0.5 * np.maximum(hip, 0.0)) & ((hip > 25) | (np.abs(lumbar) < 18))


def _default_errors() -> tuple[FloatArray, FloatArray]:
    weights = np.zeros((ERROR_FEATURES, len(CHANGES) + len(ABSOLUTES)))
    weights[0] = np.log(4.0)
    return weights, np.full(len(CHANGES), 8.0)


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
