"""Text on images. Pillow's built-in face is used, because OpenCV's has neither a degree nor a plus-minus sign."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from hinge_vision.arrays import ImageArray

Colour = tuple[int, int, int]
"""Blue, green, red."""


@lru_cache(maxsize=16)
def _font(size_px: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size_px)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("Pillow was built without FreeType")
    return font


@lru_cache(maxsize=1024)
def _letter(character: str, size_px: int) -> ImageArray:
    """Return how far one character covers the picture below it, 0..255, (line height, width): numbers change with every frame, letters do not."""
    canvas = Image.new("L", (max(1, round(_advance_px(character, size_px)) + 2), line_height_px(size_px)), 0)
    ImageDraw.Draw(canvas).text((0, 0), character, fill=255, font=_font(size_px), stroke_width=size_px / 60)
    return np.asarray(canvas, dtype=np.uint8)


@lru_cache(maxsize=512)
def _letters(text: str, size_px: int, colour: Colour) -> tuple[ImageArray, ImageArray]:
    """Return what a text leaves of the picture below it (0..255), and what it adds; each (line height, width, 3)."""
    ends = [_advance_px(text[:length], size_px) for length in range(len(text) + 1)]
    covered = np.zeros((line_height_px(size_px), max(1, round(ends[-1]) + 2)), np.uint8)
    for character, start in zip(text, ends, strict=False):
        letter, left = _letter(character, size_px), round(start)
        place = covered[:, left : left + letter.shape[1]]
        np.maximum(place, letter[:, : place.shape[1]], out=place)
    cover = np.repeat(covered[:, :, None], 3, axis=2)
    return np.asarray(255 - cover, dtype=np.uint8), np.rint(cover / 255.0 * np.array(colour)).astype(np.uint8)


@lru_cache(maxsize=4096)
def _advance_px(text: str, size_px: int) -> float:
    return float(_font(size_px).getlength(text))


def line_height_px(size_px: int) -> int:
    """Return the height of a line of text of a given size."""
    return round(1.25 * size_px)


def text_width_px(text: str, size_px: int) -> int:
    """Return how wide a text is drawn."""
    return round(_advance_px(text, size_px)) + 2


def draw_text(image: ImageArray, text: str, corner: tuple[int, int], size_px: int, colour: Colour) -> None:
    """Draw a line of text into the image, its upper left corner at `corner` (x, y); what lies outside is cut off."""
    leaves, adds = _letters(text, size_px, colour)
    x, y = corner
    left, top = max(0, -x), max(0, -y)
    height, width = min(leaves.shape[0], image.shape[0] - y), min(leaves.shape[1], image.shape[1] - x)
    if height <= top or width <= left:
        return
    patch = image[y + top : y + height, x + left : x + width]
    below = cv2.multiply(patch, leaves[top:height, left:width], scale=1 / 255)
    patch[:] = cv2.add(below, adds[top:height, left:width])
