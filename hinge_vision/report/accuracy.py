"""What has been shown of the accuracy for a clip like this one: figures of the accuracy benchmark, never more."""

from __future__ import annotations

import numpy as np

from hinge_vision.kinematics.motion import Motion

# The benchmark's rendered lifters were filmed up to this far off the pure side.
SHOWN_UP_TO_YAW_DEG = 15.0
# docs/method.md: the largest of its tables' means, the worst clip of all; a test holds them together.
LUMBAR_MEAN_ERROR_DEG = 2.4
LUMBAR_WORST_CLIP_DEG = 18.1


def accuracy_statement(motion: Motion) -> str:
    """Return what is known of the low-back angle's error for such a clip; "unproven" where nothing is."""
    yaw = motion.yaw_deg[np.isfinite(motion.yaw_deg)]
    if motion.baseline.source in ("prior",) or not len(yaw) or float(np.median(yaw)) > SHOWN_UP_TO_YAW_DEG:
        return "unproven"
    return (
        f"On rendered lifters with known angles, none of whom the method had seen, the low back is read {LUMBAR_MEAN_ERROR_DEG:.1f} deg wrong on "
        f"average (worst clip {LUMBAR_WORST_CLIP_DEG:.1f}). For real lifters in loose clothes the error in degrees is unproven."
    )
