"""Probabilities and view factors behave as such."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinge_vision.findings.confidence import Reading, rep_quality, view_factor
from hinge_vision.findings.thresholds import Thresholds

VALUES = st.floats(-180.0, 180.0)


def test_a_value_at_its_limit_is_as_likely_above_as_below():
    assert Reading(20.0, 3.0, 0).above(20.0) == pytest.approx(0.5)


def test_one_standard_error_past_the_limit_is_84_percent():
    assert Reading(23.0, 3.0, 0).above(20.0) == pytest.approx(0.8413, abs=1e-4)
    assert Reading(17.0, 3.0, 0).below(20.0) == pytest.approx(0.8413, abs=1e-4)


@given(value=VALUES, sd=st.floats(0.1, 30.0), low=VALUES, high=VALUES)
def test_a_higher_limit_is_never_likelier_exceeded(value, sd, low, high):
    low, high = sorted((low, high))
    reading = Reading(value, sd, 0)
    assert 0.0 <= reading.above(high) <= reading.above(low) <= 1.0
    assert reading.above(low) + reading.below(low) == pytest.approx(1.0)


def test_what_was_not_measured_speaks_neither_for_nor_against():
    missing = Reading(math.nan, math.nan, 0)
    assert missing.above(0.0) == 0.0
    assert missing.below(0.0) == 0.0


def test_a_value_without_error_is_not_taken_as_certain():
    assert 0.5 < Reading(20.5, math.nan, 0).above(20.0) < 0.9


@given(yaw=st.floats(0.0, 90.0), more=st.floats(0.0, 30.0))
def test_the_view_factor_falls_with_yaw_and_stays_between_half_and_one(yaw, more):
    limits = Thresholds()
    assert 0.5 <= view_factor(yaw + more, limits) <= view_factor(yaw, limits) <= 1.0
    assert view_factor(-yaw, limits) == view_factor(yaw, limits)


@given(measured=st.floats(0.0, 1.0), yaw=st.floats(0.0, 60.0), confidence=st.floats(0.0, 1.0))
def test_the_quality_of_a_rep_lies_between_0_and_1_and_grows_with_what_was_measured(measured, yaw, confidence):
    limits = Thresholds()
    quality = rep_quality(measured, yaw, confidence, limits)
    assert 0.0 < quality <= 1.0
    assert rep_quality(1.0, yaw, confidence, limits) >= quality


def test_an_unknown_view_counts_less_than_a_clean_one():
    limits = Thresholds()
    assert rep_quality(1.0, math.nan, 1.0, limits) < rep_quality(1.0, 2.0, 1.0, limits)
