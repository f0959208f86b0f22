"""The terminal's side of the command line: what is said, the progress bar, silence for libraries, errors as exit codes."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from hinge_vision.errors import HingeVisionError

if TYPE_CHECKING:
    from hinge_vision.pose.pipeline import OnProgress

EXIT_BATCH_WITH_FAILURES = 1
EXIT_USAGE = 2
EXIT_NOT_JUDGEABLE = 4
EXIT_INTERRUPTED = 130
EXIT_INTERNAL = 70  # EX_SOFTWARE of sysexits.h: a fault of the program itself
# These write file by file into a folder of results; a batch's folders appear whole.
_FILE_BY_FILE = ("analyze", "annotate", "rejudge")


@dataclass(frozen=True)
class Talk:
    """How much is said on the terminal."""

    quiet: bool = False
    verbose: bool = False
    json: bool = False

    def say(self, line: str) -> None:
        """Print a line for people."""
        if not (self.quiet or self.json):
            click.echo(line)


@contextmanager
def quiet_libraries(talk: Talk) -> Iterator[None]:
    """Keep the C++ libraries' own messages off the terminal unless asked for, and MediaPipe off the network."""
    from hinge_vision.pose.network import stay_offline
    from hinge_vision.video.quiet import native_stderr

    stay_offline()
    with native_stderr(talk.verbose):
        yield


@contextmanager
def progress_bar(name: str, talk: Talk) -> Iterator[OnProgress | None]:
    """Yield a progress callback that draws a bar on a terminal, None where nobody watches."""
    if talk.quiet or talk.json or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
    stages = {"survey": "looking for the lifter", "pose": "following the lifter"}
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(name, total=None, rate="")
        shown = ""

        def show(stage: str, time_s: float, duration_s: float) -> None:
            nonlocal shown
            if stage != shown:  # each stage has its own speed
                shown = stage
                bar.reset(task)
            speed = bar.tasks[task].speed
            rate = f"{speed:.1f} x real time" if speed else ""
            bar.update(task, description=f"{name}: {stages.get(stage, stage)}", completed=time_s, total=duration_s or None, rate=rate)

        yield show


def run_command(command: click.Command, arguments: Sequence[str]) -> int:
    """Run a command and return its exit code; what goes wrong is told in one line on stderr."""
    try:
        result = command.main(args=list(arguments), prog_name="hinge-vision", standalone_mode=False)
    except click.UsageError as error:
        error.show()
        return EXIT_USAGE
    except click.ClickException as error:
        complain(error.format_message())
        return EXIT_USAGE
    except (KeyboardInterrupt, click.Abort):
        if arguments and arguments[0] in _FILE_BY_FILE:
            complain("interrupted; no file is half-written, but a folder without report.json is unfinished: run the command again")
        else:
            complain("interrupted; nothing half-written was left behind")
        return EXIT_INTERRUPTED
    except HingeVisionError as error:
        complain(str(error))
        return error.exit_code
    except (ImportError, OSError) as error:
        return _import_or_system_error(error, command, arguments)
    except Exception as error:  # noqa: BLE001  a user never sees a traceback unless asked for
        return _own_fault(error, command, arguments)
    return result if isinstance(result, int) else 0


def complain(message: str) -> None:
    """Tell on stderr what is wrong."""
    click.echo(f"hinge-vision: {message}", err=True)


def _import_or_system_error(error: ImportError | OSError, command: click.Command, arguments: Sequence[str]) -> int:
    from hinge_vision.doctor import mending_import

    mended = mending_import(error)
    if mended is None:
        return _own_fault(error, command, arguments)
    complain(str(mended))
    return mended.exit_code


def _own_fault(error: Exception, command: click.Command, arguments: Sequence[str]) -> int:
    if isinstance(command, click.Group) and arguments:
        command = command.commands.get(arguments[0], command)
    if {"-v", "--verbose"} & set(arguments):
        traceback.print_exception(error)
    hint = "; run again with -v for the details" if any(option.name == "verbose" for option in command.params) else ""
    complain(f"this should not have happened ({type(error).__name__}: {error}){hint}")
    return EXIT_INTERNAL
