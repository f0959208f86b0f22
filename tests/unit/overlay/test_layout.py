"""Where the text goes: never over the lifter."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hinge_vision.overlay.draw import Overlay
from hinge_vision.overlay.layout import lifter_boxes
from tests.report_fixture import sample_report

SIZES = [(540, 720), (720, 540), (1080, 1920), (1920, 1080), (360, 640), (2160, 3840)]


def moved(report, scale, shift, facing, size_px):
    """Return the report with the lifter scaled and shifted within a picture of another size."""
    track, motion = report.track, report.motion
    offset = np.array(shift) * size_px

    def place(points):
        return points * scale + offset

    landmarks = track.landmarks.copy()
    landmarks[..., :2] = place(landmarks[..., :2])
    dowel = replace(motion.dowel, **{name: place(getattr(motion.dowel, name)) for name in ("rod_px", "sacrum_px", "thoracic_px", "head_px")})
    clip = replace(report.clip, width_px=size_px[0], height_px=size_px[1])
    track = replace(track, clip=clip, landmarks=landmarks, outline=place(track.outline), stature_px=track.stature_px * scale, facing=facing)
    return replace(report, clip=clip, track=track, motion=replace(motion, dowel=dowel), facing=facing)


@settings(max_examples=60)
@given(st.floats(0.2, 3.0), st.tuples(st.floats(-0.4, 0.4), st.floats(-0.4, 0.4)), st.sampled_from(["left", "right"]), st.sampled_from(SIZES))
def test_the_panel_meets_the_lifter_in_no_frame_of_the_clip(scale, shift, facing, size_px):
    report = moved(sample_report("deadlift_rounded"), scale, shift, facing, size_px)
    overlay = Overlay(report, *size_px)
    panel = overlay.panel
    assert panel.x >= 0
    assert panel.y >= 0
    assert panel.x + panel.width <= overlay.width_px
    assert panel.y + panel.height <= overlay.height_px
    if panel.above:
        assert panel.height == overlay.height_px - size_px[1]  # the picture begins below the panel
        return
    for left, top, right, bottom in lifter_boxes(report.track, report.motion.dowel.rod_px):
        assert right <= panel.x or left >= panel.x + panel.width or bottom <= panel.y or top >= panel.y + panel.height


def test_the_boxes_hold_every_point_of_the_lifter_with_room_to_spare():
    report = sample_report("deadlift_rounded")
    boxes = lifter_boxes(report.track)
    points = np.concatenate([report.track.landmarks[..., :2], report.track.outline], axis=1)
    low, high = np.nanmin(points, axis=1), np.nanmax(points, axis=1)
    assert (boxes[:, :2] < low).all()
    assert (boxes[:, 2:] > high).all()


def test_a_frame_without_the_lifter_has_no_box():
    track = sample_report("deadlift_rounded").track
    landmarks, outline = track.landmarks.copy(), track.outline.copy()
    landmarks[3], outline[3] = np.nan, np.nan
    assert np.isnan(lifter_boxes(replace(track, landmarks=landmarks, outline=outline))[3]).all()


def test_a_small_lifter_leaves_a_corner_and_a_large_one_gets_a_band():
    report = sample_report("deadlift_rounded")
    small = moved(report, 0.5, (0.0, 0.4), "right", (540, 720))
    large = moved(report, 1.3, (-0.15, -0.25), "right", (540, 720))
    assert not Overlay(small, 540, 720).panel.above
    assert Overlay(large, 540, 720).panel.above


def test_the_letters_are_at_least_thirteen_pixels_high_on_a_phone_360_pixels_wide():
    for width, height in SIZES:
        if width <= height:
            overlay = Overlay(moved(sample_report("deadlift_rounded"), 1.0, (0.0, 0.0), "right", (width, height)), width, height)
            assert overlay.panel.letters_px * 360 / width >= 13
