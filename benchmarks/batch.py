"""How fast a batch is: clips a minute with one and two workers, as processes here and through a local Dask cluster.

    python benchmarks/batch.py [--clips 40] [--seconds 2]

Each way analyses the same copies of the sample clips, cut to their first seconds. Beside them stands the same work done
clip after clip in one process by one thread, which is what a worker's own work costs without a batch around it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "sample_videos"
ONE_BY_ONE = """
import sys
from pathlib import Path
import cv2
from hinge_vision import Settings, analyze, write_report
from hinge_vision.pose.network import stay_offline
stay_offline()
cv2.setNumThreads(1)
for clip in sorted(Path(sys.argv[1]).glob("*.mp4")):
    write_report(analyze(clip, Settings(workers=1, end_s=float(sys.argv[3]))), clip, Path(sys.argv[2]))
"""


@dataclass(frozen=True)
class Result:
    """One way of working: wall time, the seconds the clips themselves took, and the largest worker."""

    name: str
    wall_s: float
    work_s: float
    peak_mb: float
    workers: int


def one_thread() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def largest(root: psutil.Process, stop: threading.Event, found: list[float]) -> None:
    """Watch a process and those below it; note the largest that loaded the model."""
    while not stop.wait(0.2):
        for process in [root, *root.children(recursive=True)]:
            try:
                found.append(process.memory_info().rss / 1e6)
            except psutil.Error:
                continue


def watched(command: list[str], watch: int | None = None) -> tuple[float, str, float]:
    """Run a command; return its wall time, output, and the peak memory of one process."""
    begin_s = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=one_thread()) as process:
        stop, sizes = threading.Event(), [0.0]
        watcher = threading.Thread(target=largest, args=(psutil.Process(watch or process.pid), stop, sizes))
        watcher.start()
        output = process.communicate()[0]
        wall_s = time.perf_counter() - begin_s
        stop.set()
        watcher.join()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return wall_s, output, max(sizes)


def batch(name: str, clips: Path, out: Path, seconds: float, workers: int, more: list[str], watch: int | None = None) -> Result:
    command = [sys.executable, "-m", "hinge_vision", "batch", str(clips), "-o", str(out), "--log-json", "--end", str(seconds), *more]
    wall_s, output, peak_mb = watched(command, watch)
    lines = [json.loads(line) for line in output.splitlines()]
    return Result(name, wall_s, sum(line["seconds"] for line in lines if line["event"] == "clip"), peak_mb, workers)


def through_dask(clips: Path, out: Path, seconds: float, folder: Path) -> Result:
    place = folder / "scheduler.json"
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", "--nworkers", "2", "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": one_thread(), "cwd": ROOT}
    started = [
        subprocess.Popen([*dask, "--scheduler-file", str(place)], **quiet),
        subprocess.Popen([*worker, "--scheduler-file", str(place)], **quiet),
    ]
    try:
        while not place.exists() or not place.read_text(encoding="utf-8").strip().endswith("}"):
            time.sleep(0.1)
        address = json.loads(place.read_text(encoding="utf-8"))["address"]
        time.sleep(4)  # the workers are up before the clock starts
        return batch("Dask, 2 workers of 1 thread", clips, out, seconds, 2, ["--dask", address], started[1].pid)
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait()


def recheck_s(clips: Path, out: Path, seconds: float) -> float:
    return batch("again", clips, out, seconds, 2, ["--workers", "2"]).wall_s


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=2.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        clips = folder / "clips"
        clips.mkdir()
        for number, sample in enumerate(islice(cycle(sorted(SAMPLES.glob("*.mp4"))), options.clips)):
            # an unused box at the end makes each copy a clip of its own
            tail = number.to_bytes(4, "big")
            (clips / f"{number:03d}_{sample.name}").write_bytes(sample.read_bytes() + (8 + len(tail)).to_bytes(4, "big") + b"free" + tail)
        alone_s, _, alone_mb = watched([sys.executable, "-c", ONE_BY_ONE, str(clips), str(folder / "alone"), str(options.seconds)])
        results = [Result("clip after clip, 1 thread, no batch", alone_s, alone_s, alone_mb, 1)]
        results.append(batch("1 worker", clips, folder / "one", options.seconds, 1, ["--workers", "1"]))
        results.append(batch("2 workers", clips, folder / "two", options.seconds, 2, ["--workers", "2"]))
        results.append(through_dask(clips, folder / "dask", options.seconds, folder))
        again_s = recheck_s(clips, folder / "two", options.seconds)
    one_s, two_s = results[1].wall_s, results[2].wall_s
    print(f"{options.clips} clips, the first {options.seconds:g} s of each; {os.cpu_count()} cores")
    print("| way | wall, s | clips/min | overhead per clip, s | overhead, % | peak memory of a worker, MB |")
    print("|---|---|---|---|---|---|")
    for result in results:
        over_s = result.workers * result.wall_s - result.work_s
        overhead = f"{over_s / options.clips:.2f} | {100 * over_s / result.work_s:.1f}" if result is not results[0] else "- | -"
        print(f"| {result.name} | {result.wall_s:.1f} | {60 * options.clips / result.wall_s:.1f} | {overhead} | {result.peak_mb:.0f} |")
    print(f"scaling efficiency of 2 workers against 1: {one_s / two_s / 2:.2f}")
    print(f"Dask against the pool of 2: {two_s / results[3].wall_s:.2f}")
    print(f"1 worker against clip after clip: {alone_s / one_s:.2f}")
    print(f"all known, looked at again: {again_s:.1f} s")


if __name__ == "__main__":
    main()
