"""The command line: options in, one call, plain lines and an exit code out. Heavy imports happen inside the commands."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hinge_vision.errors import ClipUnreadableError, InstallationError, OutputError, SettingsError
from hinge_vision.settings import EXERCISES, FACINGS, Exercise, Facing, Settings
from hinge_vision.terminal import (
    EXIT_BATCH_WITH_FAILURES,
    EXIT_INTERRUPTED,
    EXIT_NOT_JUDGEABLE,
    Talk,
    complain,
    progress_bar,
    quiet_libraries,
    run_command,
)
from hinge_vision.version import __version__

if TYPE_CHECKING:
    from hinge_vision.findings.thresholds import Thresholds
    from hinge_vision.report.model import Report

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
ANY_PATH = click.Path(path_type=Path)


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    code = run_command(commands, sys.argv[1:] if args is None else args)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # the reader of a pipe has gone
            code = code or EXIT_BATCH_WITH_FAILURES
    if code == EXIT_INTERRUPTED:
        # everything half-written is removed by now; MediaPipe's threads need not be waited for
        os._exit(code)
    sys.exit(code)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="hinge-vision")
def commands() -> None:
    """See whether the low back stays neutral while the hips hinge.

    Film a deadlift, a kettlebell swing or any hip hinge from the side, then: hinge-vision analyze CLIP -o OUT
    """


@commands.command()
@click.argument("clips", metavar="CLIP...", nargs=-1, required=True, type=ANY_PATH)
@click.option("-o", "--out", default="out", show_default=True, type=ANY_PATH, help="Folder for the results; each clip gets its own folder in it.")
@click.option("--exercise", type=click.Choice(EXERCISES), help="What is lifted. [default: found in the clip]")
@click.option("--facing", type=click.Choice(FACINGS), help="The side of the image the lifter faces. [default: found]")
@click.option("--person", type=click.IntRange(min=1), help="Which lifter, counted from the left. [default: the one who hinges most]")
@click.option("--start", "start_s", type=float, metavar="SECONDS", help="Begin here.")
@click.option("--end", "end_s", type=float, metavar="SECONDS", help="Stop here.")
@click.option("--standing-at", "standing_at_s", type=float, metavar="SECONDS", help="When the lifter stands quietly. [default: found]")
@click.option("--capture-fps", type=float, metavar="FPS", help="Rate a slow-motion clip was filmed at, when it plays slower than life.")
@click.option("--rate", "analysis_rate_hz", type=float, default=30.0, show_default=True, metavar="HZ", help="Frames analysed per second at most.")
@click.option("--model", "model_path", type=FILE, help="Another MediaPipe pose landmarker bundle (.task).")
@click.option("--workers", type=click.IntRange(min=1), help="Threads that run the pose model. [default: one per core]")
@click.option("--thresholds", "thresholds_path", type=FILE, help="Other limits to judge by; `hinge-vision thresholds` prints the defaults.")
@click.option("--video/--no-video", default=True, show_default=True, help="Write annotated.mp4.")
@click.option("--embed-video", is_flag=True, help="Put the video inside report.html, so that one file can be sent on.")
@click.option("--json", "as_json", is_flag=True, help="Print report.json, and nothing else, on stdout.")
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
@click.option("-v", "--verbose", is_flag=True, help="Let MediaPipe's and OpenCV's own messages through.")
def analyze(
    clips: tuple[Path, ...],
    out: Path,
    exercise: Exercise | None,
    facing: Facing | None,
    person: int | None,
    start_s: float | None,
    end_s: float | None,
    standing_at_s: float | None,
    capture_fps: float | None,
    analysis_rate_hz: float,
    model_path: Path | None,
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
    settings = Settings(
        exercise=exercise,
        facing=facing,
        person=person,
        start_s=start_s,
        end_s=end_s,
        standing_at_s=standing_at_s,
        capture_fps=capture_fps,
        analysis_rate_hz=analysis_rate_hz,
        model_path=model_path,
        workers=workers,
    )
    check_writable(out)
    talk = Talk(quiet, verbose, as_json)
    thresholds = _thresholds(thresholds_path)
    codes = []
    for clip in clips:
        if len(clips) > 1:
            talk.say(f"{clip.name}:")
        try:
            codes.append(_analyze_one(clip, out, settings, thresholds, talk, video=video, embed_video=embed_video))
        except ClipUnreadableError as error:
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
        from hinge_vision.report.json_report import to_json
        from hinge_vision.report.text import terminal_lines
        from hinge_vision.report.write import write_report

        with progress_bar(clip.name, talk) as progress:
            report = analyze_clip(clip, settings, thresholds=thresholds, progress=progress)
            folder = write_report(report, clip, out, video=video, embed_video=embed_video)
    if talk.json:
        click.echo(to_json(report), nl=False)
    for line in terminal_lines(report, folder):
        talk.say(line)
    return exit_code(report)


def exit_code(report: Report) -> int:
    """Return 0 for a clip that was judged, 4 for one that could not be."""
    return 0 if report.judgement.quality.judgeable else EXIT_NOT_JUDGEABLE


def check_writable(folder: Path) -> None:
    """Raise OutputError before any work is done when results could not be written to `folder`; create nothing yet."""
    existing = folder
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    if not existing.is_dir():
        raise OutputError(f"{existing}: is no folder, so nothing can be written to {folder}; give another --out")
    if not os.access(existing, os.W_OK | os.X_OK):
        raise OutputError(f"{existing}: cannot be written to; give another --out or change the folder's permissions")


def _refuse_shared_folders(clips: tuple[Path, ...]) -> None:
    stems = [clip.stem for clip in clips]
    shared = sorted({stem for stem in stems if stems.count(stem) > 1})
    if shared:
        raise click.UsageError(f"several clips are named {shared[0]!r} and would share a folder; rename one or give it another --out")


def _thresholds(path: Path | None) -> Thresholds:
    from hinge_vision.findings.thresholds import Thresholds

    return Thresholds() if path is None else Thresholds.load(path)


@commands.command()
@click.argument("folder", metavar="OUT_FOLDER", type=ANY_PATH)
@click.option("--thresholds", "thresholds_path", type=FILE, required=True, help="Limits to judge by; `hinge-vision thresholds` prints the defaults.")
@click.option("--clip", type=ANY_PATH, help="The clip. [default: looked for near the folder by name]")
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
@click.option("-v", "--verbose", is_flag=True, help="Let the libraries' own messages through.")
def rejudge(folder: Path, thresholds_path: Path, clip: Path | None, quiet: bool, verbose: bool) -> int:
    """Judge an analysed clip again by other limits, from its track.npz, without running the pose model again.

    The results in the folder are written anew. Pictures and video need the clip: where it is not found, the old ones are
    taken away, since they show the old judgement.
    """
    talk = Talk(quiet, verbose)
    thresholds = _thresholds(thresholds_path)
    check_writable(folder)
    folder = folder.resolve()
    with quiet_libraries(talk):
        from hinge_vision.analysis import rejudge as rejudge_folder
        from hinge_vision.report.text import terminal_lines
        from hinge_vision.report.write import VIDEO, report_folder, write_report

        report = rejudge_folder(folder, thresholds)
        if report_folder(folder.parent, report.clip.name) != folder:
            raise SettingsError(f"{folder}: the results of {report.clip.name} lie in a folder of its name; rename it back")
        clip = clip or _find_clip(folder, report.clip.name)
        write_report(report, clip, folder.parent, video=(folder / VIDEO).exists())
    if clip is None:
        talk.say(f"{report.clip.name} was not found, so there are no pictures and no video; run again with --clip to have them.\n")
    for line in terminal_lines(report, folder):
        talk.say(line)
    return exit_code(report)


@commands.command()
@click.argument("target", metavar="CLIP|OUT_FOLDER", type=ANY_PATH)
@click.option("-o", "--out", default="out", show_default=True, type=ANY_PATH, help="Folder of results, when a CLIP is given.")
@click.option("--clip", "clip", type=ANY_PATH, help="The clip, when an OUT_FOLDER is given. [default: looked for near it by name]")
@click.option("--frames", default="key", show_default=True, metavar="key|bottom|all|every:N", help="Which frames to export as pictures.")
@click.option("--video/--no-video", default=True, show_default=True, help="Write the annotated video.")
@click.option("--slow", type=float, default=1.0, show_default=True, metavar="SPEED", help="Playing speed; 0.5 is half as fast.")
@click.option("--side-by-side", "other", type=ANY_PATH, metavar="CLIP|OUT_FOLDER", help="Another analysed clip to show beside this one.")
@click.option("--blur-face", is_flag=True, help="Make the lifter's face unrecognisable.")
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
@click.option("-v", "--verbose", is_flag=True, help="Let the libraries' own messages through.")
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
    check_writable(target if target.is_dir() else out)
    with quiet_libraries(talk):
        from hinge_vision.overlay.render import annotate as annotate_clip

        report, clip_path, folder = _judged(target, clip, out, talk)
        beside = None if other is None else _judged(other, None, out, talk)[:2]
        paths = annotate_clip(report, clip_path, folder, frames=frames, video=video, slow=slow, side_by_side=beside, blur_face=blur_face)
    for path in paths:
        talk.say(str(path))
    return 0


def _judged(target: Path, clip: Path | None, out: Path, talk: Talk) -> tuple[Report, Path, Path]:
    """Return the report of a clip or of a folder of results, with the clip's path and the folder; analyse only where needed."""
    from hinge_vision.analysis import analyze as analyze_clip
    from hinge_vision.analysis import rejudge as judge_stored
    from hinge_vision.report.write import TRACK, report_folder, write_report

    folder = target if target.is_dir() else report_folder(out, target.name)
    if not (folder / TRACK).exists():
        if target.is_dir():
            raise SettingsError(f"{target}: holds no {TRACK}; analyse the clip first (hinge-vision analyze CLIP -o {target.parent})")
        with progress_bar(target.name, talk) as progress:
            report = analyze_clip(target, progress=progress)
        return report, target, write_report(report, target, out, video=False)
    report = judge_stored(folder)
    if not target.is_dir():
        return report, target, folder
    clip = clip or _find_clip(folder, report.clip.name)
    if clip is None:
        raise SettingsError(f"{report.clip.name}: the clip of {folder} is not here; say where it is with --clip")
    return report, clip, folder


