"""Whatever the camera does and the editor adds: panning, shaking, captions, bars, cuts, fades."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.made_clips import Image
from tests.robustness.compose import captioned, faded, moved, widened, with_posts
from tests.robustness.conftest import Row
from tests.robustness.matrix import Case, Judged, SameAngles, clip_of, plain_images, plain_times

ROUNDED = frozenset(("coupled_flexion",))
SHORT_OF_RANGE = frozenset(("limited_range",))
NEUTRAL = "deadlift_neutral"


def shaken(folder: Path) -> Path:
    """A hand's tremor: up to 7 px (1 % of the height) and 0.7 degrees, a few times a second."""
    rng = np.random.default_rng(4)
    knots = rng.normal(0, 1, (3, 30))
    way = lambda t: tuple(np.interp(t * 29, np.arange(30), row) for row in knots)  # noqa: E731
    return clip_of(folder / "clip.mp4", moved(plain_images(), lambda t: (3.5 * way(t)[0], 3.5 * way(t)[1], 0.35 * way(t)[2], 1.0)))


def pan(folder: Path) -> Path:
    return clip_of(folder / "clip.mp4", moved(widened(plain_images(), 120, 120), lambda t: (110 - 220 * t, 0.0, 0.0, 1.0)))


def zoom(folder: Path) -> Path:
    return clip_of(folder / "clip.mp4", moved(widened(plain_images(), 60, 60), lambda t: (0.0, 0.0, 0.0, 0.75 + 0.2 * t)))


def rolled(folder: Path, roll_deg: float, images: Sequence[Image]) -> Path:
    return clip_of(folder / "clip.mp4", moved(images, lambda t: (0.0, 0.0, roll_deg, 0.92)))


def cropped(folder: Path, top: int, bottom: int) -> Path:
    return clip_of(folder / "clip.mp4", [np.ascontiguousarray(image[top:bottom]) for image in plain_images()])


def blurred_sides(folder: Path) -> Path:
    """Portrait in landscape, the sides filled with the same picture, large and blurred."""
    pictures = []
    for image in plain_images():
        wide = cv2.GaussianBlur(cv2.resize(image, (1280, 1706))[493:1213], (0, 0), 25)
        wide[:, 370:910] = image
        pictures.append(np.asarray(wide, np.uint8))
    return clip_of(folder / "clip.mp4", pictures)


def black_first(folder: Path) -> Path:
    black: list[Image] = [np.zeros_like(plain_images()[0])] * 45
    return clip_of(folder / "clip.mp4", black + list(plain_images()))


def title_first(folder: Path) -> Path:
    title = captioned([np.full_like(plain_images()[0], 40)], [("MY DEADLIFT", 90, 340), ("day 12", 180, 420)])
    return clip_of(folder / "clip.mp4", title * 45 + list(plain_images()))


def frozen(folder: Path) -> Path:
    """The picture stands still for a second at depth, as in a lesson."""
    images = list(plain_images())
    return clip_of(folder / "clip.mp4", images[:50] + [images[50]] * 30 + images[50:])


def way_down_cut_out(folder: Path) -> Path:
    """A jump cut from standing to the bottom."""
    images, times = list(plain_images()), plain_times()
    return clip_of(folder / "clip.mp4", images[:24] + images[48:], times[: len(images) - 24])


def another_lifter_follows(folder: Path) -> Path:
    """A cut to another person, who faces the other way, lifts with a flat back and is longer in the picture."""
    return clip_of(folder / "clip.mp4", list(plain_images()) + list(plain_images(NEUTRAL))[:112])


def cross_fade(folder: Path) -> Path:
    """One shot melts into the next of the same lift."""
    images = plain_images()
    mixed = [(images[-15 + n] * (1 - n / 15) + images[n] * (n / 15)).astype(np.uint8) for n in range(15)]
    return clip_of(folder / "clip.mp4", [*images[:-15], *mixed, *images[15:]])


TEXT = [("ROUNDED BACK?", 60, 60), ("3 x 5 @ 100 kg", 80, 690)]
ON_BACK = [("LOW BACK", 230, 330)]
CASES = [
    Case("hand-held, shaking", shaken, SameAngles(lumbar_deg=5)),
    Case("slow pan", pan, SameAngles(lumbar_deg=5)),
    Case("slow zoom in", zoom, SameAngles(lumbar_deg=8, trunk_deg=4, hip_deg=10)),
    # with nothing upright in sight the trunk's own lean keeps the camera's four degrees
    Case("camera rolled by 4°, a bare room", lambda folder: rolled(folder, 4.0, plain_images()), SameAngles(lumbar_deg=5, trunk_deg=7)),
    Case("camera rolled by 4°, posts in the room", lambda folder: rolled(folder, 4.0, with_posts(plain_images())), SameAngles(lumbar_deg=5)),
    Case("camera rolled by -8°, posts in the room", lambda folder: rolled(folder, -8.0, with_posts(plain_images())), SameAngles(lumbar_deg=5)),
    Case("captions above and below", lambda folder: clip_of(folder / "clip.mp4", captioned(plain_images(), TEXT)), SameAngles()),
    Case(
        "a caption across the back",
        lambda folder: clip_of(folder / "clip.mp4", captioned(plain_images(), ON_BACK)),
        SameAngles(10.0, 5.0, 13.0),
    ),
    Case("blurred sides", blurred_sides, SameAngles()),
    Case("1.5 s of black first", black_first, SameAngles(shift_s=1.5)),
    Case("1.5 s of title first", title_first, SameAngles(shift_s=1.5)),
    Case("fades in and out", lambda folder: clip_of(folder / "clip.mp4", faded(plain_images(), 12, 12)), SameAngles()),
    Case("stands still at depth for 1 s", frozen, Judged(ROUNDED, 1, SHORT_OF_RANGE)),
    Case("jump cut from standing to the bottom", way_down_cut_out, Judged(ROUNDED, 1, SHORT_OF_RANGE)),
    Case("cross-fade to the same lift again", cross_fade, Judged(ROUNDED, 2, SHORT_OF_RANGE)),
    Case("cut to another lifter who faces the other way", another_lifter_follows, Judged(frozenset(), 1, reasons=("turned",))),
    Case("feet out of the picture", lambda folder: cropped(folder, 0, 560), Judged(ROUNDED, 1, SHORT_OF_RANGE, reasons=("feet_cut_off",))),
    Case(
        "head out of the picture in standing",
        lambda folder: cropped(folder, 170, 720),
        Judged(ROUNDED, 1, SHORT_OF_RANGE, ("out_of_frame", "too_little_measured")),
    ),
    Case(
        "only the legs in the picture",
        lambda folder: cropped(folder, 380, 720),
        Judged(frozenset(), None, frozenset(), ("out_of_frame", "too_little_measured", "no_person", "no_hinge", "too_few_pixels", "not_side_view")),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_lift_is_judged_whatever_camera_and_editor_do(case: Case, row: Row) -> None:
    row("8 Camera and cuts", case)
