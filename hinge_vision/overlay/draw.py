"""Draw what was measured onto a frame: skeleton, dorsal outline, virtual dowel with its contact points, angles, rep, fault.

Shape carries every meaning that colour carries: a contact that touches is a filled dot, a lost one an open ring. The colours are
those of Okabe and Ito, told apart by colour-blind people too.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from hinge_vision.arrays import FloatArray, ImageArray
from hinge_vision.findings.model import Fault
from hinge_vision.kinematics.filters import stretches
from hinge_vision.overlay import lettering
from hinge_vision.overlay.banner import Banner, fault_banners
from hinge_vision.overlay.figure import Figure, between_rows
from hinge_vision.overlay.layout import LINE, MARGIN, Panel, letters_px, place_panel
from hinge_vision.overlay.lettering import Colour, draw_text
from hinge_vision.report import text
from hinge_vision.report.model import Report

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (16, 16, 16)
SKY_BLUE: Colour = (233, 180, 86)
YELLOW: Colour = (66, 228, 240)
GREEN: Colour = (115, 158, 0)
VERMILLION: Colour = (0, 94, 213)
DARK_VERMILLION: Colour = (0, 66, 160)
GREY: Colour = (190, 190, 190)

FAULT_BANNERS: dict[Fault, str] = {
    "coupled_flexion": "Low back rounds",
    "overextension": "Low back arches",
    "limited_range": "Hips stop short",
}
LEAN_BACK_BANNER = "Trunk leans back"
_SUBPIXEL_BITS = 4


class Overlay:
    """What is drawn on every frame of one clip, prepared once for pictures of one size.

    Parameters
    ----------
    report
        A report with a pose track.
    width_px, height_px
        Size of the pictures handed to `draw`; of the same shape as the clip.
    """

    def __init__(self, report: Report, width_px: int, height_px: int) -> None:
        self._report = report
        self._scale = width_px / report.clip.width_px
        self._figure = Figure.of(report, self._scale)
        stature = report.track.stature_px * self._scale if report.track is not None else float("nan")
        self._unit = float(np.nanmax([np.nanmin([min(width_px, height_px) / 360, stature / 240]), 0.8]))
        self._banners = fault_banners(report)
        letters = letters_px(width_px, height_px)
        widest = max(lettering.text_width_px(line, letters) for line in (*self._samples(), *FAULT_BANNERS.values(), LEAN_BACK_BANNER))
        self.panel: Panel = place_panel(report, width_px, height_px, widest + 2 * round(MARGIN * letters), letters)
        self.width_px = width_px
        self.height_px = height_px + (self.panel.height if self.panel.above else 0)

    def draw(self, image: ImageArray, row: float, *, onto: bool = False) -> ImageArray:
        """Return the picture with the overlay of one row of the pose track (a fraction lies between two rows).

        With `onto` the picture itself may be drawn on; without, it stays as it is.
        The result is `width_px` x `height_px`: taller than the picture where the text needed a band of its own.
        """
        drawn = image if onto and image.flags.writeable else image.copy()
        figure = self._figure.at(row)
        self._skeleton(drawn, figure)
        self._back(drawn, figure)
        self._dowel(drawn, figure)
        if self.panel.above:
            drawn = np.concatenate([np.full((self.panel.height, self.width_px, 3), BLACK, np.uint8), drawn])
        self._text(drawn, row)
        return drawn

    def _skeleton(self, image: ImageArray, figure: Figure) -> None:
        thin, thick = self._width(1.0), self._width(1.7)
        for chain in figure.far_chains:
            _line(image, chain, GREY, thin)
        for chain in figure.near_chains:
            _line(image, chain, BLACK, thick + self._width(1.2))
        for chain in figure.near_chains:
            _line(image, chain, WHITE, thick)
            _dots(image, chain, WHITE, 2.2 * self._unit, edge=BLACK, edge_px=self._width(0.7))

    def _back(self, image: ImageArray, figure: Figure) -> None:
        _line(image, figure.outline, BLACK, self._width(2.6))
        _line(image, figure.outline, SKY_BLUE, self._width(1.5))
        _line(image, figure.low_back, SKY_BLUE, self._width(2.8))

    def _dowel(self, image: ImageArray, figure: Figure) -> None:
        _line(image, figure.rod, BLACK, self._width(2.8))
        _line(image, figure.rod, YELLOW, self._width(1.6))
        radius = 4.6 * self._unit
        for point, touching in zip(figure.contacts, figure.touching, strict=True):
            if not np.isfinite(touching):
                continue
            if touching >= 0.5:
                _dots(image, point[None], GREEN, radius, edge=WHITE, edge_px=self._width(1.0))
            else:
                self._loss(image, point, _nearest_on(figure.rod, point), radius)
                _ring(image, point, WHITE, radius + 1.5 * self._unit, self._width(2.8))
                _ring(image, point, VERMILLION, radius + 1.5 * self._unit, self._width(1.6))

    def _loss(self, image: ImageArray, point: FloatArray, foot: FloatArray, radius_px: float) -> None:
        """Draw how far a lost point stands off the rod, from the edge of its ring."""
        distance = float(np.linalg.norm(foot - point))
        if distance > radius_px:
            gap = np.stack([point + (foot - point) * radius_px / distance, foot])
            _line(image, gap, BLACK, self._width(2.0))
            _line(image, gap, VERMILLION, self._width(1.1))

    def _text(self, image: ImageArray, row: float) -> None:
        panel = self.panel
        area = image[panel.y : panel.y + panel.height, panel.x : panel.x + panel.width]
        cv2.convertScaleAbs(area, area, 0.25, 0.75 * BLACK[0])
        hips, low_back, rep = self._lines(row)
        banner = self._banner(row)
        line, margin = round(LINE * panel.letters_px), round(MARGIN * panel.letters_px)
        x, y = panel.x + margin, panel.y + margin
        if panel.above:
            middle = panel.x + panel.width * 45 // 100
            places = ((hips, x, y), (low_back, middle, y), (rep, x, y + line))
            place = (middle - margin, y + line, panel.width - middle, line)
        else:
            places = ((hips, x, y), (low_back, x, y + line), (rep, x, y + 2 * line))
            place = (panel.x, y + 3 * line, panel.width, panel.height - 3 * line - margin)
        for words, left, top in places:
            draw_text(image, words, (left, top), panel.letters_px, WHITE)
        if banner is not None:
            left, top, width, height = place
            image[top : top + height, left : left + width] = DARK_VERMILLION
            # beside a low back that does not arch, the video may not say that it does
            words = LEAN_BACK_BANNER if banner.evidence.witness == "trunk" else FAULT_BANNERS[banner.fault]
            raised = top + (height - lettering.line_height_px(panel.letters_px)) // 2
            draw_text(image, words, (left + margin, raised), panel.letters_px, WHITE)

    def _lines(self, row: float) -> tuple[str, str, str]:
        report = self._report
        nearest = round(row)
        if report.motion is None:
            return "Hips: not measured", "Low back: not measured", ""
        hip, low_back = report.motion.hip_flexion, report.motion.lumbar_flexion
        hips = _plain(text.degrees(float(between_rows(hip.value_deg, row)), float(between_rows(hip.sd_deg, row))))
        back = _plain(text.degrees(float(between_rows(low_back.value_deg, row)), float(between_rows(low_back.sd_deg, row)), signed=True))
        rep = ""
        if report.segmentation is not None:
            number = int(report.segmentation.rep[nearest])
            phase = str(report.segmentation.phase[nearest])
            rep = f"Rep {number} of {len(report.segmentation.reps)}: {phase}" if number else phase.capitalize()
        return f"Hips {hips}", f"Low back {back}", rep

    def _samples(self) -> tuple[str, ...]:
        """Return texts as wide as the ones to come, so that the panel keeps its size throughout the clip."""
        reps = 0 if self._report.segmentation is None else len(self._report.segmentation.reps)
        return "Low back +88° ± 88°", f"Rep {reps} of {reps}: lockout"

    def _banner(self, row: float) -> Banner | None:
        if self._report.track is None:
            return None
        time_s = float(between_rows(self._report.track.time_s, row))
        return next((banner for banner in self._banners if banner.start_s <= time_s <= banner.end_s), None)

    def _width(self, units: float) -> int:
        return max(1, round(units * self._unit))


def _plain(words: str) -> str:
    return words.replace("\u2212", "-")  # the face has no minus sign


def _line(image: ImageArray, points: FloatArray, colour: Colour, width_px: int) -> None:
    """Draw a line through the points, broken where one is NaN."""
    known = np.isfinite(points).all(axis=1)
    parts = [(0, len(points))] if known.all() else stretches(known)
    lines = [_fixed(points[first:last]) for first, last in parts if last - first > 1]
    if lines:
        cv2.polylines(image, lines, False, colour, width_px, cv2.LINE_AA, _SUBPIXEL_BITS)


def _dots(image: ImageArray, points: FloatArray, colour: Colour, radius_px: float, *, edge: Colour, edge_px: int) -> None:
    """Draw a dot at each of the points that are known."""
    for place in _fixed(points[np.isfinite(points).all(axis=1)])[:, 0].tolist():
        cv2.circle(image, place, round((radius_px + edge_px) * 2**_SUBPIXEL_BITS), edge, cv2.FILLED, cv2.LINE_AA, _SUBPIXEL_BITS)
        cv2.circle(image, place, round(radius_px * 2**_SUBPIXEL_BITS), colour, cv2.FILLED, cv2.LINE_AA, _SUBPIXEL_BITS)


def _ring(image: ImageArray, point: FloatArray, colour: Colour, radius_px: float, width_px: int) -> None:
    if np.isfinite(point).all():
        x, y = _fixed(point[None])[0, 0]
        cv2.circle(image, (int(x), int(y)), round(radius_px * 2**_SUBPIXEL_BITS), colour, width_px, cv2.LINE_AA, _SUBPIXEL_BITS)


def _fixed(points: FloatArray) -> NDArray[np.int32]:
    # beyond this OpenCV's fixed-point coordinates overflow; nothing that far off is in the picture
    clipped = np.minimum(np.maximum(points, -20000), 40000)  # np.clip takes longer than all else here
    fixed: NDArray[np.int32] = np.rint(clipped * 2**_SUBPIXEL_BITS).astype(np.int32)[:, None]
    return fixed


def _nearest_on(rod: FloatArray, point: FloatArray) -> FloatArray:
    axis = rod[1] - rod[0]
    length = float(axis @ axis)
    if not length > 0:
        return point
    foot: FloatArray = rod[0] + float(np.clip((point - rod[0]) @ axis / length, 0.0, 1.0)) * axis
    return foot
