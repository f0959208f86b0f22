"""What tests of every room share."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from hinge_vision import Report

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "sample_videos"

# How long an example takes says more of a busy machine than of the code. At a desk every run draws new examples; a change
# is accepted or refused by the same ones each time, so that no luck decides.
hypothesis.settings.register_profile("untimed", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("untimed")

# The command line, to be started as a user starts it.
PROGRAM = (sys.executable, "-m", "hinge_vision")


def run_python(
    arguments: Sequence[str | Path], *, cwd: Path = ROOT, timeout_s: float = 180.0, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run this Python in a new process that finds the sources, whether or not they are installed."""
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )


def run_program(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command line in a new process."""
    return run_python([*PROGRAM[1:], *arguments])


def printed(code: str, **environment: str) -> list[str]:
    """Run code in a new Python process and return the words it prints."""
    result = run_python(["-c", code], **environment)
    assert result.returncode == 0, result.stderr
    return result.stdout.split()


@pytest.fixture(scope="session")
def analysed() -> Callable[[str], Report]:
    """Return the report of a sample clip by its name without suffix; each is analysed once, for all tests together."""

    @cache
    def report(name: str) -> Report:
        from hinge_vision import analyze

        return analyze(SAMPLES / f"{name}.mp4")

    return report
