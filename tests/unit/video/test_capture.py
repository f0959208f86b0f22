from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from hinge_vision.video.capture import PyAVCapture
from hinge_vision.video.reader import ClipReader
from tests.made_clips import make_clip, number_in, steady, wipe_packet


def test_pyav_delivers_what_opencv_delivers_at_the_same_times(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", steady(20, 25))
    ours, theirs = PyAVCapture(clip), cv2.VideoCapture(str(clip))
    assert ours.isOpened()
    assert ours.get(cv2.CAP_PROP_FPS) == theirs.get(cv2.CAP_PROP_FPS)
    for number in range(20):
        assert ours.grab()
        assert theirs.grab()
        image, other = ours.retrieve()[1], theirs.retrieve()[1]
        assert image is not None
        assert number_in(image) == number
        assert np.abs(image.astype(int) - other.astype(int)).mean() < 2
        assert ours.get(cv2.CAP_PROP_POS_MSEC) == pytest.approx(number * 40.0)
    assert not ours.grab()
    assert ours.retrieve() == (False, None)
    ours.release()


def test_a_damaged_frame_is_passed_over(tmp_path: Path) -> None:
    capture = PyAVCapture(wipe_packet(make_clip(tmp_path / "clip.mp4", steady(10, 25), options={"g": "1", "bf": "0"}), 4))
    numbers = []
    while capture.grab():
        image = capture.retrieve()[1]
        assert image is not None
        numbers.append(number_in(image))
    assert [number for number in numbers if number != 4] == [0, 1, 2, 3, 5, 6, 7, 8, 9]


def test_frames_that_are_not_wanted_are_left_undecoded(tmp_path: Path) -> None:
    capture = PyAVCapture(make_clip(tmp_path / "clip.mp4", steady(30, 30), options={"g": "5", "x264-params": "scenecut=0"}), key_frames=True)
    capture.only(np.array([5, 20, 25]) / 30)
    numbers = []
    while capture.grab():
        image = capture.retrieve()[1]
        assert image is not None
        numbers.append(number_in(image))
    assert numbers == [5, 20, 25]


def test_the_reader_delivers_av1_which_opencv_cannot_decode(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", steady(20, 30), codec="libsvtav1", options={"preset": "6", "crf": "10"})
    with ClipReader(clip) as reader:
        frames = list(reader)
    assert [number_in(frame.image) for frame in frames] == list(range(20))
    np.testing.assert_allclose([frame.time_s for frame in frames], steady(20, 30), atol=1e-3)
    assert reader.info.codec == "av1"
    assert reader.info.decode_failures == 0
