"""Where the text panel goes: into an upper corner that the lifter never enters, or into a band added above the picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hinge_vision.arrays import FloatArray
from hinge_vision.pose.track import PoseTrack
from hinge_vision.report.model import Report

LETTERS_PER_WIDTH = 1 / 27
"""Size of the letters as a share of the picture's width: 13 px on a phone that shows the video 360 px wide."""
LETTERS_PER_HEIGHT = 1 / 16
PANEL_LINES = 4
BAND_LINES = 2
LINE = 1.38
MARGIN = 0.5
"""Line spacing and the panel's inner margin, in letter sizes."""
LIFTER_MARGIN = 0.06
"""Room kept around the lifter's measured points, in statures: the flesh around the joints and the hair."""


@dataclass(frozen=True)
class Panel:
    """A rectangle for text in the finished picture: x, y, width, height in pixels; `above` = in a band added above the picture."""

    x: int
    y: int
    width: int
    height: int
    letters_px: int
    above: bool


def lifter_boxes(track: PoseTrack, rod_px: FloatArray | None = None) -> FloatArray:
    """Return the box that holds the lifter (and the rod) in each frame.

    Returns
    -------
    (N, 4)
        Left, top, right, bottom in pixels of the source image; NaN where nobody was found.
    """
    points = np.concatenate([track.landmarks[:, :, :2], track.outline], axis=1)
    if rod_px is not None:
        points = np.concatenate([points, rod_px], axis=1)
    known = np.isfinite(points).all(axis=2)
    pad = LIFTER_MARGIN * track.stature_px
    low = np.where(known[..., None], points, np.inf).min(axis=1) - pad
    high = np.where(known[..., None], points, -np.inf).max(axis=1) + pad
    boxes: FloatArray = np.concatenate([low, high], axis=1)
    boxes[~known.any(axis=1)] = np.nan
    return boxes


def place_panel(report: Report, width_px: int, height_px: int, panel_width_px: int, letters_px: int) -> Panel:
    """Return where the panel goes in a picture of the given size.

    The corner before the lifter comes first, so that the space behind the back stays clear where there is a choice. Where the
    lifter enters both upper corners at some time of the clip, the picture gets a band above. The lower edge stays free: players lay
    their controls over it.
    """
    line = round(LINE * letters_px)
    height = PANEL_LINES * line + 2 * round(MARGIN * letters_px)
    gap = round(0.4 * letters_px)
    left, right = gap, width_px - panel_width_px - gap
    ahead, behind = (right, left) if report.facing == "right" else (left, right)
    boxes = np.empty((0, 4))
    if report.track is not None:
        scale = width_px / report.clip.width_px
        boxes = lifter_boxes(report.track, None if report.motion is None else report.motion.dowel.rod_px) * scale
    for x in (ahead, behind):
        if x >= 0 and gap + height <= height_px and not _meets(boxes, x, gap, panel_width_px, height):
            return Panel(x, gap, panel_width_px, height, letters_px, above=False)
    band = BAND_LINES * line + 2 * round(MARGIN * letters_px)
    return Panel(0, 0, width_px, band + (height_px + band) % 2, letters_px, above=True)


def letters_px(width_px: int, height_px: int) -> int:
    """Return the size of the letters for a picture of the given size."""
    return max(9, round(min(LETTERS_PER_WIDTH * width_px, LETTERS_PER_HEIGHT * height_px)))


def _meets(boxes: FloatArray, x: int, y: int, width: int, height: int) -> bool:
    # comparisons with NaN are false: a frame without the lifter meets nothing
    apart_not = (boxes[:, 0] < x + width) & (boxes[:, 2] > x) & (boxes[:, 1] < y + height) & (boxes[:, 3] > y)
    return bool(np.any(apart_not))
