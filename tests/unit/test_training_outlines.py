"""Outlines led astray for the training, as a misled mask gives them."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks" / "training"))

import spoil
from spoil import along_disc, moved_ahead, spoiled

from tests.report_fixture import sample_motion

# The straight back of a lifter who faces right, 6 px from point to point.
BACK = np.stack([np.full(64, 100.0), 6.0 * np.arange(64)], axis=1)
REAR = -1.0


def steps_px(outline: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.hypot(*np.diff(outline[np.isfinite(outline[:, 0])], axis=0).T)


def test_an_outline_that_meets_no_disc_stays() -> None:
    np.testing.assert_array_equal(along_disc(BACK, np.array([200.0, 200.0]), 60.0, REAR, cuts=False), BACK)


@pytest.mark.parametrize(("cuts", "side"), [(False, -1.0), (True, 1.0)])
def test_an_outline_follows_the_rim_of_a_disc_behind_the_lifter_or_where_the_disc_cuts_him_off_before_him(cuts: bool, side: float) -> None:
    centre, radius = np.array([100.0, 200.0]), 50.0
    led = along_disc(BACK, centre, radius, REAR, cuts=cuts)
    off = side * (led[:, 0] - 100.0)
    assert off.min() > -1e-6
    assert off.max() == pytest.approx(radius, abs=1.0)
    assert (np.hypot(*(led - centre).T) > radius - 1.0).all()
    np.testing.assert_allclose(led[:20], BACK[:20])


def test_an_outline_that_ends_on_a_disc_goes_on_to_its_lowest_point() -> None:
    centre, radius = np.array([110.0, 370.0]), 60.0
    led = along_disc(BACK, centre, radius, REAR, cuts=False)
    on_rim = np.isclose(np.hypot(*(led - centre).T), radius, atol=1.0)
    assert on_rim[-3:].all()


def test_points_led_astray_lie_as_far_from_each_other_as_before() -> None:
    bite = np.where(np.abs(np.arange(64) - 30) < 5, 20.0, 0.0)
    for led in (along_disc(BACK, np.array([90.0, 200.0]), 50.0, REAR, cuts=False), moved_ahead(BACK, bite, REAR)):
        assert np.median(steps_px(led)) == pytest.approx(6.0, abs=0.3)
        assert steps_px(led).max() < 6.5


@pytest.mark.parametrize(("rear", "ahead"), [(-1.0, 1.0), (1.0, -1.0)])
def test_a_missing_piece_lies_on_the_belly_side(rear: float, ahead: float) -> None:
    bite = np.where(np.abs(np.arange(64) - 30) < 5, 20.0, 0.0)
    moved = moved_ahead(BACK, bite, rear)
    assert (ahead * (moved[:, 0] - 100.0)).max() == pytest.approx(20.0, abs=1.5)
    assert (ahead * (moved[:, 0] - 100.0)).min() > -1e-6


@pytest.mark.parametrize("plate_m", [0.0, 0.225])
def test_a_lifters_postures_keep_their_number_and_what_was_not_measured_stays_so(plate_m: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spoil, "PLATES", 1.0)
    monkeypatch.setattr(spoil, "BITES", 1.0)
    track, _ = sample_motion("deadlift_rounded")
    outline = track.outline.copy()
    outline[3] = np.nan
    bar_px = np.nanmedian(outline[:, -10], axis=0) + np.zeros((len(track.frame), 2))
    random = np.random.default_rng(1)
    led = [spoiled(replace(track, outline=outline), bar_px, plate_m, random) for _ in range(4)]
    for one in led:
        assert one.outline.shape == outline.shape
        assert np.isnan(one.outline[3]).all()
    assert any(np.nanmax(np.abs(one.outline - outline)) > 0.01 * track.stature_px for one in led)
