"""Postures that are no lift in standing, told by where hips, knees, feet and hands are: the drills, and lying or leaning straight."""

from __future__ import annotations

import numpy as np

from hinge_vision.arrays import FloatArray, IntArray
from hinge_vision.pose.joints import lean_deg
from hinge_vision.pose.track import Landmark, PoseTrack

# Ankles below the knees by this share of the hip-shoulder line: 0.55 to 0.8 in every lift, about 0 on the knees.
_KNEELING = 0.3
# Where the shank looks shorter than this share of that line a plate hides it, and its direction says nothing.
_SHANK_SEEN = 0.4
# Knees straighter than this, and hands no higher above the ankles than this share of the hip-shoulder line: rendered
# lifts that reach as low bend the knees to 145 deg or less.
_STRAIGHT_KNEE_DEG = 160.0
_AT_THE_FEET = 0.25
# Landmarks alone may show straight knees in a rounded lift that reaches as low; where the knee was measured it must agree.
_MOST_KNEE_DEG = 15.0
# Hips straighter than this at depth: a plank, a burpee or a push-up. Of rendered and real lifts none is past 135.
_STRAIGHT_HIP_DEG = 150.0
# One foot higher than the other by this share of the stature: plates lead an ankle astray by up to 0.22, a free leg rises by 0.4.
_OFF_THE_FLOOR = 0.3
# An arm is nearly straight where the wrist is this share of its length from the shoulder. In a row it comes much nearer than that, and to
# this share of the length from the hip-shoulder line: to the belly, a quarter. Hands that re-grip the bar or tap a plate stay 0.6 away.
_STRAIGHT_ARM, _BENT_ARM = 0.9, 0.8
_TO_TRUNK = 0.5
# A hand behind the body or a plate jumps about: visible less than this it is not asked. Hands in front read 0.5 to 1, hidden ones below 0.1.
_SEEN = 0.5
# A whole body bent this far is no lift with straight knees either.
_FOLDED_TRUNK_DEG = 85.0


def kneels(track: PoseTrack, rows: IntArray) -> bool:
    """Tell whether the person kneels (or sits) in most of these rows."""
    trunk_px = _trunk_px(track)
    shank = (track.middle("ANKLE") - track.middle("KNEE"))[rows]
    drop = shank[np.linalg.norm(shank, axis=1) > _SHANK_SEEN * trunk_px, 1]
    return bool(len(drop) >= 3 and float(np.median(drop)) < _KNEELING * trunk_px)


def touches_toes(track: PoseTrack, rows: IntArray, trunk_deg: float, knee_flexion_deg: float) -> bool:
    """Tell whether in these rows, the deepest of a rep, somebody folds over straight knees and reaches for the feet.

    `trunk_deg` is the trunk's lean there, `knee_flexion_deg` the knee's flexion since standing (NaN = not measured).
    """
    if knee_flexion_deg > _MOST_KNEE_DEG:
        return False
    hip, knee, ankle, wrist = (track.middle(joint)[rows] for joint in ("HIP", "KNEE", "ANKLE", "WRIST"))
    knee_deg = _between_deg(hip - knee, ankle - knee)
    above = (ankle - wrist)[:, 1] / _trunk_px(track)
    known = np.isfinite(knee_deg) & np.isfinite(above)
    if not known.any():
        return False
    return bool(np.median(knee_deg[known]) > _STRAIGHT_KNEE_DEG and np.median(above[known]) < _AT_THE_FEET and trunk_deg > _FOLDED_TRUNK_DEG)


def leans(track: PoseTrack, rows: IntArray, more_than_deg: float) -> bool:
    """Tell whether in these rows the landmarks' hip-shoulder line leans further than this, forward or back.

    Lying down, a back is no outline to be measured, and the landmarks are all there is.
    """
    leans_deg = lean_deg((track.middle("SHOULDER") - track.middle("HIP"))[rows])
    leans_deg = leans_deg[np.isfinite(leans_deg)]
    return bool(len(leans_deg) and np.median(leans_deg) > more_than_deg)


