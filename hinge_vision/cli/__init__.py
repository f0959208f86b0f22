"""The command line: options in, one call, plain lines and an exit code out. Heavy imports happen inside the commands."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from hinge_vision.cli import analyze, annotate, batch, doctor, rejudge, serve, thresholds
from hinge_vision.cli.terminal import EXIT_BATCH_WITH_FAILURES, EXIT_INTERRUPTED, run_command
from hinge_vision.version import __version__

__all__ = ["commands", "main", "run_command"]


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


for command in (analyze.analyze, batch.batch, rejudge.rejudge, annotate.annotate, serve.serve, thresholds.thresholds, doctor.doctor):
    commands.add_command(command)
