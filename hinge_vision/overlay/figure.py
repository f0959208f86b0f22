"""The lifter's points over time as the overlay draws them: scaled to the picture, calmed, and readable between analysed frames."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np

from hinge_vision.arrays import FloatArray
from hinge_vision.pose.feet import near_and_far_ankle_px
from hinge_vision.report.contacts import CONTACTS, contact_states
from hinge_vision.report.model import Report

CALMING = (0.25, 0.5, 0.25)
"""Weights over neighbouring frames. Landmarks found frame by frame tremble by a pixel or two; the measurement has its own filter."""
LEAST_VISIBILITY = 0.2
FOOT = ("ANKLE", "HEEL", "FOOT_INDEX")
CHAINS = (("EAR", "SHOULDER"), ("SHOULDER", "ELBOW", "WRIST"), ("SHOULDER", "HIP"), ("HIP", "KNEE", "ANKLE", "HEEL", "FOOT_INDEX", "ANKLE"))


@dataclass(frozen=True)
class Figure:
    """Arrays with one entry per analysed frame; points in pixels of the picture to draw on."""

    near_chains: tuple[FloatArray, ...]
    far_chains: tuple[FloatArray, ...]
    outline: FloatArray
    low_back: FloatArray
    """The stretch of outline between mid-back and sacrum, (N, 64, 2); NaN elsewhere."""
    rod: FloatArray
    contacts: FloatArray
    """(N, 3, 2): head, mid-back, sacrum."""
    touching: FloatArray
    """(N, 3): 1 = touching, 0 = lost."""

    @classmethod
    def of(cls, report: Report, scale: float) -> Figure:
        """Take the points of a report that has a track; what it has no motion for is NaN."""
        track = report.track
        if track is None:
            raise ValueError("a report without a pose track has no figure to draw")
        rows = len(track.frame)
        outline = track.outline * scale
        rod, contacts, touching = np.full((rows, 2, 2), np.nan), np.full((rows, 3, 2), np.nan), np.full((rows, 3), np.nan)
        low_back = np.full_like(outline, np.nan)
        if report.motion is not None:
            dowel = report.motion.dowel
            rod = dowel.rod_px * scale
            contacts = np.stack([dowel.head_px, dowel.thoracic_px, dowel.sacrum_px], axis=1) * scale
            states = contact_states(report.motion, report.thresholds)
            touching = np.stack([states[name] for name in CONTACTS], axis=1)
            low_back = _between(outline, contacts[:, 1], contacts[:, 2])
        near_ankle, far_ankle = near_and_far_ankle_px(track).swapaxes(0, 1)
        return cls(_chains(track.near, near_ankle, scale), _chains(track.far, far_ankle, scale), outline, low_back, rod, contacts, touching)

    def at(self, row: float) -> Figure:
        """Return the figure at one row (arrays without their first axis); a fraction lies between two analysed frames."""
        return Figure(
            tuple(between_rows(chain, row) for chain in self.near_chains),
            tuple(between_rows(chain, row) for chain in self.far_chains),
            *(between_rows(getattr(self, field.name), row) for field in fields(self)[2:]),
        )


def between_rows(values: FloatArray, row: float) -> FloatArray:
    """Return the values at a row with fraction: in between linearly, and what is known on one side only is taken from there."""
    low = min(max(math.floor(row), 0), len(values) - 1)
    high = min(low + 1, len(values) - 1)
    share = min(max(row - low, 0.0), 1.0)
    before, after = values[low], values[high]
    nearer = before if share < 0.5 else after
    return np.where(np.isfinite(before) & np.isfinite(after), (1 - share) * before + share * after, nearer)


def calmed(values: FloatArray) -> FloatArray:
    """Return values averaged over neighbouring rows, NaN left out; a row without a value stays without."""
    known = np.isfinite(values)
    filled = np.where(known, values, 0.0)
    total, weight = np.zeros_like(filled), np.zeros_like(filled)
    for step, share in zip((-1, 0, 1), CALMING, strict=True):
        index = np.clip(np.arange(len(values)) + step, 0, len(values) - 1)
        total += share * filled[index]
        weight += share * known[index]
    return np.where(known, total / np.where(weight > 0, weight, 1.0), np.nan)


def _chains(take: Callable[[str], FloatArray], ankle_px: FloatArray, scale: float) -> tuple[FloatArray, ...]:
    """Return the chains of one side, its foot moved to where the ankle stands (N, 2): a plate pulls landmarks up the shin."""
    moved = ankle_px - take("ANKLE")[:, :2]
    foot_moved = np.where(np.isfinite(moved), moved, 0.0)

    def joint(name: str) -> FloatArray:
        landmark = take(name)
        seen = np.where(landmark[:, 3:] >= LEAST_VISIBILITY, landmark[:, :2], np.nan)
        return calmed(seen + foot_moved if name in FOOT else seen) * scale

    return tuple(np.stack([joint(name) for name in chain], axis=1) for chain in CHAINS)


def _between(outline: FloatArray, upper: FloatArray, lower: FloatArray) -> FloatArray:
    """Return the outline with all points NaN that do not lie between the ones nearest to `upper` and `lower`."""
    rows = np.flatnonzero(np.isfinite(outline).all(axis=2).any(axis=1) & np.isfinite(upper).all(axis=1) & np.isfinite(lower).all(axis=1))
    part = np.full_like(outline, np.nan)
    for row in rows:
        first = int(np.nanargmin(np.linalg.norm(outline[row] - upper[row], axis=1)))
        last = int(np.nanargmin(np.linalg.norm(outline[row] - lower[row], axis=1)))
        first, last = sorted((first, last))
        part[row, first : last + 1] = outline[row, first : last + 1]
    return part
