"""Render clips of lifters that the training never saw, for validation and for calibrating the standard errors.

    python render_clips.py OUT FIRST LAST [REPS]

One rep each, or sets of REPS, among them swings that round, arch or lean back.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
from render_postures import lifter

sys.path.insert(0, os.environ["SYNTH"])
import render_hinge  # noqa: E402  # type: ignore[import-not-found]

PRESETS = [
    ("neutral", "{}"),
    ("round45", "{}"),
    ("overext", "{}"),
    ("upperround", "{}"),
    ("lumonly", "{}"),
    ("limited", "{}"),
    ("deep", "{}"),
    ("lockext", "{}"),
    ("round", '{"lum":32,"tho":0,"hip":80}'),
    ("kbswing", "{}"),
    ("limited_comp", "{}"),
    ("squatty", "{}"),
    ("lateround", '{"lum":40,"tho":12}'),
]

SETS = [
    ("kbswing", '{"lock":{"hip":-5,"knee":0,"lum":-15,"tho":-5,"neck":-8}}'),
    ("kbswing", '{"lum":42,"tho":14}'),
    ("lockext", "{}"),
    ("overext", "{}"),
    ("round45", "{}"),
    ("neutral", "{}"),
    ("kbswing", "{}"),
    ("limited", "{}"),
    ("kbswing", '{"lum":-16,"tho":-5}'),
    ("deep", "{}"),
    ("lumonly", "{}"),
    ("squatty", "{}"),
    ("limited_comp", "{}"),
]


def main() -> None:
    out, first, last = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    reps = sys.argv[4] if len(sys.argv) > 4 else "1"
    presets, fps = (PRESETS, "20") if reps == "1" else (SETS, "24")
    out.mkdir(parents=True, exist_ok=True)
    for number in range(first, last):
        preset, over = presets[number % len(presets)]
        target = out / f"{number:03d}_{preset}"
        if target.with_suffix(".json").exists():
            continue
        rng = np.random.default_rng(900_000 + number)
        who = lifter(rng)
        who["yaw"] = round(float(rng.uniform(0, 15) * rng.choice([-1, 1])), 1)
        if preset == "kbswing":
            who["imp"] = "kb"
        arguments = [preset, "--out", str(target), "--seed", str(number), "--reps", reps, "--fps", fps, "--over", over]
        if who.pop("noprops"):
            arguments.append("--noprops")
        for key, value in who.items():
            arguments += [f"--{key}={value}"]
        try:
            render_hinge.main(arguments)
        except Exception as error:  # an unreachable posture of an unusual body
            print(number, "left out:", error)


if __name__ == "__main__":
    main()
