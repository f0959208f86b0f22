"""How sure: the probability that a true value lies past a limit, and how much the view takes away from it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hinge_vision.findings.thresholds import Thresholds

# A standard error below this is not believed: clothes alone move the outline by that much.
MIN_SD_DEG = 1.5


@dataclass(frozen=True)
class Reading:
    """One value with its standard error, and the row of the motion it was read at. NaN = not measured."""

    value: float
    sd: float
    row: int

    @property
    def measured(self) -> bool:
        """Whether there is a value at all."""
        return math.isfinite(self.value)

    def above(self, limit: float) -> float:
        """Return the probability, 0..1, that the true value exceeds `limit`; 0 when not measured."""
        if not self.measured:
            return 0.0
        sd = self.sd if math.isfinite(self.sd) and self.sd > 0 else MIN_SD_DEG
        return normal_cdf((self.value - limit) / sd)

    def below(self, limit: float) -> float:
        """Return the probability, 0..1, that the true value is less than `limit`; 0 when not measured."""
        return 1.0 - self.above(limit) if self.measured else 0.0


def normal_cdf(z: float) -> float:
    """Return the standard normal distribution function at `z`."""
    return 0.5 * (1.0 + math.erf(z / math.sqrt(2.0)))


def view_factor(yaw_deg: float, thresholds: Thresholds) -> float:
    """Return 1 for a clean side view, falling to 0.5 at the largest yaw that is judged; 0.85 where yaw is unknown."""
    if not math.isfinite(yaw_deg):
        return 0.85
    past = (abs(yaw_deg) - thresholds.full_yaw_deg) / max(thresholds.max_yaw_deg - thresholds.full_yaw_deg, 1e-6)
    return float(1.0 - 0.5 * np.clip(past, 0.0, 1.0))


def rep_quality(measured: float, yaw_deg: float, frame_confidence: float, thresholds: Thresholds) -> float:
    """Return how well a rep was seen, 0..1.

    Parameters
    ----------
    measured
        Share of the rep's frames in which the low back was measured.
    yaw_deg
        Camera off the side view.
    frame_confidence
        Median confidence of the frames around the bottom.
    """
    share = 0.6 + 0.4 * float(np.clip(measured, 0.0, 1.0))
    frame = 0.5 + 0.5 * float(np.clip(frame_confidence, 0.0, 1.0)) if math.isfinite(frame_confidence) else 0.75
    return share * frame * view_factor(yaw_deg, thresholds)
