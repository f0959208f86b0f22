"""How fast a batch is: clips a minute with one and two workers, as processes here and through a local Dask cluster.

    python benchmarks/batch.py [--clips 40] [--seconds 2] [--known 500]

Each way analyses the same copies of the sample clips, cut to their first seconds. Beside them stands the same work done
clip after clip without a batch around it: by one process that keeps to one core, as a worker does, and by one that uses
all. What else runs on the machine spoils such figures, so each row says how much of it other programs took meanwhile;
processor seconds per clip bear that better than wall time does.
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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path

import psutil

from hinge_vision.batch.clips import fingerprint
from hinge_vision.batch.record import content_sha256, read_record
from hinge_vision.batch.storage import RECORD

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "sample_videos"
ONE_BY_ONE = """
import sys
from pathlib import Path
from hinge_vision import Settings, analyze, write_report
from hinge_vision.cores import keep_to_one_core
from hinge_vision.pose.network import stay_offline
stay_offline()
if sys.argv[4] == "one":
    keep_to_one_core()
for clip in sorted(Path(sys.argv[1]).glob("*.mp4")):
    write_report(analyze(clip, Settings(workers=1 if sys.argv[4] == "one" else None, end_s=float(sys.argv[3]))), clip, Path(sys.argv[2]))
"""


@dataclass(frozen=True)
class Watched:
    """A command that ended: what it printed, its wall time, its processor time, that of all other programs, its largest process."""

    output: str
    wall_s: float
    cpu_s: float
    others_s: float
    peak_mb: float


@dataclass(frozen=True)
class Result:
    """One way of working, and the seconds the clips themselves took; None = no batch around them."""

    name: str
    workers: int
    watched: Watched
    work_s: float | None

    @property
    def over_s(self) -> float:
        """Seconds of workers in which they worked on no clip: start, waiting, end."""
        return self.workers * self.watched.wall_s - (self.work_s or 0.0)


def environment(one_thread: bool) -> dict[str, str]:
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"} if one_thread else {}
    return {**os.environ, "PYTHONPATH": str(ROOT), **threads}


def busy_s() -> float:
    """Return the processor time all programs have used since the machine started."""
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system)


class Watcher(threading.Thread):
    """Looks at processes and all below them: the largest, and what processor time each has used. Little is used after the last look."""

    def __init__(self, roots: list[psutil.Process]) -> None:
        super().__init__()
        self._roots = roots
        self._ended = threading.Event()
        self._cpu_s: dict[int, float] = {}
        self._peak_mb = 0.0
        self._look()
        self._before_s = sum(self._cpu_s.values())

    def run(self) -> None:
        while not self._ended.wait(0.2):
            self._look()

    def end(self) -> tuple[float, float]:
        """Return processor time used since the beginning, and the peak memory of one process in MB."""
        self._look()
        self._ended.set()
        self.join()
        return sum(self._cpu_s.values()) - self._before_s, self._peak_mb

    def _look(self) -> None:
        for root in self._roots:
            try:
                processes = [root, *root.children(recursive=True)]
            except psutil.Error:
                continue
            for process in processes:
                try:
                    times = process.cpu_times()
                    self._cpu_s[process.pid] = times.user + times.system
                    self._peak_mb = max(self._peak_mb, process.memory_info().rss / 1e6)
                except psutil.Error:
                    continue


def watched(command: list[str], more: list[int], *, one_thread: bool = True) -> Watched:
    """Run a command; processes that work for it without being its children are named by `more`."""
    busy_before_s, begin_s = busy_s(), time.perf_counter()
    # into files: a pipe would be at its end only when the last helper process has closed it
    with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as complaints:
        with subprocess.Popen(command, stdout=said, stderr=complaints, cwd=ROOT, env=environment(one_thread)) as process:
            watcher = Watcher([psutil.Process(process.pid), *map(psutil.Process, more)])
            watcher.start()
            process.wait()
            wall_s = time.perf_counter() - begin_s
            cpu_s, peak_mb = watcher.end()
        said.seek(0)
        complaints.seek(0)
        output = said.read()
        if process.returncode:
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}: {complaints.read()}")
    return Watched(output, wall_s, cpu_s, max(0.0, busy_s() - busy_before_s - cpu_s), peak_mb)


def batch(name: str, clips: Path, out: Path, seconds: float, workers: int, more: list[str], pids: list[int] | None = None) -> Result:
    command = [sys.executable, "-m", "hinge_vision", "batch", str(clips), "-o", str(out), "--log-json", "--end", str(seconds), *more]
    # its own processes set their threads by themselves
    seen = watched(command, pids or [], one_thread=False)
    lines = [json.loads(line) for line in seen.output.splitlines()]
    return Result(name, workers, seen, sum(line["seconds"] for line in lines if line["event"] == "clip"))


@contextmanager
def dask_cluster(folder: Path) -> Iterator[tuple[str, list[int]]]:
    """Yield the address of a running cluster of two single-thread workers, and its processes."""
    place = folder / "scheduler.json"
    scheduler = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    workers = [sys.executable, "-m", "distributed.cli.dask_worker", "--nworkers", "2", "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment(False), "cwd": ROOT}
    started = [subprocess.Popen([*command, "--scheduler-file", str(place)], **quiet) for command in (scheduler, workers)]
    try:
        while not place.exists() or not place.read_text(encoding="utf-8").strip().endswith("}"):
            time.sleep(0.1)
        address = json.loads(place.read_text(encoding="utf-8"))["address"]
        from distributed import Client

        with Client(address) as client:
            client.wait_for_workers(2, timeout=120)  # they are up before the clock starts
        yield address, [process.pid for process in started]
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait()


def unused_box(number: int) -> bytes:
    """Return an unused box for a clip's end: it makes each copy a clip of its own."""
    tail = number.to_bytes(4, "big")
    return (8 + len(tail)).to_bytes(4, "big") + b"free" + tail


