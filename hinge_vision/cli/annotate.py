"""hinge-vision annotate: pictures and videos of an analysed clip."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hinge_vision.cli.options import ANY_PATH, check_writable, quiet_option, verbose_option
from hinge_vision.cli.paths import is_folder, is_there
from hinge_vision.cli.results import find_clip
from hinge_vision.cli.terminal import Talk, progress_bar, quiet_libraries
from hinge_vision.errors import SettingsError

if TYPE_CHECKING:
    from hinge_vision.report.model import Report


@click.command(short_help="Export annotated pictures and videos of a clip.")
@click.argument("target", metavar="CLIP|OUT_FOLDER", type=ANY_PATH)
@click.option("-o", "--out", default="out", show_default=True, type=ANY_PATH, help="Folder of results, when a CLIP is given.")
@click.option("--clip", "clip", type=ANY_PATH, help="The clip, when an OUT_FOLDER is given. [default: looked for near it by name]")
@click.option("--frames", default="key", show_default=True, metavar="key|bottom|all|every:N", help="Which frames to export as pictures.")
@click.option("--video/--no-video", default=True, show_default=True, help="Write the annotated video.")
@click.option("--slow", type=float, default=1.0, show_default=True, metavar="SPEED", help="Playing speed; 0.5 is half as fast.")
@click.option("--side-by-side", "other", type=ANY_PATH, metavar="CLIP|OUT_FOLDER", help="Another analysed clip to show beside this one.")
@click.option("--blur-face", is_flag=True, help="Make the lifter's face unrecognisable.")
@quiet_option
@verbose_option
def annotate(
    target: Path,
    out: Path,
    clip: Path | None,
    frames: str,
    video: bool,
    slow: float,
    other: Path | None,
    blur_face: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Export annotated pictures and videos of a clip, from its stored track; a clip not analysed yet is analysed first."""
    talk = Talk(quiet, verbose)
    check_writable(target if is_folder(target) else out)
    with quiet_libraries(talk):
        from hinge_vision.batch.record import note_new_pictures, whole_record
        from hinge_vision.overlay.annotate import annotate as annotate_clip

        report, clip_path, folder = _judged(target, clip, out, talk)
        record = whole_record(folder)
        beside = None if other is None else _judged(other, None, out, talk)[:2]
        paths = annotate_clip(report, clip_path, folder, frames=frames, video=video, slow=slow, side_by_side=beside, blur_face=blur_face)
        if record is not None:
            note_new_pictures(record, folder)
    for path in paths:
        talk.say(str(path))
    return 0


def _judged(target: Path, clip: Path | None, out: Path, talk: Talk) -> tuple[Report, Path, Path]:
    """Return the report of a clip or of a folder of results, with the clip's path and the folder; analyse only where needed."""
    from hinge_vision.analysis import analyze as analyze_clip
    from hinge_vision.analysis import rejudge as judge_stored
    from hinge_vision.output import report_folder, write_report
    from hinge_vision.report.names import TRACK

    folder = target if is_folder(target) else report_folder(out, target.name)
    if not is_there(folder / TRACK):
        if is_folder(target):
            raise SettingsError(f"{target}: holds no {TRACK}; analyse the clip first (hinge-vision analyze CLIP -o {target.parent})")
        with progress_bar(target.name, talk) as progress:
            report = analyze_clip(target, progress=progress)
        return report, target, write_report(report, target, out, video=False)
    report = judge_stored(folder)
    if not is_folder(target):
        return report, target, folder
    clip = clip or find_clip(folder, report)
    if clip is None:
        raise SettingsError(f"{report.clip.name}: the clip of {folder} is not here; say where it is with --clip")
    return report, clip, folder
