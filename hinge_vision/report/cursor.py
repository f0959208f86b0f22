"""What the report's page says of the moment under the cursor."""

from __future__ import annotations

from typing import Any

from hinge_vision.kinematics.motion import Motion
from hinge_vision.kinematics.reps import Segmentation
from hinge_vision.report import text
from hinge_vision.report.plot_parts import numbers, thin


def at_cursor(motion: Motion, segmentation: Segmentation | None) -> dict[str, list[Any]]:
    """Return time, angles, rep and phase in words, one entry for each frame that the curves show."""
    rows = thin(len(motion.time_s))
    hip, back = motion.hip_flexion, motion.lumbar_flexion
    return {
        "time_s": numbers(motion.time_s[rows], 3),
        "hips": [text.degrees(float(hip.value_deg[row]), float(hip.sd_deg[row])) for row in rows],
        "back": [text.degrees(float(back.value_deg[row]), float(back.sd_deg[row]), signed=True) for row in rows],
        "rep": [0 if segmentation is None else int(segmentation.rep[row]) for row in rows],
        "phase": ["" if segmentation is None else str(segmentation.phase[row]) for row in rows],
    }