def make_clips(folder: Path, count: int) -> None:
    folder.mkdir()
    for number, sample in enumerate(islice(cycle(sorted(SAMPLES.glob("*.mp4"))), count)):
        (folder / f"{number:04d}_{sample.name}").write_bytes(sample.read_bytes() + unused_box(number))


def known_again_s(folder: Path, done: Path, seconds: float, count: int) -> float:
    """Return how long a batch takes over clips that are all known: finished results, linked, with records of their own."""
    clips, out = folder / "known", folder / "known_out"
    make_clips(clips, count)
    finished = sorted(path for path in done.iterdir() if (path / RECORD).exists())
    for clip, results in zip(sorted(clips.iterdir()), cycle(finished)):
        place = out / clip.stem
        for file in (file for file in results.rglob("*") if file.is_file() and file.name != RECORD):
            target = place / file.relative_to(results)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.hardlink_to(file)
        record = read_record(place.name, (results / RECORD).read_bytes())
        status = clip.stat()
        if record is not None:
            source = replace(record.sources[0], root=fingerprint(str(clips)), path=clip.name, size_bytes=status.st_size, modified_s=status.st_mtime)
            (place / RECORD).write_bytes(replace(record, sources=(source,), content_sha256=content_sha256(clip)).to_bytes())
    again = batch("again", clips, out, seconds, 2, ["--workers", "2"]).watched
    begin = json.loads(again.output.splitlines()[0])
    if (begin["known"], begin["to_do"]) != (count, 0):
        raise SystemExit(f"{begin}: these clips should all be known")
    return again.wall_s


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clips", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--known", type=int, default=500)
    options = parser.parse_args()
    count, seconds, cores = options.clips, options.seconds, os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        clips = folder / "clips"
        make_clips(clips, count)
        results = []
        for name, kind in (("clip after clip, one core, no batch", "one"), ("clip after clip, all cores, no batch", "all")):
            command = [sys.executable, "-c", ONE_BY_ONE, str(clips), str(folder / kind), str(seconds), kind]
            results.append(Result(name, 1, watched(command, [], one_thread=kind == "one"), None))
        results.append(batch("1 worker", clips, folder / "one worker", seconds, 1, ["--workers", "1"]))
        results.append(batch("2 workers", clips, folder / "two workers", seconds, 2, ["--workers", "2"]))
        with dask_cluster(folder) as (address, pids):
            results.append(batch("Dask, 2 workers of 1 thread", clips, folder / "dask", seconds, 2, ["--dask", address], pids))
        again_s = known_again_s(folder, folder / "two workers", seconds, options.known)
    print(f"{count} clips, the first {seconds:g} s of each; {cores} cores")
    print(
        "| way | wall, s | clips/min | processor seconds per clip | overhead per clip, s | overhead, % | peak memory of a process, MB | others took, % |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for result in results:
        seen = result.watched
        over = "- | -" if result.work_s is None else f"{result.over_s / count:.2f} | {100 * result.over_s / result.work_s:.1f}"
        others = 100 * seen.others_s / (cores * seen.wall_s)
        facts = f"{seen.wall_s:.1f} | {60 * count / seen.wall_s:.1f} | {seen.cpu_s / count:.2f} | {over} | {seen.peak_mb:.0f} | {others:.0f}"
        print(f"| {result.name} | {facts} |")
    one_core_s, all_cores_s, one_s, two_s, dask_s = (result.watched.wall_s for result in results)
    print(f"scaling efficiency of 2 workers against 1: {one_s / two_s / 2:.2f}")
    print(f"1 worker against clip after clip on one core: {one_core_s / one_s:.2f}")
    print(f"2 workers against clip after clip on all cores: {all_cores_s / two_s:.2f}")
    print(f"Dask against the pool of 2: {two_s / dask_s:.2f}")
    print(f"{options.known} known clips, looked at again: {again_s:.1f} s")


if __name__ == "__main__":
    main()
