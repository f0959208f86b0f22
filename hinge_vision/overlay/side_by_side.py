"""The second clip of a side-by-side video, in step with the first."""

from __future__ import annotations

import cv2
import numpy as np

from hinge_vision.arrays import ImageArray
from hinge_vision.overlay.pictures import Pictures
from hinge_vision.report.model import Report


class Beside:
    """The other clip of a side-by-side video: the picture that belongs to a moment of the first clip."""

    def __init__(self, pictures: Pictures, bottom_s: float, height_px: int) -> None:
        self._overlay = pictures.overlay
        self._reader = pictures.reader()
        self._drawn = pictures.drawn(self._reader, self._overlay)
        self._frames = (frame for frame, in_video in self._drawn if in_video)
        self._shift_s = first_bottom_s(pictures.report) - bottom_s
        self._height_px = height_px
        self.width_px = 2 * max(1, round(self._overlay.width_px * height_px / self._overlay.height_px / 2))
        self._shown = self._next = next(self._frames, None)

    def __enter__(self) -> Beside:
        return self

    def __exit__(self, *_: object) -> None:
        self._frames.close()
        self._drawn.close()
        self._reader.close()

    def at(self, time_s: float) -> ImageArray:
        """Return the picture at a moment of the first clip; before its beginning the first one, after its end the last one."""
        while self._next is not None and self._next.time_s <= time_s + self._shift_s:
            self._shown = self._next
            self._next = next(self._frames, None)
        if self._shown is None:
            return np.zeros((self._height_px, self.width_px, 3), np.uint8)
        return np.asarray(cv2.resize(self._shown.image, (self.width_px, self._height_px), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def first_bottom_s(report: Report) -> float:
    """Return when the first whole rep is deepest; the first of all where none is whole, 0 where there is none."""
    if report.motion is None or report.segmentation is None or not report.segmentation.reps:
        return 0.0
    first = next((rep for rep in report.segmentation.reps if not rep.partial), report.segmentation.reps[0])
    return float(report.motion.time_s[first.bottom])
