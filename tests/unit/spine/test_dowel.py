"""The virtual dowel on backs of known shape."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hinge_vision.arrays import FloatArray
from hinge_vision.pose.track import PoseTrack
from hinge_vision.spine.dowel import Dowel, lay_dowel
from hinge_vision.spine.outline import OUTLINE_POINTS
from hinge_vision.video.clip_info import ClipInfo
from tests.made_tracks import mirrored

# The outline starts 0.16 statures above the point behind the shoulder; one stature is 500 px here.
STATURE_PX = 500.0
STEP_PX = 0.62 * STATURE_PX / (OUTLINE_POINTS - 1)
# Positions along the outline of the head's rear, C7, T8, T12, L3 and SI.
POSITIONS = np.array([[-0.14, -0.04, 0.05, 0.12, 0.18, 0.27]])


def track_of(bulge_px: FloatArray, lean_deg: float = 0.0) -> PoseTrack:
    """A lifter facing right whose outline runs straight down but for a bulge to the rear (px per outline point)."""
    along = (np.arange(OUTLINE_POINTS) - 0.16 / 0.62 * (OUTLINE_POINTS - 1)) * STEP_PX
    points = np.stack([-bulge_px, along], axis=1)
    lean = np.radians(lean_deg)
    turned = points @ np.array([[np.cos(lean), np.sin(lean)], [-np.sin(lean), np.cos(lean)]])
    return PoseTrack(
        clip=ClipInfo("made.mp4", 1000, 1000, 30.0, 1.0, 1, "h264"),
        facing="right",
        frame=np.array([0]),
        time_s=np.array([0.0]),
        landmarks=np.zeros((1, 33, 4)),
        world_landmarks=np.zeros((1, 33, 3)),
        outline=turned[None] + 500.0,
        outline_origin=np.array([0.16 / 0.62 * (OUTLINE_POINTS - 1)]),
        stature_px=STATURE_PX,
    )


def bulge(centre: float, width: float, height_px: float) -> FloatArray:
    """A smooth bulge at a position along the outline, in statures."""
    positions = np.linspace(-0.16, 0.46, OUTLINE_POINTS)
    return height_px * np.exp(-(((positions - centre) / width) ** 2))


def laid(track: PoseTrack) -> Dowel:
    return lay_dowel(track, POSITIONS)[0]


def test_on_a_straight_back_everything_touches() -> None:
    dowel = laid(track_of(np.zeros(OUTLINE_POINTS)))
    for gap in (dowel.sacral_gap_pct, dowel.thoracic_gap_pct, dowel.head_gap_pct, dowel.low_back_gap_pct):
        assert gap[0] == pytest.approx(0.0, abs=0.1)


def test_a_low_back_rounded_past_the_chord_carries_the_rod_and_sacrum_and_mid_back_lose_it() -> None:
    dowel = laid(track_of(bulge(0.18, 0.05, 20.0)))
    length_px = 0.31 * STATURE_PX
    assert dowel.sacral_gap_pct[0] == pytest.approx(100 * 20 / length_px, rel=0.15)
    assert dowel.thoracic_gap_pct[0] == pytest.approx(100 * 20 / length_px, rel=0.15)


def test_an_arched_low_back_makes_room_for_the_hand_while_the_contacts_stay() -> None:
    dowel = laid(track_of(bulge(0.18, 0.05, -20.0)))
    assert dowel.low_back_gap_pct[0] == pytest.approx(100 * 20 / (0.31 * STATURE_PX), rel=0.15)
    assert dowel.sacral_gap_pct[0] == pytest.approx(0.0, abs=0.5)
    assert dowel.thoracic_gap_pct[0] == pytest.approx(0.0, abs=0.5)


def test_a_head_behind_the_rod_has_a_negative_gap_and_one_before_it_a_positive() -> None:
    assert laid(track_of(bulge(-0.14, 0.03, 10.0))).head_gap_pct[0] < -4
    assert laid(track_of(bulge(-0.14, 0.03, -10.0))).head_gap_pct[0] > 4


@settings(max_examples=25)
@given(lean_deg=st.floats(-30, 110), height_px=st.floats(-25, 25), centre=st.floats(0.1, 0.25))
def test_leaning_and_mirroring_leave_every_gap_as_it_was(lean_deg: float, height_px: float, centre: float) -> None:
    upright = laid(track_of(bulge(centre, 0.05, height_px)))
    leaning = track_of(bulge(centre, 0.05, height_px), lean_deg)
    for other in (laid(leaning), laid(mirrored(leaning))):
        for (name, gap), (_, same) in zip(upright.gaps(), other.gaps(), strict=True):
            np.testing.assert_allclose(gap, same, atol=1e-6, err_msg=name)


@settings(max_examples=25)
@given(height_px=st.floats(-25, 25), centre=st.floats(0.0, 0.27))
def test_the_back_never_crosses_the_rod(height_px: float, centre: float) -> None:
    dowel = laid(track_of(bulge(centre, 0.05, height_px)))
    assert dowel.sacral_gap_pct[0] >= -1e-9
    assert dowel.thoracic_gap_pct[0] >= -0.2
    assert dowel.low_back_gap_pct[0] >= -1e-9


def test_the_rod_is_drawn_from_beyond_the_head_to_below_the_sacrum() -> None:
    dowel = laid(track_of(np.zeros(OUTLINE_POINTS)))
    (_, top), (_, bottom) = dowel.rod_px[0]
    assert top < dowel.head_px[0, 1]
    assert bottom > dowel.sacrum_px[0, 1]


def test_an_unmeasured_frame_has_no_dowel() -> None:
    track = track_of(np.zeros(OUTLINE_POINTS))
    dowel = laid(replace(track, outline=np.full_like(track.outline, np.nan)))
    for _, gap in dowel.gaps():
        assert np.isnan(gap[0])
