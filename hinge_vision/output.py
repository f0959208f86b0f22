"""Write a report to disk: all its files, each whole or not at all, report.json last."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from hinge_vision.arrays import ImageArray
from hinge_vision.errors import OutputError
from hinge_vision.overlay.pictures import Pictures, frame_name, png_bytes
from hinge_vision.overlay.render import render
from hinge_vision.report.csv_tables import frames_csv, reps_csv
from hinge_vision.report.evidence import key_frames
from hinge_vision.report.html import PageVideo, Picture, page
from hinge_vision.report.json_report import to_json
from hinge_vision.report.model import Report
from hinge_vision.report.names import FRAMES, HTML, JSON, PICTURE_NAMES, PICTURES, REPORT, REPS, SIDE_BY_SIDE, SLOW_VIDEO, TRACK, VIDEO
from hinge_vision.report.track_file import track_bytes
from hinge_vision.video.files import atomic_write_bytes, atomic_write_text, refuse_to_replace

# The film is one picture of the report among others, and every clip has one: half the pixels of `annotate`'s, three quarters of the time.
SHORT_SIDE_PX = 720


def report_folder(out: Path, clip_name: str) -> Path:
    """Return the folder that a clip's report goes to: `out` / the clip's name without its suffix."""
    stem = Path(clip_name).stem
    return out / (stem if stem.strip(". ") else "clip")


def write_report(
    report: Report, clip_path: Path | None, out: Path, *, video: bool = True, embed_video: bool = False, blur_face: bool = False
) -> Path:
    """Write everything a report consists of.

    Parameters
    ----------
    report
        What the analysis found.
    clip_path
        The clip it was made from; it is read again for the pictures. `None` = it is not at hand: no pictures, no video.
    out
        The folder in which the clip's own folder is made.
    video
        Whether to write `annotated.mp4`.
    embed_video
        Put the annotated video inside `report.html` too, so that the page needs nothing beside it.
    blur_face
        Make the lifter's face unrecognisable in every picture.

    Returns
    -------
    Path
        The clip's folder. While it holds no `report.json`, writing has not ended; a declined clip has `report.json` and
        `report.html`, and `frames.csv` and `track.npz` where anything was measured.

    Raises
    ------
    OutputError
        It cannot be written, or one of its files would replace the clip.
    ClipUnreadableError
        The clip has vanished since it was analysed.
    """
    folder = report_folder(out, report.clip.name)
    write_results(report, clip_path, folder, video=video, embed_video=embed_video, blur_face=blur_face)
    return folder


def write_results(
    report: Report, clip_path: Path | None, folder: Path, *, video: bool = True, embed_video: bool = False, blur_face: bool = False
) -> None:
    """Write everything a report consists of into a folder of any name; else as `write_report`."""
    judged = report.judgement.quality.judgeable
    _prepare(folder, report, clip_path)
    if report.track is not None:
        atomic_write_bytes(folder / TRACK, track_bytes(report.track, report.settings, report.versions, report.thresholds))
    if report.motion is not None:
        atomic_write_text(folder / FRAMES, frames_csv(report))
    if judged:
        atomic_write_text(folder / REPS, reps_csv(report))
    pictures: tuple[Picture, ...] = ()
    film: PageVideo | None = None
    if judged and report.track is not None and clip_path is not None:
        pictures, film = _pictures(report, clip_path, folder, video, embed_video, blur_face)
    atomic_write_text(folder / HTML, page(report, pictures, film))
    atomic_write_text(folder / JSON, to_json(report))


def _pictures(
    report: Report, clip_path: Path, folder: Path, video: bool, embed_video: bool, blur_face: bool
) -> tuple[tuple[Picture, ...], PageVideo | None]:
    """Read the clip once, for the video and the evidence frames."""
    keys = {key.frame: key for key in key_frames(report)}
    pictures: list[Picture] = []

    def keep(number: int, image: ImageArray) -> None:
        atomic_write_bytes(folder / PICTURES / frame_name(number), png_bytes(image))
        pictures.append(Picture.of(keys[number], image))

    if not keys and not video:
        return (), None
    video_path = folder / VIDEO if video else None
    drawn = Pictures(report, clip_path, SHORT_SIDE_PX, blur_face, frozenset(keys))
    start_s = render(drawn, video_path, keep)
    if video_path is None:
        return tuple(pictures), None
    content = video_path.read_bytes() if embed_video else None
    return tuple(pictures), PageVideo(VIDEO, drawn.overlay.width_px, drawn.overlay.height_px, start_s, content)


def _of_earlier_runs(folder: Path) -> list[Path]:
    """Return where earlier runs of this program have left their files, if there were any."""
    return [*(folder / name for name in (*REPORT, SLOW_VIDEO, SIDE_BY_SIDE)), *(folder / PICTURES).glob(PICTURE_NAMES)]


def _prepare(folder: Path, report: Report, clip_path: Path | None) -> None:
    """Make the folder, and clear it of what an earlier run of this program left: none of it may pass for this run's."""
    try:
        earlier = _of_earlier_runs(folder)
        if clip_path is not None:
            refuse_to_replace(clip_path, earlier)
        (folder / PICTURES).mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        for path in earlier:
            # a track is replaced at once: `rejudge`, interrupted before that, would have nothing left to work from
            if path.name != TRACK or report.track is None:
                path.unlink(missing_ok=True)
        if not report.judgement.quality.judgeable and not any((folder / PICTURES).iterdir()):
            (folder / PICTURES).rmdir()
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written to ({error.strerror or error}); choose another folder with -o") from error
