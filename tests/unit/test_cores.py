"""What a process does that keeps to one core (the setting is for good, so it has a process of its own), and what OpenCV does in ours."""

from __future__ import annotations

import cv2
import pytest

from hinge_vision.cores import opencv_in_one_thread
from tests.conftest import SAMPLES, printed

CLIP = SAMPLES / "kb_swing.mp4"


@pytest.mark.parametrize("one_core", [False, True])
def test_clips_are_decoded_the_pose_found_and_pictures_drawn_in_the_callers_thread_alone(one_core: bool) -> None:
    code = f"""
import threading, cv2
from hinge_vision.cores import keep_to_one_core
if {one_core}:
    keep_to_one_core()
from hinge_vision.pose.model import default_model_path
from hinge_vision.pose.workers import map_in_order
where = list(map_in_order(lambda landmarker, item: threading.current_thread(), [1, 2], model=default_model_path(), workers=1))
print(set(where) == {{threading.main_thread()}})
from hinge_vision.video.reader import ClipReader
with ClipReader({str(CLIP)!r}) as reader:
    print(reader._capture.get(cv2.CAP_PROP_N_THREADS) == 1 or cv2.getNumberOfCPUs() == 1)
from hinge_vision.video.ahead import ahead
print(set(ahead(threading.current_thread() for _ in range(3))) == {{threading.main_thread()}})
"""
    alone, single, drawn_alone = printed(code)
    assert alone == drawn_alone == str(one_core)
    assert single == "True" or not one_core


def test_opencv_works_in_one_thread_until_the_last_block_that_asks_for_it_ends() -> None:
    before = cv2.getNumThreads()
    cv2.setNumThreads(3)
    try:
        with opencv_in_one_thread():
            with opencv_in_one_thread():
                assert cv2.getNumThreads() == 1
            assert cv2.getNumThreads() == 1
        assert cv2.getNumThreads() == 3
        with pytest.raises(ValueError, match="a mistake"), opencv_in_one_thread():
            raise ValueError("a mistake")
        assert cv2.getNumThreads() == 3
    finally:
        cv2.setNumThreads(before)
