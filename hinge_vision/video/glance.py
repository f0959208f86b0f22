"""Which frames show what goes on in a clip, when decoding all of it would take too long."""

from __future__ import annotations

import math

import numpy as np

from hinge_vision.arrays import BoolArray, FloatArray, IntArray
from hinge_vision.video.timing import are_times

# Key frames so near each other and so many are enough by themselves.
_KEYS_APART_S = 1.3
_FEWEST_LOOKS = 20
# In a long clip they need not all be looked at: 2 s later a figure is still near enough to be known as the same.
_SLOWEST_HZ = 0.5
# From key frames farther apart on, some frames that follow each are looked at as well: so many at least, so far apart.
_LOOKS_PER_KEY = 3
_LOOKS_APART_S = 0.4
# Fewer places than these tell too little of what a lifter does, and where.
_FEWEST_PLACES = 6
# Nothing is leapt over that lasts longer, nor for a saving of less than half.
_LONGEST_LEAP_S = 12.0
_MOST_DECODED = 0.5


def keys_are_enough(stamps_s: FloatArray, keys: BoolArray, start_s: float, end_s: float) -> bool:
    """Tell whether a clip's key frames show all that happens in a part of it.

    Parameters
    ----------
    stamps_s : (N,)
        When each frame was taken, NaN = not known.
    keys : (N,)
        Which are key frames.
    start_s, end_s
        The part of the clip that counts.
    """
    if not are_times(stamps_s) or not np.isfinite(stamps_s[keys]).all():
        return False
    part_s = np.clip([start_s, end_s], np.nanmin(stamps_s), np.nanmax(stamps_s))
    seen_s = np.unique(stamps_s[keys & (stamps_s >= part_s[0]) & (stamps_s <= part_s[1])])
    return len(seen_s) >= _FEWEST_LOOKS and bool(np.max(np.diff([part_s[0], *seen_s, part_s[1]])) <= _KEYS_APART_S)


def key_rate_hz(duration_s: float) -> float:
    """Return how many key frames a second to look at, in a part of a clip so long whose key frames are enough."""
    return max(_SLOWEST_HZ, _FEWEST_LOOKS / max(duration_s, 1.0))


def looks_after_keys(times_s: FloatArray, keys: IntArray, start_s: float, end_s: float) -> IntArray | None:
    """Choose frames at and soon after each key frame, for a clip whose key frames alone are too few.

    Parameters
    ----------
    times_s : (N,)
        Time of each frame, increasing.
    keys : (K,)
        Numbers of the key frames, increasing.
    start_s, end_s
        The part of the clip that counts.

    Returns
    -------
    (M,) or None
        Numbers of frames, increasing; None = key frames are so few, or so unevenly spread, that the clip is better read through.
    """
    keys = keys[(times_s[keys] >= start_s) & (times_s[keys] <= end_s)]
    if len(keys) < _FEWEST_PLACES:
        return None
    ends_s = np.append(times_s[keys[1:]], min(end_s, float(times_s[-1])))
    stretches_s = ends_s - times_s[keys]
    each = max(_LOOKS_PER_KEY, math.ceil(_FEWEST_LOOKS / len(keys)))
    if times_s[keys[0]] - max(start_s, times_s[0]) > _LONGEST_LEAP_S or stretches_s.max() > _LONGEST_LEAP_S:
        return None
    decoded_s = np.minimum(stretches_s, (each - 1) * _LOOKS_APART_S)
    if decoded_s.sum() > _MOST_DECODED * stretches_s.sum():
        return None
    after_s = times_s[keys][:, None] + _LOOKS_APART_S * np.arange(each)
    inside = after_s < np.append(ends_s[:-1], ends_s[-1] + 1e-9)[:, None]
    # a hair early: the frame at that very time, not the one after it
    return np.asarray(np.unique(np.searchsorted(times_s, after_s[inside] - 1e-6).clip(0, len(times_s) - 1)))
