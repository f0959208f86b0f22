"""How often to look: a slow lift needs fewer frames a second than a swing.

An analysis begins at `QUICK_HZ`. After `SURE_S` it goes down to `SLOW_HZ` if the lifter has bent down and come up, and never quickly;
once he has done it quickly it stays at `QUICK_HZ` to the end. What decides are his postures some time before, waited for where they are not
known yet: so the choice does not depend on how many threads there are, or on how fast they run.
"""

from __future__ import annotations

import math
import threading

import numpy as np
from scipy.ndimage import median_filter

from hinge_vision.arrays import FloatArray
from hinge_vision.pose.joints import trunk_lean_deg
from hinge_vision.video.timing import Thinning

SLOW_HZ, QUICK_HZ = 10.0, 15.0
# A swing spends 0.5 to 0.8 s bent over by more than half, the rendered deadlifts a second and more; at 10 Hz the depth of a swing
# that comes back every second is read up to 6 deg too small, that of one every 1.3 s is right (docs/performance.md).
QUICK_BEND_S = 0.85
# The trunk must go so far for it to count.
LEAST_RANGE_DEG = 30.0
# What is decided rests on postures from this long before, over so long a stretch, and is decided so often.
LAG_S = 1.0
WINDOW_S = 8.0
STEP_S = 0.5
# In a short clip there is little to be saved, and each frame counts.
SURE_S = 8.0


def bends_s(time_s: FloatArray, lean_deg: FloatArray) -> FloatArray:
    """Return how long each bend lasts, from going down past half of the trunk's range to being back; nothing where it hardly moves.

    Parameters
    ----------
    time_s, lean_deg : (N,)
        Lean of the trunk over time; NaN = not measured.
    """
    known = np.isfinite(lean_deg)
    if known.sum() < 5:
        return np.empty(0)
    time_s, lean_deg = time_s[known], np.asarray(median_filter(lean_deg[known], size=3, mode="nearest"))
    low, high = float(lean_deg.min()), float(lean_deg.max())
    if high - low < LEAST_RANGE_DEG:
        return np.empty(0)
    middle = (low + high) / 2
    crossings = np.flatnonzero(np.diff((lean_deg > middle).astype(np.int8)))
    share = (middle - lean_deg[crossings]) / (lean_deg[crossings + 1] - lean_deg[crossings])
    at_s = time_s[crossings] + share * (time_s[crossings + 1] - time_s[crossings])
    down = lean_deg[crossings] <= middle
    return np.asarray(np.diff(at_s)[down[:-1]])


class Pace:
    """Chooses the frames of one clip to analyse.

    Parameters
    ----------
    source_hz
        The clip's median rate, in real time.
    rate_hz
        The rate asked for; None = as fast as the lifter moves.
    """

    def __init__(self, source_hz: float, rate_hz: float | None) -> None:
        self._settled = rate_hz is not None
        self._thinning = Thinning(rate_hz or QUICK_HZ, source_hz)
        self._source_hz = source_hz
        self._slow = False
        self._sure_s: float | None = None
        self._known = threading.Condition()
        self._lean_deg: dict[float, float | None] = {}
        self._next_s = -math.inf

    def wants(self, time_s: float) -> bool:
        """Tell whether to analyse the frame at this time; asked in the order of time."""
        if self._sure_s is None:
            self._sure_s = time_s + SURE_S
        if not self._settled and time_s >= self._next_s:
            self._next_s = time_s + STEP_S
            self._decide(time_s)
        return self._thinning.keeps(time_s)

    def expect(self, time_s: float) -> None:
        """Note that the frame at this time could be decoded and is on its way: `tell` must be called for it in the end."""
        if not self._settled:
            with self._known:
                self._lean_deg[time_s] = None

    def tell(self, time_s: float, landmarks: FloatArray) -> None:
        """Tell what was found in a frame, from any thread."""
        with self._known:
            if time_s in self._lean_deg:
                self._lean_deg[time_s] = float(trunk_lean_deg(landmarks))
                self._known.notify_all()

    def _decide(self, time_s: float) -> None:
        bends = bends_s(*self._before(time_s - LAG_S))
        if (bends < QUICK_BEND_S).any():
            self._settled = True
            if self._slow:
                self._thinning = Thinning(QUICK_HZ, self._source_hz)
        elif len(bends) and not self._slow and self._sure_s is not None and time_s >= self._sure_s:
            self._slow = True
            self._thinning = Thinning(SLOW_HZ, self._source_hz)

    def _before(self, end_s: float) -> tuple[FloatArray, FloatArray]:
        """Return times and leans of the window that ends there, and forget what came before it."""
        with self._known:
            self._lean_deg = {time_s: lean for time_s, lean in self._lean_deg.items() if time_s > end_s - WINDOW_S}
            times = sorted(time_s for time_s in self._lean_deg if time_s <= end_s)
            self._known.wait_for(lambda: all(self._lean_deg[time_s] is not None for time_s in times))
            leans = [self._lean_deg[time_s] for time_s in times]
        return np.array(times), np.array(leans, dtype=np.float64)
