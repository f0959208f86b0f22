"""Run the pose model over the rendered postures and keep what the training needs: one small track per lifter.

    python measure_postures.py POSTURES OUT
    python measure_postures.py --pack OUT FILE    join what was measured in one small file: `lifters_2.npz` beside this script was made so
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from hinge_vision.pose.crop import CropPath, View, body_box
from hinge_vision.pose.frame_row import measure_view
from hinge_vision.pose.landmarker import Landmarker
from hinge_vision.pose.stature import stature_px
from hinge_vision.pose.survey import FollowedPerson, facing_of
from hinge_vision.video.frame import Frame

MODEL = Path(__file__).parents[2] / "models" / "pose_landmarker_full.task"


def measure_lifter(landmarker: Landmarker, folder: Path) -> dict[str, np.ndarray] | None:
    """Return landmarks, outlines and truth of one lifter's postures; None when he is hardly found."""
    with (folder / "x.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    images = [cv2.imread(str(folder / f"x_{int(row['frame']):04d}.jpg")) for row in rows]
    looks = [(index, people[0].landmarks) for index in range(0, len(images), 3) if (people := landmarker.find(images[index]))]
    if len(looks) < 4:
        return None
    marks = np.array([look for _, look in looks])
    time_s = np.array([float(index) for index, _ in looks])
    lifter = FollowedPerson(time_s, np.array([body_box(look) for look in marks]), marks)
    crops = CropPath.around(lifter.time_s, lifter.boxes_px)
    facing = facing_of(lifter)
    size_px = stature_px(marks, time_s / 30.0)  # together, as table.track_of has them
    measured = [measure_view(landmarker, View.of(Frame(i, float(i), image), crops), crops, facing, size_px) for i, image in enumerate(images)]
    truth = {name: np.array([float(row[name]) for row in rows]) for name in rows[0] if name != "phase"}
    made = json.loads((folder / "x.json").read_text())
    landmarks = np.array([row.landmarks for row in measured])
    return {
        "facing": np.array(facing),
        "true_facing": np.array(made["args"]["facing"]),
        "yaw_deg": np.array(made["args"]["yaw"]),
        "plate_m": np.array(made["args"]["plate"] if made["args"]["imp"] == "bar" else 0.0),
        "true_stature_px": np.array(made["body_height_px"]),
        "landmarks": landmarks.astype(np.float32),
        "outline": np.array([row.outline for row in measured]).astype(np.float32),
        "outline_origin": np.array([row.origin for row in measured]),
        **{f"true_{name}": values for name, values in truth.items()},
    }


# Landmarks and outlines are kept in this many parts of a pixel.
_PER_PX = 8
_NOT_MEASURED = -32768


def _packed_px(values: np.ndarray) -> np.ndarray:
    whole = np.clip(np.round(values * _PER_PX), -32767, 32767)
    return np.where(np.isfinite(whole), whole, _NOT_MEASURED).astype(np.int16)


def _unpacked_px(values: np.ndarray) -> np.ndarray:
    return np.where(values == _NOT_MEASURED, np.nan, values / _PER_PX)


def pack(folder: Path, target: Path) -> None:
    """Join the measured lifters of a folder in one file: everything training may ask of them, so that features can change without rendering."""
    parts: dict[str, list[np.ndarray]] = {}
    for number, path in enumerate(sorted(folder.glob("*.npz"))):
        with np.load(path) as data:
            stored = dict(data)
        count = len(stored["outline_origin"])
        kept = {
            "lifter": np.full(count, number, dtype=np.int16),
            "faces_right": np.full(count, str(stored["facing"]) == "right"),
            "landmarks": _packed_px(stored["landmarks"][:, :, :3]),
            "outline": _packed_px(stored["outline"]),
        }
        for name, values in stored.items():
            if name.endswith("_px") or (name.startswith("true_") and name.endswith(("_x", "_y"))):
                kept[name] = _packed_px(np.broadcast_to(values, count))
            elif (name in ("outline_origin", "yaw_deg", "plate_m") or name.startswith("true_")) and values.dtype.kind == "f":
                kept[name] = np.broadcast_to(values, count).astype(np.float32 if name == "outline_origin" else np.float16)
        for name, values in kept.items():
            parts.setdefault(name, []).append(values)
    np.savez_compressed(target, **{name: np.concatenate(values) for name, values in parts.items()})


def unpack(path: Path) -> Iterator[dict[str, np.ndarray]]:
    """Yield the lifters of a packed file, each as `measure_lifter` returned him (landmarks without visibility)."""
    with np.load(path) as data:
        stored = dict(data)
    for number in np.unique(stored["lifter"]):
        mine = {name: values[stored["lifter"] == number] for name, values in stored.items()}
        single = ("yaw_deg", "plate_m", "true_stature_px")
        pixels = {name for name, values in mine.items() if values.dtype == np.int16 and name != "lifter"}
        lifter = {name: _unpacked_px(values) if name in pixels else values for name, values in mine.items() if name not in ("lifter", "faces_right")}
        yield {
            **{name: values[0].astype(float) if name in single else values.astype(float) for name, values in lifter.items()},
            "facing": np.array("right" if mine["faces_right"][0] else "left"),
        }


def main() -> None:
    if sys.argv[1] == "--pack":
        pack(Path(sys.argv[2]), Path(sys.argv[3]))
        return
    source, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    with Landmarker(MODEL) as landmarker:
        for folder in sorted(source.iterdir()):
            target = out / f"{folder.name}.npz"
            if target.exists() or not (folder / "x.csv").exists() or any(folder.glob("x_*.png")):
                continue
            measured = measure_lifter(landmarker, folder)
            if measured is None:
                print(folder.name, "hardly found: left out")
                continue
            np.savez_compressed(target, **measured)
            print(folder.name, f"missing {np.isnan(measured['landmarks'][:, 0, 0]).sum()}", flush=True)


if __name__ == "__main__":
    main()
