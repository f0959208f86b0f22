"""The zero: the posture that angles are counted from, how far it is from the lifter's quiet standing, and how surely that is known."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from hinge_vision.arrays import BoolArray, FloatArray
from hinge_vision.kinematics.baseline import Reference
from hinge_vision.kinematics.filters import SMOOTHING_S
from hinge_vision.spine.features import lean_deg
from hinge_vision.spine.posture_model import CHANGES, PostureModel

# What a lockout looks like, one that is leaned back from and one that is not, and how much either varies: the low back by the posture alone
# and the trunk's lean, deg. Rendered: -7.1 and -7.5 (26 lockouts) against -1.2 and 3.6 (146), with deviations of 2.3 and 4.5; real lifters who
# stand read -4 and -4, so that means lie nearer to those, and deviations are wider.
_LEANS_BACK, _STANDS, _VARIES_DEG = (-8.4, -10.0), (-2.5, 1.0), (3.5, 6.0)
# So many lockouts are leaned back from, before one is looked at; how far the low back is then from quiet standing, and how much that varies.
_LEAN_BACK_SHARE = 0.2
_LEAN_BACK_DEG, _LEAN_BACK_SD_DEG = -12.0, 4.0
# Hips that look bent by more than this are not straight: at lockouts they look so by 2 deg (rendered, deviation 2.6) or -4 to 9 (real).
_STRAIGHTEST_BENT_DEG = 15.0
_LUMBAR, _HIP = CHANGES.index("lumbar_flexion"), CHANGES.index("hip_flexion")


@dataclass(frozen=True)
class Zero:
    """What angles are counted from.

    `posture` (F,) is a row of `Features.body()`; `offset_deg` (5,) says how far it is from quiet standing, `sd_deg` (5,) the standard error of that.
    """

    posture: FloatArray
    offset_deg: FloatArray
    sd_deg: FloatArray


def zero_of(model: PostureModel, reference: Reference, body: FloatArray, alone_deg: FloatArray, measured: BoolArray) -> Zero:
    """Find the zero among postures (N, F), given what each of them alone looks like, (N, 5).

    A quiet stand is taken at its word. A lockout is weighed against what its posture alone looks like, and may be leaned back from; where the
    clip ends before the hips are straight, only the low back is. With neither, the most upright posture is the reference, and the posture alone
    says how far it is from standing.
    """
    posture_sd_deg = model.posture_sd_deg
    if reference.rows.any():
        rows = reference.rows & measured
        posture, looks_deg = np.median(body[rows], axis=0), np.median(alone_deg[rows], axis=0)
        trust = reference.sd_deg**2 / (reference.sd_deg**2 + posture_sd_deg**2)
        if reference.source == "lockout" and looks_deg[_HIP] > _STRAIGHTEST_BENT_DEG:
            trust = np.where(np.arange(len(CHANGES)) == _LUMBAR, trust, 1.0)
        zero = Zero(posture, trust * looks_deg, np.sqrt(trust) * posture_sd_deg)
        return _perhaps_leaned_back(zero, looks_deg) if reference.source == "lockout" else zero
    if not measured.any():
        return Zero(np.full(body.shape[1], np.nan), np.full(len(CHANGES), np.nan), np.full(len(CHANGES), np.nan))
    candidates = np.flatnonzero(measured)
    order = np.argsort(alone_deg[candidates, _HIP])
    rows = candidates[order[: max(1, len(order) // 10)]]
    return Zero(np.median(body[rows], axis=0), np.median(alone_deg[rows], axis=0), posture_sd_deg.copy())


def _perhaps_leaned_back(zero: Zero, looks_deg: FloatArray) -> Zero:
    """Return the zero of a lockout as the mean of two cases: the low back is near its quiet standing, or he leans back."""
    leans_back = leaning_back(float(looks_deg[_LUMBAR]), float(lean_deg(zero.posture[None])[0]))
    offset_deg, sd_deg = zero.offset_deg.copy(), zero.sd_deg.copy()
    near_deg, near_sd_deg = offset_deg[_LUMBAR], sd_deg[_LUMBAR]
    offset_deg[_LUMBAR] += leans_back * (_LEAN_BACK_DEG - near_deg)
    apart = leans_back * (1 - leans_back) * (_LEAN_BACK_DEG - near_deg) ** 2
    sd_deg[_LUMBAR] = math.sqrt((1 - leans_back) * near_sd_deg**2 + leans_back * _LEAN_BACK_SD_DEG**2 + apart)
    return Zero(zero.posture, offset_deg, sd_deg)


def leaning_back(lumbar_deg: float, trunk_deg: float) -> float:
    """Return how probably a lockout is leaned back from, 0..1.

    Parameters
    ----------
    lumbar_deg
        The low back as the posture alone looks, - arched.
    trunk_deg
        The lean of the outline, - back.
    """
    odds = math.log(_LEAN_BACK_SHARE / (1 - _LEAN_BACK_SHARE))
    for value, leans_back, stands, varies in zip((lumbar_deg, trunk_deg), _LEANS_BACK, _STANDS, _VARIES_DEG, strict=True):
        odds += ((value - stands) ** 2 - (value - leans_back) ** 2) / (2 * varies**2)
    return float(expit(odds))


def scatter_deg(changes_deg: FloatArray, time_s: FloatArray) -> FloatArray:
    """Return the standard error (5,) that comes with a reference whose own frames (M, 5) differ: its outline catches on things behind the lifter.

    Frames within one smoothing of each other tell the same.
    """
    if len(changes_deg) < 2:
        return np.zeros(changes_deg.shape[1])
    independent = max(1.0, len(changes_deg) * float(np.median(np.diff(time_s))) / SMOOTHING_S)
    return np.asarray(changes_deg.std(axis=0) / np.sqrt(independent))
