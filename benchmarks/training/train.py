"""Fit the learned map of `hinge_vision/spine/posture_model.py` and write its coefficients.

    python train.py                      from the feature table beside this script
    python train.py --measured FOLDER    make the feature table first, from what measure_postures.py wrote
    python train.py --clips FOLDER --tracks FOLDER    make the calibration table first, from clips of render_clips.py and their tracks

Lifters are left out whole: every fifth lifter is predicted by maps that never saw him; the errors printed, and how the standard
errors grow with the posture, come from those predictions. How large they are for a clip, smoothed over time, comes from the
calibration table: clips of other lifters, none of them in the feature table.
"""

from __future__ import annotations

import argparse
import csv
import warnings
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import Ridge
from sklearn.neural_network import MLPRegressor

from hinge_vision.arrays import FloatArray
from hinge_vision.kinematics.filters import smooth
from hinge_vision.kinematics.measure import SMOOTHING_S
from hinge_vision.pose.track import ClipInfo, PoseTrack
from hinge_vision.report.track_file import load_track
from hinge_vision.spine.features import features, outline_at
from hinge_vision.spine.outline import REACH_DOWN, REACH_UP
from hinge_vision.spine.posture_model import ABSOLUTES, CHANGES, POSITION_UNIT, SKIN_POINTS, Mapping, error_features, pair, yaw_features

HERE = Path(__file__).parent
TABLE = HERE / "features.npz"
CALIBRATION = HERE / "calibration.npz"
COEFFICIENTS = HERE.parents[1] / "hinge_vision" / "spine" / "coefficients.npz"
TRUTH = {
    "lumbar_flexion": "lumbar_flexion_deg",
    "thoracic_flexion": "thoracic_flexion_deg",
    "pelvic_tilt": "pelvis_tilt_deg",
    "hip_flexion": "hip_flexion_deg",
    "knee_flexion": "knee_flexion_deg",
    "trunk_inclination": "trunk_incl_hip_shoulder_deg",
    "hip_line": "hip_line_deg",
    "neck_flexion": "neck_flexion_deg",
}
SKIN_COLUMNS = ("headback", "C7", "T8", "T12", "L3", "SI")
FOLDS = 5
# Each lifter is seen as measured and twice more with the shoulder's place along the outline and his size misjudged a little.
VARIANTS = 3
ORIGIN_SD, ORIGIN_JITTER_SD, SIZE_SD = 0.008, 0.004, 0.02
# Reference postures per lifter: his two quiet stands, and others near upright, as lockouts are.
REFERENCES = 6
RIDGE_PENALTY = 100.0
HIDDEN = (48, 24)
MEMBERS = 6
EPOCHS = 14
PENALTY = 1.0


@dataclass(frozen=True)
class Table:
    """The feature table: per row (lifter, variant, posture) features and truth."""

    lifter: NDArray[np.int64]
    variant: NDArray[np.int64]
    body: FloatArray
    whole: FloatArray
    yaw_features: FloatArray
    truth: FloatArray
    skin: FloatArray
    yaw_deg: FloatArray
    posture: NDArray[np.int64]


def make_table(folder: Path) -> Table:
    """Compute the features of all measured lifters."""
    random = np.random.default_rng(7)
    parts: dict[str, list[FloatArray]] = {name: [] for name in Table.__dataclass_fields__}
    for number, path in enumerate(sorted(folder.glob("*.npz"))):
        with np.load(path) as data:
            stored = dict(data)
        count = len(stored["outline_origin"])
        track = PoseTrack(
            clip=ClipInfo(path.stem, 480, 640, 30.0, count / 30, count, "jpeg"),
            facing="right" if str(stored["facing"]) == "right" else "left",
            frame=np.arange(count),
            time_s=np.arange(count) / 30.0,
            landmarks=stored["landmarks"].astype(float),
            world_landmarks=np.full((count, 33, 3), np.nan),
            outline=stored["outline"].astype(float),
            outline_origin=stored["outline_origin"],
            outline_edge=stored["outline_edge"].astype(float),
            stature_px=float(stored["stature_px"]),
        )
        truth = np.stack([stored[f"true_{column}"] for column in TRUTH.values()], axis=1)
        points = np.stack([np.stack([stored[f"true_skin_{name}_{axis}"] for axis in "xy"], axis=1) for name in SKIN_COLUMNS], axis=1)
        for variant in range(VARIANTS):
            seen = track if variant == 0 else _misjudged(track, random)
            posture = features(seen)
            skin = _positions_of(seen, points)
            good = posture.measured & np.isfinite(skin).all(axis=1) & np.isfinite(posture.whole()).all(axis=1)
            if good.sum() < 15 or not good[0]:
                continue
            columns = {
                "lifter": np.full(count, number),
                "variant": np.full(count, variant),
                "body": posture.body(),
                "whole": posture.whole(),
                "yaw_features": yaw_features(posture),
                "truth": truth,
                "skin": skin,
                "yaw_deg": np.full(count, float(stored["yaw_deg"])),
                "posture": np.arange(count),
            }
            for name, values in columns.items():
                parts[name].append(values[good])
    return Table(**{name: np.concatenate(values) for name, values in parts.items()})


