"""Damaged containers by the thousand through the reader, in a process of its own: none may crash it, hang it, or fill the memory.

python -m tests.robustness.fuzz --files 2000 [--seed 1] [--keep FOLDER]
"""

from __future__ import annotations

import argparse
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from tests.conftest import ROOT
from tests.made_clips import make_clip, make_sound, numbered, steady

LONGEST_S = 20.0
MOST_BYTES = 1_500_000_000
SIZE = {"width": 96, "height": 64}
EXTREMES = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFF0)
# what a user may be told; anything else the reader raises is a failure
WORKER = """
import os, sys
sys.path.insert(0, {root!r})
from hinge_vision.errors import ClipUnreadableError
from hinge_vision.video.quiet import native_stderr
from hinge_vision.video.reader import ClipReader
def peak():
    return next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
with native_stderr(False):
    for line in sys.stdin:
        try:
            with ClipReader(line.rstrip("\\n")) as reader:
                count = sum(1 for _ in reader)
            said = f"read {{count}}"
        except ClipUnreadableError as error:
            said = "refused" if "\\n" not in str(error) else f"FAULT several lines: {{error}}".replace("\\n", " ")
        except Exception as error:
            said = f"FAULT {{type(error).__name__}}: {{error}}".replace("\\n", " ")
        print(peak(), said, flush=True)
"""


@dataclass(frozen=True)
class Result:
    """What became of one file: `outcome` is read, refused, or a failure in words."""

    name: str
    outcome: str
    seconds: float
    peak_bytes: int

    @property
    def failure(self) -> str | None:
        """What is wrong, None where nothing is."""
        if self.outcome not in ("read", "refused"):
            return self.outcome
        if self.peak_bytes > MOST_BYTES:
            return f"{self.peak_bytes / 1e9:.1f} GB of memory"
        return None


def seeds(folder: Path) -> list[Path]:
    """Small whole clips of each kind that phones and editors write."""
    kinds = (
        ("a.mp4", "libx264", {}),
        ("b.mov", "libx264", {"bf": "0"}),
        ("c.mkv", "libx264", {}),
        ("d.ts", "libx264", {}),
        ("e.avi", "mpeg4", {}),
        ("f.webm", "libvpx-vp9", {"deadline": "realtime", "cpu-used": "8"}),
        ("g.mp4", "libx265", {"x265-params": "log-level=none"}),
        ("h.avi", "mjpeg", {}),
        ("i.mp4", "libsvtav1", {"preset": "12"}),
        ("j.flv", "flv", {}),
    )
    images = [numbered(number, 96, 64) for number in range(12)]
    clips = []
    for name, codec, options in kinds:
        pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        clips.append(make_clip(folder / name, steady(12, 30), codec=codec, pix_fmt=pix_fmt, options=options, images=images, **SIZE))
    return [*clips, make_sound(folder / "k.mp4", 0.2)]


def mutant(data: bytes, rng: np.random.Generator) -> bytes:
    """The bytes with one to eight wounds: flipped, overwritten, cut out, doubled, exchanged, cut off, or a number made extreme."""
    out = bytearray(data)
    # headers are small and hold what matters: half of the wounds go there
    for _ in range(int(rng.integers(1, 9))):
        if len(out) < 64:
            break
        length = min(int(2 ** rng.uniform(0, 11)), len(out) // 2)
        at = int(rng.integers(0, min(len(out) - length, 1500))) if rng.random() < 0.5 else int(rng.integers(0, len(out) - length))
        kind = rng.integers(0, 8)
        if kind == 0:
            out[at] ^= 1 << int(rng.integers(0, 8))
        elif kind == 1:
            out[at : at + length] = rng.bytes(length)
        elif kind == 2:
            out[at : at + length] = bytes([int(rng.choice((0, 255)))]) * length
        elif kind == 3:
            del out[at : at + length]
        elif kind == 4:
            out[at:at] = out[at : at + length]
        elif kind == 5:
            other = int(rng.integers(0, len(out) - length))
            out[at : at + length], out[other : other + length] = out[other : other + length], out[at : at + length]
        elif kind == 6:
            del out[max(32, at) :]
        else:
            out[at : at + 4] = int(rng.choice(EXTREMES)).to_bytes(4, str(rng.choice(("big", "little"))))  # type: ignore[arg-type]
    return bytes(out)


class Worker:
    """The process that reads; it is started anew when it dies or hangs."""

    def __init__(self) -> None:
        self._process = self._start()

    def read(self, clip: Path) -> Result:
        """Have one file read and watch how it goes."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        began_s = time.monotonic()
        self._process.stdin.write(f"{clip}\n")
        self._process.stdin.flush()
        ready, _, _ = select.select([self._process.stdout], [], [], LONGEST_S)
        line = self._process.stdout.readline() if ready else ""
        seconds = time.monotonic() - began_s
        if line:
            peak, said = line.split(" ", 1)
            outcome = said.strip() if said.startswith("FAULT") else said.split()[0]
            return Result(clip.name, outcome, seconds, int(peak) * 1024)
        outcome = f"the reader died with code {self._process.wait()}" if ready else f"no end after {LONGEST_S:g} s"
        self.close()
        self._process = self._start()
        return Result(clip.name, outcome, seconds, 0)

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", WORKER.format(root=str(ROOT))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "OPENCV_FFMPEG_LOGLEVEL": "-8"},
        )


def fuzz(count: int, seed: int, keep: Path | None = None) -> Iterator[Result]:
    """Read so many mutants; the files of failures are kept where asked."""
    rng = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clips = seeds(folder)
        whole = [clip.read_bytes() for clip in clips]
        worker = Worker()
        try:
            for number in range(count):
                which = number % len(clips)
                clip = folder / f"{seed}_{number}{clips[which].suffix}"
                clip.write_bytes(mutant(whole[which], rng))
                result = worker.read(clip)
                if result.failure is not None and keep is not None:
                    keep.mkdir(parents=True, exist_ok=True)
                    shutil.copy(clip, keep)
                clip.unlink()
                yield result
        finally:
            worker.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="where to keep files that failed")
    options = parser.parse_args()
    results = []
    for result in fuzz(options.files, options.seed, options.keep):
        results.append(result)
        if result.failure is not None:
            click.echo(f"{result.name}: {result.failure}")
    counts = Counter("failed" if result.failure else result.outcome for result in results)
    click.echo(f"{len(results)} files: " + ", ".join(f"{number} {what}" for what, number in sorted(counts.items())))
    click.echo(f"longest {max(result.seconds for result in results):.1f} s, most memory {max(result.peak_bytes for result in results) / 1e6:.0f} MB")
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
