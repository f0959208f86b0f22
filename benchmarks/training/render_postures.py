"""Render the training postures: many lifters, each in a few dozen unrelated postures, with their true angles.

Needs the renderer (`render_hinge.py`, its folder in the environment variable SYNTH) and its surroundings. Hip, knee,
lumbar, thoracic and neck angles are drawn independently, because real lifting does not couple them the way the presets do.

    python render_postures.py OUT FIRST LAST
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np

sys.path.insert(0, os.environ["SYNTH"])
import render_hinge  # noqa: E402  # type: ignore[import-not-found]

# The first 241 lifters of those that ship measured held 30 postures, the next 574 18: bodies are worth more than postures.
POSTURES = 12
MALE_CLOTHES = ["male_casualsuit01", "male_casualsuit02", "male_casualsuit03", "male_casualsuit04", "male_casualsuit06", "male_worksuit01", "male_casualsuit05"]
FEMALE_CLOTHES = ["female_casualsuit01", "female_casualsuit02", "female_sportsuit01"]


def lifter(rng: np.random.Generator) -> dict[str, Any]:
    """Draw a body, its clothes, its standing posture, the camera and the room."""
    male = rng.random() < 0.55
    shape = rng.choice(["male", "heavy"] if male else ["female", "female_sport"])
    clothes = rng.choice(MALE_CLOTHES[:6] if rng.random() < 0.9 else MALE_CLOTHES[6:]) if male else rng.choice(FEMALE_CLOTHES)
    arch = rng.uniform(-8, 24) if rng.random() < 0.7 else (0.0 if male else 20.0)
    body = {
        "weight": round(float(np.clip(rng.normal(0.52, 0.16), 0.2, 0.95)), 2),
        "stature": round(float(rng.normal(1.78 if male else 1.66, 0.07)), 2),
        "muscle": round(float(rng.uniform(0.35, 0.95)), 2),
        "proportions": round(float(rng.uniform(0.4, 0.9)), 2),
        "clothes": [[f"clothes/{clothes}", "top/bottom"], ["clothes/shoes05", "shoe"]],
        "posture": {
            "hip": round(-0.45 * arch + float(rng.normal(0, 2)), 1),
            "lum": round(float(arch), 1),
            "tho": round(-0.45 * arch + float(rng.normal(3, 5)), 1),
            "neck": round(float(rng.normal(-2, 4)), 1),
        },
    }
    wall = rng.uniform(0.03, 0.8) * (1 + rng.normal(0, 0.08, 3))
    top = np.clip(rng.uniform(0.01, 0.6) * (1 + rng.normal(0, 0.4, 3)), 0.01, 0.9)
    if rng.random() < 0.15:
        top = wall * 0.8  # a shirt close to the wall's colour
    imp = rng.choice(["bar", "kb", "none"], p=[0.6, 0.25, 0.15])
    return {
        "shape": shape,
        "facing": rng.choice(["left", "right"]),
        "yaw": round(float(rng.uniform(-20, 20) if rng.random() < 0.75 else rng.normal(0, 3)), 1),
        "dist": round(float(rng.uniform(2.8, 4.6)), 2),
        "camh": round(float(rng.uniform(0.5, 1.5)), 2),
        "fov": 40.0,
        "size": "420x560",
        "imp": imp,
        "plate": float(rng.choice([0.0, 0.12, 0.15, 0.18, 0.225], p=[0.1, 0.1, 0.15, 0.2, 0.45])),
        "noise": round(float(rng.uniform(0.5, 5)), 1),
        "wall": ",".join(f"{v:.2f}" for v in np.clip(wall, 0.02, 0.9)),
        "floor": ",".join(f"{v:.2f}" for v in np.clip(rng.uniform(0.03, 0.5) * np.ones(3), 0.02, 0.9)),
        "colors": json.dumps({"top": [round(float(v), 3) for v in top], "bottom": [round(float(v), 3) for v in np.clip(rng.uniform(0.01, 0.4, 3), 0, 1)]}),
        "light": json.dumps({"dir": [round(float(v), 2) for v in (rng.uniform(-0.8, 0.8), rng.uniform(0.5, 1.0), rng.uniform(0.3, 0.8))]}),
        "body": json.dumps(body),
        "noprops": bool(rng.random() < 0.3),
    }


def postures(rng: np.random.Generator, imp: str) -> list[dict[str, Any]]:
    """Draw the postures: the first two stand quietly, the rest vary every joint by itself."""
    out = []
    for index in range(POSTURES):
        if index < 2:
            hip, knee, lumbar, thoracic, neck = rng.normal(0, 0.7), abs(rng.normal(0, 0.7)), rng.normal(0, 0.4), rng.normal(0, 0.4), rng.normal(0, 2)
        else:
            hip = rng.uniform(-8, 115)
            kind = rng.random()
            knee = abs(hip) * rng.uniform(0.05, 0.4) if kind < 0.65 else abs(hip) * rng.uniform(0.4, 1.0) if kind < 0.85 else rng.uniform(0, 40)
            kind = rng.random()
            lumbar = rng.normal(0, 5) if kind < 0.35 else rng.uniform(-22, 0) if kind < 0.55 else rng.uniform(0, 58)
            if hip < 20:
                lumbar = float(np.clip(lumbar, -22, 25))
            kind = rng.random()
            thoracic = rng.normal(2, 4) if kind < 0.4 else rng.uniform(-10, 36) if kind < 0.75 else 0.4 * lumbar + rng.normal(0, 3)
            neck = rng.uniform(-40, 20)
        posture = {"hip": float(hip), "knee": float(max(knee, 0.0)), "lum": float(lumbar), "tho": float(thoracic), "neck": float(neck)}
        if imp == "kb" and rng.random() < 0.4:
            posture["arm"] = float(rng.uniform(-38, 80))
        out.append({**posture, "t": float(index), "u": 0.0, "phase": "top", "rep": -1})
    return out


def backdrop(rng: np.random.Generator, path: Path) -> None:
    """Write a cluttered picture to stand behind the lifter: boxes and blobs of any colour, softened."""
    image = np.full((640, 480, 3), rng.uniform(20, 220, 3))
    for _ in range(int(rng.integers(15, 60))):
        x, y = rng.integers(0, 480), rng.integers(0, 640)
        size = rng.integers(10, 160, 2)
        color = tuple(float(v) for v in rng.uniform(0, 255, 3))
        if rng.random() < 0.7:
            cv2.rectangle(image, (int(x), int(y)), (int(x + size[0]), int(y + size[1])), color, -1)
        else:
            cv2.circle(image, (int(x), int(y)), int(size[0] // 2), color, -1)
    cv2.imwrite(str(path), cv2.GaussianBlur(image, (0, 0), float(rng.uniform(0.8, 4))).astype(np.uint8))


def main() -> None:
    out, first, last = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    for number in range(first, last):
        folder = out / f"{number:05d}"
        if (folder / "x.csv").exists():
            continue
        folder.mkdir(parents=True, exist_ok=True)
        rng = np.random.default_rng(1000 + number)
        who = lifter(rng)
        drawn = postures(rng, who["imp"])
        render_hinge.curves = lambda *_, drawn=drawn, **__: drawn
        arguments = ["neutral", "--out", str(folder / "x"), "--frames", ",".join(map(str, range(POSTURES))), "--seed", str(number)]
        if who.pop("noprops"):
            arguments.append("--noprops")
        if rng.random() < 0.3:
            backdrop(rng, folder / "bg.png")
            arguments += ["--bg", str(folder / "bg.png")]
        for key, value in who.items():
            arguments += [f"--{key}={value}"]
        try:
            render_hinge.main(arguments)
        except Exception as error:  # an unreachable posture of an unusual body: leave this lifter out
            print(number, "left out:", error)
            continue
        # phones compress: the landmarker must see that too
        for png in folder.glob("x_*.png"):
            cv2.imwrite(str(png.with_suffix(".jpg")), cv2.imread(str(png)), [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(45, 92))])
            png.unlink()


if __name__ == "__main__":
    main()
