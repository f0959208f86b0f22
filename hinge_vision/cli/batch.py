"""hinge-vision batch: a folder of clips, each analysed once, and a table over all."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hinge_vision.cli.options import check_writable, read_thresholds, settings_options, thresholds_option, verbose_option
from hinge_vision.cli.paths import is_file, is_folder
from hinge_vision.cli.terminal import EXIT_BATCH_WITH_FAILURES, Talk, quiet_libraries
from hinge_vision.cores import usable_cores
from hinge_vision.errors import SettingsError
from hinge_vision.settings import Settings

if TYPE_CHECKING:
    from hinge_vision.batch.clips import AthleteFrom

EPILOG = (
    "FOLDER and OUT may be folders or fsspec addresses: s3://bucket/clips, gs://bucket/clips, sftp://host/clips. "
    "Exit code 0: all analysed or honestly declined; 1: some failed, and the table says why."
)


@click.command(epilog=EPILOG, short_help="Analyse a folder of clips and write a table.")
@click.argument("folder", metavar="FOLDER")
@click.option("-o", "--out", default="out", show_default=True, metavar="OUT", help="Folder for the results and the table over them.")
@click.option("--glob", "pattern", metavar="PATTERN", help="Only clips whose name or path matches, such as 'anna*'.")
@click.option("--recursive", is_flag=True, help="Look in the folders below as well.")
@click.option(
    "--since", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]), metavar="DATE", help="Only clips changed since then."
)
@click.option(
    "--athlete-from", type=click.Choice(["name", "folder"]), help="Whose clip it is: the name's first word, or the folder. [default: folder]"
)
@click.option("--workers", type=click.IntRange(min=1), help="Processes on this machine, one core each. [default: one per core]")
@click.option("--dask", "dask_address", metavar="ADDRESS", help="Work on a Dask cluster instead; its scheduler's address, such as tcp://host:8786.")
@click.option("--redo", is_flag=True, help="Analyse finished clips again.")
@click.option("--verify", is_flag=True, help="Read finished clips again to see that they are unchanged.")
@settings_options
@thresholds_option
@click.option("--video/--no-video", default=True, show_default=True, help="Write annotated.mp4 for each clip.")
@click.option("--log-json", is_flag=True, help="Print one JSON object a line, for other programs.")
@click.option("-q", "--quiet", is_flag=True, help="Print failures only.")
@verbose_option
def batch(
    folder: str,
    out: str,
    pattern: str | None,
    recursive: bool,
    since: datetime | None,
    athlete_from: AthleteFrom | None,
    workers: int | None,
    dask_address: str | None,
    redo: bool,
    verify: bool,
    settings: Settings,
    thresholds_path: Path | None,
    video: bool,
    log_json: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Analyse a folder of clips, each once, and write a table over all of them.

    Each clip gets its own folder in OUT, as with `analyze`; index.html (open this one), summary.csv and summary.json hold
    a row for each. A second run does only what is new, changed or failed.
    """
    if workers is not None and dask_address is not None:
        raise click.UsageError("--workers is for this machine; how many work on a Dask cluster is said when its workers are started")
    if "://" not in folder and not is_folder(Path(folder)):
        if is_file(Path(folder)):
            raise SettingsError(f"{folder}: this is a file; give the folder it lies in, or use: hinge-vision analyze {folder}")
        raise SettingsError(f"{folder}: there is no such folder; check the name")
    if "://" not in out:
        check_writable(Path(out))
    thresholds = read_thresholds(thresholds_path)
    with quiet_libraries(Talk(quiet, verbose)):
        from hinge_vision.batch.backend import dask_backend, local_backend
        from hinge_vision.batch.run import Batch, run_batch
        from hinge_vision.batch.storage import open_storage
        from hinge_vision.cli.batch_progress import reporter

        work = Batch(
            clips=open_storage(folder),
            results=open_storage(out),
            settings=settings,
            thresholds=thresholds,
            video=video,
            pattern=pattern,
            recursive=recursive,
            since_s=None if since is None else since.timestamp(),
            redo=redo,
            verify=verify,
            athlete_from=athlete_from,
            verbose=verbose,
        )
        backend = local_backend(workers or usable_cores()) if dask_address is None else dask_backend(dask_address)
        with reporter(log_json=log_json, quiet=quiet) as report:
            result = run_batch(work, backend, report.show)
            report.end(result, work.results.shown_address)
    return EXIT_BATCH_WITH_FAILURES if result.failed else 0
