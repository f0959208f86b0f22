"""The frames of one clip in time: when each was taken, and which of them a decoder's timestamp belongs to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hinge_vision.arrays import BoolArray, FloatArray, IntArray
from hinge_vision.video.timing import are_times, frame_times, median_rate

# A timestamp belongs to a frame whose time is no further from it than this share of the usual step.
_SAME_STEP = 0.25


@dataclass(frozen=True)
class Timeline:
    """When each frame of a clip was taken, in the order they are shown.

    Attributes
    ----------
    times_s : (N,)
        Clip time of each frame that the file announces, strictly increasing.
    fps
        Their usual rate.
    stamped
        Whether the file's own timestamps are believed; else a decoder's say nothing either.
    keys : (K,)
        Numbers of the key frames, increasing.
    """

    times_s: FloatArray
    fps: float
    stamped: bool
    keys: IntArray

    @classmethod
    def of(cls, stamps_s: FloatArray, keys: BoolArray, announced_fps: float) -> Timeline:
        """Read the timestamps (N,) found in a file, NaN = none given, and which are of key frames; the announced rate serves where they do not."""
        times_s = frame_times(stamps_s, announced_fps)
        fps = median_rate(times_s, announced_fps)
        at = np.searchsorted(times_s, stamps_s[keys & np.isfinite(stamps_s)] - _SAME_STEP / fps)
        return cls(times_s, fps, are_times(stamps_s), np.unique(at[at < len(times_s)]))

    @property
    def frames(self) -> int:
        """How many frames the file announces."""
        return len(self.times_s)

    def time_s(self, number: int) -> float:
        """Return the clip time of a frame; beyond the announced ones it goes on at the clip's rate."""
        if number < self.frames:
            return float(self.times_s[number])
        last_s = float(self.times_s[-1]) if self.frames else -1.0 / self.fps
        return last_s + (number - self.frames + 1) / self.fps

    def end_s(self, reached: int) -> float:
        """Return when the clip ends, of which a frame with this number has been decoded: one step after its last frame."""
        return self.time_s(max(self.frames - 1, reached, 0)) + 1.0 / self.fps

    def nearest(self, stamp_s: float) -> int | None:
        """Return the number of the frame that a timestamp belongs to, None where it fits none."""
        at = int(np.searchsorted(self.times_s, stamp_s))
        near = min((i for i in (at - 1, at) if 0 <= i < self.frames), key=lambda i: abs(self.times_s[i] - stamp_s), default=None)
        return near if near is not None and abs(self.times_s[near] - stamp_s) < _SAME_STEP / self.fps else None

    def key_before(self, number: int) -> int:
        """Return the number of the last key frame up to a frame; -1 where there is none."""
        at = int(np.searchsorted(self.keys, number, side="right")) - 1
        return int(self.keys[at]) if at >= 0 else -1
