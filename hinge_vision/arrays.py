"""Array types used in signatures throughout the package, working through long arrays piece by piece, and a median that knows of NaN."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
ImageArray = NDArray[np.uint8]

# An hour of film has 36,000 rows; what is worked out on the way from one result to the next is several times its size.
_ROWS_AT_ONCE = 2048


def blocks(rows: int) -> Iterator[slice]:
    """Yield slices that cover so many rows, few enough at once that what is made on the way stays small; at least one, empty if need be."""
    for start in range(0, max(rows, 1), _ROWS_AT_ONCE):
        yield slice(start, min(start + _ROWS_AT_ONCE, rows))


def known_median(values: FloatArray) -> float:
    """Return the median of what is not NaN; NaN where nothing is."""
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")
