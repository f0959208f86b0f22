"""Run the pose model over the rendered postures and keep what the training needs: one small track per lifter.

    python measure_postures.py POSTURES OUT
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import cv2
import numpy as np

from hinge_vision.pose.crop import CropPath, View, body_box
from hinge_vision.pose.landmarker import Landmarker
from hinge_vision.pose.pipeline import measure_view
from hinge_vision.pose.stature import stature_px
from hinge_vision.pose.survey import Figure, facing_of
from hinge_vision.video.reader import Frame

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
    figure = Figure(time_s, np.array([body_box(look) for look in marks]), marks)
    crops = CropPath.around(figure.time_s, figure.boxes_px)
    facing = facing_of(figure)
    measured = [measure_view(landmarker, View.of(Frame(i, float(i), image), crops), crops, facing, stature_px(marks)) for i, image in enumerate(images)]
    truth = {name: np.array([float(row[name]) for row in rows]) for name in rows[0] if name != "phase"}
    made = json.loads((folder / "x.json").read_text())
    landmarks = np.array([row.landmarks for row in measured])
    return {
        "facing": np.array(facing),
        "true_facing": np.array(made["args"]["facing"]),
        "yaw_deg": np.array(made["args"]["yaw"]),
        "plate_m": np.array(made["args"]["plate"] if made["args"]["imp"] == "bar" else 0.0),
        "true_stature_px": np.array(made["body_height_px"]),
        "stature_px": np.array(stature_px(landmarks)),
        "landmarks": landmarks.astype(np.float32),
        "outline": np.array([row.outline for row in measured]).astype(np.float32),
        "outline_origin": np.array([row.origin for row in measured]),
        "outline_edge": np.array([row.edge for row in measured]).astype(np.float32),
        **{f"true_{name}": values for name, values in truth.items()},
    }


def main() -> None:
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
