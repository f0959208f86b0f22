"""Postures beside reference postures, and those that tell of the lifter's build: what the change map and the neck's are fitted and tried on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from table import STANDS, Table

from hinge_vision.arrays import FloatArray
from hinge_vision.spine.change_map import BENT_FROM_DEG
from hinge_vision.spine.features import lean_deg
from hinge_vision.spine.posture_model import ABSOLUTES, CHANGES, POSITION_UNIT

UPPER_BACK_WEIGHT = 2.0
# Postures are alike when lumbar, thoracic, pelvis, hip and knee angle differ by much less than this, deg.
_ALIKE_DEG = np.array([30.0, 30.0, 30.0, 60.0, 60.0])
# On the way to a posture, or hardly beyond it.
_FURTHEST_ALONG = 1.2


def pairs(table: Table, lifters: NDArray[np.int64], references: int, variants: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows of every posture beside each of its lifter's references, and the references' rows."""
    rows, beside = [], []
    random = np.random.default_rng(11)
    groups = table.groups()
    for lifter in lifters:
        for variant in range(variants):
            mine = groups.get((int(lifter), variant), np.empty(0, np.int64))
            truth = table.truth[mine]
            upright = mine[(table.posture[mine] >= STANDS) & (truth[:, 3] < 30) & (np.abs(truth[:, 0]) < 25)]
            chosen = np.concatenate([mine[table.posture[mine] < STANDS], random.permutation(upright)[: max(0, references - STANDS)]])
            for reference in chosen:
                rows.append(mine)
                beside.append(np.full(len(mine), reference))
    return np.concatenate(rows), np.concatenate(beside)


def changes_of(table: Table, rows: NDArray[np.int64], beside: NDArray[np.int64]) -> FloatArray:
    """Return what the change map has to say of postures beside references, (N, 13)."""
    changes, absolutes = len(CHANGES), len(ABSOLUTES)
    difference = table.truth[rows, :changes] - table.truth[beside, :changes]
    return np.concatenate([difference, table.truth[rows, changes : changes + absolutes], table.skin[rows] / POSITION_UNIT], axis=1)


def neck_change_of(table: Table, rows: NDArray[np.int64], beside: NDArray[np.int64]) -> FloatArray:
    """Return what the neck's map has to say, (N, 1)."""
    return table.truth[rows, -1:] - table.truth[beside, -1:]


@dataclass(frozen=True)
class BuildRows:
    """Which rows of the table tell of the build of each row's lifter: his postures bent over.

    `row` (N, W) are their rows, those first that are most like what he passes through on the way to this posture (itself among them, where
    it is bent over); the first `count` (N,) hold.
    """

    row: NDArray[np.int64]
    count: NDArray[np.int64]


def build_rows(table: Table) -> BuildRows:
    """Find the postures that tell of every row's lifter.

    A clip shows a lifter on one way down and up. Postures drawn at random tell more of his build than that, so
    the map would trust them too much if it learned from nothing else.
    """
    bent = lean_deg(table.body) > BENT_FROM_DEG
    found = {key: rows[bent[rows]] for key, rows in table.groups().items()}
    row = np.zeros((len(table.lifter), max(len(rows) for rows in found.values())), np.int64)
    count = np.zeros(len(table.lifter), np.int64)
    angles = table.truth[:, : len(CHANGES)] / _ALIKE_DEG
    for key, mine in table.groups().items():
        candidates = angles[found[key]]
        along = np.clip(angles[mine] @ candidates.T / np.maximum((angles[mine] ** 2).sum(axis=1), 1e-6)[:, None], 0.0, _FURTHEST_ALONG)
        off = ((candidates[None] - along[..., None] * angles[mine, None]) ** 2).sum(axis=2)
        off[mine[:, None] == found[key]] = -1.0
        row[mine, : len(candidates)] = found[key][np.argsort(off, axis=1)]
        count[mine] = len(candidates)
    return BuildRows(row, count)


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
