"""The real pose model on real decoded video: same result with any number of workers, and in order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from hinge_vision import Settings, SettingsError, analyze
from hinge_vision.errors import InstallationError
from hinge_vision.kinematics.measure import measure
from hinge_vision.kinematics.motion import Motion
from hinge_vision.pose import workers as pose_workers
from hinge_vision.pose.pipeline import track_clip
from hinge_vision.pose.track import PoseTrack
from hinge_vision.report.csv_tables import frames_csv
from hinge_vision.report.track_file import ARRAYS
from hinge_vision.video.reader import ClipReader
from hinge_vision.video.writer import VideoWriter
from tests.conftest import SAMPLES
from tests.made_clips import furnished_wall, make_clip, steady

CLIP = SAMPLES / "kb_swing.mp4"


def tracked(workers: int, path: Path = CLIP, end_s: float = 1.0) -> PoseTrack:
    _, track = track_clip(path, Settings(workers=workers, end_s=end_s))
    assert track is not None
    return track


@pytest.fixture(scope="module")
def alone() -> PoseTrack:
    return tracked(1)


@pytest.mark.parametrize("workers", [2, 4])
def test_the_track_is_the_same_to_the_last_bit_with_any_number_of_workers(alone: PoseTrack, workers: int) -> None:
    together = tracked(workers)
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(alone, name), getattr(together, name), err_msg=name)


def test_the_table_of_frames_is_the_same_byte_for_byte_with_any_number_of_workers() -> None:
    # three seconds hold a repetition and frames in which the lifter is hard to find
    tables = [frames_csv(analyze(CLIP, Settings(workers=workers, end_s=3.0))).encode() for workers in (1, 2, 4)]
    assert tables[0].count(b"\n") > 40
    assert tables[1] == tables[0]
    assert tables[2] == tables[0]


def test_a_rate_that_follows_the_lifter_does_not_depend_on_the_number_of_workers() -> None:
    # slow lifts bring the rate down in the ninth second
    tables = []
    for workers in (1, 2, 4):
        report = analyze(SAMPLES / "deadlift_neutral.mp4", Settings(workers=workers))
        assert report.motion is not None
        assert np.diff(report.motion.time_s)[-3:].min() > 0.09
        tables.append(frames_csv(report).encode())
    assert tables[1] == tables[0]
    assert tables[2] == tables[0]


def in_a_furnished_room(target: Path, *, sway: float) -> Path:
    """Make a clip of the first four seconds of a deadlift, in front of a furnished wall; the camera sways by this share of the height."""
    with ClipReader(SAMPLES / "deadlift_neutral.mp4", end_s=4.0) as reader:
        width, height, border = reader.info.width_px + 240, reader.info.height_px + 120, (60, 60, 120, 120)
        wall = furnished_wall(width, height)
        with VideoWriter(target, width, height) as video:
            for frame in reader:
                image = wall.copy()
                image[border[0] : -border[1], border[2] : -border[3]] = frame.image
                across, down = sway * height * np.sin([2.5 * frame.time_s + 1.0, 2.0 * frame.time_s])
                moved = cv2.warpAffine(image, np.array([[1.0, 0.0, across], [0.0, 1.0, down]]), (width, height))
                video.write(np.asarray(moved, np.uint8), frame.time_s)
    return target


def test_a_camera_in_the_hand_moves_and_the_angles_stay(tmp_path: Path) -> None:
    still, held = (analyze(in_a_furnished_room(tmp_path / f"{sway}.mp4", sway=sway), Settings(analysis_rate_hz=10.0)) for sway in (0.0, 0.02))
    assert still.track is not None
    assert still.track.to_picture is None
    assert still.motion is not None
    assert held.track is not None
    assert held.track.to_picture is not None
    assert held.motion is not None
    unheld = measure(replace(held.track, to_picture=None), held.settings)

    def off_deg(motion: Motion) -> float:
        assert still.motion is not None
        return float(np.sqrt(np.nanmean((motion.hip_flexion.value_deg - still.motion.hip_flexion.value_deg) ** 2)))

    assert off_deg(held.motion) < 2.5
    assert off_deg(unheld) > 2.0 * off_deg(held.motion)


def test_frames_come_in_the_order_of_the_clip(alone: PoseTrack) -> None:
    assert (np.diff(alone.frame) > 0).all()
    assert (np.diff(alone.time_s) > 0).all()


def test_the_lifter_is_found_with_his_outline_in_every_frame(alone: PoseTrack) -> None:
    assert np.isfinite(alone.landmarks).all()
    assert np.isfinite(alone.outline_origin).all()


def test_progress_tells_of_both_passes_and_moves_forward() -> None:
    told: list[tuple[str, float, float]] = []
    track_clip(CLIP, Settings(end_s=0.6), lambda stage, time_s, duration_s: told.append((stage, time_s, duration_s)))
    assert {stage for stage, _, _ in told} == {"survey", "pose"}
    pose = [time_s for stage, time_s, _ in told if stage == "pose"]
    assert pose == sorted(pose)


def test_an_empty_room_is_declined_whoever_is_asked_for(tmp_path: Path) -> None:
    room = make_clip(tmp_path / "room.mp4", steady(10, 10.0))
    assert track_clip(room, Settings(person=1))[1] is None


def test_a_lifter_said_to_face_the_wrong_way_is_not_called_nobody(alone: PoseTrack) -> None:
    wrong = analyze(CLIP, Settings(facing="left" if alone.facing == "right" else "right", end_s=1.0))
    assert [reason.code for reason in wrong.judgement.quality.reasons] == ["other_facing"]


def test_a_person_who_is_not_there_cannot_be_chosen() -> None:
    with pytest.raises(SettingsError, match="--person"):
        track_clip(CLIP, Settings(person=5, end_s=0.6))


def test_a_model_that_cannot_be_loaded_for_many_threads_ends_the_analysis_instead_of_stopping_it_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    take = pose_workers._take

    def fails(model: Path, people: int, masks: bool) -> object:
        if masks:
            raise InstallationError("no memory for the model")
        return take(model, people, masks)

    monkeypatch.setattr(pose_workers, "_take", fails)
    with ThreadPoolExecutor(1) as pool, pytest.raises(InstallationError, match="no memory"):
        pool.submit(tracked, 8, end_s=3.0).result(timeout=120)
