"""Reps and phases are found by the shape of the motion, whatever the frame rate, noise, holes or the clip's ends."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hinge_vision.arrays import FloatArray
from hinge_vision.kinematics.motion import Motion
from hinge_vision.kinematics.segment import segment
from tests.made_motions import course, motion_from_depth, reps_course, rows_of, times, with_hole, with_noise
from tests.report_fixture import SAMPLES, read_truth, report_from_truth

TRUTHS = sorted(SAMPLES.glob("*.csv"))


def three_reps(rate_hz: float = 30.0) -> Motion:
    time_s = times(8.5, rate_hz)
    return motion_from_depth(time_s, reps_course(time_s, 3))


@pytest.mark.parametrize("path", TRUTHS, ids=lambda path: path.stem)
def test_counts_the_reps_of_a_rendered_lifter(path):
    truth = read_truth(path)
    motion = report_from_truth(path).motion
    assert motion is not None
    found = segment(motion)
    assert len(found.reps) == len(set(truth["rep"]) - {-1.0})
    for rep, number in zip(found.reps, sorted(set(truth["rep"]) - {-1.0}), strict=True):
        rows = np.flatnonzero(truth["rep"] == number)
        deepest = rows[truth["phase"][rows] == "bottom"] if np.any(truth["phase"][rows] == "bottom") else rows[[np.argmax(truth["depth"][rows])]]
        assert motion.time_s[deepest[0]] - 0.2 <= motion.time_s[rep.bottom] <= motion.time_s[deepest[-1]] + 0.2


@given(rate_hz=st.floats(12.0, 120.0), count=st.integers(1, 5), period_s=st.floats(1.3, 6.0))
@settings(max_examples=60)
def test_frame_rate_does_not_change_the_reps(rate_hz, count, period_s):
    time_s = times(1.5 + count * period_s, rate_hz)
    motion = motion_from_depth(time_s, reps_course(time_s, count, period_s))
    found = segment(motion)
    assert len(found.reps) == count
    assert not any(rep.partial for rep in found.reps)
    for number, rep in enumerate(found.reps):
        assert motion.time_s[rep.bottom] == pytest.approx(0.5 + (number + 0.45) * period_s, abs=0.1 + 0.05 * period_s + 1 / rate_hz)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=40)
def test_noise_adds_no_reps_and_loses_none(seed):
    assert len(segment(with_noise(three_reps(), seed, trunk_deg=3.0, hip_deg=10.0)).reps) == 3


@given(shift_s=st.floats(-5.0, 1000.0))
@settings(max_examples=20)
def test_a_later_clock_changes_nothing(shift_s):
    motion = three_reps()
    later = segment(replace(motion, time_s=motion.time_s + shift_s))
    assert len(later.reps) == 3
    for rep, before in zip(later.reps, segment(motion).reps, strict=True):
        marks = [(rep.start, before.start), (rep.bottom, before.bottom), (rep.lockout, before.lockout), (rep.end, before.end)]
        assert all(abs(new - old) <= 1 for new, old in marks)


@given(start_s=st.floats(0.0, 7.5), length_s=st.floats(0.05, 0.5))
@settings(max_examples=40)
def test_a_short_hole_in_the_measurement_loses_no_rep(start_s, length_s):
    motion = with_hole(three_reps(), start_s, start_s + length_s)
    found = segment(motion)
    assert len(found.reps) == 3
    assert all(np.isfinite(motion.trunk_inclination.value_deg[rep.bottom]) for rep in found.reps)


def test_single_wild_frames_make_no_reps():
    motion = three_reps()
    trunk = motion.trunk_inclination.value_deg.copy()
    trunk[[5, 60, 61, 120]] = [110.0, -40.0, 250.0, 0.0]
    assert len(segment(replace(motion, trunk_inclination=replace(motion.trunk_inclination, value_deg=trunk))).reps) == 3


def test_hips_that_were_never_measured_lose_no_rep():
    motion = three_reps()
    hip = replace(motion.hip_flexion, value_deg=np.full(len(motion.time_s), np.nan))
    assert len(segment(replace(motion, hip_flexion=hip)).reps) == 3


def test_a_clip_that_begins_at_the_bottom_starts_with_a_partial_rep():
    motion = rows_of(three_reps(), slice(48, None))
    found = segment(motion)
    assert [rep.partial for rep in found.reps] == [True, False, False]
    assert found.reps[0].start == 0
    assert "down" not in found.phase[: found.reps[0].end + 1]


def test_the_way_up_alone_is_one_partial_rep():
    time_s = times(2.0)
    motion = motion_from_depth(time_s, course(time_s, [(0.0, 1.0), (0.3, 1.0), (1.4, 0.0), (2.0, 0.0)]))
    found = segment(motion)
    assert [rep.partial for rep in found.reps] == [True]
    assert set(found.phase) == {"bottom", "up", "lockout"}
    assert motion.time_s[found.reps[0].lockout] == pytest.approx(1.35, abs=0.15)


def test_a_way_up_that_ends_before_lockout_is_one_partial_rep():
    time_s = times(1.6)
    motion = motion_from_depth(time_s, course(time_s, [(0.0, 1.0), (0.4, 1.0), (1.6, 0.45)]))
    found = segment(motion)
    assert [rep.partial for rep in found.reps] == [True]
    assert found.reps[0].end == len(time_s) - 1
    assert "lockout" not in found.phase


def test_a_clip_that_ends_inside_a_rep_keeps_it_as_partial():
    motion = rows_of(three_reps(), slice(0, 210))
    assert [rep.partial for rep in segment(motion).reps] == [False, False, True]


def test_hitching_on_the_way_up_is_one_rep():
    time_s = times(9.0)
    marks = [(0.0, 0.0), (0.6, 0.0), (2.0, 1.0), (4.0, 0.95), (4.8, 0.5), (5.2, 0.62), (5.8, 0.4), (6.1, 0.5), (7.0, 0.0), (9.0, 0.0)]
    assert len(segment(motion_from_depth(time_s, course(time_s, marks))).reps) == 1


def test_a_long_set_up_at_the_bottom_is_one_rep_whose_depth_is_taken_at_lift_off():
    time_s = times(10.0)
    marks = [(0.0, 0.0), (0.5, 0.0), (2.0, 1.0), (3.0, 0.94), (4.0, 1.0), (5.0, 0.95), (6.0, 0.99), (7.2, 0.0), (10.0, 0.0)]
    found = segment(motion_from_depth(time_s, course(time_s, marks)))
    assert len(found.reps) == 1
    assert 5.7 < time_s[found.reps[0].bottom] < 6.4


@pytest.mark.parametrize(("trunk_deg", "hip_deg"), [(0.0, 0.0), (8.0, 12.0), (-4.0, 25.0)], ids=["still", "swaying", "walking"])
def test_standing_and_walking_hold_no_rep(trunk_deg, hip_deg):
    time_s = times(8.0)
    step = (1 + np.sin(2 * np.pi * time_s / 0.6)) / 2
    found = segment(with_noise(motion_from_depth(time_s, step, trunk_deg=3.0 + trunk_deg, hip_deg=hip_deg), 3))
    assert found.reps == ()
    assert set(found.phase) == {"stand"}
    assert not found.rep.any()


def test_a_bent_over_row_is_not_many_reps():
    time_s = times(8.0)
    held = 0.85 + 0.12 * np.sin(2 * np.pi * time_s / 1.5)
    assert len(segment(motion_from_depth(time_s, held)).reps) <= 1


def test_picking_the_load_up_and_setting_it_down_hides_no_shallower_reps():
    time_s = times(21.0)
    marks = [(0.0, 0.0), (1.0, 0.0)]
    for number, depth in enumerate([1.0, 0.4, 0.4, 0.4, 0.4, 0.4, 1.0]):
        marks += [(2.2 + 2.5 * number, depth), (3.5 + 2.5 * number, 0.0)]
    assert len(segment(motion_from_depth(time_s, course(time_s, marks))).reps) == 7


def test_the_first_pull_is_a_rep_and_so_is_setting_the_load_down_to_the_clips_end_or_to_standing():
    time_s = times(10.0)
    marks = [(0.0, 0.0), (1.0, 0.0), (2.2, 1.0), (3.5, 0.0), (5.0, 0.0), (6.2, 1.0), (7.0, 1.0), (8.5, 0.0), (10.0, 0.0)]
    motion = motion_from_depth(time_s, course(time_s, marks))
    assert [rep.partial for rep in segment(motion).reps] == [False, False]
    assert [rep.partial for rep in segment(rows_of(motion, slice(0, 200))).reps] == [False, True]


def test_a_cut_to_a_front_view_is_left_out():
    motion = three_reps()
    front = motion.time_s > 5.4
    trunk = np.where(front, 30.0 + 40.0 * np.sin(motion.time_s * 3.0), motion.trunk_inclination.value_deg)
    changed = replace(
        motion,
        trunk_inclination=replace(motion.trunk_inclination, value_deg=trunk),
        yaw_deg=np.where(front, 85.0, motion.yaw_deg),
    )
    assert len(segment(changed).reps) == 2


def test_a_squatty_lift_with_an_upright_trunk_is_counted():
    time_s = times(8.5)
    motion = motion_from_depth(time_s, reps_course(time_s, 3), trunk_deg=33.0, hip_deg=100.0, knee_deg=85.0)
    assert len(segment(with_noise(motion, 1)).reps) == 3


def cleans(catch_after_s: float = 0.0) -> tuple[Motion, FloatArray]:
    """Two hang cleans, each caught in a squat, and how deep that is, 0..1."""
    time_s = times(14.0)
    pulls, catches = [(0.0, 0.0)], [(0.0, 0.0)]
    for start_s in (1.0, 7.5):
        up_s = start_s + 1.6
        pulls += [(start_s, 0.0), (start_s + 1.0, 1.0), (up_s, 0.0)]
        catches += [(up_s + catch_after_s, 0.0), (up_s + catch_after_s + 0.6, 1.0), (up_s + catch_after_s + 2.0, 0.0)]
    squat = course(time_s, catches)
    motion = motion_from_depth(time_s, course(time_s, pulls), trunk_deg=55.0, hip_deg=70.0)
    trunk, hip = motion.trunk_inclination, motion.hip_flexion
    return (
        replace(
            motion,
            trunk_inclination=replace(trunk, value_deg=trunk.value_deg + 18.0 * squat),
            hip_flexion=replace(hip, value_deg=hip.value_deg + 95.0 * squat),
        ),
        squat,
    )


def test_the_squat_in_which_a_clean_is_caught_is_no_rep():
    motion, squat = cleans()
    found = segment(motion, squat > 0.1)
    assert [rep.number for rep in found.reps] == [1, 2]
    for rep in found.reps:
        assert squat[rep.bottom] < 0.05
        assert not np.any(found.rep[(squat > 0.5) & (motion.time_s > motion.time_s[rep.bottom])] == rep.number)


def test_a_squat_that_follows_no_clean_is_counted():
    motion, squat = cleans()
    assert len(segment(motion, np.zeros(len(squat), dtype=bool)).reps) == 4  # arms hang
    assert len(segment(motion, np.ones(len(squat), dtype=bool)).reps) == 4  # a good morning, and a squat under the same bar
    motion, squat = cleans(catch_after_s=2.0)
    assert len(segment(motion, squat > 0.1).reps) == 4  # a front squat later on


def test_long_standing_before_and_after_is_no_part_of_the_rep():
    time_s = times(60.0)
    found = segment(motion_from_depth(time_s, course(time_s, [(0.0, 0.0), (40.0, 0.0), (41.0, 1.0), (42.0, 0.0), (60.0, 0.0)])))
    assert len(found.reps) == 1
    rep = found.reps[0]
    assert 39.8 < time_s[rep.start] < 40.3
    assert time_s[rep.end] - time_s[rep.lockout] < 1.1


def test_phases_run_in_order_and_agree_with_the_rep_numbers():
    motion = three_reps()
    found = segment(motion)
    order = {"down": 0, "bottom": 1, "up": 2, "lockout": 3}
    for rep in found.reps:
        rows = rep.rows
        assert np.all(found.rep[rows] == rep.number)
        assert np.all(np.diff([order[name] for name in found.phase[rows]]) >= 0)
        assert set(found.phase[rows]) == set(order)
        assert rep.start <= rep.bottom <= rep.lockout <= rep.end
        assert found.phase[rep.lockout] == "lockout"
    assert np.all(found.phase[found.rep == 0] == "stand")
    assert [rep.number for rep in found.reps] == [1, 2, 3]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_rows_hold_no_rep(count):
    time_s = times(1.0)[:count]
    found = segment(motion_from_depth(time_s, np.zeros(count)))
    assert found.reps == ()
    assert len(found.phase) == len(found.rep) == count


def test_nothing_measured_holds_no_rep():
    assert segment(with_hole(three_reps(), 0.0, 100.0)).reps == ()
