"""How a camera held in a hand moves, told from the room: what stands still there moves in the picture as the camera does."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from hinge_vision.arrays import FloatArray, ImageArray
from hinge_vision.pose.track import Landmark
from hinge_vision.video.frame import Frame

# The room is looked at on pictures of about this size, so often while the camera moves, and so often while it stands or cannot be told.
_SIDE_PX = 320
_MOVING_S, _STILL_S = 0.2, 1.0
# A camera moves when a point of the room is this share of the picture's longer side off where it lay at the look before. Tripods: 0.0002.
_STILL_SHARE = 0.0005
# Corners of the room: so many at most, found anew where fewer than this share of them agrees any more, or they have come so far.
_MOST_CORNERS, _QUALITY, _APART_PX = 150, 0.01, 7
_FEWEST_AGREEING, _AGREE_PX = 12, 0.7
_AGREEING_SHARE, _NEW_SHARE, _NEW_WAY = 0.3, 0.6, 0.15
# They must stand apart across the picture (standard deviation, in widths), so that they are no single thing that moves.
_SPREAD = 0.12
# People hold bars and throw shadows: this much (in sizes of their boxes) around them is left out.
_AROUND_PEOPLE = 0.15
# Feet in the room of a standing camera lie within this much of the stature; what a camera moves them by less is left alone.
_SWAY = 0.004
# A camera is followed where so many of all looks succeed.
_KNOWN_SHARE = 0.9


@dataclass(frozen=True)
class CameraPath:
    """How points of the room moved through the picture.

    Attributes
    ----------
    time_s : (M,)
    to_picture : (M, 2, 3)
        Takes a point (x, y, 1) from where it lies in the first picture to where it lies at that time, in pixels of the source image.
    """

    time_s: FloatArray
    to_picture: FloatArray

    def at(self, time_s: FloatArray) -> FloatArray:
        """Return the transforms at times (N,), (N, 2, 3)."""
        flat = self.to_picture.reshape(len(self.time_s), 6)
        return np.stack([np.interp(time_s, self.time_s, column) for column in flat.T], axis=1).reshape(-1, 2, 3)


def moving_camera(path: CameraPath | None, landmarks: FloatArray, time_s: FloatArray, size_px: float) -> FloatArray | None:
    """Return how the room lies in each picture, (N, 2, 3), where that moves a lifter's feet by more than landmarks tremble; else None.

    Parameters
    ----------
    path
        How the camera moved; None = not known.
    landmarks : (N, 33, >=2)
        Pixels; NaN where nobody was found.
    time_s : (N,)
    size_px
        The lifter's stature.
    """
    ankles = landmarks[:, [Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE], :2].mean(axis=1)
    if path is None or not np.isfinite(ankles).any():
        return None
    to_picture = path.at(time_s)
    feet_px = to_picture @ np.append(np.nanmedian(ankles, axis=0), 1.0)
    return to_picture if float(np.ptp(feet_px, axis=0).max()) > _SWAY * size_px else None


@dataclass(frozen=True)
class _Look:
    """One look at the room: the small grey picture, corners of the room in it (K, 1, 2), and how the first look lies in it, (3, 3)."""

    picture: ImageArray
    corners: NDArray[np.float32]
    from_first: FloatArray


class RoomWatch:
    """Follows corners of the room through the frames of one clip, told in order of time.

    Parameters
    ----------
    people_px : (K, 4)
        Boxes x0, y0, x1, y1 that people were seen in, at any time of the clip.
    """

    def __init__(self, people_px: FloatArray) -> None:
        size_px = np.max(people_px[:, 2:] - people_px[:, :2], axis=1, keepdims=True)
        self._people_px = people_px + _AROUND_PEOPLE * size_px * np.array([-1.0, -1.0, 1.0, 1.0])
        self._next_s = -math.inf
        self._step = 1
        # corners are followed from one look for as long as it serves: small errors do not add up
        self._from: _Look | None = None
        self._last: _Look | None = None
        # the last look with its corners found anew, once that was needed
        self._last_anew: _Look | None = None
        self._time_s: list[float] = []
        self._from_first: list[FloatArray] = []
        self._lost = 0

    def look(self, frame: Frame) -> None:
        """Look at the room in a frame, if it is time to."""
        if frame.time_s < self._next_s:
            return
        self._next_s = frame.time_s + _MOVING_S
        self._step = max(1, max(frame.image.shape[:2]) // _SIDE_PX)
        picture = _small(frame.image, self._step)
        if self._from is None or self._last is None:
            self._from = self._last = self._found(picture, np.eye(3))
        else:
            seen = self._followed(self._from, picture) or self._followed_from_last(picture)
            if seen is None:
                self._lost += 1
                self._next_s = frame.time_s + _STILL_S
                return
            if _way(seen.from_first, self._last) < _STILL_SHARE:
                self._next_s = frame.time_s + _STILL_S
            if _way(seen.from_first, self._from) > _NEW_WAY or len(seen.corners) < _NEW_SHARE * len(self._from.corners):
                self._from = self._found(picture, seen.from_first)
            self._last, self._last_anew = seen, None
        self._time_s.append(frame.time_s)
        self._from_first.append(self._last.from_first)

    def path(self) -> CameraPath | None:
        """Return how the camera moved; None where the room shows too little to tell."""
        looks = len(self._time_s)
        if looks < 2 or looks < _KNOWN_SHARE * (looks + self._lost):
            return None
        larger, smaller = np.diag([self._step, self._step, 1.0]), np.diag([1 / self._step, 1 / self._step, 1.0])
        return CameraPath(np.array(self._time_s), (larger @ np.array(self._from_first) @ smaller)[:, :2])

    def _found(self, picture: ImageArray, from_first: FloatArray) -> _Look:
        """Find corners where no people are seen."""
        outside = np.full(picture.shape, 255, np.uint8)
        for left, top, right, bottom in np.rint(self._people_px / self._step).astype(int).tolist():
            outside[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = 0
        corners = cv2.goodFeaturesToTrack(picture, _MOST_CORNERS, _QUALITY, _APART_PX, mask=outside)
        return _Look(picture, np.empty((0, 1, 2), np.float32) if corners is None else np.asarray(corners, np.float32), from_first)

    def _followed_from_last(self, picture: ImageArray) -> _Look | None:
        """Follow corners found anew in the last picture: a room that has come far since the first look may still be known by it."""
        if self._from is None or self._last is None or self._from.picture is self._last.picture:
            return None  # they were found there
        if self._last_anew is None:
            self._last_anew = self._found(self._last.picture, self._last.from_first)
        return self._followed(self._last_anew, picture)

    @staticmethod
    def _followed(before: _Look, picture: ImageArray) -> _Look | None:
        """Find the corners of a look in another picture, those that agree on how the camera moved; None where too few do."""
        if len(before.corners) < _FEWEST_AGREEING:
            return None
        corners, found, _ = cv2.calcOpticalFlowPyrLK(before.picture, picture, before.corners, np.empty_like(before.corners))
        was, now = before.corners[found[:, 0] == 1], np.asarray(corners[found[:, 0] == 1], np.float32)
        if len(now) < _FEWEST_AGREEING:
            return None
        moved, agree = cv2.estimateAffinePartial2D(was, now, ransacReprojThreshold=_AGREE_PX)
        now = now[agree[:, 0] == 1]
        if moved is None or len(now) < max(_FEWEST_AGREEING, _AGREEING_SHARE * len(was)) or now[:, 0, 0].std() < _SPREAD * picture.shape[1]:
            return None
        return _Look(picture, now, np.concatenate([moved, [[0.0, 0.0, 1.0]]]) @ before.from_first)


def _small(image: ImageArray, step: int) -> ImageArray:
    """Return every so many-th pixel of an image, grey, softened."""
    grey = cv2.cvtColor(np.ascontiguousarray(image[::step, ::step]), cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.GaussianBlur(grey, (3, 3), 0), np.uint8)


def _way(from_first: FloatArray, other: _Look) -> float:
    """Return how far the middle of the picture has moved since another look, in shares of its longer side."""
    height, width = other.picture.shape[:2]
    middle = np.array([width / 2, height / 2, 1.0])
    return float(np.abs((from_first - other.from_first)[:2] @ middle).max()) / max(height, width)
