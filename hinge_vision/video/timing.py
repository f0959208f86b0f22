"""When each frame was taken, and which frames a lower rate keeps. Plain arithmetic, no files."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np

from hinge_vision.arrays import FloatArray

# Below this share of distinct timestamps, the file does not really carry any.
_MIN_DISTINCT = 0.9
# A clip this much faster than the rate asked for is still taken whole: phones record "30 fps" at 29.9 to 30.1, and
# dropping one frame in a hundred would only tear holes.
_RATE_TOLERANCE = 1.1
# In such a clip a frame is left out only if it follows the one before by less than this share of the step asked for.
_BURST = 0.3


def frame_times(stamps_s: FloatArray, fps: float) -> FloatArray:
    """Turn the timestamps found in a file into the time of each frame, in the order they are shown.

    Parameters
    ----------
    stamps_s : (N,) float
        One presentation time per frame in seconds, in any order; NaN where the file gives none.
    fps
        The rate the file announces: used where its timestamps cannot be.

    Returns
    -------
    (N,) float
        Strictly increasing seconds. Single missing or repeated stamps are interpolated between their neighbours. Where
        more than a tenth are missing or repeated none is believed, and frame `i` is at `i / fps`.
    """
    count = len(stamps_s)
    known = np.unique(stamps_s[np.isfinite(stamps_s)])
    if not are_times(stamps_s):
        start = known[0] if len(known) == 1 == count else 0.0
        return np.asarray(start + np.arange(count) / fps, dtype=np.float64)
    if len(known) == count:
        return np.asarray(known, dtype=np.float64)
    # The same number of stamps is missing as is to be filled in: the repeated ones where they stood, the others at the end.
    order = np.sort(stamps_s)
    first = np.concatenate(([True], np.diff(order) > 0)) & np.isfinite(order)
    index = np.arange(count)
    times = np.interp(index, index[first], order[first])
    last = int(index[first][-1])
    times[last:] = times[last] + np.arange(count - last) / fps
    return np.asarray(times, dtype=np.float64)


def are_times(stamps_s: FloatArray) -> bool:
    """Tell whether the timestamps found in a file, (N,) with NaN = none given, say when its frames were taken: most are given, and differ."""
    known = np.unique(stamps_s[np.isfinite(stamps_s)])
    return len(known) >= max(2.0, _MIN_DISTINCT * len(stamps_s))


def mend_in_order(stamps_s: FloatArray) -> FloatArray:
    """Put right single stamps that repeat or go backward, in a stream that stores its frames in the order they are shown.

    Parameters
    ----------
    stamps_s : (N,) float
        One per frame, in file order; NaN = none given.

    Returns
    -------
    (N,) float
        The longest increasing run of stamps is believed, the others lie evenly between their neighbours. Where that run
        holds less than nine of ten stamps, they are returned as they are.
    """
    known = np.flatnonzero(np.isfinite(stamps_s))
    good = known[_increasing(stamps_s[known])]
    if len(good) in (0, len(stamps_s)) or len(good) < _MIN_DISTINCT * len(stamps_s):
        return stamps_s
    inside = np.arange(good[0], good[-1] + 1)
    mended = np.full_like(stamps_s, np.nan)
    mended[inside] = np.interp(inside, good, stamps_s[good])
    return mended


def _increasing(values: FloatArray) -> list[int]:
    """Return the places of a longest strictly increasing subsequence."""
    ends: list[float] = []
    places: list[int] = []
    before: list[int] = []
    for place, value in enumerate(values.tolist()):
        length = bisect_left(ends, value)
        before.append(places[length - 1] if length else -1)
        if length < len(ends) and ends[length] == value:
            continue  # of two equal ones the first is believed
        ends[length : length + 1] = [value]
        places[length : length + 1] = [place]
    chain: list[int] = []
    at = places[-1] if places else -1
    while at >= 0:
        chain.append(at)
        at = before[at]
    return chain[::-1]


def median_rate(times_s: FloatArray, announced: float) -> float:
    """Return the usual rate of strictly increasing times in Hz; the announced one where there are fewer than two.

    It is the median step, averaged over the steps about as long: some containers round their times to milliseconds.
    """
    if len(times_s) < 2:
        return announced
    steps = np.diff(times_s)
    # a step that does occur: between two that are equally common there may be none
    median = np.percentile(steps, 50, method="lower")
    usual = steps[np.abs(steps - median) <= 0.2 * median]
    return round(float(1.0 / usual.mean()), 4)


class Thinning:
    """Chooses, frame by frame, which to keep so that about `rate_hz` of them per second remain.

    The choice rests on the frames' times: 60 frames per second at a rate of 30 leave every second one, 50 leave three of
    five, and a clip of about the rate itself keeps every frame however its timestamps jitter, also where it is faster for a while.

    Parameters
    ----------
    rate_hz
        Frames per second to keep at most; None = all.
    source_hz
        The median rate of the clip.
    """

    def __init__(self, rate_hz: float | None, source_hz: float) -> None:
        self._step_s = 0.0 if rate_hz is None else 1.0 / rate_hz
        self._whole = rate_hz is None or source_hz <= rate_hz * _RATE_TOLERANCE
        self._slack_s = 0.5 / source_hz
        self._due_s = -np.inf
        self._last_s = -np.inf

    def keeps(self, time_s: float) -> bool:
        """Tell whether the frame at this time is kept; times must be given in order."""
        # Where the clip is taken whole, bursts of a variable frame rate are thinned, jitter is not.
        keep = time_s - self._last_s >= _BURST * self._step_s if self._whole else time_s >= self._due_s - self._slack_s
        if keep:
            late = time_s - self._due_s > self._step_s
            self._due_s = (time_s if late else self._due_s) + self._step_s
            self._last_s = time_s
        return bool(keep)
