"""Fitting the maps that ship: what the change map learns from a lifter's other postures."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks" / "training"))

from change_network import fit_change_map
from pairs import build_rows, changes_of, pairs
from table import Table

from hinge_vision.spine.features import lean_deg
from hinge_vision.spine.posture_model import CHANGES

LIFTERS, POSTURES, WIDTH = 120, 10, 45
PELVIS = CHANGES.index("pelvic_tilt")
# The column of the features that shows the build, in bent postures only.
SHOWN = 30


@pytest.fixture(scope="module")
def table() -> Table:
    """Lifters who stand (postures 0 to 3) or bend over. In postures 2 and 3 the pelvis turns by as much as their build says, which shows
    only when they are bent over; all else is chance.
    """
    random = np.random.default_rng(0)
    lifter, posture = np.repeat(np.arange(LIFTERS), POSTURES), np.tile(np.arange(POSTURES), LIFTERS)
    standing = posture < 4
    build = np.repeat(random.normal(0, 1, LIFTERS), POSTURES)
    count = len(lifter)
    body = random.normal(0, 0.002, (count, WIDTH))
    body[:, :24] += np.where(standing, 0.0, np.radians(60.0))[:, None]
    body[:, SHOWN] += np.where(standing, 0.0, build)
    truth = random.normal(0, 1, (count, 8))
    truth[:, 3] += np.where(standing, 0.0, 60.0)
    truth[:, PELVIS] = np.where((posture == 2) | (posture == 3), 10.0 * build, 0.0)
    body[:, 40] = (posture == 2) | (posture == 3)
    return Table(
        lifter=lifter,
        variant=np.zeros(count, np.int64),
        posture=posture,
        body=body,
        whole=body,
        yaw_features=np.zeros((count, 5)),
        truth=truth,
        skin=random.normal(0, 0.01, (count, 6)),
        yaw_deg=np.zeros(count),
    )


def test_a_posture_itself_tells_most_of_the_build_and_upright_ones_tell_nothing(table: Table) -> None:
    rows = build_rows(table)
    bent = np.flatnonzero(lean_deg(table.body) > 30)

    assert (rows.row[bent, 0] == bent).all()
    for row in range(len(table.lifter)):
        read = rows.row[row, : rows.count[row]]
        assert (table.lifter[read] == table.lifter[row]).all()
        assert np.isin(read, bent).all()


def test_what_only_bent_postures_show_is_learned_from_them(table: Table) -> None:
    known, unseen = np.arange(LIFTERS - 20), np.arange(LIFTERS - 20, LIFTERS)
    builds = build_rows(table)
    change = fit_change_map(table, *pairs(table, known, 2, 1), builds, hidden=(24,), members=1, epochs=120)

    wanted, with_build, without = [], [], []
    for row, beside in zip(*pairs(table, unseen, 2, 1), strict=True):
        if table.posture[row] not in (2, 3):
            continue
        bent = table.body[builds.row[row, : builds.count[row]]]
        wanted.append(changes_of(table, np.array([row]), np.array([beside]))[0, PELVIS])
        with_build.append(change(table.body[beside], table.body[[row]], bent, len(CHANGES))[0][0, PELVIS])
        without.append(change(table.body[beside], table.body[[row]], bent[:0], len(CHANGES))[0][0, PELVIS])

    assert np.corrcoef(wanted, with_build)[0, 1] > 0.8
    assert np.std(without) < 0.3 * np.std(wanted)
