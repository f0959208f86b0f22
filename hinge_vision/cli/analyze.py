"""hinge-vision analyze: a report for each clip."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hinge_vision.cli.options import ANY_PATH, check_writable, quiet_option, read_thresholds, settings_options, thresholds_option
from hinge_vision.cli.results import exit_code_of
from hinge_vision.cli.terminal import EXIT_BATCH_WITH_FAILURES, Talk, complain, progress_bar, quiet_libraries
from hinge_vision.errors import ClipUnreadableError, SettingsError
from hinge_vision.settings import Settings

if TYPE_CHECKING:
    from hinge_vision.findings.thresholds import Thresholds


@click.command()
@click.argument("clips", metavar="CLIP...", nargs=-1, required=True, type=ANY_PATH)
@click.option("-o", "--out", default="out", show_default=True, type=ANY_PATH, help="Folder for the results; each clip gets its own folder in it.")
@settings_options
@click.option("--workers", type=click.IntRange(min=1), help="Threads that run the pose model. [default: one per core, 8 at most]")
@thresholds_option
@click.option("--video/--no-video", default=True, show_default=True, help="Write annotated.mp4.")
@click.option("--embed-video", is_flag=True, help="Put the video inside report.html, so that one file can be sent on.")
@click.option("--json", "as_json", is_flag=True, help="Print report.json, and nothing else, on stdout.")
@quiet_option
@click.option("-v", "--verbose", is_flag=True, help="Let MediaPipe's and OpenCV's own messages through.")
def analyze(
    clips: tuple[Path, ...],
    out: Path,
    settings: Settings,
    workers: int | None,
    thresholds_path: Path | None,
    video: bool,
    embed_video: bool,
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Analyse clips and write a report for each.

    OUT/<clip name>/ gets report.html (open this one), annotated.mp4, report.json, frames.csv, reps.csv, track.npz and
    the evidence frames. Exit code 0: judged; 3: the clip cannot be read; 4: it cannot be judged (the report says why and
    what to film instead); 1: some of several clips ended so.
    """
    if embed_video and not video:
        raise click.UsageError("--embed-video needs the video; leave --no-video out")
    if as_json and len(clips) > 1:
        raise click.UsageError("--json prints one report; give one clip")
    _refuse_shared_folders(clips)
    settings = replace(settings, workers=workers)
    check_writable(out)
    talk = Talk(quiet, verbose, as_json)
    thresholds = read_thresholds(thresholds_path)
    codes = []
    for clip in clips:
        if len(clips) > 1:
            talk.say(f"{clip.name}:")
        try:
            codes.append(_analyze_one(clip, out, settings, thresholds, talk, video=video, embed_video=embed_video))
        except (ClipUnreadableError, SettingsError) as error:
            if len(clips) == 1:
                raise
            complain(str(error))
            codes.append(error.exit_code)
        if len(clips) > 1:
            talk.say("")
    if len(codes) == 1:
        return codes[0]
    return EXIT_BATCH_WITH_FAILURES if any(codes) else 0


def _analyze_one(clip: Path, out: Path, settings: Settings, thresholds: Thresholds, talk: Talk, *, video: bool, embed_video: bool) -> int:
    with quiet_libraries(talk):
        from hinge_vision.analysis import analyze as analyze_clip
        from hinge_vision.output import write_report
        from hinge_vision.report.json_report import to_json
        from hinge_vision.report.terminal import terminal_lines

        with progress_bar(clip.name, talk) as progress:
            report = analyze_clip(clip, settings, thresholds=thresholds, progress=progress)
            folder = write_report(report, clip, out, video=video, embed_video=embed_video)
    if talk.json:
        click.echo(to_json(report), nl=False)
    for line in terminal_lines(report, folder):
        talk.say(line)
    return exit_code_of(report)


def _refuse_shared_folders(clips: tuple[Path, ...]) -> None:
    places = [clip.absolute() for clip in clips]
    twice = next((clip for clip in clips if places.count(clip.absolute()) > 1), None)
    if twice is not None:
        raise click.UsageError(f"{twice} is given twice; give each clip once")
    stems = [clip.stem for clip in clips]
    shared = sorted({stem for stem in stems if stems.count(stem) > 1})
    if shared:
        raise click.UsageError(f"several clips are named {shared[0]!r} and would share a folder; rename one or give it another --out")
