"""From a judged clip to its annotated video and frames: the clip is read again, the pose model is not run again."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from hinge_vision.arrays import ImageArray
from hinge_vision.cores import opencv_in_one_thread
from hinge_vision.errors import HingeVisionError, OutputError, SettingsError
from hinge_vision.overlay.draw import Overlay
from hinge_vision.overlay.face import blurred, head_circles
from hinge_vision.report.evidence import bottom_frames, key_frames
from hinge_vision.report.model import Report
from hinge_vision.report.names import PICTURE_NAMES, PICTURES, SIDE_BY_SIDE, SLOW_VIDEO, VIDEO
from hinge_vision.video.ahead import ahead
from hinge_vision.video.clip_info import ClipInfo
from hinge_vision.video.files import atomic_write_bytes
from hinge_vision.video.reader import ClipReader, Frame
from hinge_vision.video.timing import Thinning
from hinge_vision.video.writer import VideoWriter

SHORT_SIDE_PX = 1080
# In the report, where the film is one picture among others and every clip has one: half the pixels, three quarters of the time.
REPORT_SHORT_SIDE_PX = 720
RATE_HZ = 30.0
FrameSink = Callable[[int, ImageArray], None]
"""Called with the frame's number in the clip and the drawn picture."""


def annotate(
    report: Report,
    clip_path: Path,
    out: Path,
    *,
    frames: str = "key",
    video: bool = True,
    slow: float = 1.0,
    side_by_side: tuple[Report, Path] | None = None,
    blur_face: bool = False,
) -> list[Path]:
    """Export annotated frames and video of an analysed clip.

    Parameters
    ----------
    report
        What the analysis found, with its pose track.
    clip_path
        The clip it was made from.
    out
        Folder to write to: `annotated.mp4` (`annotated_slow.mp4`, `side_by_side.mp4`) and `frames/frame_NNNNNN.png`.
    frames
        Which frames: `key` (evidence), `bottom` (of each rep), `all` analysed ones, `every:N` analysed ones.
    video
        Whether to write the video.
    slow
        Playing speed: 0.5 = half as fast.
    side_by_side
        Another judged clip to show to the right of this one, set so that the bottoms of their first reps coincide.
    blur_face
        Make the lifter's face unrecognisable, and remove frames of an earlier export that show it. Other people in the picture are left
        as they are, and so is a `report.html` already written (`write_report` has the same option).

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    SettingsError, ClipUnreadableError, OutputError
    """
    video_path = out / _video_name(slow, side_by_side is not None) if video else None
    for shown, path in ((report, clip_path), *([] if side_by_side is None else [side_by_side])):
        if shown.track is None:
            raise HingeVisionError(f"{path.name}: nobody was found in this clip, so there is nothing to draw")
        if video_path is not None:
            refuse_to_replace(path, [video_path])
    if not 0.05 <= slow <= 4.0:
        raise SettingsError("slow must lie between 0.05 and 4 (0.5 = half as fast)")
    chosen = select_frames(report, frames)
    try:
        (out / PICTURES if chosen else out).mkdir(parents=True, exist_ok=True)
        if blur_face:
            for path in (out / PICTURES).glob(PICTURE_NAMES):
                path.unlink()
    except OSError as error:
        raise OutputError(f"{out}: cannot be written to ({error.strerror or error}); choose another folder") from error
    written: list[Path] = []

    def save(number: int, image: ImageArray) -> None:
        path = out / PICTURES / frame_name(number)
        atomic_write_bytes(path, png_bytes(image))
        written.append(path)

    pictures = _Pictures(report, clip_path, SHORT_SIDE_PX, blur_face, chosen)
    other = None if side_by_side is None else _Pictures(*side_by_side, SHORT_SIDE_PX, blur_face, frozenset())
    _render(pictures, video_path, save, slow, other)
    return [*written, *([] if video_path is None else [video_path])]


def render_clip(
    report: Report, clip_path: Path, video_path: Path | None, chosen: frozenset[int], sink: FrameSink, *, blur_face: bool = False
) -> float:
    """Write the annotated video (where a path is given) and hand every chosen frame to the sink, reading the clip once.

    Returns
    -------
    float
        The clip time, in seconds, of the video's first frame.

    At most `REPORT_SHORT_SIDE_PX` on the short side: `annotate` makes a larger one.
    """
    return _render(_Pictures(report, clip_path, REPORT_SHORT_SIDE_PX, blur_face, chosen), video_path, sink, 1.0, None)


def refuse_to_replace(clip_path: Path, places: Iterable[Path]) -> None:
    """Raise OutputError when the clip itself lies at one of the places that results are about to be written to."""
    for place in places:
        if _is_same_file(clip_path, place):
            raise OutputError(
                f"{clip_path}: {place.name} of the results would be written over this clip; move the clip, or choose another folder for the results"
            )


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


