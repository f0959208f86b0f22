"""What a posture looks like to the measurement: a row of numbers from the dorsal outline and the landmarks.

Everything is turned so that the lifter faces right (x forward, y up, the camera's tilt taken out) and divided by his size, so
that mirroring, shifting or scaling the image changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from hinge_vision.arrays import BoolArray, FloatArray, blocks
from hinge_vision.pose.feet import near_and_far_ankle_px
from hinge_vision.pose.track import Landmark, PoseTrack

# Where along the outline directions are taken, in statures below the point behind the shoulder: from the nape (the head
# itself is left to the neck angle, since hair and hoods change it) to the rear of the thigh.
POSITIONS = np.round(np.arange(-0.05, 0.4101, 0.02), 3)
HEAD_POSITIONS = np.round(np.arange(-0.13, -0.06, 0.02), 3)
# A direction is that of the chord this far to either side: short enough to see the lumbar curve, long enough to ride over
# folds of cloth and the mask's pixels.
HALF_CHORD = 0.02
# The outline point all positions are measured from: mid-back, never hidden by plates.
ORIGIN_POSITION = 0.10
JOINTS = ("SHOULDER", "HIP", "KNEE", "ANKLE")
# The directions between nape and sacrum.
_TRUNK = slice(2, 14)
# Where in a row of `Features.body()` the near side's distance from the far side along the image stands, of shoulders and hips.
SPREAD_COLUMNS = (len(POSITIONS) + 2 * len(JOINTS), len(POSITIONS) + 2 * len(JOINTS) + 2)


@dataclass(frozen=True)
class Features:
    """Features of N frames, in canonical axes (x forward, y up, statures).

    Attributes
    ----------
    direction_deg : (N, len(POSITIONS))
        Direction of the outline, as forward lean of its upward tangent from the vertical; continuous along the outline.
    head_direction_deg : (N, len(HEAD_POSITIONS))
        The same along neck and rear of the head.
    joints : (N, 4, 2)
        Shoulder, hip, knee, ankle: mean of both sides, from the outline's origin point; the ankle where it stands.
    spread : (N, 4, 2)
        Near-side minus far-side position of the same joints: what tells the camera's yaw.
    depth : (N, 2)
        BlazePose's far minus near depth of shoulders and hips.
    face : (N, 2, 2)
        Mean ear and nose, from the origin point.
    """

    direction_deg: FloatArray
    head_direction_deg: FloatArray
    joints: FloatArray
    spread: FloatArray
    depth: FloatArray
    face: FloatArray

    def body(self) -> FloatArray:
        """(N, F) row of everything but the head, angles in radians so that all columns are of like size."""
        count = len(self.direction_deg)
        return np.concatenate(
            [np.radians(self.direction_deg), self.joints.reshape(count, -1), self.spread.reshape(count, -1), self.depth, self.legs()], axis=1
        )

    def legs(self) -> FloatArray:
        """(N, 3) lengths of shank and thigh, and from hip to ankle.

        The first two shrink where a plate leads the knee astray, the third tells how bent the knee is all the same.
        """
        hip, knee, ankle = self.joints[:, 1], self.joints[:, 2], self.joints[:, 3]
        return np.stack([np.hypot(*(upper - lower).T) for upper, lower in ((knee, ankle), (hip, knee), (hip, ankle))], axis=1)

    def whole(self) -> FloatArray:
        """(N, G) row of everything, head included."""
        count = len(self.direction_deg)
        return np.concatenate([self.body(), np.radians(self.head_direction_deg), self.face.reshape(count, -1)], axis=1)

    def lean_deg(self) -> FloatArray:
        """(N,) lean of the outline between nape and sacrum, absolute; does not hang on the hip landmark."""
        return lean_deg(np.radians(self.direction_deg))

    @property
    def measured(self) -> BoolArray:
        """(N,) True where the back's outline and the joints are there."""
        return np.asarray(np.isfinite(self.body()).all(axis=1))


def lean_deg(body: FloatArray) -> FloatArray:
    """Return `Features.lean_deg()` of rows of `Features.body()`."""
    return np.asarray(np.degrees(body[:, _TRUNK].mean(axis=1)))


