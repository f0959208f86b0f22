"""What the report's plots share: Plotly figures in plain data, with colours by name, such as `$hip`, which the page's theme fills in."""

from __future__ import annotations

from typing import Any

import numpy as np

from hinge_vision.arrays import FloatArray, IntArray
from hinge_vision.report.json_report import number

MOST_POINTS = 6000
"""Points of one curve in the page; longer clips are thinned evenly."""
MARGIN_PX = {"l": 70, "r": 12, "t": 28, "b": 46}

PlotlyDict = dict[str, Any]
"""A figure of Plotly, or a part of one, in plain data."""


def axis_range(value: FloatArray, sd: FloatArray, *, at_least: float) -> list[float]:
    """Return an axis range that holds the band, and never less than -`at_least`..`at_least`: a small wobble must look small."""
    low, high = value - np.nan_to_num(sd), value + np.nan_to_num(sd)
    known = np.isfinite(value)
    if not known.any():
        return [-at_least, at_least]
    return [min(-at_least, round(float(low[known].min()) - 2, 1)), max(at_least, round(float(high[known].max()) + 2, 1))]


def thin(count: int, most: int = MOST_POINTS) -> IntArray:
    """Return which of so many rows are drawn: evenly spread, and not more than `most`."""
    return np.arange(0, count, max(1, -(-count // most)))


def numbers(values: FloatArray, decimals: int) -> list[float | None]:
    """Return rounded numbers, None where unknown."""
    return [number(value, decimals) for value in values]
