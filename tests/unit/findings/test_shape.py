"""The shape of the back's outline, on outlines of known shape."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hinge_vision.findings.shape import BACK_PER_STATURE, bow_deg, convexity_pct
from hinge_vision.kinematics.motion import Motion
from hinge_vision.pose.track import PoseTrack
from tests.report_fixture import sample_motion


def arc(sagitta: float, facing: str, turn_deg: float, points: int = 64) -> tuple[PoseTrack, Motion]:
    """A back that is a circular arc from mid-back to sacrum, its rear bulging (or hollowed) by `sagitta` chord lengths."""
    track, motion = sample_motion("deadlift_neutral")
    length_px = BACK_PER_STATURE * track.stature_px
    along = np.linspace(-1.0, 1.0, points)
    rear = (-1.0 if facing == "right" else 1.0) * sagitta * (1.0 - along**2)
    shape = np.stack([rear, along / 2], axis=1) * length_px
    turn = np.radians(turn_deg)
    shape = shape @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) + [270.0, 300.0]
    count = len(motion.time_s)
    dowel = replace(motion.dowel, thoracic_px=np.tile(shape[0], (count, 1)), sacrum_px=np.tile(shape[-1], (count, 1)))
    return replace(track, facing=facing, outline=np.tile(shape, (count, 1, 1))), replace(motion, dowel=dowel)


@given(sagitta=st.floats(-0.15, 0.15), turn_deg=st.floats(0.0, 110.0), facing=st.sampled_from(["left", "right"]))
@settings(max_examples=40)
def test_convexity_is_the_height_of_the_arc_whichever_way_it_lies(sagitta, turn_deg, facing):
    turned = turn_deg if facing == "right" else -turn_deg
    track, motion = arc(sagitta, facing, turned)
    assert convexity_pct(track, motion)[0] == pytest.approx(100.0 * sagitta, abs=0.3 + 8.0 * abs(sagitta))


def test_a_straight_back_is_neither_convex_nor_hollow_and_a_missing_one_is_not_measured():
    track, motion = arc(0.0, "right", 40.0)
    assert convexity_pct(track, motion)[0] == pytest.approx(0.0, abs=1e-9)
    gone = replace(track, outline=np.full_like(track.outline, np.nan))
    assert np.isnan(convexity_pct(gone, motion)).all()


def bent(angle_deg: float, facing: str, turn_deg: float) -> PoseTrack:
    """An outline that turns by `angle_deg` between mid-back and low back."""
    track, _ = sample_motion("deadlift_neutral")
    step_px = 0.62 / 63 * track.stature_px
    # the bend lies between the two chords: 0.17 statures below the point behind the shoulder, which is point 16.3
    lean = np.radians(np.where(np.arange(63) < 16.3 + 0.17 / (0.62 / 63), 90.0 + angle_deg, 90.0) + turn_deg - 90.0)
    ahead = 1.0 if facing == "right" else -1.0
    steps = np.stack([-ahead * np.sin(lean), np.cos(lean)], axis=1) * step_px
    shape = np.concatenate([[[270.0, 100.0]], 100.0 + np.cumsum(steps, axis=0)])
    return replace(track, facing=facing, outline=np.tile(shape, (len(track.frame), 1, 1)), outline_origin=np.full(len(track.frame), 16.3))


@given(angle_deg=st.floats(-60.0, 60.0), turn_deg=st.floats(0.0, 110.0), facing=st.sampled_from(["left", "right"]), scale=st.floats(0.3, 3.0))
@settings(max_examples=40)
def test_the_bow_is_the_turn_between_mid_back_and_low_back_whichever_way_the_back_lies(angle_deg, turn_deg, facing, scale):
    track = bent(angle_deg, facing, turn_deg)
    assert bow_deg(track)[0] == pytest.approx(angle_deg, abs=1e-6)
    larger = replace(track, outline=scale * track.outline + [13.0, -7.0], stature_px=scale * track.stature_px)
    assert bow_deg(larger)[0] == pytest.approx(angle_deg, abs=1e-6)


def test_a_back_that_is_not_seen_has_no_bow():
    track, _ = sample_motion("deadlift_neutral")
    assert np.isnan(bow_deg(replace(track, outline=np.full_like(track.outline, np.nan)))).all()
