"""What is no hinge seen from the side is declined, with the reason that fits and what to film instead."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hinge_vision.findings.gate import never_seen
from hinge_vision.findings.judge import judge
from hinge_vision.findings.model import Quality
from hinge_vision.findings.reasons import REASONS
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.kinematics.motion import Motion
from hinge_vision.kinematics.segment import segment
from hinge_vision.pose.track import Landmark, PoseTrack
from tests.made_motions import course, motion_from_depth, times
from tests.made_motions import rows_of as motion_rows
from tests.made_tracks import rows_of as track_rows
from tests.report_fixture import SAMPLES, sample_motion

ARMS = [Landmark.LEFT_WRIST, Landmark.RIGHT_WRIST, Landmark.LEFT_ELBOW, Landmark.RIGHT_ELBOW]


def quality(track: PoseTrack, motion: Motion) -> Quality:
    return judge(track, motion, segment(motion), "deadlift", Thresholds()).quality


def moved(track: PoseTrack, landmarks: np.ndarray) -> PoseTrack:
    return replace(track, landmarks=landmarks)


@pytest.mark.parametrize("name", sorted(path.stem for path in SAMPLES.glob("*.csv")))
def test_a_hinge_from_the_side_is_judged(name):
    assert quality(*sample_motion(name)) == Quality(True, (), 1.0)


def test_a_view_from_the_front_is_declined():
    track, motion = sample_motion("deadlift_neutral")
    result = quality(track, replace(motion, yaw_deg=np.full(len(motion.time_s), 80.0)))
    assert not result.judgeable
    assert result.reasons[0].code == "not_side_view"


def test_a_view_far_off_the_side_in_one_rep_only_leaves_the_others():
    track, motion = sample_motion("deadlift_neutral")
    first = segment(motion).reps[0]
    yaw = motion.yaw_deg.copy()
    yaw[: first.end] = 45.0
    result = quality(track, replace(motion, yaw_deg=yaw))
    assert result.judgeable
    assert [reason.code for reason in result.reasons] == ["view_changes"]


def test_the_world_landmarks_tell_the_view_frame_by_frame():
    track, motion = sample_motion("deadlift_neutral")
    world = np.zeros_like(track.world_landmarks)
    world[:, Landmark.LEFT_SHOULDER, 0] = world[:, Landmark.LEFT_HIP, 0] = 0.3
    unknown = replace(motion, yaw_deg=np.full(len(motion.time_s), np.nan))
    assert not quality(replace(track, world_landmarks=world), unknown).judgeable
    world[..., [0, 2]] = world[..., [2, 0]]
    assert quality(replace(track, world_landmarks=world), unknown).judgeable


def test_sides_that_lie_far_apart_in_the_picture_tell_an_oblique_view_whatever_their_depth_says():
    track, motion = sample_motion("deadlift_neutral")
    world = np.zeros_like(track.world_landmarks)
    world[:, Landmark.LEFT_SHOULDER, 2] = world[:, Landmark.LEFT_HIP, 2] = 0.3
    track = replace(track, world_landmarks=world)
    assert quality(track, motion).judgeable
    result = quality(track, replace(motion, yaw_deg=np.full(len(motion.time_s), 50.0)))
    assert [reason.code for reason in result.reasons] == ["not_side_view"]


def test_a_squat_with_the_bar_on_the_shoulders_is_declined_but_a_squatty_lift_from_hanging_hands_is_not():
    track, motion = sample_motion("deadlift_squatty")
    assert quality(track, motion).judgeable
    landmarks = track.landmarks.copy()
    shoulder = np.nanmean(landmarks[:, [Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER], :2], axis=1)
    landmarks[:, ARMS, :2] = shoulder[:, None] + [0.0, 10.0]
    result = quality(moved(track, landmarks), motion)
    assert not result.judgeable
    assert result.reasons[0].code == "squat"


def test_a_hinge_with_a_rod_held_along_the_back_is_judged():
    track, motion = sample_motion("deadlift_neutral")
    landmarks = track.landmarks.copy()
    shoulder = np.nanmean(landmarks[:, [Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER], :2], axis=1)
    landmarks[:, ARMS, :2] = shoulder[:, None]
    assert quality(moved(track, landmarks), motion).judgeable


def test_walking_is_declined():
    track, motion = sample_motion("deadlift_neutral")
    walking = motion_from_depth(motion.time_s, (1 + np.sin(2 * np.pi * motion.time_s / 1.2)) / 2, trunk_deg=8.0, hip_deg=25.0)
    landmarks = track.landmarks.copy()
    landmarks[..., 0] += np.linspace(0.0, 4 * track.stature_px, len(landmarks))[:, None]
    result = quality(moved(track, landmarks), replace(walking, frame=motion.frame))
    assert not result.judgeable
    assert result.reasons[0].code == "walking"


def test_a_rep_walked_through_is_declined():
    track, motion = sample_motion("deadlift_neutral")
    landmarks = track.landmarks.copy()
    landmarks[..., 0] += np.linspace(0.0, 12 * track.stature_px, len(landmarks))[:, None]
    wide = replace(track, landmarks=landmarks, clip=replace(track.clip, width_px=100_000))
    assert quality(wide, motion).reasons[0].code == "walking"


def panned(track: PoseTrack, pan_px: np.ndarray) -> PoseTrack:
    """The track with the room known to move sideways through the picture by so much in each row."""
    to_picture = np.tile(np.eye(3)[:2], (len(pan_px), 1, 1))
    to_picture[:, 0, 2] = pan_px
    return replace(track, to_picture=to_picture)


def test_a_camera_that_swings_past_a_lifter_on_the_spot_makes_no_walk():
    track, motion = sample_motion("deadlift_neutral")
    pan_px = np.linspace(0.0, 12 * track.stature_px, len(track.frame))
    landmarks = track.landmarks.copy()
    landmarks[..., 0] += pan_px[:, None]
    wide = replace(track, landmarks=landmarks, clip=replace(track.clip, width_px=100_000))
    assert quality(wide, motion).reasons[0].code == "walking"
    assert quality(panned(wide, pan_px), motion).judgeable


def test_who_walks_before_a_camera_that_follows_him_walks():
    track, motion = sample_motion("deadlift_neutral")
    pan_px = np.linspace(0.0, -12 * track.stature_px, len(track.frame))
    assert quality(panned(track, pan_px), motion).reasons[0].code == "walking"
    still = motion_from_depth(motion.time_s, np.zeros(len(motion.time_s)))
    assert quality(panned(track, pan_px), still).reasons[0].code == "walking"


def test_standing_still_is_no_hinge():
    track, motion = sample_motion("deadlift_neutral")
    still = motion_from_depth(motion.time_s, np.zeros(len(motion.time_s)))
    assert quality(track, still).reasons[0].code == "no_hinge"


def at_the_bar(hand: np.ndarray) -> tuple[PoseTrack, Motion]:
    """A lifter who bends down, stays there and comes up; his hands are so far (N, 2), in statures, ahead of and above where they hang."""
    track, motion = sample_motion("deadlift_neutral")
    bottom = segment(motion).reps[0].bottom
    time_s = times(len(hand) / 30.0)
    track = replace(track_rows(track, np.full(len(hand), bottom)), frame=np.arange(len(hand)), time_s=time_s)
    landmarks = track.landmarks.copy()
    stature_px, forward = track.stature_px, 1.0 if track.facing == "right" else -1.0
    shoulder = track.middle("SHOULDER")
    wrist = track.middle("SHOULDER") + stature_px * np.array([0.0, 0.32]) + stature_px * hand * [forward, -1.0]
    # the elbow where two links of 0.18 and 0.15 statures meet, towards the rear
    way = wrist - shoulder
    reach = np.clip(np.hypot(*way.T) / stature_px, 1e-6, 0.33)[:, None]
    along = (0.18**2 - 0.15**2 + reach**2) / (2 * reach)
    out = np.sqrt(np.maximum(0.18**2 - along**2, 0.0))
    ahead = way / (stature_px * reach)
    rear = np.stack([ahead[:, 1], -ahead[:, 0]], axis=1) * -forward
    for side in ("LEFT", "RIGHT"):
        landmarks[:, Landmark[f"{side}_SHOULDER"], :2] = shoulder
        landmarks[:, Landmark[f"{side}_HIP"], :2] = track.middle("HIP")
        landmarks[:, Landmark[f"{side}_ELBOW"], :2] = shoulder + stature_px * (along * ahead + out * rear)
        landmarks[:, Landmark[f"{side}_WRIST"], :2] = shoulder + stature_px * reach * ahead
    down_and_up = course(time_s, [(0.0, 0.0), (1.0, 1.0), (time_s[-1] - 1.0, 1.0), (time_s[-1], 0.0)])
    return moved(track, landmarks), motion_from_depth(time_s, down_and_up)


def strokes(duration_s: float, period_s: float = 1.5) -> np.ndarray:
    """0 to 1 and back, again and again."""
    return (1 - np.cos(2 * np.pi * times(duration_s) / period_s)) / 2


def test_a_bent_over_row_is_declined_whether_or_not_the_lifter_stands_up_in_between():
    track, _ = sample_motion("deadlift_neutral")
    count = len(track.time_s)
    time_s = times(count / 30.0)[:count]
    held = motion_from_depth(time_s, 0.9 + 0.05 * np.sin(2 * np.pi * time_s / 1.5))
    assert quality(track, held).reasons[0].code == "held_hinge"
    pull = strokes(8.0)
    row = np.stack([-0.1 * pull, 0.22 * pull], axis=1)
    assert quality(*at_the_bar(row)).reasons[0].code == "held_hinge"


def test_a_row_with_one_arm_is_declined():
    pull = strokes(8.0)
    rowing, motion = at_the_bar(np.stack([-0.1 * pull, 0.22 * pull], axis=1))
    resting, _ = at_the_bar(np.zeros((len(pull), 2)))
    landmarks = rowing.landmarks.copy()
    for joint in ("ELBOW", "WRIST"):
        landmarks[:, Landmark[f"LEFT_{joint}"]] = resting.landmarks[:, Landmark[f"LEFT_{joint}"]]
    assert quality(moved(rowing, landmarks), motion).reasons[0].code == "held_hinge"


@pytest.mark.parametrize(
    "stroke",
    [(0.0, 0.13), (-0.05, 0.11), (0.1, 0.1), (0.15, 0.0), (-0.12, 0.0), (0.22, 0.3)],
    ids=["taps the plates", "taps them further back", "further ahead", "rolls the bar ahead", "rolls it to the shins", "wipes the face"],
)
def test_hands_that_fidget_before_the_pull_make_no_row(stroke):
    assert quality(*at_the_bar(strokes(8.0)[:, None] * stroke)).judgeable


def test_a_hidden_hand_that_jumps_about_makes_no_row():
    jumps = (np.arange(240) % 11 < 5).astype(float)
    track, motion = at_the_bar(np.stack([-0.1 * jumps, 0.22 * jumps], axis=1))
    assert not quality(track, motion).judgeable
    landmarks = track.landmarks.copy()
    landmarks[:, ARMS, 3] = 0.05
    assert quality(moved(track, landmarks), motion).judgeable


def kneeling(track: PoseTrack, rows: np.ndarray) -> PoseTrack:
    """The track with the shanks on the floor, behind the knees, in these rows."""
    behind = -0.25 * track.stature_px * (1.0 if track.facing == "right" else -1.0)
    landmarks = track.landmarks.copy()
    for side in ("LEFT", "RIGHT"):
        landmarks[rows, Landmark[f"{side}_ANKLE"], :2] = landmarks[rows, Landmark[f"{side}_KNEE"], :2] + [behind, 0.0]
    return moved(track, landmarks)


def with_rest_before(track: PoseTrack, motion: Motion, rest_s: float) -> tuple[PoseTrack, Motion, np.ndarray]:
    """The same lift after some rest in its first posture, and which rows are the rest."""
    step_s = float(np.median(np.diff(motion.time_s)))
    rest = round(rest_s / step_s)
    rows = np.concatenate([np.zeros(rest, dtype=np.int64), np.arange(len(motion.time_s))])
    time_s = step_s * np.arange(len(rows))
    track = replace(track_rows(track, rows), frame=np.arange(len(rows)), time_s=time_s)
    motion = replace(motion_rows(motion, rows), frame=np.arange(len(rows)), time_s=time_s)
    return track, motion, np.arange(rest)


def test_who_rests_on_his_knees_for_longer_than_he_lifts_is_judged_in_standing():
    track, motion = sample_motion("deadlift_neutral")
    assert [reason.code for reason in quality(kneeling(track, np.arange(len(track.frame))), motion).reasons] == ["kneeling"]
    track, motion, rest = with_rest_before(track, motion, 1.5 * float(motion.time_s[-1]))
    assert quality(kneeling(track, rest), motion) == Quality(True, (), 1.0)


def test_of_reps_on_the_knees_and_in_standing_those_in_standing_are_judged():
    track, motion = sample_motion("deadlift_neutral")
    first = segment(motion).reps[0]
    result = judge(kneeling(track, np.arange(first.end + 1)), motion, segment(motion), "deadlift", Thresholds())
    assert [reason.code for reason in result.quality.reasons] == ["some_reps"]
    assert [measure.judged for measure in result.measures] == [number > 0 for number in range(len(result.measures))]


def test_who_sets_up_on_his_knees_is_judged_by_his_pull():
    track, motion = sample_motion("deadlift_neutral")
    rep = segment(motion).reps[0]
    assert quality(kneeling(track, np.arange(rep.start, rep.bottom - 6)), motion).judgeable


def test_who_kneels_without_a_hinge_is_told_that_he_kneels():
    track, motion = sample_motion("deadlift_neutral")
    still = motion_from_depth(motion.time_s, np.zeros(len(motion.time_s)))
    assert quality(kneeling(track, np.arange(len(track.frame))), still).reasons[0].code == "kneeling"


def test_a_small_figure_is_declined():
    track, motion = sample_motion("deadlift_neutral")
    assert quality(replace(track, stature_px=90.0), motion).reasons[0].code == "too_few_pixels"


def test_a_lifter_half_out_of_the_picture_at_the_bottom_is_declined_and_cut_off_feet_are_said():
    track, motion = sample_motion("deadlift_neutral")
    cut_high = replace(track, clip=replace(track.clip, height_px=int(np.nanmax(track.landmarks[:, Landmark.RIGHT_KNEE, 1])) - 40))
    knee = np.nanmax(track.landmarks[:, [Landmark.LEFT_KNEE, Landmark.RIGHT_KNEE], 1])
    ankle = np.nanmin(track.landmarks[:, [Landmark.LEFT_ANKLE, Landmark.RIGHT_ANKLE], 1])
    assert not quality(cut_high, motion).judgeable
    only_feet = quality(replace(track, clip=replace(track.clip, height_px=int((knee + ankle) / 2))), motion)
    assert only_feet.judgeable
    assert [reason.code for reason in only_feet.reasons] == ["feet_cut_off"]


def test_every_reason_says_what_is_wrong_and_what_to_film_in_whole_sentences():
    for code, reason in REASONS.items():
        assert reason.code == code
        for text in (reason.text, reason.remedy):
            assert text[0].isupper()
            assert text.endswith(".")
            assert "_" not in text


def test_a_rod_along_the_back_is_declined_before_anything_is_read_from_it():
    track, motion = sample_motion("deadlift_rounded")
    result = quality(replace(track, rod=True), motion)
    assert [reason.code for reason in result.reasons] == ["rod"]
    assert "film without the rod" in result.reasons[0].remedy


def test_who_faces_the_other_way_for_part_of_the_clip_is_told_so():
    track, motion = sample_motion("deadlift_neutral")
    last = segment(motion).reps[-1]
    landmarks = track.landmarks.copy()
    for joint in ("EAR", "ELBOW", "WRIST"):  # the truth knows the near side only
        landmarks[:, Landmark[f"LEFT_{joint}"]] = landmarks[:, Landmark[f"RIGHT_{joint}"]]
    for side in ("LEFT", "RIGHT"):
        landmarks[:, Landmark[f"{side}_HEEL"]] = landmarks[:, Landmark[f"{side}_ANKLE"]]
        landmarks[:, Landmark[f"{side}_FOOT_INDEX"]] = landmarks[:, Landmark[f"{side}_ANKLE"]]
        landmarks[:, Landmark[f"{side}_FOOT_INDEX"], 0] += 60 if track.facing == "right" else -60
    rows = slice(last.start, None)
    landmarks[rows, :, 0] = track.clip.width_px - landmarks[rows, :, 0]
    result = quality(moved(track, landmarks), motion)
    assert result.judgeable
    assert "turned" in [reason.code for reason in result.reasons]


def test_somebody_whose_outline_was_never_seen_is_not_called_nobody():
    track, _ = sample_motion("deadlift_neutral")
    assert never_seen(None, None).code == "no_person"
    assert never_seen(track, track.facing).code == "too_little_measured"
    assert never_seen(track, None).code == "too_little_measured"
