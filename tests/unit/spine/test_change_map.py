from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinge_vision.spine.change_map import BENT_FROM_DEG, bent_over
from hinge_vision.spine.coefficients import load_model
from hinge_vision.spine.features import lean_deg
from hinge_vision.spine.posture_model import CHANGES

WIDTH = len(load_model().change.inputs.mean) // 2


def postures(count: int, seed: int = 0) -> np.ndarray:
    """Return rows of features as they occur in training, (count, F)."""
    scale = load_model().change.inputs
    return scale.mean[WIDTH:] + np.random.default_rng(seed).normal(0, 1, (count, WIDTH)) * scale.sd[WIDTH:]


def leaning(lean: float, count: int) -> np.ndarray:
    """Return rows whose outline leans this far throughout, deg."""
    body = np.zeros((count, WIDTH))
    body[:, :24] = np.radians(lean)
    return body


def test_nothing_has_changed_at_the_reference_whatever_the_other_postures_show() -> None:
    reference, bent = postures(1)[0], postures(5, seed=1)

    for others in (bent, bent[:0]):
        outputs, _ = load_model().change(reference, reference[None], others, len(CHANGES))
        assert outputs[0, : len(CHANGES)] == pytest.approx(np.zeros(len(CHANGES)), abs=1e-9)


@given(st.integers(0, 1000))
def test_the_build_does_not_depend_on_the_order_of_the_postures_nor_on_how_often_they_are_seen(seed: int) -> None:
    change = load_model().change
    reference, posture, bent = postures(1, seed)[0], postures(3, seed + 1), postures(6, seed + 2)
    once, _ = change(reference, posture, bent, len(CHANGES))

    shuffled, _ = change(reference, posture, np.random.default_rng(seed).permutation(bent), len(CHANGES))
    twice, _ = change(reference, posture, np.concatenate([bent, bent]), len(CHANGES))

    assert shuffled == pytest.approx(once, abs=1e-9)
    assert twice == pytest.approx(once, abs=1e-9)


def test_the_build_matters_and_can_be_missing() -> None:
    change = load_model().change
    reference, posture, bent = postures(1)[0], postures(3, seed=1), postures(6, seed=2)

    known, _ = change(reference, posture, bent, len(CHANGES))
    unknown, _ = change(reference, posture, bent[:0], len(CHANGES))

    assert np.isfinite(unknown).all()
    assert np.abs(known - unknown).max() > 0.1


def test_members_that_agree_lie_nowhere_apart() -> None:
    change = load_model().change
    one = replace(change, members=change.members[:1])

    _, apart = one(postures(1)[0], postures(4, seed=1), postures(2, seed=2), len(CHANGES))

    assert apart.max() == 0.0


def test_the_deep_part_of_a_lift_tells_of_the_build() -> None:
    body = np.concatenate([leaning(5.0, 50), leaning(40.0, 5), leaning(80.0, 40)])

    assert lean_deg(body)[[0, -1]] == pytest.approx([5.0, 80.0])
    assert np.flatnonzero(bent_over(body)).tolist() == list(range(55, 95))


def test_a_shallow_bend_tells_of_the_build_from_the_least_lean_on() -> None:
    body = np.concatenate([leaning(5.0, 50), leaning(BENT_FROM_DEG - 1.0, 5), leaning(BENT_FROM_DEG + 1.0, 20)])

    assert np.flatnonzero(bent_over(body)).tolist() == list(range(55, 75))


def test_a_lifter_who_only_stands_or_is_not_measured_shows_no_build() -> None:
    assert not bent_over(leaning(5.0, 10)).any()
    assert not bent_over(np.full((10, WIDTH), np.nan)).any()
    assert not bent_over(np.empty((0, WIDTH))).any()
