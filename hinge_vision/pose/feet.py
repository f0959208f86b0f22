"""Where the feet stand: a lifter's feet stay where they are, so an ankle that a plate hides is where it was seen at other times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hinge_vision.arrays import BoolArray, FloatArray
from hinge_vision.pose.joints import middle, trunk_lean_deg
from hinge_vision.pose.track import Landmark, PoseTrack

# A plate pulls the ankle's landmark up the shin, by 2 to 3 % of the stature on average; nothing pulls it below the foot. So it
# is believed where it lies lowest: the median of the lowest fifth strays by 0.1 to 0.3 % of the stature over a rendered clip.
_LOWEST_SHARE = 0.2
# Over this much of the clip around a moment the feet are taken to stand: longer than a rep, shorter than walking up to the bar. Where
# they travel within it (a step, a cut), a shorter stretch is tried.
_WINDOWS_S = (4.0, 2.0, 1.0)
# Feet that travel further than this share of the way from shoulder to ankle do not stand in the picture: the camera pans, or somebody
# walks. At an even pace, its steps no further than so many shares of the travel off a line, it is the camera: the place moves along.
# Else, however short the stretch, the landmarks are taken as they are.
_PAN, _TRAVEL = 0.1, 0.2
_EVEN = 0.15
# In who stays bent over for long (he sets up for the lift, pauses, or is slow) a plate may hide the foot for all of that time. Where he is upright,
# leaning less than this, for less than that fifth of the stretch, the foot is where it stood before or stands after.
_UPRIGHT_DEG = 25.0
# A plate lifts an ankle's landmark by no more than this share of the way from shoulder to ankle, 0.22 statures.
_LIFTED = 0.3
# The place is worked out this often, and lies on straight lines in between.
_EVERY_S = 0.5


@dataclass(frozen=True)
class Floor:
    """Where a lifter's ankles are when he stands, as far as the survey shows: `ankles_y_px` (M, 2) at times `time_s` (M,), linear in between."""

    time_s: FloatArray
    ankles_y_px: FloatArray
    stature_px: float

    @classmethod
    def under(cls, landmarks: FloatArray, time_s: FloatArray, stature_px: float) -> Floor:
        """Find it below a person followed through the survey, (M, 33, >=2) landmarks."""
        return cls(time_s, standing_ankles_px(landmarks, time_s)[:, :, 1], stature_px)

    def height(self, landmarks: FloatArray, time_s: float) -> float:
        """Return how far above it both ankles of one skeleton (33, >=2) are, in statures."""
        standing = [np.interp(time_s, self.time_s, side) for side in self.ankles_y_px.T]
        return float(np.min(standing - landmarks[[Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE], 1])) / self.stature_px


def standing_ankles_px(landmarks: FloatArray, time_s: FloatArray, to_picture: FloatArray | None = None) -> FloatArray:
    """Return where left and right ankle stand.

    Parameters
    ----------
    landmarks : (N, 33, >=2)
        Pixels; NaN where nobody was found.
    time_s : (N,), strictly increasing
    to_picture : (N, 2, 3)
        How the room lies in each picture (`sway.CameraPath`); None = the camera stands, or nobody knows.

    Returns
    -------
    (N, 2, 2), px
        Left, right; NaN in every row whose own landmarks are.
    """
    if to_picture is not None:
        return _seen(_standing(in_room(landmarks[:, :, :2], to_picture), time_s), to_picture)
    return _standing(landmarks, time_s)


def near_and_far_ankle_px(track: PoseTrack) -> FloatArray:
    """Return where the ankle of the near side and that of the far side stand in each frame of a track, (N, 2, 2) px."""
    ankles = standing_ankles_px(track.landmarks, track.time_s, track.to_picture)
    return ankles if track.near_side == "LEFT" else ankles[:, ::-1]


def in_room(points_px: FloatArray, to_picture: FloatArray) -> FloatArray:
    """Return points (N, K, 2) of the pictures as they lie in the room."""
    return np.asarray(np.einsum("nij,nkj->nki", np.linalg.inv(to_picture[:, :, :2]), points_px - to_picture[:, None, :, 2]))


def _seen(points_px: FloatArray, to_picture: FloatArray) -> FloatArray:
    """Return points (N, K, 2) of the room as they lie in the pictures."""
    return np.asarray(np.einsum("nij,nkj->nki", to_picture[:, :, :2], points_px) + to_picture[:, None, :, 2])


