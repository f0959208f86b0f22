"""report.html as text; what it does in a browser is tested in tests/browser."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import cv2
import numpy as np
import pytest

from hinge_vision.report.evidence import KeyFrame, key_frames
from hinge_vision.report.html import PageVideo, Picture, page
from hinge_vision.report.model import DISCLAIMER
from hinge_vision.report.text import REP_MEANING
from tests.report_fixture import SAMPLES, declined_report, sample_report

VIDEO = PageVideo("annotated.mp4", 540, 796, 0.0)


@pytest.fixture(scope="module")
def frame():
    capture = cv2.VideoCapture(str(SAMPLES / "deadlift_rounded.mp4"))
    _, image = capture.read()
    capture.release()
    return image


def visible(html):
    """Return the page's text without scripts, styles and tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<(script|style)\b.*?</\1>", " ", html)))


def test_the_page_says_what_the_issue_asks_for_in_order(frame):
    report = sample_report("deadlift_rounded")
    pictures = tuple(Picture.of(key, frame) for key in key_frames(report))
    html = page(report, pictures, VIDEO)
    order = [
        '<h1 id="verdict">',
        '<video id="clip"',
        'id="curves"',
        'id="loops"',
        "<table>",
        "<figure>",
        'id="drills"',
        'id="limits"',
        'id="test-yourself"',
    ]
    order += ['id="disclaimer"', 'id="made-with"']
    places = [html.index(mark) for mark in order]
    assert places == sorted(places)
    words = visible(html)
    for sentence in (
        "15 reps, tempo 1-1-0",
        "Why:",
        "Cue:",
        "these were lost: sacrum, mid-back",
        DISCLAIMER,
        "high confidence, 85 %",
        "2° mean error in lumbar flexion",
        "frames/s",
        REP_MEANING,
        "0.10.21",
    ):
        assert sentence in words, sentence


def test_a_declined_page_says_why_what_to_film_and_how_to_test_oneself():
    html = page(declined_report())
    words = visible(html)
    for sentence in (
        "could not be judged",
        "Film two or more hinges from the side.",
        "Film from the side with the camera level",
        "straight rod",
        DISCLAIMER,
    ):
        assert sentence in words, sentence
    assert "<video" not in html
    assert len(html) < 100_000


def test_plotly_is_in_the_page_once_and_nothing_is_loaded_from_elsewhere(frame):
    html = page(sample_report("deadlift_rounded"), (), VIDEO)
    assert html.count("plotly.js v") == 1
    assert not re.search(r'<(script|link|img|iframe)[^>]+(src|href)="(?!data:)', html)
    assert "default-src 'none'" in html


def test_a_page_of_many_pictures_stays_under_12_mb():
    rng = np.random.default_rng(1)
    capture = cv2.VideoCapture(str(SAMPLES / "deadlift_rounded.mp4"))
    _, small = capture.read()
    capture.release()
    image = cv2.resize(small, (1080, 1440))
    image = np.clip(image + rng.normal(0, 12, image.shape), 0, 255).astype(np.uint8)  # as noisy as a phone in a dim gym
    pictures = tuple(Picture.of(KeyFrame(index, index / 30, 1, ("A caption.",)), image) for index in range(24))
    assert len(page(sample_report("deadlift_rounded"), pictures, VIDEO)) < 12_000_000


def test_a_clip_name_cannot_bring_markup_into_the_page():
    name = "</script><script>alert(1)</script><img src=x onerror=alert(2)>.mp4"
    for report in (sample_report("deadlift_rounded"), declined_report()):
        html = page(replace(report, clip=replace(report.clip, name=name)))
        assert "alert(1)</script>" not in html
        assert "<img src=x" not in html
        assert "&lt;img src=x onerror=alert(2)&gt;" in html


def test_a_page_without_video_still_has_its_plots():
    html = page(sample_report("deadlift_neutral"))
    assert "<video" not in html
    assert 'id="curves"' in html


def test_the_data_in_the_page_is_valid_json_without_nan():
    html = page(sample_report("deadlift_rounded"))
    data = json.loads(re.search(r'(?s)<script type="application/json" id="report-data">(.*?)</script>', html).group(1))
    assert set(data["figures"]) == {"curves", "loops"}
    assert len(data["readings"]["time_s"]) == len(data["readings"]["hips"])


def test_pictures_are_shrunk_and_described(frame):
    picture = Picture.of(KeyFrame(57, 1.9, 1, ("Coupled flexion: +45° ± 3°.",)), cv2.resize(frame, (2160, 2880)))
    assert max(picture.width_px, picture.height_px) == 900
    assert picture.alt.startswith("Frame 57 at 1.90 seconds, rep 1")
    assert picture.url.startswith("data:image/jpeg;base64,")
