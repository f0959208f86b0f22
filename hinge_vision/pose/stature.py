"""How tall the lifter is in the image, also when he never stands upright in it."""

from __future__ import annotations

import numpy as np

from hinge_vision.arrays import BoolArray, FloatArray
from hinge_vision.pose.feet import standing_ankles_px
from hinge_vision.pose.joints import middle, trunk_lean_deg

# Ankle-knee + knee-hip + hip-shoulder, between BlazePose landmarks with the ankle where it stands, is this share of the stature:
# mean over rendered bodies and cameras, standard deviation 0.02. A plate in front shortens it for a while, so the 90th
# percentile over a stretch of the clip is taken.
_CHAIN_PER_STATURE = 0.765
_CHAIN_PERCENTILE = 90
# Stretches of this length are looked at, this far apart; the median over them is the lifter's size. Someone who lifts far off and
# then walks up to the camera has the size at which he spends most of the clip.
_STRETCH_S = 8.0
_EVERY_S = 1.0
# His size is that where he lifts: within so long of a trunk that leans so far. Before and after he may stand nearer to the camera.
_BENT_DEG, _BESIDE_S = 30.0, 1.0
# Where he stands up from his bends (leaning less than this) he is as large as where his zero may be taken, to within this share. Stands
# of rendered and real clips differ from it by 0.03 at most, medians over a second.
_UPRIGHT_DEG, _SAME_SIZE, _MEDIAN_S = 25.0, 0.08, 1.0


def stature_px(landmarks: FloatArray, time_s: FloatArray, to_picture: FloatArray | None = None) -> float:
    """Return the lifter's stature in pixels from his limb lengths over a clip, where he lifts.

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
    chain_px = _chain_px(landmarks, standing_ankles_px(landmarks, time_s, to_picture))
    known = np.isfinite(chain_px)
    if not known.any():
        return float("nan")
    lifting = known & _beside_bends(landmarks, time_s)
    known = lifting if lifting.any() else known
    chain_px, known_s = chain_px[known], time_s[known]
    starts_s = np.arange(known_s[0], max(known_s[-1] - _STRETCH_S, known_s[0]) + _EVERY_S / 2, _EVERY_S)
    bounds = zip(np.searchsorted(known_s, starts_s), np.searchsorted(known_s, starts_s + _STRETCH_S, side="right"), strict=True)
    lengths = [np.percentile(chain_px[first:last], _CHAIN_PERCENTILE) for first, last in bounds if last > first]
    return float(np.median(lengths)) / _CHAIN_PER_STATURE


def as_large_as_lifting(landmarks: FloatArray, ankles_px: FloatArray, time_s: FloatArray) -> BoolArray:
    """Tell in which frames (N,) the lifter is as large as where he stands up from his bends; in the others the camera is nearer or further away.

    Parameters
    ----------
    landmarks : (N, 33, >=2)
        Pixels; NaN where nobody was found.
    ankles_px : (N, 2, 2)
        Where both ankles stand.
    time_s : (N,), strictly increasing

    Returns
    -------
    (N,) bool
        Frames of which that is not known count as the same, and all where he never stands up.
    """
    chain_px = _chain_px(landmarks, ankles_px)
    known = np.isfinite(chain_px)
    upright = known & _beside_bends(landmarks, time_s) & (trunk_lean_deg(landmarks) < _UPRIGHT_DEG)
    if not upright.any():
        return np.ones(len(time_s), dtype=bool)
    known_s, chain_px = time_s[known], chain_px[known]
    moments_s = np.arange(known_s[0], known_s[-1] + _MEDIAN_S, _MEDIAN_S / 2)
    bounds = zip(*(np.searchsorted(known_s, moments_s + way) for way in (-_MEDIAN_S / 2, _MEDIAN_S / 2 + 1e-9)), strict=True)
    medians_px = np.array([np.median(chain_px[first:last]) if last > first else np.nan for first, last in bounds])
    found = np.isfinite(medians_px)
    size = np.interp(time_s, moments_s[found], medians_px[found]) / np.median(chain_px[upright[known]])
    return np.asarray(np.abs(size - 1.0) <= _SAME_SIZE)


def _chain_px(landmarks: FloatArray, ankles_px: FloatArray) -> FloatArray:
    """Return the length from ankle over knee and hip to shoulder in each frame, (N,)."""
    joints = np.stack([*(middle(landmarks, joint) for joint in ("SHOULDER", "HIP", "KNEE")), ankles_px.mean(axis=1)], axis=1)
    return np.asarray(np.linalg.norm(np.diff(joints, axis=1), axis=2).sum(axis=1))


def _beside_bends(landmarks: FloatArray, time_s: FloatArray) -> BoolArray:
    """Tell which frames (N,) lie within `_BESIDE_S` of one in which the trunk leans far."""
    bent_s = time_s[trunk_lean_deg(landmarks) > _BENT_DEG]
    first, last = np.searchsorted(bent_s, [time_s - _BESIDE_S, time_s + _BESIDE_S])
    return np.asarray(last > first)
