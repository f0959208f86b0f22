"""`annotate`: frames and videos of an analysed clip, as its user asks for them."""

from __future__ import annotations

from pathlib import Path

from hinge_vision.arrays import ImageArray
from hinge_vision.errors import HingeVisionError, OutputError, SettingsError
from hinge_vision.overlay.pictures import Pictures, frame_name, png_bytes
from hinge_vision.overlay.render import render
from hinge_vision.report.evidence import bottom_frames, key_frames
from hinge_vision.report.model import Report
from hinge_vision.report.names import PICTURE_NAMES, PICTURES, SIDE_BY_SIDE, SLOW_VIDEO, VIDEO
from hinge_vision.video.files import atomic_write_bytes, refuse_to_replace

SHORT_SIDE_PX = 1080


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
    if not 0.05 <= slow <= 4.0:
        raise SettingsError("slow must lie between 0.05 and 4 (0.5 = half as fast)")
    chosen = select_frames(report, frames)
    pictures = Pictures(report, clip_path, SHORT_SIDE_PX, blur_face, chosen)
    other = None if side_by_side is None else Pictures(*side_by_side, SHORT_SIDE_PX, blur_face, frozenset())
    # whatever is wrong with a clip is said before anything in the folder changes
    for clip in (pictures, *([] if other is None else [other])):
        if clip.report.track is None:
            raise HingeVisionError(f"{clip.clip_path.name}: nobody was found in this clip, so there is nothing to draw")
        if video_path is not None:
            refuse_to_replace(clip.clip_path, [video_path])
        clip.reader().close()
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

    render(pictures, video_path, save, slow=slow, other=other)
    return [*written, *([] if video_path is None else [video_path])]


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


def _video_name(slow: float, side_by_side: bool) -> str:
    # annotated.mp4 belongs to report.html, whose curves run in step with it
    return SIDE_BY_SIDE if side_by_side else SLOW_VIDEO if slow != 1.0 else VIDEO
