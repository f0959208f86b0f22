"""Which frames count as the lifter's own standing."""

from __future__ import annotations

import numpy as np
import pytest

from hinge_vision.arrays import BoolArray, FloatArray
from hinge_vision.kinematics.baseline import Reference, find_reference

RATE_HZ = 15.0


def clip(*parts: tuple[float, float]) -> tuple[FloatArray, FloatArray]:
    """Times and the trunk's lean of a clip whose parts last so long (s) and end at such a lean (deg); the first one begins where it ends."""
    time_s = np.arange(0.0, sum(length_s for length_s, _ in parts), 1 / RATE_HZ)
    ends_s = np.cumsum([0.0, *(length_s for length_s, _ in parts)])
    return time_s, np.interp(time_s, ends_s, [parts[0][1], *(lean_deg for _, lean_deg in parts)])


def reference_of(time_s: FloatArray, lean_deg: FloatArray, measured: BoolArray | None = None) -> Reference:
    """The reference where hips flex as far as the trunk leans and all else is neutral."""
    alone_deg = np.zeros((len(time_s), 5))
    alone_deg[:, 3] = np.maximum(lean_deg, 0.0)
    return find_reference(time_s, lean_deg, alone_deg, np.ones(len(time_s), bool) if measured is None else measured, None)


def test_quiet_standing_before_the_first_rep_is_taken() -> None:
    time_s, lean_deg = clip((1.0, 4.0), (1.0, 70.0), (0.5, 70.0), (1.0, 2.0), (0.5, 2.0))
    reference = reference_of(time_s, lean_deg)
    assert reference.source == "standing"
    assert time_s[reference.rows].max() <= 1.1


@pytest.mark.parametrize("stands_deg", [4.0, 8.0])
def test_a_lifter_who_leans_back_at_lockout_keeps_the_zero_of_his_stand(stands_deg: float) -> None:
    time_s, lean_deg = clip((0.7, stands_deg), (1.0, 70.0), (0.5, 70.0), (1.0, -4.0), (0.4, -4.0), (0.3, stands_deg), (0.3, stands_deg))
    reference = reference_of(time_s, lean_deg)
    assert reference.source == "standing"
    assert time_s[reference.rows].max() <= 0.8


def test_a_halt_half_way_down_is_no_stand() -> None:
    time_s, lean_deg = clip((0.1, 0.0), (0.5, 18.0), (1.0, 18.0), (1.0, 70.0), (0.5, 70.0), (1.0, 0.0), (0.3, 0.0))
    assert reference_of(time_s, lean_deg).source == "lockout"


def test_nobody_upright_gives_no_reference_frames() -> None:
    time_s, lean_deg = clip((1.0, 60.0), (1.0, 80.0))
    reference = reference_of(time_s, lean_deg)
    assert reference.source == "prior"
    assert not reference.rows.any()


def test_frames_that_cannot_be_used_are_never_the_reference() -> None:
    time_s, lean_deg = clip((2.0, 4.0), (1.0, 70.0), (1.0, 70.0))
    measured = time_s > 0.9
    reference = reference_of(time_s, lean_deg, measured)
    assert reference.source == "standing"
    assert not (reference.rows & ~measured).any()


def test_a_stand_goes_on_over_single_frames_in_which_the_back_was_not_seen() -> None:
    time_s, lean_deg = clip((1.0, 4.0), (1.0, 70.0), (0.5, 70.0), (1.0, 2.0), (0.5, 2.0))
    alone_deg = np.zeros((len(time_s), 5))
    alone_deg[:, 3] = lean_deg
    lean_deg[3::5] = np.nan
    reference = find_reference(time_s, lean_deg, alone_deg, np.ones(len(time_s), bool), None)
    assert reference.source == "standing"
    assert np.isfinite(lean_deg[reference.rows]).all()


@pytest.mark.parametrize("late_s", [0.0, 0.1, 1000.0, 12345.6])
def test_how_late_in_a_clip_a_stand_comes_does_not_decide_whether_it_is_one(late_s: float) -> None:
    lean_deg = np.where(np.arange(30) < 9, 4.0, 70.0)  # still for 0.4 s, the shortest stand there is
    assert reference_of(late_s + np.arange(30) / RATE_HZ, lean_deg).source == "standing"


def pulled(lumbar_deg: dict[float, float], *tops: tuple[float, float]) -> tuple[FloatArray, Reference]:
    """A clip that begins at the bottom and ends in the halts `tops` (length, lean); where the trunk leans so far, the low back looks so round."""
    parts = [part for length_s, top_deg in tops for part in ((0.3, top_deg), (length_s, top_deg))]
    time_s, lean_deg = clip((0.5, 70.0), (0.8, 20.0), *parts)
    alone_deg = np.zeros((len(time_s), 5))
    alone_deg[:, 0] = np.interp(lean_deg, sorted(lumbar_deg), [lumbar_deg[lean] for lean in sorted(lumbar_deg)])
    alone_deg[:, 3] = np.maximum(lean_deg, 0.0)
    return lean_deg, find_reference(time_s, lean_deg, alone_deg, np.ones(len(time_s), bool), None)


def test_where_he_leans_back_and_then_stands_the_stand_is_the_zero_however_short() -> None:
    lean_deg, reference = pulled({-6.0: -7.0, 4.0: -1.0}, (0.3, -6.0), (0.3, 4.0))
    assert reference.source == "lockout"
    assert lean_deg[reference.rows].min() > -3.0
    assert np.median(lean_deg[reference.rows]) > 3.0


def test_a_lean_back_held_for_long_is_no_stand_where_another_halt_is_one() -> None:
    lean_deg, reference = pulled({-6.0: -7.0, 4.0: -1.0}, (1.4, -6.0), (0.3, 4.0))
    assert lean_deg[reference.rows].min() > -3.0
    assert np.median(lean_deg[reference.rows]) > 3.0


def test_lean_backs_swung_through_without_a_halt_give_no_zero_where_he_halts_at_the_end() -> None:
    swings = ((0.15, -6.0), (0.15, 30.0)) * 3
    lean_deg, reference = pulled({-6.0: -7.0, 4.0: -1.0}, *swings, (0.3, 4.0))
    assert reference.source == "lockout"
    assert lean_deg[reference.rows].min() > -3.0


def test_halts_that_look_alike_are_all_the_zero() -> None:
    lean_deg, reference = pulled({-2.0: -2.0, 4.0: -1.0}, (0.3, -2.0), (0.3, 4.0))
    assert lean_deg[reference.rows].min() < -1.0
    assert lean_deg[reference.rows].max() > 3.0


def test_a_halt_that_looks_rounder_than_any_stand_makes_no_lean_back_of_the_others() -> None:
    lean_deg, reference = pulled({0.0: 0.0, 6.0: 15.0}, (0.3, 0.0), (0.3, 6.0))
    assert lean_deg[reference.rows].min() < 1.0
