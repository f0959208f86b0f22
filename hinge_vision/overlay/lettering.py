"""Text on images. Pillow's built-in face is used, because OpenCV's has neither a degree nor a plus-minus sign."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
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


@lru_cache(maxsize=512)
def _letters(text: str, size_px: int) -> NDArray[np.float32]:
    """Return the text's coverage 0..1, (line height, width, 3): as an image has it, which NumPy blends several times faster."""
    font = _font(size_px)
    canvas = Image.new("L", (max(1, round(font.getlength(text)) + 2), line_height_px(size_px)), 0)
    ImageDraw.Draw(canvas).text((0, 0), text, fill=255, font=font, stroke_width=size_px / 60)
    cover = np.asarray(canvas, dtype=np.float32) / np.float32(255.0)
    return np.repeat(cover[:, :, None], 3, axis=2)


def line_height_px(size_px: int) -> int:
    """Return the height of a line of text of a given size."""
    return round(1.25 * size_px)


def text_width_px(text: str, size_px: int) -> int:
    """Return how wide a text is drawn."""
    return round(_font(size_px).getlength(text)) + 2


def draw_text(image: ImageArray, text: str, corner: tuple[int, int], size_px: int, colour: Colour) -> None:
    """Draw a line of text into the image, its upper left corner at `corner` (x, y); what lies outside is cut off."""
    letters = _letters(text, size_px)
    x, y = corner
    left, top = max(0, -x), max(0, -y)
    height, width = min(letters.shape[0], image.shape[0] - y), min(letters.shape[1], image.shape[1] - x)
    if height <= top or width <= left:
        return
    cover = letters[top:height, left:width]
    patch = image[y + top : y + height, x + left : x + width]
    patch[:] = np.rint(patch + (np.array(colour, dtype=np.float32) - patch) * cover).astype(np.uint8)