def _standing(landmarks: FloatArray, time_s: FloatArray) -> FloatArray:
    """Return where left and right ankle stand, seen by a camera that stands or pans at an even pace."""
    ankles = landmarks[:, [Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE], :2]
    shoulder = middle(landmarks, "SHOULDER")
    seen = np.isfinite(ankles).all(axis=(1, 2))
    out = np.full(ankles.shape, np.nan)
    if not seen.any():
        return out
    known, known_s = ankles[seen], time_s[seen]
    moments_s = np.arange(known_s[0], known_s[-1] + _EVERY_S, _EVERY_S)
    length_px = float(np.percentile(np.linalg.norm(shoulder[seen] - known.mean(axis=1), axis=1), 90))
    places, moving = np.full((len(moments_s), 2, 2), np.nan), np.zeros(len(moments_s))
    upright, seen_free = trunk_lean_deg(landmarks[seen]) < _UPRIGHT_DEG, np.zeros(len(moments_s), dtype=bool)
    for number, moment_s in enumerate(moments_s):
        for window_s in _WINDOWS_S:
            first, last = np.searchsorted(known_s, [moment_s - window_s / 2, moment_s + window_s / 2 + 1e-9])
            if last == first:
                break
            held = _held(known[first:last], known_s[first:last] - moment_s, length_px)
            places[number], moving[number] = _lowest(held), _span_px(held)
            seen_free[number] = upright[first:last].mean() >= _LOWEST_SHARE
            if moving[number] <= _TRAVEL * length_px:
                break
    filled = np.isfinite(places[:, 0, 0])
    places = _bridged(places, moments_s, filled & seen_free & (moving <= _TRAVEL * length_px), length_px)
    out[seen] = _on_the_way(known_s, moments_s[filled], places[filled])
    rows = np.flatnonzero(seen)[np.interp(known_s, moments_s[filled], moving[filled]) > _TRAVEL * length_px]
    out[rows] = ankles[rows]
    return out


def _bridged(places_px: FloatArray, moments_s: FloatArray, sure: BoolArray, length_px: float) -> FloatArray:
    """Return places (M, 2, 2), those that are not sure on straight lines between those that are, where that is below where they were seen.

    Before the first and after the last sure one its place is taken. What is far from where the foot was seen is another place.
    """
    if not sure.any():
        return places_px
    between = _on_the_way(moments_s, moments_s[sure], places_px[sure])
    beside_px, below_px = np.moveaxis(between - places_px, 2, 0)
    hidden = ~sure[:, None] & (below_px > 0.0) & (below_px < _LIFTED * length_px) & (np.abs(beside_px) < _PAN * length_px)
    return np.where(hidden[:, :, None], between, places_px)


def _on_the_way(at_s: FloatArray, moments_s: FloatArray, places_px: FloatArray) -> FloatArray:
    """Return both feet at some times (N, 2, 2), on straight lines between their places (M, 2, 2) at moments, before and after these there."""
    lines = [np.interp(at_s, moments_s, across) for across in places_px.reshape(-1, 4).T]
    return np.stack(lines, axis=1).reshape(-1, 2, 2)


def _held(ankles_px: FloatArray, from_moment_s: FloatArray, length_px: float) -> FloatArray:
    """Return ankles (M, 2, 2) as they would lie if the camera had stood as it does at the moment, where it pans at an even pace."""
    pace, off_px = _drift(ankles_px[:, :, 0], from_moment_s)
    travel_px = abs(pace) * (from_moment_s[-1] - from_moment_s[0])
    held = np.array(ankles_px, dtype=np.float64)
    if travel_px > _PAN * length_px and off_px < _EVEN * travel_px:
        held[:, :, 0] -= pace * from_moment_s[:, None]
    return held


def _fifths(values: FloatArray) -> FloatArray:
    """Return the medians of fifths of the time, (5, ...)."""
    # np.median costs three times as much for so few
    parts = [np.sort(part, axis=0) for part in np.array_split(values, 5)]
    return np.stack([(part[(len(part) - 1) // 2] + part[len(part) // 2]) / 2 for part in parts])


def _drift(across_px: FloatArray, time_s: FloatArray) -> tuple[float, float]:
    """Return the pace, px/s, at which both feet (M, 2) travel, that of the slower one, and how far its steps lie off a line."""
    if len(across_px) < 10:
        return 0.0, 0.0
    steps, at_s = _fifths(across_px), _fifths(time_s)
    early, late = np.triu_indices(len(at_s), 1)
    paces = np.median((steps[late] - steps[early]) / (at_s[late] - at_s[early])[:, None], axis=0)
    if paces[0] * paces[1] <= 0.0:
        return 0.0, 0.0
    slower = int(np.argmin(np.abs(paces)))
    off = steps[:, slower] - paces[slower] * at_s
    return float(paces[slower]), float(np.ptp(off))


def _span_px(ankles_px: FloatArray) -> float:
    """Return how far the feet travel along the picture, between the medians of fifths of the time; that of the foot that moves less."""
    if len(ankles_px) < 10:
        return 0.0
    return float(np.min(np.ptp(_fifths(ankles_px[:, :, 0]), axis=0)))


def _lowest(ankles_px: FloatArray) -> FloatArray:
    """Return each side's place, (2, 2), where its landmark lies lowest among (M, 2, 2)."""
    count = max(1, round(_LOWEST_SHARE * len(ankles_px)))
    order = np.argsort(-ankles_px[:, :, 1], axis=0)[:count]
    return np.stack([np.median(ankles_px[order[:, side], side], axis=0) for side in range(2)])
