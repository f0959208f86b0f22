"""Annotated video and frames from a real clip, without a second inference."""

from __future__ import annotations

import shutil

import av
import cv2
import numpy as np
import pytest

from hinge_vision.errors import HingeVisionError, OutputError, SettingsError
from hinge_vision.overlay.annotate import annotate, select_frames
from hinge_vision.overlay.face import head_circles
from tests.report_fixture import SAMPLES, declined_report, sample_report, shortened

CLIP = SAMPLES / "deadlift_rounded.mp4"


@pytest.fixture(scope="module")
def report():
    return shortened(sample_report("deadlift_rounded"), 1.0)


def video_facts(path):
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        times = [float(frame.pts * stream.time_base) for frame in container.decode(stream)]
        context = stream.codec_context
        return context.name, context.pix_fmt, context.width, context.height, np.array(times)


def test_the_video_plays_everywhere_and_keeps_the_clips_times(report, tmp_path):
    [path] = annotate(report, CLIP, tmp_path, frames="every:1000000", video=True)[1:]
    codec, pixels, width, height, times = video_facts(path)
    assert (path.name, codec, pixels) == ("annotated.mp4", "h264", "yuv420p")
    assert width == 540
    assert height >= 720
    assert height % 2 == 0
    source = video_facts(CLIP)[4]
    source = source[source <= 1.0]
    assert len(times) == len(source)
    np.testing.assert_allclose(times, source - source[0], atol=1e-4)
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_slow_motion_stretches_time_and_has_a_file_of_its_own(report, tmp_path):
    path = annotate(report, CLIP, tmp_path, frames="bottom", slow=0.5)[-1]
    assert path.name == "annotated_slow.mp4"
    np.testing.assert_allclose(np.diff(video_facts(path)[4]), 1 / 15, atol=1e-3)


def test_two_clips_stand_side_by_side_with_their_bottoms_at_the_same_moment(tmp_path):
    left = shortened(sample_report("deadlift_rounded"), 2.4)
    right = sample_report("deadlift_neutral")
    path = annotate(left, CLIP, tmp_path, frames="bottom", side_by_side=(right, SAMPLES / "deadlift_neutral.mp4"))[-1]
    assert path.name == "side_by_side.mp4"
    _, _, width, height, times = video_facts(path)
    assert width == 1080
    bottom = left.segmentation.reps[0].bottom
    capture = cv2.VideoCapture(str(path))
    capture.set(cv2.CAP_PROP_POS_FRAMES, int(np.argmin(np.abs(times - left.motion.time_s[bottom]))))
    shown = capture.read()[1][:, 540:]
    capture.release()
    [alone] = annotate(right, SAMPLES / "deadlift_neutral.mp4", tmp_path / "right", frames="bottom", video=False)[:1]
    expected = cv2.imread(str(alone))
    assert np.abs(cv2.resize(expected, (540, height)).astype(int) - shown).mean() < 8


def test_frames_are_written_without_a_video_when_asked(report, tmp_path):
    paths = annotate(report, CLIP, tmp_path, frames="every:10", video=False)
    assert [path.name for path in paths] == ["frame_000000.png", "frame_000010.png", "frame_000020.png", "frame_000030.png"]
    assert cv2.imread(str(paths[0])).shape[1] == 540


@pytest.mark.parametrize(("which", "count"), [("key", 3), ("bottom", 3), ("all", 264), ("every:100", 3)])
def test_frames_are_chosen_by_name(which, count):
    assert len(select_frames(sample_report("deadlift_rounded"), which)) == count


@pytest.mark.parametrize("which", ["", "none", "every", "every:", "every:0", "every:-2", "every:x"])
def test_an_unknown_choice_of_frames_is_a_plain_error(report, which):
    with pytest.raises(SettingsError, match="key, bottom, all"):
        select_frames(report, which)


def test_a_blurred_face_is_gone_and_the_rest_is_untouched(report, tmp_path):
    plain = cv2.imread(str(annotate(report, CLIP, tmp_path / "plain", frames="every:20", video=False)[0]))
    blurred = cv2.imread(str(annotate(report, CLIP, tmp_path / "blurred", frames="every:20", video=False, blur_face=True)[0]))
    band = plain.shape[0] - 720
    x, y, radius = head_circles(report.track)[0]
    changed = np.argwhere(np.abs(plain[band:].astype(int) - blurred[band:]).max(axis=2) > 0)
    assert len(changed) > 500
    assert np.hypot(changed[:, 1] - x, changed[:, 0] - y).max() <= radius + 1
    nose = report.track.landmarks[0, 0, :2]
    assert np.hypot(*(nose - (x, y))) < radius


def test_blurring_leaves_no_frame_of_an_earlier_export_behind(report, tmp_path):
    annotate(report, CLIP, tmp_path, frames="every:10", video=False)
    annotate(report, CLIP, tmp_path, frames="every:20", video=False, blur_face=True)
    assert sorted(path.name for path in (tmp_path / "frames").iterdir()) == ["frame_000000.png", "frame_000020.png"]


def test_a_clip_in_which_nobody_was_found_cannot_be_annotated(tmp_path):
    with pytest.raises(HingeVisionError, match="nobody was found"):
        annotate(declined_report(), CLIP, tmp_path)


@pytest.mark.parametrize("name", ["deadlift_neutral", "deadlift_overextended"])
def test_another_clip_of_the_same_camera_is_not_drawn_on(report, tmp_path, name):
    with pytest.raises(SettingsError, match=f"{name}.mp4: not the clip .* where deadlift_rounded.mp4 is"):
        annotate(report, SAMPLES / f"{name}.mp4", tmp_path / "out")
    assert not list((tmp_path / "out").rglob("*.mp4"))


def test_a_clip_that_cannot_be_drawn_leaves_the_folder_as_it_was(report, tmp_path):
    annotate(report, CLIP, tmp_path, frames="every:10", video=False)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.png")}
    assert len(before) == 4
    with pytest.raises(SettingsError, match="not the clip"):
        annotate(report, SAMPLES / "deadlift_neutral.mp4", tmp_path, frames="every:20", video=False, blur_face=True)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.png")} == before
    with pytest.raises(SettingsError, match="not the clip"):
        annotate(report, SAMPLES / "deadlift_neutral.mp4", tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("video", ["annotated.mp4", "side_by_side.mp4"])
def test_a_clip_that_its_own_video_would_replace_is_left_alone(report, tmp_path, video):
    clip = tmp_path / video
    shutil.copyfile(CLIP, clip)
    beside = {"side_by_side": (report, clip)} if video == "side_by_side.mp4" else {}
    with pytest.raises(OutputError, match=f"{video} of the results would be written over this clip"):
        annotate(report, CLIP if beside else clip, tmp_path, **beside)
    assert list(tmp_path.iterdir()) == [clip]
    assert clip.read_bytes() == CLIP.read_bytes()


def test_a_folder_that_cannot_be_made_is_an_output_error(report, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError):
        annotate(report, CLIP, tmp_path / "file" / "out")
