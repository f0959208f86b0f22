"""What has been shown of the accuracy for a clip like this one: figures of the accuracy benchmark, never more."""

from __future__ import annotations

import numpy as np

from hinge_vision.kinematics.motion import Motion

# The benchmark's rendered lifters were filmed up to this far off the pure side.
SHOWN_UP_TO_YAW_DEG = 15.0
# docs/method.md, with quiet standing in the clip and without: the largest of a table's means, and its worst clip; a test holds them together.
STANDING_ERROR_DEG = (2.4, 18.1)
LOCKOUT_ERROR_DEG = (3.2, 15.5)


def accuracy_statement(motion: Motion) -> str:
    """Return what is known of the low-back angle's error for such a clip; "unproven" where nothing is."""
    yaw = motion.yaw_deg[np.isfinite(motion.yaw_deg)]
    if motion.baseline.source in ("prior",) or not len(yaw) or float(np.median(yaw)) > SHOWN_UP_TO_YAW_DEG:
        return "unproven"
    mean_deg, worst_deg, who = *STANDING_ERROR_DEG, ""
    if motion.baseline.source == "lockout":
        mean_deg, worst_deg, who = *LOCKOUT_ERROR_DEG, " and who never stand still"
    return (
        f"On rendered lifters with known angles, none of whom the method had seen{who}, the low back is read {mean_deg:.1f} deg wrong on average "
        f"(worst clip {worst_deg:.1f}). For real lifters in loose clothes the error in degrees is unproven."
    )
