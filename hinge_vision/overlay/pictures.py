"""The drawn pictures of one clip: the clip is read again, each frame drawn on, in a size of its own."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np

from hinge_vision.arrays import ImageArray
from hinge_vision.errors import SettingsError
from hinge_vision.overlay.draw import Overlay
from hinge_vision.overlay.face import blurred, head_circles
from hinge_vision.overlay.figure import between_rows
from hinge_vision.report.model import Report
from hinge_vision.video.ahead import ahead
from hinge_vision.video.clip_info import ClipInfo
from hinge_vision.video.frame import Frame
from hinge_vision.video.reader import ClipReader
from hinge_vision.video.timing import Thinning

RATE_HZ = 30.0


@dataclass(frozen=True)
class Pictures:
    """How one clip is drawn: in which size, and which of its frames are wanted as pictures beside the video's."""

    report: Report
    clip_path: Path
    short_side_px: int
    blur_face: bool
    chosen: frozenset[int]

    def size_px(self) -> tuple[int, int]:
        """Width and height of the frames drawn on."""
        return output_size_px(self.report, self.short_side_px)

    @cached_property
    def overlay(self) -> Overlay:
        """What is drawn on each of them; made once, from the whole track."""
        return Overlay(self.report, *self.size_px())

    def reader(self) -> ClipReader:
        """Open the clip, its frames in that size."""
        return open_clip(self.report, self.clip_path, size_px=self.size_px())

    def drawn(self, reader: ClipReader, overlay: Overlay, *, video: bool = True) -> Generator[tuple[Frame, bool], None, None]:
        """Yield the drawn frames, each with whether it belongs into the video; without a video, the chosen ones only."""
        track = self.report.track
        if track is None:
            return
        rows = np.arange(len(track.frame), dtype=float)
        heads = head_circles(track) if self.blur_face else None
        capture_fps = self.report.settings.capture_fps
        keep = Thinning(RATE_HZ, reader.info.fps if capture_fps is None else capture_fps)
        scale = self.size_px()[0] / self.report.clip.width_px
        in_video = False

        def wanted(number: int, time_s: float) -> bool:
            nonlocal in_video
            in_video = keep.keeps(time_s)
            return in_video or number in self.chosen

        def decoded() -> Generator[tuple[Frame, bool], None, None]:
            for frame in reader.frames(wanted) if video else reader.pick(self.chosen):
                yield frame, in_video

        with closing(ahead(decoded())) as frames:
            for frame, shown in frames:
                row = float(np.interp(frame.time_s, track.time_s, rows))
                image = frame.image
                if heads is not None:
                    image = blurred(image, between_rows(heads, row) * scale)
                yield Frame(frame.index, frame.time_s, overlay.draw(image, row, onto=True)), shown


def open_clip(report: Report, path: Path, *, size_px: tuple[int, int] | None = None) -> ClipReader:
    """Open the clip that a report was made from, its frames in a size of their own or as they are.

    Raises
    ------
    ClipUnreadableError
    SettingsError
        It is another clip: of another size, codec or length.
    """
    settings, made_from = report.settings, report.clip
    reader = ClipReader(path, start_s=settings.start_s, end_s=settings.end_s, capture_fps=settings.capture_fps, size_px=size_px)
    if not _is_same_clip(reader.info, made_from):
        reader.close()
        raise SettingsError(f"{path}: not the clip these results were made from; say with --clip where {made_from.name} is, or analyse this one")
    return reader


def output_size_px(report: Report, short_side_px: int) -> tuple[int, int]:
    """Return width and height of the frames drawn on: even numbers, as the video format asks for."""
    clip = report.clip
    scale = min(1.0, short_side_px / min(clip.width_px, clip.height_px))
    return 2 * max(1, round(clip.width_px * scale / 2)), 2 * max(1, round(clip.height_px * scale / 2))


def frame_name(number: int) -> str:
    """Return the file name of a frame."""
    return f"frame_{number:06d}.png"


def png_bytes(image: ImageArray) -> bytes:
    """Return the picture as PNG."""
    return bytes(cv2.imencode(".png", image)[1])


def _is_same_clip(opened: ClipInfo, read: ClipInfo) -> bool:
    """Tell whether a clip just opened is the one that was read through before."""
    looks_alike = (opened.width_px, opened.height_px, opened.codec) == (read.width_px, read.height_px, read.codec)
    # reading a damaged clip through may find more frames than it announces, as many as it lost at most
    return looks_alike and 0 <= read.frames - opened.frames <= read.decode_failures
