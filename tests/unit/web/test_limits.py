"""Limits of a child process, in a real one."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from tests.conftest import ROOT, run_python
from tests.waiting import until

LIMITED = "from hinge_vision.web.limits import *; limit_process(Limits(cpu_s=1, memory_bytes=300 << 20, file_bytes=1000)); "


def test_the_kernel_ends_a_process_that_computes_for_too_long() -> None:
    assert run_python(["-c", LIMITED + "\nwhile True: pass"], timeout_s=30).returncode == -signal.SIGXCPU


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits memory")
def test_memory_beyond_the_limit_is_refused() -> None:
    result = run_python(
        ["-c", LIMITED + "x = bytearray(200 << 20); print('so far')\ntry: bytearray(200 << 20)\nexcept MemoryError: print('no further')"]
    )
    assert result.stdout.split("\n")[:2] == ["so far", "no further"]


def test_no_file_grows_beyond_the_limit(tmp_path: object) -> None:
    result = run_python(["-c", LIMITED + f"open({str(tmp_path) + '/x'!r}, 'wb', 0).write(b'x' * 5000)"])
    assert (tmp_path / "x").stat().st_size <= 1000  # type: ignore[operator]
    assert result.returncode == 0 or "too large" in result.stderr


def test_a_child_ends_when_its_parent_is_killed() -> None:
    child = "import sys, time; from hinge_vision.web.limits import end_with_parent; end_with_parent(); print('up', flush=True); time.sleep(60)"
    parent = (
        f"import subprocess, sys, time; c = subprocess.Popen([sys.executable, '-c', {child!r}], stdin=subprocess.PIPE); "
        "print(c.pid, flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    # both write to one pipe, whoever is first
    pid, up = sorted(process.stdout.readline() for _ in range(2))
    assert up == "up\n"
    process.kill()
    process.wait()
    state = ["ps", "-o", "stat=", "-p", str(int(pid))]
    until(lambda: subprocess.run(state, capture_output=True, text=True, check=False).stdout.strip() in ("", "Z"), "the child outlived its parent")
    process.stdout.close()
