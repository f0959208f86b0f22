"""Postures beside reference postures: what the change map is fitted and tried on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from table import STANDS, Table

from hinge_vision.arrays import FloatArray
from hinge_vision.spine.posture_model import ABSOLUTES, CHANGES, POSITION_UNIT, Mapping, pair

UPPER_BACK_WEIGHT = 2.0


def pairs(
    table: Table, column: FloatArray, lifters: NDArray[np.int64], references: int, variants: int
) -> tuple[FloatArray, FloatArray, NDArray[np.int64], NDArray[np.int64]]:
    """Return inputs, outputs, row numbers and reference's row numbers of every posture beside each of its lifter's references."""
    inputs, outputs, rows, beside = [], [], [], []
    random = np.random.default_rng(11)
    changes, absolutes = len(CHANGES), len(ABSOLUTES)
    for lifter in lifters:
        for variant in range(variants):
            mine = np.flatnonzero((table.lifter == lifter) & (table.variant == variant))
            if not len(mine):
                continue
            truth = table.truth[mine]
            upright = mine[(table.posture[mine] >= STANDS) & (truth[:, 3] < 30) & (np.abs(truth[:, 0]) < 25)]
            chosen = np.concatenate([mine[table.posture[mine] < STANDS], random.permutation(upright)[: max(0, references - STANDS)]])
            for reference in chosen:
                difference = table.truth[mine, :changes] - table.truth[reference, :changes]
                neck = table.truth[mine, -1:] - table.truth[reference, -1:]
                inputs.append(pair(column[reference], column[mine]))
                outputs.append(
                    np.concatenate([difference, table.truth[mine, changes : changes + absolutes], table.skin[mine] / POSITION_UNIT, neck], axis=1)
                )
                rows.append(mine)
                beside.append(np.full(len(mine), reference))
    return np.concatenate(inputs), np.concatenate(outputs), np.concatenate(rows), np.concatenate(beside)


def since_reference(mapping: Mapping, inputs: FloatArray, own: FloatArray, changes: int) -> tuple[FloatArray, FloatArray]:
    """Apply a map as `PostureModel.since` does: less what it says of the reference beside itself, in its first outputs.

    `own` are the references, one per row or one for all; returned are outputs and how far the networks lie apart.
    """
    outputs, apart = mapping(inputs)
    outputs[:, :changes] -= mapping(pair_rows(own))[0][:, :changes]
    return outputs, apart


def pair_rows(own: FloatArray) -> FloatArray:
    """Return the inputs of references (M, F) beside themselves."""
    return np.concatenate([np.zeros_like(own), own], axis=1)


def pull_of(truth: FloatArray, outputs: int) -> FloatArray:
    """Return how hard errors in the postures (N, 8) pull, (N, outputs): a round upper back over a quiet low back pulls at both harder.

    It is drawn seldom, and what the map mistakes most for a round low back.
    """
    upper_back = (np.abs(truth[:, 0]) < 12) & (truth[:, 1] > 15) & (truth[:, 3] > 25)
    pull = np.ones((len(truth), outputs))
    pull[upper_back, :2] = UPPER_BACK_WEIGHT
    return pull


def lifelike(truth: FloatArray) -> NDArray[np.bool_]:
    """Tell which postures (N, 8) a lift can hold: the upper back follows the low back or stays, the knees bend less than the hips.

    The others were drawn to part what lifts join; the errors of the two are printed apart.
    """
    lumbar, thoracic, hip, knee = truth[:, 0], truth[:, 1], truth[:, 3], truth[:, 4]
    back = (np.abs(thoracic - 0.4 * lumbar) < 9) | (np.abs(thoracic) < 9) | ((np.abs(lumbar) < 9) & (thoracic > 0))
    return back & (knee < 15 + 0.5 * np.maximum(hip, 0.0)) & ((hip > 25) | (np.abs(lumbar) < 18))
