"""How tall the lifter is in the image, also when he never stands upright in it."""

from __future__ import annotations

import numpy as np

from hinge_vision.arrays import FloatArray
from hinge_vision.pose.feet import standing_ankles_px
from hinge_vision.pose.track import Landmark

# Ankle-knee + knee-hip + hip-shoulder, between BlazePose landmarks with the ankle where it stands, is this share of the stature:
# mean over rendered bodies and cameras, standard deviation 0.02. A plate in front shortens it for a while, so the 90th
# percentile over a stretch of the clip is taken.
_CHAIN_PER_STATURE = 0.765
_CHAIN_PERCENTILE = 90
# Stretches of this length are looked at, this far apart; the median over them is the lifter's size. Someone who lifts far off and
# then walks up to the camera has the size at which he spends most of the clip.
_STRETCH_S = 8.0
_EVERY_S = 1.0


def stature_px(landmarks: FloatArray, time_s: FloatArray, to_picture: FloatArray | None = None) -> float:
    """Return the lifter's stature in pixels from his limb lengths over a clip.

    Parameters
    ----------
    landmarks : (N, 33, >=2)
        Pixels; NaN where nobody was found.
    time_s : (N,), strictly increasing
    to_picture : (N, 2, 3)
        How the room lies in each picture, as for `standing_ankles_px`.

    Returns
    -------
    float
        NaN when no frame has landmarks.
    """
    middles = [landmarks[:, [Landmark[f"LEFT_{joint}"], Landmark[f"RIGHT_{joint}"]], :2].mean(axis=1) for joint in ("SHOULDER", "HIP", "KNEE")]
    joints = np.stack([*middles, standing_ankles_px(landmarks, time_s, to_picture).mean(axis=1)], axis=1)
    chain = np.linalg.norm(np.diff(joints, axis=1), axis=2).sum(axis=1)
    known = np.isfinite(chain)
    if not known.any():
        return float("nan")
    chain, known_s = chain[known], time_s[known]
    starts_s = np.arange(known_s[0], max(known_s[-1] - _STRETCH_S, known_s[0]) + _EVERY_S / 2, _EVERY_S)
    bounds = zip(np.searchsorted(known_s, starts_s), np.searchsorted(known_s, starts_s + _STRETCH_S, side="right"), strict=True)
    lengths = [np.percentile(chain[first:last], _CHAIN_PERCENTILE) for first, last in bounds if last > first]
    return float(np.median(lengths)) / _CHAIN_PER_STATURE
