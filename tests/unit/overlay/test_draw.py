"""What is drawn, and where.

The golden image holds with a tolerance, because libraries anti-alias lines and letters in slightly different ways: at most 1.5 of
255 on average, and at most 1 % of the pixels further off than 40. A neighbouring moment of the same rep fails both.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from hinge_vision.findings.model import Evidence, Finding
from hinge_vision.overlay.draw import GREEN, SKY_BLUE, VERMILLION, YELLOW, Overlay
from tests.report_fixture import sample_report, with_hole

GOLDEN = Path(__file__).parent / "golden" / "rounded_bottom.png"
MEAN_TOLERANCE = 1.5
FAR, FAR_SHARE = 40, 0.01


@pytest.fixture(scope="module")
def report():
    return sample_report("deadlift_rounded")


@pytest.fixture(scope="module")
def bottom(report):
    return report.segmentation.reps[1].bottom


def wall(width_px=540, height_px=720):
    return np.full((height_px, width_px, 3), 120, np.uint8)


def differences(drawn, golden):
    difference = np.abs(drawn.astype(int) - golden.astype(int))
    return difference.mean(), (difference.max(axis=2) > FAR).mean()


def near(image, point, colour, radius=10, tolerance=60):
    """Count the pixels of about a colour around a point."""
    x, y = np.round(point).astype(int)
    patch = image[max(0, y - radius) : y + radius + 1, max(0, x - radius) : x + radius + 1].astype(int)
    return int((np.abs(patch - np.array(colour)).max(axis=2) < tolerance).sum())


def raised(overlay, image):
    """Return the part of the drawn picture that the lifter is in."""
    return image[overlay.panel.height :] if overlay.panel.above else image


def test_the_overlay_looks_as_it_did(report, bottom):
    drawn = Overlay(report, 540, 720).draw(wall(), bottom)
    golden = cv2.imread(str(GOLDEN))
    assert drawn.shape == golden.shape
    mean, far = differences(drawn, golden)
    assert mean <= MEAN_TOLERANCE
    assert far <= FAR_SHARE


def test_the_golden_image_tells_another_moment_apart(report, bottom):
    mean, far = differences(Overlay(report, 540, 720).draw(wall(), bottom - 12), cv2.imread(str(GOLDEN)))
    assert mean > MEAN_TOLERANCE
    assert far > FAR_SHARE


def test_the_frame_handed_in_stays_as_it_was(report, bottom):
    image = wall()
    Overlay(report, 540, 720).draw(image, bottom)
    assert (image == 120).all()


def test_a_touching_contact_is_filled_and_a_lost_one_is_open(report, bottom):
    overlay = Overlay(report, 540, 720)
    lost = raised(overlay, overlay.draw(wall(), bottom))
    touching = raised(overlay, overlay.draw(wall(), 0))
    sacrum = report.motion.dowel.sacrum_px
    assert near(touching, sacrum[0], GREEN) > 60
    assert near(touching, sacrum[0], GREEN, radius=2) > 15
    assert near(lost, sacrum[bottom], VERMILLION) > 40
    assert near(lost, sacrum[bottom], VERMILLION, radius=2) == 0
    assert near(lost, sacrum[bottom], GREEN) < 10  # blended edges


def test_rod_and_outline_are_where_they_were_measured(report, bottom):
    overlay = Overlay(report, 540, 720)
    drawn = raised(overlay, overlay.draw(wall(), bottom))
    rod = report.motion.dowel.rod_px[bottom]
    assert near(drawn, rod[1], YELLOW) > 10
    assert near(drawn, report.track.outline[bottom, -10], SKY_BLUE) > 10


def test_the_fault_banner_stands_at_its_evidence_and_not_while_standing(report, bottom):
    overlay = Overlay(report, 540, 720)
    panel = overlay.panel

    def banner(row):
        area = overlay.draw(wall(), row)[panel.y : panel.y + panel.height, panel.x : panel.x + panel.width]
        return (np.abs(area.astype(int) - np.array([0, 66, 160])).max(axis=2) < 20).mean()

    assert banner(bottom) > 0.05
    assert banner(0) == 0


def test_the_same_is_drawn_at_every_size(report, bottom):
    small = Overlay(report, 540, 720)
    for factor in (2, 3):
        large = Overlay(report, 540 * factor, 720 * factor)
        assert large.panel.above == small.panel.above
        drawn = large.draw(wall(540 * factor, 720 * factor), bottom)
        shrunk = cv2.resize(drawn, (small.width_px, small.height_px), interpolation=cv2.INTER_AREA)
        assert differences(shrunk, small.draw(wall(), bottom))[0] < 8


def test_what_was_not_measured_is_not_drawn(report, bottom):
    hole = with_hole(report, slice(bottom - 2, bottom + 3))
    overlay = Overlay(hole, 540, 720)
    drawn = raised(overlay, overlay.draw(wall(), bottom))
    assert near(drawn, report.motion.dowel.sacrum_px[bottom], VERMILLION) == 0
    assert near(drawn, report.motion.dowel.rod_px[bottom][0], YELLOW) == 0


def test_points_far_outside_the_picture_do_no_harm(report, bottom):
    track = replace(report.track, landmarks=report.track.landmarks + np.array([1e7, -1e7, 0, 0]))
    assert Overlay(replace(report, track=track), 540, 720).draw(wall(), bottom).shape[1] == 540


def test_a_lean_of_the_trunk_is_not_announced_as_an_arch_of_the_low_back(report, bottom):
    frame, time_s = int(report.motion.frame[bottom]), float(report.motion.time_s[bottom])

    def announced(witness):
        evidence = Evidence(witness, frame, time_s, -7.0, 1.2, "deg", -6.0, "at lockout")
        findings = (Finding("overextension", "mild", (1,), (evidence,), 0.7),)
        return Overlay(replace(report, judgement=replace(report.judgement, findings=findings)), 540, 720).draw(wall(), bottom)

    assert differences(announced("trunk"), announced("low_back"))[0] > 0
