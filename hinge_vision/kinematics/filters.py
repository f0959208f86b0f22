"""Filters over time that add no lag and invent nothing over long gaps."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import correlate1d, median_filter

from hinge_vision.arrays import BoolArray, FloatArray

# Width of the local parabola: a kettlebell swing's half cycle is 0.5 s, the mask's jitter changes from frame to frame.
SMOOTHING_S = 0.25
# Longest stretch without measurement that is bridged by a straight line: a hand passing before the back.
MAX_GAP_S = 0.25
# Rate of the even time grid that uneven timestamps are brought to for filtering.
_GRID_HZ = 60.0


def bridge_gaps(values: FloatArray, time_s: FloatArray) -> FloatArray:
    """Fill gaps of NaN up to `MAX_GAP_S` long by straight lines; longer gaps and open ends stay NaN.

    `values` and `time_s` are (N,).
    """
    known = np.flatnonzero(np.isfinite(values))
    if len(known) < 2:
        return values.copy()
    out = values.copy()
    ends = np.flatnonzero((np.diff(known) > 1) & (np.diff(time_s[known]) <= MAX_GAP_S + 1e-9))
    for before, after in zip(known[ends], known[ends + 1], strict=True):
        inside = slice(before + 1, after)
        out[inside] = np.interp(time_s[inside], time_s[[before, after]], values[[before, after]])
    return out


def smooth(values: FloatArray, time_s: FloatArray, window_s: float) -> FloatArray:
    """Smooth each unbroken stretch with a short median and a local parabola (Savitzky-Golay); NaN stays NaN.

    A parabola keeps the height of a peak, which a moving average would cut off. Uneven timestamps are honoured: the
    filter runs on an even grid.

    Parameters
    ----------
    values : (N,)
    time_s : (N,), strictly increasing
    window_s : float
        Full width of the local parabola.
    """
    out = np.full_like(values, np.nan)
    for start, stop in stretches(np.isfinite(values)):
        out[start:stop] = _smooth_stretch(values[start:stop], time_s[start:stop], window_s)
    return out


def _smooth_stretch(values: FloatArray, time_s: FloatArray, window_s: float) -> FloatArray:
    if len(values) < 3:
        return values.copy()
    duration_s = float(time_s[-1] - time_s[0])
    steps = max(2, round(duration_s * _GRID_HZ))
    grid_s = np.linspace(time_s[0], time_s[-1], steps + 1)
    # a median over three frames takes out single bad ones before they spread
    lone = median_filter(values, size=3, mode="nearest")
    even = np.interp(grid_s, time_s, lone)
    width = 2 * round(window_s * _GRID_HZ / 2) + 1
    width = min(width, len(even) - 1 + len(even) % 2)
    if width < 4:
        return np.asarray(lone)
    return np.asarray(np.interp(time_s, grid_s, local_parabola(even, width)))


def local_parabola(values: FloatArray, width: int) -> FloatArray:
    """Return the middle of the least-squares parabola through each `width` neighbouring values (Savitzky-Golay); near the ends that of the last one.

    SciPy has this in `scipy.signal`, but importing scipy.signal adds about 0.45 s to a start of about 2 s.

    Parameters
    ----------
    values : (N,), evenly spaced, none missing
    width : int
        Odd, from 5 to N.
    """
    half = width // 2
    places = np.arange(-half, half + 1)
    weights = 3.0 * (3 * half**2 + 3 * half - 1 - 5 * places**2) / ((2 * half - 1) * (2 * half + 1) * (2 * half + 3))
    out = np.asarray(correlate1d(values, weights, mode="nearest"))
    out[:half] = np.polyval(np.polyfit(places, values[:width], 2), places[:half])
    out[-half:] = np.polyval(np.polyfit(places, values[-width:], 2), places[-half:])
    return out


def stretches(mask: BoolArray) -> list[tuple[int, int]]:
    """Return (start, stop) of each run of True in a (N,) mask."""
    padded = np.concatenate([[False], mask, [False]]).astype(np.int8)
    edges = np.diff(padded)
    return list(zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True))


def rate_of_change(values: FloatArray, time_s: FloatArray, span_s: float) -> FloatArray:
    """Return the slope of (N,) values over a centred span, per second, gaps bridged by straight lines; NaN where the value itself is not measured."""
    known = np.isfinite(values)
    if known.sum() < 2:
        return np.full_like(values, np.nan)
    ahead = np.interp(time_s + span_s / 2, time_s[known], values[known])
    behind = np.interp(time_s - span_s / 2, time_s[known], values[known])
    first_s, last_s = time_s[known][[0, -1]]
    width = np.minimum(time_s + span_s / 2, last_s) - np.maximum(time_s - span_s / 2, first_s)
    return np.where(known, (ahead - behind) / np.maximum(width, 1e-6), np.nan)
