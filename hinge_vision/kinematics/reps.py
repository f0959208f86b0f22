"""Repetitions: where each begins, is deepest, and ends; and the phase of every frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hinge_vision.arrays import IntArray


@dataclass(frozen=True)
class Rep:
    """One repetition, as indices into the motion's rows (`start` <= `bottom` <= `end`), counted from 1.

    `lockout` is the index at which the lifter is back upright (equal to `end` where the clip ends before).
    `partial` = the clip starts or ends inside it.
    """

    number: int
    start: int
    bottom: int
    lockout: int
    end: int
    partial: bool

    @property
    def rows(self) -> IntArray:
        """All its rows, the last one too."""
        return np.arange(self.start, self.end + 1)


@dataclass(frozen=True)
class Segmentation:
    """All repetitions, and per row the repetition number (0 = none) and the phase: stand, down, bottom, up or lockout."""

    reps: tuple[Rep, ...]
    rep: IntArray
    phase: NDArray[np.str_]