def _misjudged(track: PoseTrack, random: np.random.Generator) -> PoseTrack:
    per_stature = (track.outline.shape[1] - 1) / (REACH_UP + REACH_DOWN)
    shift = random.normal(0, ORIGIN_SD) + random.normal(0, ORIGIN_JITTER_SD, len(track.frame))
    return replace(track, outline_origin=track.outline_origin + per_stature * shift, stature_px=track.stature_px * (1 + random.normal(0, SIZE_SD)))


def _positions_of(track: PoseTrack, points: FloatArray) -> FloatArray:
    """Return where along the outline, in statures, the skin points (N, 6, 2) px lie nearest to it."""
    positions = np.arange(-REACH_UP, REACH_DOWN, 0.004)
    outline = outline_at(track, positions)
    out = np.full(points.shape[:2], np.nan)
    for point in range(points.shape[1]):
        distance = np.linalg.norm(outline - points[:, point, None], axis=2)
        distance[np.isnan(distance)] = np.inf
        nearest = distance.argmin(axis=1)
        found = np.isfinite(distance[np.arange(len(distance)), nearest])
        out[found, point] = positions[nearest[found]]
    return out


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
            upright = mine[(table.posture[mine] >= 2) & (truth[:, 3] < 30) & (np.abs(truth[:, 0]) < 25)]
            chosen = np.concatenate([mine[table.posture[mine] < 2], random.permutation(upright)[: max(0, references - 2)]])
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


