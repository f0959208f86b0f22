"""How the server holds up: many uploads at once, and memory while a very large file comes in.

python benchmarks/server.py load     30 sample clips sent at once, analysed by 2 workers: none may be lost
python benchmarks/server.py memory   one upload of the largest size taken (1 GiB of zeros, streamed)
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import requests

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tests.conftest import SAMPLES
from tests.web_server import Server, running_server

UPLOADS = 30
PIECE_BYTES = 1 << 20
HEAD = b'--XX\r\nContent-Disposition: form-data; name="clip"; filename="large.mp4"\r\n\r\n'
TAIL = b"\r\n--XX--\r\n"


def memory_mb(server: Server, field: str = "VmHWM") -> float:
    """Memory of the server's own process, from the kernel: now (VmRSS) or at its highest (VmHWM)."""
    lines = Path(f"/proc/{server.process.pid}/status").read_text(encoding="utf-8").splitlines()
    return int(next(line for line in lines if line.startswith(field)).split()[1]) / 1024


def load(folder: Path) -> None:
    """Send 30 sample clips at once."""
    clips = sorted(SAMPLES.glob("*.mp4"), key=lambda path: path.stat().st_size)[:3]
    with running_server(folder / "data", workers=2, analysis_rate_hz=5.0) as server:
        before_mb = memory_mb(server, "VmRSS")
        answers: list[requests.Response] = []

        def send(number: int) -> None:
            answers.append(server.send(clips[number % len(clips)], f"{number}.mp4"))

        senders = [threading.Thread(target=send, args=(number,)) for number in range(UPLOADS)]
        began = time.monotonic()
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
        accepted_s = time.monotonic() - began
        accepted = [answer.json()["id"] for answer in answers if answer.status_code == 201]
        states = Counter(server.wait(clip_id, timeout_s=900)["state"] for clip_id in accepted)
        print(
            f"sent {UPLOADS}, accepted {len(accepted)} within {accepted_s:.1f} s, all analysed after {time.monotonic() - began:.0f} s: {dict(states)}"
        )
        print(f"memory of the server: {before_mb:.0f} MB before, {memory_mb(server):.0f} MB at most")


def memory(folder: Path) -> None:
    """Send one file as large as may be."""
    size_bytes = 1 << 30

    def body() -> Iterator[bytes]:
        yield HEAD
        for _ in range(size_bytes // PIECE_BYTES):
            yield bytes(PIECE_BYTES)
        yield TAIL

    with running_server(folder / "data") as server:
        server.get("/")
        before_mb = memory_mb(server, "VmRSS")
        began = time.monotonic()
        answer = requests.post(server.url("/api/clips"), data=body(), headers={"Content-Type": "multipart/form-data; boundary=XX"}, timeout=300)
        seconds = time.monotonic() - began
        print(f"1 GiB received in {seconds:.1f} s and answered with {answer.status_code} ({answer.json()['title']})")
        print(f"memory of the server: {before_mb:.0f} MB before, {memory_mb(server):.0f} MB at most, {memory_mb(server) - before_mb:.0f} MB more")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        {"load": load, "memory": memory}[sys.argv[1]](Path(temporary))