def _find_clip(folder: Path, name: str) -> Path | None:
    """Look for the clip of a results folder by its name: the results do not say where on the disk it lay."""
    places = (Path(), folder, folder.parent, folder.parent.parent)
    return next((place / name for place in places if (place / name).is_file()), None)


@commands.command()
@click.option("--table", is_flag=True, help="Print a table with unit, meaning and source instead of JSON.")
def thresholds(table: bool) -> int:
    """Print the limits everything is judged by, as the JSON that --thresholds reads."""
    from hinge_vision.findings.thresholds import Thresholds

    if table:
        for row in Thresholds.table():
            click.echo(f"{row['name']} = {row['default']:g} {row['unit']}: {row['meaning']} ({row['source']})")
    else:
        click.echo(json.dumps(Thresholds().as_dict(), indent=2))
    return 0


@commands.command()
@click.option("-v", "--verbose", is_flag=True, help="Let the libraries' own messages through.")
def doctor(verbose: bool) -> int:
    """Look over the installation: versions, pose model, system libraries, network silence."""
    from hinge_vision.doctor import examine

    with quiet_libraries(Talk(verbose=verbose)):
        findings = examine()
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        click.echo(f"{'ok ' if finding.sound else 'BAD'}  {finding.name.ljust(width)}  {finding.text}")
    return 0 if all(finding.sound for finding in findings) else InstallationError.exit_code
