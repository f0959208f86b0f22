"""An analysis opens no internet connection: seen from Python, from the kernel, and with no network at all."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from hinge_vision.pose.network import sends_usage_numbers
from tests.conftest import PROGRAM, ROOT, SAMPLES, run_python

CLIP = SAMPLES / "kb_deadlift_low_back_rounded.mp4"
# Ends the process at once when Python itself asks for a connection or a name.
WATCHED = """
import os, sys
WATCHED = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.bind"}
def watch(event, arguments):
    if event in WATCHED:
        os.write(1, f"{event} {arguments}".encode())
        os._exit(99)
sys.addaudithook(watch)
from hinge_vision.cli import main
main(sys.argv[1:])
"""


def arguments(out: Path) -> list[str]:
    return ["analyze", str(CLIP), "-o", str(out), "-q", "--rate", "12"]


def written(out: Path) -> bool:
    folder = out / CLIP.stem
    return json.loads((folder / "report.json").read_text(encoding="utf-8"))["quality"]["judgeable"] and (folder / "annotated.mp4").stat().st_size > 0


def test_python_asks_for_no_connection_and_no_name(tmp_path: Path) -> None:
    result = run_python(["-c", WATCHED, *arguments(tmp_path)])
    assert result.returncode == 0, result.stdout + result.stderr
    assert written(tmp_path)


def test_no_thread_or_library_opens_an_internet_connection(tmp_path: Path) -> None:
    strace = shutil.which("strace")
    trace = tmp_path / "trace.txt"
    traced = [strace or "strace", "-f", "-qq", "-e", "trace=socket,connect,sendto,sendmsg,sendmmsg", "-o", str(trace)]
    if strace is None or subprocess.run([*traced, "true"], capture_output=True, check=False).returncode:
        pytest.skip("strace is not here or may not trace")
    command = [*PROGRAM, *arguments(tmp_path / "out")]
    result = subprocess.run([*traced, *command], capture_output=True, text=True, timeout=300, check=False, cwd=ROOT)
    assert result.returncode == 0, result.stderr
    assert written(tmp_path / "out")
    calls = trace.read_text(encoding="utf-8", errors="replace").splitlines()
    internet = [call for call in calls if "AF_INET" in call]
    assert [call for call in internet if "socket(" not in call] == []
    if not sends_usage_numbers():  # later MediaPipes open sockets to see what kinds there are, and connect none
        assert internet == []
    assert "SOCK_STREAM" not in " ".join(internet)


def test_it_works_where_there_is_no_network_at_all(tmp_path: Path) -> None:
    unshared = ["unshare", "--net", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    if shutil.which("unshare") is None or subprocess.run([*unshared, "true"], capture_output=True, check=False).returncode:
        pytest.skip("the network cannot be taken away here")
    command = [*PROGRAM, *arguments(tmp_path)]
    result = subprocess.run([*unshared, *command], capture_output=True, text=True, timeout=300, check=False, cwd=ROOT)
    assert result.returncode == 0, result.stderr
    assert written(tmp_path)
