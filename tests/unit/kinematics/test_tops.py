"""Tops are those that SciPy finds, without its slow import."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.signal import find_peaks

from hinge_vision.kinematics.tops import prominent_tops


@given(st.lists(st.integers(0, 6), min_size=1, max_size=60))
def test_tops_and_their_prominence_are_those_that_scipy_finds(heights):
    values = np.array([-1.0, *heights, -1.0])
    tops, prominences = prominent_tops(values)
    expected, properties = find_peaks(values, prominence=0, plateau_size=1)
    np.testing.assert_array_equal(tops, expected)
    np.testing.assert_array_equal(prominences, properties["prominences"])
