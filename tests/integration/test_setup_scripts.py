"""The scripts behind `make` find a Python that runs, and name the one line that installs what is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="bash scripts")


def script(name: str, *arguments: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, **({} if path is None else {"PATH": path})}
    return subprocess.run([ROOT / "scripts" / name, *arguments], capture_output=True, text=True, check=False, env=environment)


def executable(path: Path, text: str) -> Path:
    path.write_text(f"#!/usr/bin/env bash\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_the_python_found_runs_and_is_new_enough() -> None:
    found = script("find-python")
    new_enough = "import sys; sys.exit(sys.version_info < (3, 10))"
    assert subprocess.run([found.stdout.strip(), "-c", new_enough], check=False).returncode == 0


def test_a_python_that_is_on_the_path_but_does_not_run_is_passed_over(tmp_path: Path) -> None:
    executable(tmp_path / "python3.12", "exit 127")
    found = script("find-python", path=f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert found.returncode == 0
    assert not found.stdout.startswith(str(tmp_path))


def test_where_no_python_fits_it_says_so_by_its_exit_code() -> None:
    found = script("find-python", "python3.9")
    assert (found.returncode, found.stdout) == (1, "")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="names Debian packages")
def test_missing_system_libraries_are_named_with_one_line(tmp_path: Path) -> None:
    refusing = f'case "$*" in *libGL.so.1*|*libgthread*|*ensurepip*) exit 1;; esac\nexec "{sys.executable}" "$@"'
    checked = script("system-deps", "check", str(executable(tmp_path / "python", refusing)))
    assert checked.returncode == 1
    assert f"apt-get install -y python{sys.version_info.major}.{sys.version_info.minor}-venv libgl1 libglib2.0-0" in checked.stderr


def test_nothing_is_said_when_nothing_is_missing() -> None:
    checked = script("system-deps", "check", sys.executable)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")