def stands_on_one_leg(track: PoseTrack, rows: IntArray) -> bool:
    """Tell whether in these rows, the deepest of a rep, one foot is far off the floor, as in a single-leg deadlift."""
    ankles = track.landmarks[rows][:, [Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE], 1]
    apart = np.abs(ankles[:, 0] - ankles[:, 1])
    apart = apart[np.isfinite(apart)]
    return bool(len(apart) and np.median(apart) > _OFF_THE_FLOOR * track.stature_px)


def hips_stay_straight(track: PoseTrack, rows: IntArray) -> bool:
    """Tell whether in these rows, the deepest of a rep, the body leans or lies straight from shoulders to knees."""
    shoulder, hip, knee = (track.middle(joint)[rows] for joint in ("SHOULDER", "HIP", "KNEE"))
    hip_deg = _between_deg(shoulder - hip, knee - hip)
    hip_deg = hip_deg[np.isfinite(hip_deg)]
    return bool(len(hip_deg) and np.median(hip_deg) > _STRAIGHT_HIP_DEG)


def pulls_to_trunk(track: PoseTrack, rows: IntArray) -> int:
    """Return how often in these rows a hand is drawn up from a straight arm to the trunk, as in a row; of the two the one that is so more often."""
    hip, shoulder = (track.middle(joint)[rows] for joint in ("HIP", "SHOULDER"))
    return max(_pulls(hip, shoulder, *(side(joint)[rows] for joint in ("SHOULDER", "ELBOW", "WRIST"))) for side in (track.near, track.far))


def _pulls(hip: FloatArray, neck: FloatArray, shoulder: FloatArray, elbow: FloatArray, wrist: FloatArray) -> int:
    """Count the pulls of one arm, (N, 4) landmarks, beside the line from hip to neck, (N, 2) each."""
    seen = np.minimum(elbow[:, 3], wrist[:, 3]) >= _SEEN
    shoulder, elbow, wrist = shoulder[:, :2], elbow[:, :2], wrist[:, :2]
    line, hand = neck - hip, wrist - hip
    length = np.maximum(np.hypot(*line.T), 1e-9)
    along = np.einsum("nd,nd->n", hand, line) / length**2
    off = np.abs(line[:, 0] * hand[:, 1] - line[:, 1] * hand[:, 0]) / length
    arm = np.hypot(*(elbow - shoulder).T) + np.hypot(*(wrist - elbow).T)
    reach = np.hypot(*(wrist - shoulder).T)
    known = seen & np.isfinite(arm) & np.isfinite(off)
    if not known.any():
        return 0
    # seen slantwise an arm looks shorter the further the elbow points to the camera
    arm_px = float(np.percentile(arm[known], 90))
    straight = (reach > _STRAIGHT_ARM * arm_px)[known]
    # a hand past the shoulder is at the face
    pulled = ((reach < _BENT_ARM * arm_px) & (off < _TO_TRUNK * arm_px) & (along < 1.0))[known]
    states = straight.astype(int) - pulled
    states = states[states != 0]
    return int(np.sum((states[1:] < 0) & (states[:-1] > 0)))


def _between_deg(one: FloatArray, other: FloatArray) -> FloatArray:
    """Return the angle between (N, 2) vectors, 0 to 180."""
    length = np.maximum(np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1), 1e-9)
    return np.asarray(np.degrees(np.arccos(np.clip(np.einsum("nd,nd->n", one, other) / length, -1.0, 1.0))))


def _trunk_px(track: PoseTrack) -> float:
    length = np.linalg.norm(track.middle("SHOULDER") - track.middle("HIP"), axis=1)
    length = length[np.isfinite(length)]
    return float(np.percentile(length, 90)) if len(length) else float("nan")
