"""A server of its own for a test: started as a process, as a user starts it, and reached over the network."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.conftest import ROOT
from tests.waiting import until

START = """
import json, sys
from pathlib import Path
from hinge_vision.web.serve import serve
from hinge_vision.web.settings import ServerSettings
values = json.loads(sys.argv[1])
settings = ServerSettings(**{**values, "data": Path(values["data"])})
try:
    serve(settings, lambda address: print(address, flush=True))
except KeyboardInterrupt:
    pass
"""


@dataclass
class Server:
    """A server at work."""

    address: str
    process: subprocess.Popen[str]
    data: Path

    def url(self, path: str) -> str:
        return self.address.rstrip("/") + path

    def get(self, path: str, **options: Any) -> requests.Response:
        return requests.get(self.url(path), timeout=30, **options)

    def send(self, clip: Path | bytes, name: str = "lift.mp4", **fields: str) -> requests.Response:
        content = clip if isinstance(clip, bytes) else clip.read_bytes()
        return requests.post(self.url("/api/clips"), files={"clip": (name, content, "video/mp4")}, data=fields, timeout=120)

    def clip(self, clip_id: str) -> dict[str, Any]:
        return self.get(f"/api/clips/{clip_id}").json()

    def wait(self, clip_id: str, *states: str, timeout_s: float = 120.0) -> dict[str, Any]:
        """Wait until a clip is in one of the states; by default, until its analysis has ended."""
        wanted = states or ("done", "declined", "failed")

        def arrived() -> dict[str, Any] | None:
            clip = self.clip(clip_id)
            return clip if clip["state"] in wanted else None

        clip = until(arrived, f"{clip_id} never became one of {', '.join(wanted)}", timeout_s)
        assert clip is not None
        return clip

    def workers(self) -> list[int]:
        """Process ids of the workers at work."""
        return [pid for pid in children(self.process.pid) if "hinge_vision.web.worker" in command(pid)]

    @contextmanager
    def held(self) -> Iterator[None]:
        """Stop the worker at work, so that its analysis does not end meanwhile."""
        held = until(self.workers)
        signal_all(held, signal.SIGSTOP)
        try:
            yield
        finally:
            signal_all(held, signal.SIGCONT)

    @contextmanager
    def slowed(self) -> Iterator[threading.Event]:
        """Give workers a fifth of the time, until the event is set: a fast machine has little to tell of."""
        enough = threading.Event()

        def slow() -> None:
            while not enough.wait(0.1):
                stopped = self.workers()
                signal_all(stopped, signal.SIGSTOP)
                enough.wait(0.4)
                signal_all(stopped, signal.SIGCONT)

        thread = threading.Thread(target=slow, daemon=True)
        thread.start()
        try:
            yield enough
        finally:
            enough.set()
            thread.join()

    def kill(self) -> None:
        """End the server as a power cut would."""
        self.process.kill()
        self.process.wait()


def signal_all(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def children(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False).stdout
    return [int(line) for line in listed.split()]


def command(pid: int) -> str:
    return subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout


@contextmanager
def running_server(data: Path, **settings: Any) -> Iterator[Server]:
    """Start a server on any free port, on clips looked at a few times a second unless told otherwise."""
    values = {"data": str(data), "port": 0, "workers": 1, "analysis_rate_hz": 8.0, **settings}
    process = subprocess.Popen(
        [sys.executable, "-c", START, json.dumps(values)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    try:
        address = process.stdout.readline().strip()
        assert address.startswith("http://"), "the server did not start"
        yield Server(address, process, data)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=15)
            process.kill()
            process.wait()
        process.stdout.close()
