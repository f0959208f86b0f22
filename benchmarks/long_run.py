"""Does anything grow? A 60-minute clip, then 200 short clips, in one process: memory, threads and open files on the way.

python benchmarks/long_run.py [--minutes 60] [--clips 200] [--rate 5]
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

import av

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from hinge_vision import Settings, analyze  # noqa: E402
from hinge_vision.pose.network import stay_offline  # noqa: E402
from hinge_vision.video.quiet import native_stderr  # noqa: E402

SAMPLE = ROOT / "sample_videos" / "kb_deadlift_low_back_rounded.mp4"
# What may be gained from the first tenth to the end: caches and the allocator's slack, not a leak per clip or frame.
MOST_GROWTH_MB, MOST_NEW = 60.0, 2


def state() -> tuple[float, int, int]:
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


def report(what: str, first: tuple[float, int, int], last: tuple[float, int, int]) -> bool:
    grown = last[0] - first[0] <= MOST_GROWTH_MB and last[1] - first[1] <= MOST_NEW and last[2] - first[2] <= MOST_NEW
    print(
        f"{what}: memory {first[0]:.0f} -> {last[0]:.0f} MB, threads {first[1]} -> {last[1]}, open files {first[2]} -> {last[2]}: {'ok' if grown else 'GROWS'}"
    )
    return grown


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--clips", type=int, default=200)
    parser.add_argument("--rate", type=float, default=5.0)
    options = parser.parse_args()
    stay_offline()
    settings = Settings(analysis_rate_hz=options.rate)
    sound = True
    with tempfile.TemporaryDirectory() as name, native_stderr(False):
        began_s = time.monotonic()
        states: list[tuple[float, int, int]] = []
        for number in range(options.clips):
            analyze(SAMPLE, settings)
            states.append(state())
            if (number + 1) % 20 == 0:
                print(f"  clip {number + 1}: {states[-1][0]:.0f} MB, {states[-1][1]} threads, {states[-1][2]} files", flush=True)
        if states:
            sound &= report(f"{options.clips} clips, {time.monotonic() - began_s:.0f} s", states[len(states) // 10], states[-1])
        if options.minutes > 0:
            clip = repeated(Path(name) / "long.mp4", options.minutes)
            began_s = time.monotonic()
            seen: list[tuple[float, float, int, int]] = []

            def progress(stage: str, time_s: float, duration_s: float) -> None:
                if stage == "pose" and (not seen or time_s - seen[-1][0] > duration_s / 20):
                    seen.append((time_s, *state()))

            found = analyze(clip, settings, progress=progress)
            for time_s, memory, threads, files in seen[::4]:
                print(f"  {time_s / 60:.0f} min: {memory:.0f} MB, {threads} threads, {files} files")
            frames = 0 if found.track is None else len(found.track.frame)
            # what every analysed frame leaves behind, landmarks and outline, is kept on purpose: some 4 kB
            kept_mb = frames * 4.5e-3
            first, last = seen[len(seen) // 10][1:], seen[-1][1:]
            print(f"  {frames} frames analysed, {len(found.judgement.measures)} reps; their rows take about {kept_mb:.0f} MB")
            what = f"a clip of {options.minutes:g} minutes, {time.monotonic() - began_s:.0f} s (rows taken off)"
            sound &= report(what, first, (last[0] - kept_mb, last[1], last[2]))
    print(f"python threads left: {threading.active_count()}")
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