def fit(inputs: FloatArray, outputs: FloatArray, *, members: int, epochs: int, ridge_share: float) -> Mapping:
    """Fit ridge and networks."""
    input_mean, input_sd = inputs.mean(axis=0), inputs.std(axis=0) + 1e-6
    output_mean, output_sd = outputs.mean(axis=0), outputs.std(axis=0)
    scaled, wanted = (inputs - input_mean) / input_sd, (outputs - output_mean) / output_sd
    ridge = Ridge(RIDGE_PENALTY, fit_intercept=False).fit(scaled, wanted).coef_.reshape(wanted.shape[1], -1).T
    networks = []
    for seed in range(members):
        network = MLPRegressor(
            hidden_layer_sizes=HIDDEN,
            activation="tanh",
            alpha=PENALTY,
            batch_size=200,
            learning_rate_init=2e-3,
            max_iter=epochs,
            random_state=seed,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # stopped early on purpose
            network.fit(scaled, wanted)
        networks.append(tuple(zip(network.coefs_, network.intercepts_, strict=True)))
    return Mapping(input_mean, input_sd, output_mean, output_sd, ridge, ridge_share if networks else 1.0, tuple(networks))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--measured", type=Path, help="folder of measured lifters: make the feature table from it")
    parser.add_argument("--clips", type=Path, help="folder of rendered clips with truth: make the calibration table from them")
    parser.add_argument("--tracks", type=Path, help="their pose tracks (track.npz format), one NAME.npz per clip")
    parser.add_argument("--quick", action="store_true", help="no validation, fewer networks: for trying things")
    arguments = parser.parse_args()
    if arguments.measured is not None:
        save_table(make_table(arguments.measured))
    if arguments.clips is not None:
        make_calibration(arguments.clips, arguments.tracks)
    table = load_table()
    lifters = np.unique(table.lifter)
    print(f"{len(lifters)} lifters, {int((table.variant == 0).sum())} postures")
    members = 1 if arguments.quick else MEMBERS
    share = 0.4
    angles = len(CHANGES) + len(ABSOLUTES)
    error, posture_sd_deg, neck_sd_deg = _default_errors(angles)
    if not arguments.quick:
        share, error, posture_sd_deg, neck_sd_deg = validate(table, lifters)
    inputs, outputs, _, _ = pairs(table, table.body, lifters, REFERENCES, VARIANTS)
    change = fit(inputs, outputs[:, :-1], members=members, epochs=EPOCHS, ridge_share=share)
    posture = fit(table.body, table.truth[:, : len(CHANGES)], members=members, epochs=3 * EPOCHS, ridge_share=share)
    inputs, outputs, _, _ = pairs(table, table.whole, lifters, 4, VARIANTS)
    neck = fit(inputs, outputs[:, -1:], members=0, epochs=0, ridge_share=1.0)
    error, neck_sd_deg = calibrate(change, neck, error)
    save(change, posture, neck, error, posture_sd_deg, neck_sd_deg, fit_yaw(table))


def validate(table: Table, lifters: NDArray[np.int64]) -> tuple[float, FloatArray, FloatArray, float]:
    """Leave every fifth lifter out in turn; print the errors; return the ridge's best share and the error models."""
    angles = len(CHANGES) + len(ABSOLUTES)
    linear_parts, learned_parts, apart_parts, truth_parts, row_parts, posture_errors, neck_errors = [], [], [], [], [], [], []
    for fold in range(FOLDS):
        seen, unseen = lifters[np.arange(len(lifters)) % FOLDS != fold], lifters[np.arange(len(lifters)) % FOLDS == fold]
        inputs, outputs, _, _ = pairs(table, table.body, seen, REFERENCES, VARIANTS)
        mapping = fit(inputs, outputs[:, :-1], members=2, epochs=EPOCHS, ridge_share=0.4)
        inputs, outputs, rows, beside = pairs(table, table.body, unseen, 2, 1)
        linear_parts.append(since_reference(replace(mapping, ridge_share=1.0), inputs, table.body[beside], len(CHANGES)))
        learned_parts.append(since_reference(replace(mapping, ridge_share=0.0), inputs, table.body[beside], len(CHANGES)))
        apart_parts.append(mapping(inputs)[1])
        truth_parts.append(outputs[:, :-1])
        row_parts.append(rows)
        inside = np.isin(table.lifter, seen)
        posture = fit(table.body[inside], table.truth[inside, : len(CHANGES)], members=1, epochs=2 * EPOCHS, ridge_share=0.4)
        held = np.isin(table.lifter, unseen) & (table.variant == 0) & (table.truth[:, 3] < 30)
        posture_errors.append(posture(table.body[held])[0] - table.truth[held, : len(CHANGES)])
        inputs, outputs, _, _ = pairs(table, table.whole, seen, 4, VARIANTS)
        neck = fit(inputs, outputs[:, -1:], members=0, epochs=0, ridge_share=1.0)
        inputs, outputs, _, beside = pairs(table, table.whole, unseen, 2, 1)
        neck_errors.append((since_reference(neck, inputs, table.whole[beside], 1)[:, 0] - outputs[:, -1])[lifelike(table.truth[rows])])
    linear, learned, apart, truth, rows = map(np.concatenate, (linear_parts, learned_parts, apart_parts, truth_parts, row_parts))
    shares = np.linspace(0, 1, 11)
    mean_errors = [float(np.abs(share * linear + (1 - share) * learned - truth)[:, :5].mean()) for share in shares]
    share = float(shares[int(np.argmin(mean_errors))])
    predicted = share * linear + (1 - share) * learned
    errors = predicted - truth
    names = (*CHANGES, *ABSOLUTES)
    print(f"ridge's share {share:.1f}; mean absolute error on lifters left out (deg; skin points in % of stature):")
    for label, values in (("ridge", linear), ("networks", learned), ("both", predicted)):
        mean = np.abs(values - truth).mean(axis=0)
        print(f"  {label:9s}", ", ".join(f"{name} {value:.2f}" for name, value in zip(names, mean, strict=False)), end="; ")
        print(", ".join(f"{name} {100 * POSITION_UNIT * value:.2f}" for name, value in zip(SKIN_POINTS, mean[angles:], strict=True)))
    square = np.abs(table.yaw_deg[rows]) < 8
    print(f"  lumbar within 8 deg of the pure side {np.abs(errors[square, 0]).mean():.2f}, beyond {np.abs(errors[~square, 0]).mean():.2f}")
    likely = lifelike(table.truth[rows])
    mean = np.abs(errors[likely]).mean(axis=0)
    print(f"  lifelike postures ({likely.mean():.2f} of all):", ", ".join(f"{name} {value:.2f}" for name, value in zip(names, mean, strict=False)))
    posture_error, neck_error = np.concatenate(posture_errors), np.concatenate(neck_errors)
    print("  posture alone, upright:", ", ".join(f"{name} {value:.2f}" for name, value in zip(CHANGES, np.abs(posture_error).mean(axis=0), strict=True)))
    print(f"  neck {np.abs(neck_error).mean():.2f}")
    knowns = error_features(predicted[:, :angles], apart[:, :angles])
    weights = np.empty((knowns.shape[2], angles))
    for angle in range(angles):
        size = np.log(np.abs(errors[:, angle]) + 0.3)
        weights[:, angle] = Ridge(1.0, fit_intercept=False).fit(knowns[:, angle], size).coef_
        # from the mean of log |error| to one standard error: scaled so that 68 % of the lifelike errors lie within it
        ratio = np.abs(errors[likely, angle]) / np.exp(knowns[likely, angle] @ weights[:, angle])
        weights[0, angle] += np.log(np.percentile(ratio, 68))
    return share, weights, posture_error.std(axis=0), float(neck_error.std())


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
        outputs, apart = change(pair(reference[:width], body))
        outputs[:, :changes] -= change(pair(reference[:width], reference[None, :width]))[0][:, :changes]
        wrong = outputs[:, :angles] - truth[mine, :angles]
        wrong[:, :changes] += zero[:changes]
        sd_deg = np.exp(np.einsum("naf,fa->na", error_features(outputs[:, :angles], apart[:, :angles]), error))
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


def _default_errors(angles: int) -> tuple[FloatArray, FloatArray, float]:
    weights = np.zeros((6, angles))
    weights[0] = np.log(4.0)
    return weights, np.full(len(CHANGES), 8.0), 8.0


def fit_yaw(table: Table) -> FloatArray:
    """Fit the sine of the camera's yaw on the sides' distances, near upright and as measured."""
    upright = (table.truth[:, 3] < 40) & (table.variant == 0)
    return np.asarray(Ridge(0.01, fit_intercept=False).fit(table.yaw_features[upright], np.sin(np.radians(table.yaw_deg[upright]))).coef_)


def save_table(table: Table) -> None:
    """Write the feature table, in half precision where that costs nothing."""
    columns = {name: getattr(table, name) for name in Table.__dataclass_fields__ if name != "body"}  # `whole` begins with it
    packed = {name: values.astype(np.int16 if values.dtype.kind == "i" else np.float16) for name, values in columns.items()}
    np.savez_compressed(TABLE, body_width=np.int16(table.body.shape[1]), **packed)


def load_table() -> Table:
    """Read the feature table."""
    with np.load(TABLE) as data:
        columns = {name: data[name].astype(np.int64 if data[name].dtype.kind == "i" else float) for name in data}
        return Table(body=columns["whole"][:, : int(data["body_width"])], **{name: values for name, values in columns.items() if name != "body_width"})


def save(change: Mapping, posture: Mapping, neck: Mapping, error: FloatArray, posture_sd_deg: FloatArray, neck_sd_deg: float, yaw: FloatArray) -> None:
    """Write the coefficients that ship with the package."""
    arrays: dict[str, NDArray[np.generic]] = {}
    for name, mapping in (("change", change), ("posture", posture), ("neck", neck)):
        for part in ("input_mean", "input_sd", "output_mean", "output_sd", "ridge"):
            arrays[f"{name}_{part}"] = np.asarray(getattr(mapping, part), dtype=np.float32)
        arrays[f"{name}_ridge_share"] = np.float32(mapping.ridge_share)
        for member, network in enumerate(mapping.networks):
            for layer, (weights, bias) in enumerate(network):
                arrays[f"{name}_network{member}_weights{layer}"] = np.asarray(weights, dtype=np.float32)
                arrays[f"{name}_network{member}_bias{layer}"] = np.asarray(bias, dtype=np.float32)
    arrays |= {"change_error": error, "posture_sd_deg": posture_sd_deg, "neck_sd_deg": np.float32(neck_sd_deg), "yaw": yaw}
    np.savez_compressed(COEFFICIENTS, **arrays)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
