"""Measuring angles from a pose track: what the camera does to the picture must not change them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hinge_vision import Report, Settings, SettingsError
from hinge_vision.kinematics.measure import MAX_LUMBAR_SD_DEG, measure
from hinge_vision.kinematics.motion import Motion
from hinge_vision.pose.track import Landmark, PoseTrack
from hinge_vision.spine.dowel import GAPS
from hinge_vision.spine.posture_model import CHANGES
from tests.conftest import SAMPLES
from tests.made_tracks import mirrored, moved, rows_of, tilted
from tests.report_fixture import read_truth


@pytest.fixture(scope="module")
def track(analysed: Callable[[str], Report]) -> PoseTrack:
    found = analysed("deadlift_rounded").track
    assert found is not None
    return found


@pytest.fixture(scope="module")
def motion(track: PoseTrack) -> Motion:
    return measure(track, Settings())


def assert_same(ours: Motion, theirs: Motion, tolerance_deg: float = 0.05) -> None:
    for (name, angle), (_, other) in zip(ours.angles(), theirs.angles(), strict=True):
        np.testing.assert_allclose(angle.value_deg, other.value_deg, atol=tolerance_deg, err_msg=name)
    for name in GAPS:
        np.testing.assert_allclose(getattr(ours.dowel, name), getattr(theirs.dowel, name), atol=tolerance_deg, err_msg=name)


def test_a_mirrored_clip_gives_the_same_angles_and_gaps(track: PoseTrack, motion: Motion) -> None:
    assert_same(motion, measure(mirrored(track), Settings()))


@settings(max_examples=8)
@given(scale=st.floats(0.2, 4.0), x=st.floats(-2000, 2000), y=st.floats(-2000, 2000))
def test_size_and_place_in_the_image_do_not_matter(track: PoseTrack, motion: Motion, scale: float, x: float, y: float) -> None:
    assert_same(motion, measure(moved(track, scale, (x, y)), Settings()))


@pytest.mark.parametrize("roll_deg", [-9.0, 4.0])
def test_a_camera_known_to_be_tilted_gives_the_same_angles(track: PoseTrack, motion: Motion, roll_deg: float) -> None:
    assert_same(motion, measure(tilted(track, roll_deg), Settings()), tolerance_deg=1.0)


def test_half_the_frame_rate_gives_nearly_the_same_angles(track: PoseTrack, motion: Motion) -> None:
    every_other = np.arange(0, len(track.frame), 2)
    halved = measure(rows_of(track, every_other), Settings())
    difference = halved.lumbar_flexion.value_deg - motion.lumbar_flexion.value_deg[every_other]
    assert np.abs(difference).mean() < 0.8
    assert np.abs(difference).max() < 4.0


def test_a_clip_that_starts_later_gives_the_same_angles_at_later_times(track: PoseTrack, motion: Motion) -> None:
    later = measure(replace(track, time_s=track.time_s + 100.0), Settings())
    assert_same(motion, later)
    assert later.baseline.start_s == pytest.approx(motion.baseline.start_s + 100.0)


def test_reference_frames_that_differ_make_every_change_less_sure(track: PoseTrack, motion: Motion) -> None:
    bending_s = float(track.time_s[np.argmax(motion.trunk_inclination.value_deg > 12)])
    standing, bending = (measure(track, Settings(standing_at_s=moment_s)) for moment_s in (0.25, bending_s))
    assert standing.baseline.sd_deg < 1.0
    assert bending.baseline.sd_deg > 2.0
    for name in CHANGES:
        # at the end he stands as at the beginning: the reference is all there is to be unsure of
        assert getattr(bending, name).sd_deg[-1] > getattr(standing, name).sd_deg[-1], name


def test_the_low_back_of_a_rendered_lifter_is_read_within_the_promised_error(motion: Motion) -> None:
    truth = read_truth(SAMPLES / "deadlift_rounded.csv")["lumbar_flexion_deg"][motion.frame]
    error = motion.lumbar_flexion.value_deg - truth
    assert truth.max() > 40
    assert np.isfinite(error).all()
    assert np.abs(error).mean() < 5.0
    assert abs(error[truth > 0.9 * truth.max()].mean()) < 5.0


def test_quiet_standing_before_the_first_rep_is_the_zero(motion: Motion) -> None:
    assert motion.baseline.source == "standing"
    quiet = (motion.time_s >= motion.baseline.start_s) & (motion.time_s <= motion.baseline.end_s)
    for name in ("lumbar_flexion", "hip_flexion", "pelvic_tilt"):
        assert abs(np.median(getattr(motion, name).value_deg[quiet])) < 1.0


def test_a_lifter_who_stands_facing_the_camera_gives_no_zero(track: PoseTrack, motion: Motion) -> None:
    facing_us = track.time_s <= motion.baseline.end_s
    world = track.world_landmarks.copy()
    for joint in ("SHOULDER", "HIP"):
        world[facing_us, Landmark[f"LEFT_{joint}"]] = [0.2, 0.0, 0.0]
        world[facing_us, Landmark[f"RIGHT_{joint}"]] = [-0.2, 0.0, 0.0]
    turned = replace(track, world_landmarks=world)
    assert not measure(turned, Settings()).baseline.start_s <= motion.baseline.end_s
    assert measure(turned, Settings(standing_at_s=float(track.time_s[0]))).baseline.source == "user"


def test_a_moment_named_by_the_user_becomes_the_zero(track: PoseTrack) -> None:
    named = measure(track, Settings(standing_at_s=float(track.time_s[0]) + 0.1))
    assert named.baseline.source == "user"
    assert named.baseline.start_s == pytest.approx(float(track.time_s[0]))


def test_a_moment_outside_the_clip_is_refused_with_the_option_to_change(track: PoseTrack) -> None:
    with pytest.raises(SettingsError, match="--standing-at"):
        measure(track, Settings(standing_at_s=1000.0))


def test_a_moment_at_which_the_lifter_is_bent_over_is_refused(track: PoseTrack, motion: Motion) -> None:
    bottom_s = float(track.time_s[np.nanargmax(motion.hip_flexion.value_deg)])
    with pytest.raises(SettingsError, match=r"bent over .* --standing-at"):
        measure(track, Settings(standing_at_s=bottom_s))


def test_the_moment_named_is_one_of_the_clip_as_a_player_shows_it(track: PoseTrack) -> None:
    named = measure(track, Settings(standing_at_s=0.4))
    slow = measure(track, Settings(standing_at_s=1.6, capture_fps=4 * track.clip.fps))
    assert (slow.baseline.start_s, slow.baseline.end_s) == (named.baseline.start_s, named.baseline.end_s)


def test_a_lifter_never_seen_upright_is_measured_with_a_wider_error(track: PoseTrack, motion: Motion) -> None:
    bent = np.flatnonzero(motion.hip_flexion.value_deg > 50)
    alone = measure(rows_of(track, bent), Settings())
    assert alone.baseline.source == "prior"
    assert alone.baseline.sd_deg > motion.baseline.sd_deg
    assert np.nanmedian(alone.lumbar_flexion.sd_deg) > np.nanmedian(motion.lumbar_flexion.sd_deg[bent])


def test_frames_without_an_outline_are_not_measured_when_they_last(track: PoseTrack) -> None:
    lost = np.arange(60, 90)
    outline, origin = track.outline.copy(), track.outline_origin.copy()
    outline[lost], origin[lost] = np.nan, np.nan
    holed = measure(replace(track, outline=outline, outline_origin=origin), Settings())
    for _, angle in holed.angles():
        assert np.isnan(angle.value_deg[lost[3:-3]]).all()
        assert np.isnan(angle.sd_deg[lost[3:-3]]).all()
    assert (holed.confidence[lost[3:-3]] == 0).all()


def test_one_lost_frame_is_bridged(track: PoseTrack, motion: Motion) -> None:
    outline = track.outline.copy()
    outline[70] = np.nan
    bridged = measure(replace(track, outline=outline), Settings())
    assert bridged.lumbar_flexion.value_deg[70] == pytest.approx(motion.lumbar_flexion.value_deg[70], abs=3.0)


def test_an_outline_that_is_no_back_is_not_measured_as_if_it_were_sure(track: PoseTrack, motion: Motion) -> None:
    random = np.random.default_rng(3)
    broken = measure(replace(track, outline=track.outline + random.normal(0, 0.08 * track.stature_px, track.outline.shape)), Settings())
    spread = np.where(np.isnan(broken.lumbar_flexion.sd_deg), MAX_LUMBAR_SD_DEG, broken.lumbar_flexion.sd_deg)
    assert np.median(spread) > 1.5 * np.median(motion.lumbar_flexion.sd_deg)


def test_nothing_found_in_any_frame_gives_nothing_but_nan(track: PoseTrack) -> None:
    lost = replace(track, outline=np.full_like(track.outline, np.nan), outline_origin=np.full_like(track.outline_origin, np.nan))
    nothing = measure(lost, Settings())
    for _, angle in nothing.angles():
        assert np.isnan(angle.value_deg).all()
    assert nothing.baseline.source == "prior"
