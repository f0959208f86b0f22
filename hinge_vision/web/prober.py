"""A look into an upload before it is accepted: is it a video, and how long? In a process of its own, with limits.

The file's name and the type a browser gives it prove nothing; the container itself is opened.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from hinge_vision.errors import ClipUnreadableError, HingeVisionError
from hinge_vision.web.limits import Limits, limit_process

_LIMITS = Limits(cpu_s=30, memory_bytes=1 << 30, file_bytes=0)
_TIMEOUT_S = 60.0
_DAMAGED = "This is not a video, or it is damaged beyond reading; try to play it, and save or export it again as MP4 (H.264)."


@dataclass(frozen=True)
class Look:
    """What was seen: the clip's length in seconds, or why it cannot be read."""

    clip_s: float = 0.0
    why_not: str | None = None


def look_into(path: Path) -> Look:
    """Look into a file. Whatever it holds, this process is safe from it."""
    try:
        child = subprocess.run(
            [sys.executable, "-m", "hinge_vision.web.prober", str(path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_TIMEOUT_S,
            check=True,
        )
        return Look(**json.loads(child.stdout))
    except (subprocess.SubprocessError, ValueError, TypeError):
        return Look(why_not=_DAMAGED)


def main() -> None:
    """Look into the file named on the command line and print what was seen as JSON."""
    limit_process(_LIMITS)
    path = Path(sys.argv[1])
    try:
        look = Look(clip_s=_length_s(path))
    except ClipUnreadableError as error:
        look = Look(why_not=told(error, path))
    except MemoryError:
        look = Look(why_not=_DAMAGED)
    print(json.dumps(asdict(look)))  # noqa: T201


def told(error: HingeVisionError, path: Path) -> str:
    """Return an error's message as a sentence for the page, where the clip goes by another name than its file's."""
    text = str(error).removeprefix(f"{path.name}: ")
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def _length_s(path: Path) -> float:
    import numpy as np

    from hinge_vision.video.probe import probe

    contents = probe(path)
    stamps_s = contents.stamps_s[np.isfinite(contents.stamps_s)]
    if len(stamps_s):
        return float(stamps_s.max() - min(0.0, stamps_s.min()))
    return len(contents.stamps_s) / contents.fps if contents.fps > 0 else len(contents.stamps_s) / 30.0


if __name__ == "__main__":
    main()
