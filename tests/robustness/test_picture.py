"""However the picture lies in the file: turned, mirrored, stretched, small, large, odd."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.made_clips import Image, turn
from tests.robustness.conftest import Row
from tests.robustness.matrix import Case, SameAngles, clip_of, plain_images, plain_times

VP9 = {"deadline": "realtime", "cpu-used": "8", "crf": "20", "b": "0"}


def turned(folder: Path, degrees: int, suffix: str = ".mp4") -> Path:
    """Stored turned the other way, with the rotation in the header that turns it upright again."""
    code = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_CLOCKWISE}
    images = [image if degrees == 0 else np.asarray(cv2.rotate(image, code[degrees]), np.uint8) for image in plain_images()]
    return turn(clip_of(folder / f"clip{suffix}", images), degrees)


def mirrored(folder: Path, matrix: tuple[int, int, int, int], stored: int | None = None) -> Path:
    """Stored as filmed by a front camera, with a header that asks players to mirror it."""
    images = [image if stored is None else np.asarray(cv2.rotate(image, stored), np.uint8) for image in plain_images()]
    clip = clip_of(folder / "clip.mp4", [np.ascontiguousarray(image[:, ::-1]) for image in images])
    data = bytearray(clip.read_bytes())
    at = data.find(b"tkhd") + 4
    a, b, c, d = matrix
    data[at + 40 : at + 76] = struct.pack(">9i", a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)
    clip.write_bytes(data)
    return clip


def resized(folder: Path, size: tuple[int, int], name: str = "clip.mp4", **how: object) -> Path:
    return clip_of(folder / name, [np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8) for image in plain_images()], **how)


def framed(images: tuple[Image, ...] | list[Image], width: int, height: int, colour: tuple[int, int, int] = (90, 90, 90)) -> list[Image]:
    """The pictures in the middle of larger ones, as a wide shot has them."""
    out = []
    for image in images:
        canvas = np.full((height, width, 3), colour, np.uint8)
        y, x = (height - image.shape[0]) // 2, (width - image.shape[1]) // 2
        canvas[y : y + image.shape[0], x : x + image.shape[1]] = image
        out.append(canvas)
    return out


def four_k(folder: Path) -> Path:
    """Every second picture, at 15 frames a second, 3840x2160."""
    large = [np.asarray(cv2.resize(image, (1620, 2160), interpolation=cv2.INTER_CUBIC), np.uint8) for image in plain_images()[::2]]
    return clip_of(folder / "clip.mp4", framed(large, 3840, 2160), plain_times()[::2])


def bars(folder: Path) -> Path:
    return clip_of(folder / "clip.mp4", framed(plain_images(), 1280, 720, (0, 0, 0)))


CASES = [
    Case("rotation 0° in the header", lambda folder: turned(folder, 0), SameAngles()),
    Case("rotation 90°", lambda folder: turned(folder, 90), SameAngles()),
    Case("rotation 180°", lambda folder: turned(folder, 180), SameAngles()),
    Case("rotation 270°", lambda folder: turned(folder, 270), SameAngles()),
    Case("rotation 90° in mov", lambda folder: turned(folder, 90, ".mov"), SameAngles()),
    Case(
        "mirrored pixels (a front camera's)",
        lambda folder: clip_of(folder / "clip.mp4", [np.ascontiguousarray(i[:, ::-1]) for i in plain_images()]),
        SameAngles(5.0, 4.0, 8.0, mirrored=True),
    ),
    Case("header that mirrors left to right", lambda folder: mirrored(folder, (-1, 0, 0, 1)), SameAngles()),
    Case("header that mirrors and turns by 90°", lambda folder: mirrored(folder, (0, 1, 1, 0), cv2.ROTATE_90_CLOCKWISE), SameAngles()),
    Case("landscape 1280x720, black bars beside", bars, SameAngles()),
    Case("square 720x720", lambda folder: clip_of(folder / "clip.mp4", framed(plain_images(), 720, 720)), SameAngles()),
    Case(
        "odd size 539x719",
        lambda folder: clip_of(folder / "clip.webm", [np.ascontiguousarray(i[:719, :539]) for i in plain_images()], codec="libvpx-vp9", options=VP9),
        SameAngles(),
    ),
    Case("pixels 4:3 wide", lambda folder: resized(folder, (406, 720), aspect=Fraction(540, 406)), SameAngles()),
    Case("pixels 3:4 narrow", lambda folder: resized(folder, (540, 540), aspect=Fraction(3, 4)), SameAngles()),
    Case("small, 270x360", lambda folder: resized(folder, (270, 360)), SameAngles(lumbar_deg=6.0)),
    Case("4K 3840x2160, 15 fps", four_k, SameAngles()),
]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_clip_whose_picture_lies_otherwise_gives_the_plain_clips_angles(case: Case, row: Row) -> None:
    row("2 Picture", case)
