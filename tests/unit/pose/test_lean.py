from __future__ import annotations

from tests.conftest import printed


def test_the_pose_model_is_loaded_without_matplotlib() -> None:
    assert printed("import sys, hinge_vision.pose.landmarker; print([m for m in sys.modules if m.startswith('matplotlib')])") == ["[]"]


def test_whoever_draws_with_mediapipe_later_gets_the_real_matplotlib() -> None:
    code = """
import hinge_vision.pose.landmarker, mediapipe
try:
    from mediapipe.python.solutions import drawing_utils
except ImportError:  # MediaPipe 1.x has no drawing helpers
    print("plot")
else:
    print(drawing_utils.plt.plot.__name__)
"""
    assert printed(code) == ["plot"]
    assert printed("import hinge_vision.pose.landmarker, matplotlib.pyplot as plt; print(plt.plot.__name__)") == ["plot"]
