"""How far the posture that angles are counted from is from quiet standing, and how surely that is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinge_vision.kinematics.baseline import Reference
from hinge_vision.kinematics.motion import BaselineSource
from hinge_vision.kinematics.zero import Zero, leaning_back, scatter_deg, zero_of
from hinge_vision.spine.coefficients import load_model
from hinge_vision.spine.features import POSITIONS

LUMBAR, HIP = 0, 3


def zero(source: BaselineSource, lumbar_deg: float, trunk_deg: float, sd_deg: float = 5.0, hip_deg: float = 0.0) -> Zero:
    """The zero taken from ten frames that alone look so arched and bent at the hips, the outline leaning so far."""
    model = load_model()
    body = np.zeros((10, len(model.change.inputs.mean) // 2))
    body[:, : len(POSITIONS)] = np.radians(trunk_deg)
    alone_deg = np.tile([lumbar_deg, 0.0, 0.0, hip_deg, 0.0], (10, 1))
    everywhere = np.ones(10, bool)
    return zero_of(model, Reference(source, everywhere, sd_deg), body, alone_deg, everywhere)


def test_a_lockout_that_looks_like_standing_is_nearly_the_zero() -> None:
    assert zero("lockout", -1.2, 3.6).offset_deg[LUMBAR] == pytest.approx(0.0, abs=1.0)


def test_a_lockout_leaned_back_from_is_no_zero_of_the_low_back() -> None:
    leaning = zero("lockout", -9.0, -12.0)
    assert -14 < leaning.offset_deg[LUMBAR] < -8
    np.testing.assert_allclose(leaning.offset_deg[1:], 0.0)


def test_between_the_two_the_zero_is_least_sure() -> None:
    assert zero("lockout", -6.0, -6.0).sd_deg[LUMBAR] > max(zero("lockout", -1.0, 4.0).sd_deg[LUMBAR], zero("lockout", -11.0, -16.0).sd_deg[LUMBAR])


@pytest.mark.parametrize("source", ["standing", "user"])
def test_a_stand_is_taken_at_its_word_however_hollow_it_looks(source: BaselineSource) -> None:
    assert zero(source, -9.0, -12.0, sd_deg=0.7).offset_deg[LUMBAR] == pytest.approx(0.0, abs=0.2)


def test_where_the_clip_ends_before_the_hips_are_straight_they_are_not_taken_for_straight() -> None:
    assert zero("lockout", 0.0, 18.0, hip_deg=24.0).offset_deg[HIP] == pytest.approx(24.0)
    assert zero("lockout", 0.0, 4.0, hip_deg=6.0).offset_deg[HIP] < 3.0


@given(st.floats(-30, 30), st.floats(-30, 30), st.floats(0, 10), st.floats(0, 10))
def test_hollower_or_further_back_is_more_likely_a_lean_back(lumbar_deg: float, trunk_deg: float, hollower_deg: float, back_deg: float) -> None:
    share = leaning_back(lumbar_deg, trunk_deg)
    assert 0 <= share <= leaning_back(lumbar_deg - hollower_deg, trunk_deg - back_deg) <= 1


def test_frames_that_say_the_same_add_no_error_and_others_do() -> None:
    time_s = np.arange(8) / 15
    assert not scatter_deg(np.ones((8, 5)), time_s).any()
    assert scatter_deg(np.arange(8.0)[:, None] * np.ones(5), time_s).min() > 1.0
