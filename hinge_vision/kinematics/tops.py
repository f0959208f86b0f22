"""The tops of a curve, and how far each stands out."""

from __future__ import annotations

import numpy as np

from hinge_vision.arrays import FloatArray, IntArray


def prominent_tops(values: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return the local maxima of (N,) values (the middle of a level one) and the prominence of each.

    The prominence is the height above the higher of the two lowest points passed on the way to higher ground, or to the end.
    SciPy has this in `scipy.signal`, which takes long to load.
    """
    # without repeats every top stands between two lower values
    firsts = np.concatenate([[0], np.flatnonzero(np.diff(values)) + 1])
    lasts = np.concatenate([firsts[1:], [len(values)]]) - 1
    distinct = values[firsts]
    at = 1 + np.flatnonzero((distinct[1:-1] > distinct[:-2]) & (distinct[1:-1] > distinct[2:]))
    if not len(at):
        return np.empty(0, dtype=np.int64), np.empty(0)
    heights = distinct[at]
    valleys = np.minimum.reduceat(distinct, np.concatenate([[0], at]))
    higher = np.maximum(_lowest_passed(heights, valleys[:-1]), _lowest_passed(heights[::-1], valleys[:0:-1])[::-1])
    return (firsts[at] + lasts[at]) // 2, heights - higher


def _lowest_passed(heights: FloatArray, before: FloatArray) -> FloatArray:
    """Return for each top the lowest value passed going back to a higher one; `before` holds the lowest just before each."""
    lowest = np.empty(len(heights))
    open_: list[tuple[float, float]] = []
    for index, (height, low) in enumerate(zip(heights.tolist(), before.tolist(), strict=True)):
        while open_ and open_[-1][0] <= height:
            low = min(low, open_.pop()[1])
        open_.append((height, low))
        lowest[index] = low
    return lowest
