"""hinge-vision rejudge: an analysed clip judged again by other limits."""

from __future__ import annotations

from pathlib import Path

import click

from hinge_vision.cli.options import ANY_PATH, FILE, check_writable, quiet_option, read_thresholds, verbose_option
from hinge_vision.cli.paths import is_file
from hinge_vision.cli.results import exit_code_of, find_clip
from hinge_vision.cli.terminal import Talk, quiet_libraries
from hinge_vision.errors import SettingsError


@click.command(short_help="Judge an analysed clip again by other limits.")
@click.argument("folder", metavar="OUT_FOLDER", type=ANY_PATH)
@click.option("--thresholds", "thresholds_path", type=FILE, required=True, help="Limits to judge by; `hinge-vision thresholds` prints the defaults.")
@click.option("--clip", type=ANY_PATH, help="The clip. [default: looked for near the folder by name]")
@quiet_option
@verbose_option
def rejudge(folder: Path, thresholds_path: Path, clip: Path | None, quiet: bool, verbose: bool) -> int:
    """Judge an analysed clip again by other limits, from its track.npz, without running the pose model again.

    The results in the folder are written anew. Pictures and video need the clip: where it is not found, the old ones are
    taken away, since they show the old judgement; --clip brings them back. A clip of a batch keeps its new judgement in later runs, until --redo.
    """
    talk = Talk(quiet, verbose)
    thresholds = read_thresholds(thresholds_path)
    if is_file(folder):
        raise SettingsError(f"{folder}: is no folder of results; give the one that analyze made for the clip, such as out/{folder.stem}")
    check_writable(folder)
    folder = folder.resolve()
    with quiet_libraries(talk):
        from hinge_vision.analysis import rejudge as rejudge_folder
        from hinge_vision.batch.one_clip import write_rejudgement
        from hinge_vision.batch.record import whole_record
        from hinge_vision.report.names import VIDEO
        from hinge_vision.report.terminal import terminal_lines

        record = whole_record(folder)
        report = rejudge_folder(folder, thresholds)
        video = clip is not None or (folder / VIDEO).exists()
        clip = clip or find_clip(folder, report)
        write_rejudgement(report, clip, folder, record, video=video)
    if clip is None:
        talk.say(f"{report.clip.name} was not found, so there are no pictures and no video; run again with --clip to have them.\n")
    for line in terminal_lines(report, folder):
        talk.say(line)
    if record is not None:
        talk.say("\nThe batch's table shows this after its next run.")
    return exit_code_of(report)
