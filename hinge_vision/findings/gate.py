"""The gate: what is not judged, and why. Declining is said in words a lifter understands, with what to film instead."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hinge_vision.arrays import IntArray, known_median
from hinge_vision.findings.exercise import hands
from hinge_vision.findings.measures import RepReadings, lower_half
from hinge_vision.findings.model import Reason
from hinge_vision.findings.postures import hips_stay_straight, kneels, leans, pulls_to_trunk, stands_on_one_leg, touches_toes
from hinge_vision.findings.reasons import REASONS
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.findings.view import view_yaw_deg
from hinge_vision.kinematics.motion import Motion
from hinge_vision.kinematics.reps import Rep, Segmentation
from hinge_vision.pose.feet import in_room
from hinge_vision.pose.sides import faces_other_way
from hinge_vision.pose.track import Landmark, PoseTrack
from hinge_vision.settings import Exercise, Facing

# Hands hang an arm's length (0.3 statures) below the shoulder under a load; with a bar on the shoulders, or arms held out for
# balance, they are near the shoulder's height.
_HANGING = 0.15
# A trunk this far forward is a hinge whatever the hands do (a good morning, or the self-assessment with a rod).
_UPRIGHT_TRUNK_DEG = 60.0
# Under a bar the hands stay this near the shoulders over the rep's lower and upper half (plates lead them astray when low; the lower
# half of a swing reads 0.23), and the trunk leans less than this on average over the lower half.
_CARRIED_LOW, _CARRIED_HIGH = 0.2, 0.1
_CARRIED_TRUNK_DEG = 65.0
# Both feet travelling this far (statures) during a rep is walking.
_TRAVEL = 0.5
# In a row the trunk is held for so long while the hands are drawn up to it so often.
_HELD_S = 2.0
_PULLS = 2
# A trunk less far forward says nothing of whether the hips are straight.
_LEANING_DEG = 40.0
# A rep is at its deepest within so long of its bottom.
_NEAR_S = 0.2
# Facing the other way for more of the clip than this is said: less is a mistaken frame here and there.
_TURNED_SHARE = 0.15

# At depth these must be in the picture; feet may be cut off, which is said.
_CORE = (
    Landmark.NOSE,
    Landmark.LEFT_SHOULDER,
    Landmark.RIGHT_SHOULDER,
    Landmark.LEFT_HIP,
    Landmark.RIGHT_HIP,
    Landmark.LEFT_KNEE,
    Landmark.RIGHT_KNEE,
)
_FEET = (Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE)


@dataclass(frozen=True)
class Gate:
    """Which reps may be judged, and the reasons why others, or the whole clip, may not."""

    reps: tuple[int, ...]
    reasons: tuple[Reason, ...]

    @property
    def judgeable(self) -> bool:
        """Whether anything may be judged."""
        return bool(self.reps)


def check(
    track: PoseTrack, motion: Motion, segmentation: Segmentation, readings: tuple[RepReadings, ...], exercise: Exercise | None, thresholds: Thresholds
) -> Gate:
    """Decide what can be judged."""
    if track.stature_px < thresholds.min_stature_px or not math.isfinite(track.stature_px):
        return Gate((), (REASONS["too_few_pixels"],))
    if track.rod:
        return Gate((), (REASONS["rod"],))
    if not segmentation.reps:
        return Gate((), (_without_reps(track, motion, thresholds),))
    refused: dict[int, str] = {}
    for item in readings:
        code = _refusal(track, motion, segmentation, item, exercise, thresholds)
        if code is not None:
            refused[item.rep.number] = code
    kept = tuple(item.rep.number for item in readings if item.rep.number not in refused)
    codes = list(dict.fromkeys(refused.values()))
    if kept and codes:
        said = {"not_side_view": "view_changes", "too_little_measured": "too_little_measured", "out_of_frame": "out_of_frame"}
        codes = [said.get(code, "some_reps") for code in codes]
    elif codes:
        # the commonest reason first
        codes = sorted(codes, key=lambda code: -list(refused.values()).count(code))
    if any(item.rep.number in kept and _outside(track, _near(motion, item.rep), _FEET) for item in readings):
        codes = [*codes, "feet_cut_off"]
    if kept and _share_turned(track) > _TURNED_SHARE:
        codes = [*codes, "turned"]
    return Gate(kept, tuple(REASONS[code] for code in dict.fromkeys(codes)))


def never_seen(track: PoseTrack | None, facing: Facing | None) -> Reason:
    """Return why nothing at all was measured, where `facing` is the side the user says the lifter faces, if he does."""
    if track is None or not np.isfinite(track.landmarks).any():
        return REASONS["no_person"]
    if facing is not None and _share_turned(track) > _TURNED_SHARE:
        return REASONS["other_facing"]
    return REASONS["too_little_measured"]


def _share_turned(track: PoseTrack) -> float:
    """Return the share of the frames with somebody in them in which he faces the other way."""
    seen = np.flatnonzero(np.isfinite(track.landmarks[:, list(Landmark), 0]).all(axis=1))
    return float(np.mean([faces_other_way(track.landmarks[row], track.facing) for row in seen])) if len(seen) else 0.0


def _without_reps(track: PoseTrack, motion: Motion, thresholds: Thresholds) -> Reason:
    rows = np.arange(len(motion.time_s))
    if kneels(track, rows):
        return REASONS["kneeling"]
    yaw_deg = view_yaw_deg(track, motion)
    trunk = motion.trunk_inclination.value_deg
    if np.isfinite(trunk).sum() < max(3, 0.2 * len(trunk)):
        return REASONS["not_side_view" if known_median(yaw_deg) > thresholds.max_yaw_deg else "too_little_measured"]
    if _travel(track, rows) > 2 * _TRAVEL:
        return REASONS["walking"]
    if known_median(yaw_deg) > thresholds.max_yaw_deg:
        return REASONS["not_side_view"]
    return REASONS["held_hinge" if known_median(trunk) > thresholds.min_hinge_deg else "no_hinge"]


def _refusal(
    track: PoseTrack,
    motion: Motion,
    segmentation: Segmentation,
    item: RepReadings,
    exercise: Exercise | None,
    thresholds: Thresholds,
) -> str | None:
    """Return why a rep cannot be judged, or None."""
    rep = item.rep
    rows = rep.rows
    moving = rows[segmentation.phase[rows] != "lockout"]
    # he may rest on his knees between lifts in standing, or set up on them: each rep is asked, from where the lift begins
    if kneels(track, rows[motion.time_s[rows] >= motion.time_s[rep.bottom] - _NEAR_S]):
        return "kneeling"
    # Two independent estimates of the yaw, from the lifter's depth and from how far his two sides lie apart: plates can spoil either.
    if item.yaw_deg > thresholds.max_yaw_deg or known_median(np.abs(motion.yaw_deg[rows])) > thresholds.max_yaw_deg:
        return "not_side_view"
    if _travel(track, moving) > _TRAVEL:
        return "walking"
    deep = _near(motion, rep)
    if _outside(track, deep, _CORE) >= 2:
        return "out_of_frame"
    if leans(track, deep, _LEANING_DEG) and hips_stay_straight(track, deep):
        return "straight_hips"
    if not item.trunk.measured or not item.lumbar.measured or item.measured < thresholds.min_measured:
        return "too_little_measured"
    if stands_on_one_leg(track, deep):
        return "one_leg"
    if item.lumbar.sd > thresholds.max_lumbar_sd_deg:
        return "unsure"
    if touches_toes(track, deep, item.trunk.value, item.knee.value):
        return "toe_touch"
    hang = known_median(hands(track)[deep, 1])
    unloaded = item.trunk.value < _UPRIGHT_TRUNK_DEG and hang < _HANGING
    if exercise != "hang_clean" and (unloaded or _carries_on_shoulders(track, motion, rows)):
        return "squat"
    if item.trunk.value < thresholds.min_hinge_deg:
        return "no_hinge"
    if _held(track, motion, rep):
        return "held_hinge"
    return None


def _carries_on_shoulders(track: PoseTrack, motion: Motion, rows: IntArray) -> bool:
    """Tell whether the hands stay at the shoulders over a whole rep, as under a bar, while the trunk stays upright.

    Plates may hide all of the lifter where he is deepest, so that moment alone does not decide.
    """
    low = lower_half(motion, rows)
    hang = hands(track)[rows, 1]
    at_shoulders = known_median(hang[low]) < _CARRIED_LOW and not known_median(hang[~low]) > _CARRIED_HIGH
    return at_shoulders and known_median(motion.trunk_inclination.value_deg[rows[low]]) < _CARRIED_TRUNK_DEG


def _held(track: PoseTrack, motion: Motion, rep: Rep) -> bool:
    """Tell whether the trunk is held bent while the hands are drawn up to it and let down several times."""
    trunk = motion.trunk_inclination.value_deg[rep.rows]
    bent = rep.rows[trunk > np.nanmin(trunk) + 0.6 * (np.nanmax(trunk) - np.nanmin(trunk))]
    if len(bent) < 5 or motion.time_s[bent[-1]] - motion.time_s[bent[0]] < _HELD_S:
        return False
    return pulls_to_trunk(track, bent) >= _PULLS


def _travel(track: PoseTrack, rows: IntArray) -> float:
    """Return how far the feet travel over the rows, in statures: that of the foot that moves less, between thirds of the time.

    Where it is known how the camera moves, they travel in the room.
    """
    ankles = track.landmarks[rows][:, [Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE], :2]
    if track.to_picture is not None:
        ankles = in_room(ankles, track.to_picture[rows])
    spans = []
    for x in ankles[:, :, 0].T:
        x = x[np.isfinite(x)]
        if len(x) >= 6:
            places = [float(np.median(third)) for third in np.array_split(x, 3)]
            spans.append((max(places) - min(places)) / track.stature_px)
    return min(spans, default=0.0)


def _outside(track: PoseTrack, rows: IntArray, joints: tuple[Landmark, ...]) -> int:
    """Return how many of the landmarks lie outside the picture in most of the rows."""
    points = track.landmarks[rows][:, list(joints), :2]
    out = (points < 0.0) | (points > np.array([track.clip.width_px, track.clip.height_px]))
    return int(np.sum(out.any(axis=2).mean(axis=0) > 0.5)) if len(rows) else 0


def _near(motion: Motion, rep: Rep) -> IntArray:
    return np.asarray(rep.rows[np.abs(motion.time_s[rep.rows] - motion.time_s[rep.bottom]) <= _NEAR_S])
