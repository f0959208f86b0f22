"""Making the lifter's face unrecognisable."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from hinge_vision import Report, write_report
from hinge_vision.arrays import FloatArray, ImageArray
from hinge_vision.overlay.face import blurred, head_circles
from tests.report_fixture import SAMPLES, read_truth, sample_report, shortened

CLIP = SAMPLES / "deadlift_rounded.mp4"


def test_the_face_stays_covered_in_frames_where_the_head_was_not_found():
    track = sample_report("deadlift_rounded").track
    landmarks = track.landmarks.copy()
    landmarks[10:20, :12] = np.nan
    circles = head_circles(replace(track, landmarks=landmarks))
    assert np.isfinite(circles).all()
    assert np.abs(circles[10:20] - head_circles(track)[10:20]).max() < 0.05 * track.stature_px


def test_only_what_lies_in_the_circle_loses_its_detail():
    image = np.random.default_rng(2).integers(0, 256, (80, 100, 3)).astype(np.uint8)
    covered = blurred(image, np.array([50.0, 40.0, 20.0]))
    rows, columns = np.mgrid[:80, :100]
    inside = np.hypot(columns - 50, rows - 40) <= 20
    np.testing.assert_array_equal(covered[~inside], image[~inside])
    assert covered[inside].std() < 0.3 * image[inside].std()
    assert blurred(image, np.full(3, np.nan)) is image


def film(path: Path) -> list[ImageArray]:
    """The pictures of a film."""
    capture, images = cv2.VideoCapture(str(path)), []
    while (image := capture.read()[1]) is not None:
        images.append(np.asarray(image, np.uint8))
    capture.release()
    return images


FILMED = film(CLIP)
TRUTH = read_truth(CLIP.with_suffix(".csv"))


def fine(image: ImageArray) -> FloatArray:
    """What is left of a picture without its larger patches: eyes, nose and mouth stay."""
    return image.astype(float) - cv2.GaussianBlur(image.astype(float), (0, 0), 4)


def detail_left(picture: ImageArray, frame: int) -> float:
    """The share, 0..1, of the true face's detail that a picture of that frame still shows; lines drawn over it do not count."""
    nose, ear = (np.array([TRUTH[f"{name}_x"][frame], TRUTH[f"{name}_y"][frame]]) for name in ("nose", "ear"))
    middle, radius = nose + 0.35 * (ear - nose), 0.7 * np.hypot(*(ear - nose))
    left, top = (middle - radius - 20).astype(int)
    patch = np.s_[top : top + round(2 * radius + 40), left : left + round(2 * radius + 40)]
    true, shown = fine(FILMED[frame][patch]), fine(picture[-FILMED[frame].shape[0] :][patch])
    rows, columns = np.mgrid[: true.shape[0], : true.shape[1]]
    face = np.hypot(columns + left - middle[0], rows + top - middle[1]) <= radius
    return float((true[face] * shown[face]).sum() / (true[face] ** 2).sum())


@pytest.fixture(scope="module")
def written(analysed: Callable[[str], Report], tmp_path_factory: pytest.TempPathFactory) -> Callable[[bool], Path]:
    """Write the report of the first rep, its face blurred or not; each is written once."""
    report = shortened(analysed("deadlift_rounded"), 2.6)

    @cache
    def write(blur_face: bool) -> Path:
        return write_report(report, CLIP, tmp_path_factory.mktemp("out"), embed_video=True, blur_face=blur_face)

    return write


def left_in_pictures(folder: Path) -> list[float]:
    """What the evidence frame, and every picture inside the page, which are made of it, show of the face."""
    (png,) = (folder / "frames").glob("*.png")
    picture = cv2.imread(str(png))
    inside = re.findall(r"data:image/jpeg;base64,([\w+/=]+)", (folder / "report.html").read_text(encoding="utf-8"))
    jpegs = [cv2.imdecode(np.frombuffer(base64.b64decode(text), np.uint8), cv2.IMREAD_COLOR) for text in inside]
    assert jpegs
    shown = [picture, *(cv2.resize(jpeg, picture.shape[1::-1]) for jpeg in jpegs)]
    return [detail_left(image, int(png.stem.split("_")[1])) for image in shown]


def left_in_film(folder: Path) -> list[float]:
    """What each picture of the film shows of the face."""
    return [detail_left(picture, frame) for frame, picture in enumerate(film(folder / "annotated.mp4"))]


def test_a_face_that_is_not_blurred_is_seen_by_this_measure(written: Callable[[bool], Path]) -> None:
    assert min(left_in_pictures(written(False))) > 0.6
    assert min(left_in_film(written(False))) > 0.6


def test_no_evidence_frame_and_no_picture_in_the_page_shows_a_blurred_face(written: Callable[[bool], Path]) -> None:
    assert max(left_in_pictures(written(True))) < 0.2


def test_no_picture_of_the_film_shows_a_blurred_face(written: Callable[[bool], Path]) -> None:
    left = left_in_film(written(True))
    assert len(left) == 79
    assert max(left) < 0.2


def test_the_film_inside_a_page_is_the_one_beside_it(written: Callable[[bool], Path]) -> None:
    content = base64.b64encode((written(True) / "annotated.mp4").read_bytes()).decode()
    assert content in (written(True) / "report.html").read_text(encoding="utf-8")