def select_frames(report: Report, which: str) -> frozenset[int]:
    """Return the frame numbers meant by `key`, `bottom`, `all` or `every:N`."""
    track = report.track
    if track is None:
        return frozenset()
    if which == "key":
        return frozenset(item.frame for item in key_frames(report))
    if which == "bottom":
        return frozenset(item.frame for item in bottom_frames(report))
    if which == "all":
        return frozenset(int(frame) for frame in track.frame)
    name, _, number = which.partition(":")
    if name == "every" and number.isdecimal() and int(number) > 0:
        return frozenset(int(frame) for frame in track.frame[:: int(number)])
    raise SettingsError(f"frames {which!r} is not known; choose key, bottom, all, or every:N (such as every:10)")


def frame_name(number: int) -> str:
    """Return the file name of a frame."""
    return f"frame_{number:06d}.png"


def png_bytes(image: ImageArray) -> bytes:
    """Return the picture as PNG."""
    return bytes(cv2.imencode(".png", image)[1])


@dataclass(frozen=True)
class _Pictures:
    """The drawn pictures of one clip, and which of them belong into the video."""

    report: Report
    clip_path: Path
    short_side_px: int
    blur_face: bool
    chosen: frozenset[int]

    def size_px(self) -> tuple[int, int]:
        return output_size_px(self.report, self.short_side_px)

    def overlay(self) -> Overlay:
        return Overlay(self.report, *self.size_px())

    def reader(self) -> ClipReader:
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
                    image = blurred(image, heads[round(row)] * scale)
                yield Frame(frame.index, frame.time_s, overlay.draw(image, row, onto=True)), shown


@opencv_in_one_thread()
def _render(pictures: _Pictures, video_path: Path | None, sink: FrameSink, slow: float, other: _Pictures | None) -> float:
    overlay = pictures.overlay()
    start_s: float | None = None
    with ExitStack() as stack:
        reader = stack.enter_context(pictures.reader())
        beside = None if other is None else stack.enter_context(_Beside(other, _first_bottom_s(pictures.report), overlay.height_px))
        width_px = overlay.width_px + (0 if beside is None else beside.width_px)
        writer = None if video_path is None else stack.enter_context(VideoWriter(video_path, width_px, overlay.height_px))
        # one thread decodes, one draws, this one encodes
        drawn = stack.enter_context(closing(ahead(pictures.drawn(reader, overlay, video=writer is not None))))
        for frame, in_video in drawn:
            if frame.index in pictures.chosen:
                sink(frame.index, frame.image)
            if in_video and writer is not None:
                start_s = frame.time_s if start_s is None else start_s
                image = frame.image if beside is None else np.concatenate([frame.image, beside.at(frame.time_s)], axis=1)
                writer.write(image, (frame.time_s - start_s) / slow)
    return 0.0 if start_s is None else start_s


class _Beside:
    """The other clip of a side-by-side video: the picture that belongs to a moment of the first clip."""

    def __init__(self, pictures: _Pictures, bottom_s: float, height_px: int) -> None:
        self._overlay = pictures.overlay()
        self._reader = pictures.reader()
        self._drawn = pictures.drawn(self._reader, self._overlay)
        self._frames = (frame for frame, in_video in self._drawn if in_video)
        self._shift_s = _first_bottom_s(pictures.report) - bottom_s
        self._height_px = height_px
        self.width_px = 2 * max(1, round(self._overlay.width_px * height_px / self._overlay.height_px / 2))
        self._shown = self._next = next(self._frames, None)

    def __enter__(self) -> _Beside:
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


def _is_same_clip(opened: ClipInfo, read: ClipInfo) -> bool:
    """Tell whether a clip just opened is the one that was read through before."""
    looks_alike = (opened.width_px, opened.height_px, opened.codec) == (read.width_px, read.height_px, read.codec)
    # reading a damaged clip through may find more frames than it announces, as many as it lost at most
    return looks_alike and 0 <= read.frames - opened.frames <= read.decode_failures


def _is_same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:  # one of them is not there
        return False


def _first_bottom_s(report: Report) -> float:
    if report.motion is None or report.segmentation is None or not report.segmentation.reps:
        return 0.0
    first = next((rep for rep in report.segmentation.reps if not rep.partial), report.segmentation.reps[0])
    return float(report.motion.time_s[first.bottom])


def _video_name(slow: float, side_by_side: bool) -> str:
    # annotated.mp4 belongs to report.html, whose curves run in step with it
    return SIDE_BY_SIDE if side_by_side else SLOW_VIDEO if slow != 1.0 else VIDEO
