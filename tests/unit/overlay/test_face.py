"""Making the lifter's face unrecognisable."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hinge_vision.overlay.face import blurred, head_circles
from tests.report_fixture import sample_report


def test_the_face_stays_covered_in_frames_where_the_head_was_not_found():
    track = sample_report("deadlift_rounded").track
    landmarks = track.landmarks.copy()
    landmarks[10:20, :12] = np.nan
    circles = head_circles(replace(track, landmarks=landmarks))
    assert np.isfinite(circles).all()
    assert np.abs(circles[10:20] - head_circles(track)[10:20]).max() < 0.05 * track.stature_px


def test_only_what_lies_in_the_circle_loses_its_detail():
    image = np.random.default_rng(2).integers(0, 256, (80, 100, 3)).astype(np.uint8)
    covered = blurred(image, np.array([50.0, 40.0, 20.0]))
    rows, columns = np.mgrid[:80, :100]
    inside = np.hypot(columns - 50, rows - 40) <= 20
    np.testing.assert_array_equal(covered[~inside], image[~inside])
    assert covered[inside].std() < 0.3 * image[inside].std()
    assert blurred(image, np.full(3, np.nan)) is image
