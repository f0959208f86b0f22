"""Does anything grow? 200 short clips in one process, then a 60-minute clip: memory, threads and open files on the way, and peak memory.

python benchmarks/long_run.py [--minutes 60] [--clips 200] [--rate 5]
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import resource
import sys
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import av

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from hinge_vision import Settings, analyze  # noqa: E402
from hinge_vision.output import write_report  # noqa: E402
from hinge_vision.pose.network import stay_offline  # noqa: E402
from hinge_vision.video.quiet import native_stderr  # noqa: E402

SAMPLE = ROOT / "sample_videos" / "kb_deadlift_low_back_rounded.mp4"
# What may be gained from the first tenth to the end: caches and the allocator's slack, not a leak per clip or frame.
MOST_GROWTH_MB, MOST_NEW = 60.0, 2
# Landmarks, world landmarks and outline in single precision, with some room to grow.
KEPT_PER_FRAME_MB = 1.9e-3
State = tuple[float, int, int]


def state() -> State:
    """Memory in use in MB, threads of the process, open files."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6, len(list(Path("/proc/self/task").iterdir())), len(list(Path("/proc/self/fd").iterdir()))


def repeated(path: Path, minutes: float) -> Path:
    """Write the sample over and over, without encoding anew, until the clip is so long."""
    with av.open(str(SAMPLE)) as source:
        stream = source.streams.video[0]
        packets = [(bytes(packet), packet.pts, packet.dts, packet.is_keyframe) for packet in source.demux(stream) if packet.size]
        one = stream.duration
        with av.open(str(path), "w") as target:
            out = target.add_stream_from_template(stream)
            for turn in range(round(minutes * 60 / float(one * stream.time_base))):
                for data, pts, dts, key in packets:
                    packet = av.Packet(data)
                    packet.stream, packet.time_base, packet.is_keyframe = out, stream.time_base, key
                    packet.pts, packet.dts = pts + turn * one, dts + turn * one
                    target.mux(packet)
    return path


def report(what: str, first: State, last: State) -> bool:
    grown = last[0] - first[0] <= MOST_GROWTH_MB and last[1] - first[1] <= MOST_NEW and last[2] - first[2] <= MOST_NEW
    print(
        f"{what}: memory {first[0]:.0f} -> {last[0]:.0f} MB, threads {first[1]} -> {last[1]}, open files {first[2]} -> {last[2]}: {'ok' if grown else 'GROWS'}",
        flush=True,
    )
    return grown


def many_clips(count: int, settings: Settings) -> bool:
    """Analyse the sample again and again in this process."""
    began_s = time.monotonic()
    states: list[State] = []
    for number in range(count):
        analyze(SAMPLE, settings)
        states.append(state())
        if (number + 1) % 20 == 0:
            print(f"  clip {number + 1}: {states[-1][0]:.0f} MB, {states[-1][1]} threads, {states[-1][2]} files", flush=True)
    return report(f"{count} clips, {time.monotonic() - began_s:.0f} s", states[len(states) // 10], states[-1])


@dataclass(frozen=True)
class LongClip:
    """What one clip left behind: states on the way as (clip time in s, state), and the process's peak memory when the report was written."""

    states: list[tuple[float, State]]
    frames: int
    reps: int
    wall_s: float
    peak_mb: float


def one_clip(clip: Path, out: Path) -> LongClip:
    """Analyse a clip and write its report without a video, as `analyze --no-video` does; meant for a process of its own."""
    stay_offline()
    began_s = time.monotonic()
    seen: list[tuple[float, State]] = []

    def progress(stage: str, time_s: float, duration_s: float) -> None:
        if stage == "pose" and (not seen or time_s - seen[-1][0] > duration_s / 20):
            seen.append((time_s, state()))

    with native_stderr(False):
        found = analyze(clip, progress=progress)
        write_report(found, clip, out, video=False)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 / 1024 if sys.platform == "linux" else 1e6)
    frames = 0 if found.track is None else len(found.track.frame)
    return LongClip(seen, frames, len(found.judgement.measures), time.monotonic() - began_s, peak_mb)


def long_clip(minutes: float, folder: Path) -> bool:
    """Analyse a clip of one minute and a long one, each in a process of its own, and compare."""
    results = []
    for length in (1.0, minutes):
        clip = repeated(folder / f"{length:g}_minutes.mp4", length)
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as own:
            results.append(own.submit(one_clip, clip, folder / "out").result())
    short, long = results
    for time_s, (memory, threads, files) in long.states[::4]:
        print(f"  {time_s / 60:.0f} min: {memory:.0f} MB, {threads} threads, {files} files")
    # what every analysed frame leaves behind, landmarks and outline, is kept on purpose
    kept_mb = long.frames * KEPT_PER_FRAME_MB
    print(f"  {long.frames} frames analysed, {long.reps} reps; their rows take about {kept_mb:.0f} MB")
    print(f"  peak memory, report written: {short.peak_mb:.0f} MB for one minute, {long.peak_mb:.0f} MB for {minutes:g}: {long.peak_mb - short.peak_mb:+.0f} MB")
    first, last = long.states[len(long.states) // 10][1], long.states[-1][1]
    return report(f"a clip of {minutes:g} minutes, {long.wall_s:.0f} s (rows taken off)", first, (last[0] - kept_mb, last[1], last[2]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--clips", type=int, default=200)
    parser.add_argument("--rate", type=float, default=5.0, help="analysis rate of the short clips, Hz")
    options = parser.parse_args()
    stay_offline()
    sound = True
    with tempfile.TemporaryDirectory() as name, native_stderr(False):
        if options.clips > 0:
            sound &= many_clips(options.clips, Settings(analysis_rate_hz=options.rate))
        if options.minutes > 0:
            sound &= long_clip(options.minutes, Path(name))
    print(f"python threads left: {threading.active_count()}")
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
