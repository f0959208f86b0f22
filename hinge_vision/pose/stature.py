"""How tall the lifter is in the image, also when he never stands upright in it."""

from __future__ import annotations

import numpy as np

from hinge_vision.arrays import FloatArray
from hinge_vision.pose.track import Landmark

# Ankle-knee + knee-hip + hip-shoulder, between BlazePose landmarks, is this share of the stature: median over 30
# rendered bodies and cameras, standard deviation 0.015. A plate in front shortens it for a while, so the 90th percentile
# over the clip is taken.
_CHAIN_PER_STATURE = 0.76
_CHAIN_PERCENTILE = 90


def stature_px(landmarks: FloatArray) -> float:
    """Return the lifter's stature in pixels from his limb lengths over a clip.

    Parameters
    ----------
    landmarks : (N, 33, >=2)
        Pixels; NaN where nobody was found.

    Returns
    -------
    float
        NaN when no frame has landmarks.
    """
    left = landmarks[:, [Landmark.LEFT_SHOULDER, Landmark.LEFT_HIP, Landmark.LEFT_KNEE, Landmark.LEFT_ANKLE], :2]
    right = landmarks[:, [Landmark.RIGHT_SHOULDER, Landmark.RIGHT_HIP, Landmark.RIGHT_KNEE, Landmark.RIGHT_ANKLE], :2]
    joints = (left + right) / 2
    chain = np.linalg.norm(np.diff(joints, axis=1), axis=2).sum(axis=1)
    chain = chain[np.isfinite(chain)]
    return float(np.percentile(chain, _CHAIN_PERCENTILE)) / _CHAIN_PER_STATURE if len(chain) else float("nan")