def outline_at(track: PoseTrack, positions: FloatArray, rows: slice = slice(None)) -> FloatArray:
    """Return the outline's points at positions along it.

    Parameters
    ----------
    positions : (K,) or (N, K)
        In statures below the point behind the shoulder (negative = above it).
    rows
        Which of the track's rows; N of them.

    Returns
    -------
    (N, K, 2), px; NaN beyond the outline's ends.
    """
    points = track.outline[rows]
    steps = np.broadcast_to(positions, (len(points), np.shape(positions)[-1])) * track.stature_px / track.outline_step_px
    index = track.outline_origin[rows, None] + steps
    last = points.shape[1] - 1
    # a step of slack at the ends: the outline was traced with a first guess of the stature
    known = np.isfinite(index) & (index >= -1.0) & (index <= last + 1.0)
    clipped = np.clip(np.where(known, index, 0.0), 0.0, last)
    low = np.minimum(clipped.astype(np.int64), last - 1)
    share = (clipped - low)[..., None]
    number = np.arange(len(points))[:, None]
    between = points[number, low] * (1 - share) + points[number, low + 1] * share
    return np.where(known[..., None], between, np.nan)


def features(track: PoseTrack, ankles_px: FloatArray | None = None) -> Features:
    """Compute the features of every frame of a track; NaN where outline or landmarks are missing.

    `ankles_px` is what `near_and_far_ankle_px` says of the track, where the caller knows it already.
    """
    ankles = near_and_far_ankle_px(track) if ankles_px is None else ankles_px
    parts = [_features(track, ankles[rows], rows) for rows in blocks(len(track.frame))]
    return Features(*(np.concatenate([getattr(part, item.name) for part in parts]) for item in fields(Features)))


def _features(track: PoseTrack, ankles: FloatArray, rows: slice) -> Features:
    turn = np.stack(track.upright, axis=1) / track.stature_px
    all_positions = np.concatenate([HEAD_POSITIONS, POSITIONS])
    chord = (outline_at(track, all_positions - HALF_CHORD, rows) - outline_at(track, all_positions + HALF_CHORD, rows)) @ turn
    origin = outline_at(track, np.array([ORIGIN_POSITION]), rows)[:, 0]
    direction_deg = np.degrees(np.arctan2(chord[..., 0], chord[..., 1]))
    direction_deg = _continuous(direction_deg, int(np.argmin(np.abs(all_positions - ORIGIN_POSITION))))
    near = np.stack([*(track.near(joint)[rows, :2] for joint in JOINTS[:-1]), ankles[:, 0]], axis=1)
    far = np.stack([*(track.far(joint)[rows, :2] for joint in JOINTS[:-1]), ankles[:, 1]], axis=1)
    depth = np.stack([(track.far(joint)[rows, 2] - track.near(joint)[rows, 2]) / track.stature_px for joint in ("SHOULDER", "HIP")], axis=1)
    ear = (track.near("EAR")[rows, :2] + track.far("EAR")[rows, :2]) / 2
    nose = track.landmarks[rows, Landmark.NOSE, :2]
    return Features(
        direction_deg=direction_deg[:, len(HEAD_POSITIONS) :],
        head_direction_deg=direction_deg[:, : len(HEAD_POSITIONS)],
        joints=((near + far) / 2 - origin[:, None]) @ turn,
        spread=(near - far) @ turn,
        depth=depth,
        face=(np.stack([ear, nose], axis=1) - origin[:, None]) @ turn,
    )


def _continuous(direction_deg: FloatArray, start: int) -> FloatArray:
    """Undo jumps of 360 deg along each row, going out from column `start`."""
    out = direction_deg.copy()
    for columns in (range(start - 1, -1, -1), range(start + 1, direction_deg.shape[1])):
        previous = out[:, start].copy()
        for column in columns:
            step = direction_deg[:, column] - previous
            out[:, column] = previous + (step + 180.0) % 360.0 - 180.0
            previous = np.where(np.isfinite(out[:, column]), out[:, column], previous)
    return out
