"""Whoever else is in the picture: the one who hinges and fills most of it is judged, and no other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.made_clips import Image
from tests.robustness.compose import cut_out, pasted, scaled, widened
from tests.robustness.conftest import Row
from tests.robustness.matrix import PLAIN, QUICK, Case, Judged, SameAngles, clip_of, plain_images

ROUNDED = frozenset(("coupled_flexion",))
SHORT_OF_RANGE = frozenset(("limited_range",))
OTHER = "deadlift_upper_back_rounded"


def second_lifter(folder: Path, size: float, *, rounded_left: bool) -> Path:
    """The rounded lifter, and another of some size who lifts at the same time with a flat low back."""
    others = plain_images(OTHER)
    pictures = []
    for number, image in enumerate(plain_images()):
        other = np.asarray(cv2.resize(others[number], None, fx=size, fy=size, interpolation=cv2.INTER_AREA), np.uint8)
        beside = np.full((image.shape[0], other.shape[1], 3), 120, np.uint8)
        beside[-other.shape[0] :] = other
        pictures.append(np.hstack([image, beside] if rounded_left else [beside, image]))
    return clip_of(folder / "clip.mp4", [even(picture) for picture in pictures])


def even(image: Image) -> Image:
    return np.ascontiguousarray(image[: image.shape[0] // 2 * 2, : image.shape[1] // 2 * 2])


def bystander(folder: Path, size: float, x: int) -> Path:
    """Somebody stands beside and watches."""
    watcher = scaled(cut_out("deadlift_neutral", 0), size)
    return clip_of(folder / "clip.mp4", [pasted(image, watcher, x, int(690 - 690 * size)) for image in widened(plain_images(), 260, 260)])


def walker(folder: Path, *, in_front: bool, size: float) -> Path:
    """Somebody walks from one side of the picture to the other while the lifter is down."""
    figure = scaled(cut_out("deadlift_upper_back_rounded", 0), size)
    pictures = []
    for number, image in enumerate(widened(plain_images(), 150, 150)):
        x = round(-400 + 1300 * (number / 98))
        crossed = pasted(image, figure, x, int(700 - 700 * size))
        if not in_front:
            lifter = cut_out(PLAIN, number)
            crossed = pasted(crossed, lifter, 150, 0)
        pictures.append(crossed)
    return clip_of(folder / "clip.mp4", pictures)


def mirror(folder: Path) -> Path:
    """A mirror on the wall behind shows the lifter from the other side, smaller."""
    pictures = []
    for image in widened(plain_images(), 300, 40):
        picture = image.copy()
        reflected = np.asarray(cv2.resize(image[:, 300:840][:, ::-1], (324, 432), interpolation=cv2.INTER_AREA), np.uint8)
        picture[60:492, 20:344] = (reflected * 0.85).astype(np.uint8)
        pictures.append(picture)
    return clip_of(folder / "clip.mp4", pictures)


def leaves(folder: Path) -> Path:
    """After the rep the lifter walks out of the picture."""
    images = list(plain_images())
    room = background()
    figure = cut_out(PLAIN, len(images) - 1)
    gone = [pasted(room, figure, -14 * step, 0) for step in range(1, 45)]
    return clip_of(folder / "clip.mp4", images + gone)


def background() -> Image:
    """The empty room: where the lifter stood there is wall and floor from beside."""
    image, mask = cut_out(PLAIN, 0)
    hole = (cv2.dilate(mask, np.ones((25, 25), np.uint8)) > 0.01).astype(np.uint8)
    return np.asarray(cv2.inpaint(image, hole * 255, 5, cv2.INPAINT_TELEA), np.uint8)


THE_OTHER = replace(QUICK, person=2)
CASES = [
    Case("somebody watches, as tall", lambda folder: bystander(folder, 1.0, -120), SameAngles()),
    Case("somebody watches, nearer to the camera", lambda folder: bystander(folder, 1.2, 560), SameAngles()),
    Case(
        "two lift, the rounded one larger, left",
        lambda folder: second_lifter(folder, 0.75, rounded_left=True),
        Judged(ROUNDED, 1, SHORT_OF_RANGE, person=1),
    ),
    Case(
        "two lift, the rounded one larger, right",
        lambda folder: second_lifter(folder, 0.75, rounded_left=False),
        Judged(ROUNDED, 1, SHORT_OF_RANGE, person=2),
    ),
    Case(
        "two lift, --person 2",
        lambda folder: second_lifter(folder, 0.75, rounded_left=True),
        Judged(frozenset(), 1, person=2),
        THE_OTHER,
    ),
    Case("somebody walks past behind", lambda folder: walker(folder, in_front=False, size=0.9), Judged(ROUNDED, 1, SHORT_OF_RANGE)),
    Case(
        "somebody walks past in front",
        lambda folder: walker(folder, in_front=True, size=1.05),
        Judged(frozenset(), None, ROUNDED | SHORT_OF_RANGE, ("too_little_measured",)),
    ),
    Case("a mirror behind", mirror, SameAngles()),
    Case("the lifter walks out after the rep", leaves, Judged(ROUNDED, 1, SHORT_OF_RANGE)),
]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_lifter_is_judged_whoever_else_is_in_the_picture(case: Case, row: Row) -> None:
    row("7 People", case)
