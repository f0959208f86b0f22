"""One analysis, in a process of its own: `python -m hinge_vision.web.worker ORDER`. It ends with its server.

It tells its progress, and at its end the outcome, as lines of JSON on its standard output; what libraries print goes nowhere.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hinge_vision.errors import ClipUnreadableError, HingeVisionError
from hinge_vision.settings import Exercise, Facing, Settings
from hinge_vision.web.limits import Limits, end_with_parent, limit_process
from hinge_vision.web.prober import told

if TYPE_CHECKING:
    from hinge_vision.report.model import Report

_TELL_EVERY_S = 0.3
THUMBNAIL = "thumbnail.jpg"
THUMBNAIL_SIDE_PX = 320
_JPEG_QUALITY = 80

Tell = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Order:
    """What a worker is to do.

    Attributes
    ----------
    clip, name
        The uploaded file, and the name it is shown by.
    run
        The folder to work in; the report's files go to `result` in it.
    judged_from
        A folder with the `track.npz` of an earlier analysis, to judge again; `None` = analyse the clip.
    exercise, facing, analysis_rate_hz, threads
        Settings of the analysis.
    limits
        What the process may use.
    """

    clip: str
    name: str
    run: str
    judged_from: str | None
    exercise: Exercise | None
    facing: Facing | None
    analysis_rate_hz: float | None
    threads: int
    limits: Limits

    def to_json(self) -> str:
        """Return the order as the worker's argument."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Order:
        """Read the worker's argument."""
        values = json.loads(text)
        return cls(**{**values, "limits": Limits(**values["limits"])})


def main() -> None:
    """Do the one analysis this process was started for."""
    order = Order.from_json(sys.argv[1])
    end_with_parent()
    limit_process(order.limits)
    channel = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)

    def tell(message: dict[str, Any]) -> None:
        channel.write(json.dumps(message) + "\n")

    try:
        outcome = _work(order, tell)
    except HingeVisionError as error:
        outcome = {"state": "failed", "message": told(error, Path(order.clip))}
    except MemoryError:
        outcome = {"state": "failed", "message": "This clip needs more memory than one analysis may use. Export it smaller, for example at 1080p."}
    except Exception as error:  # noqa: BLE001  whatever it is, it is this clip's alone
        outcome = {"state": "failed", "message": f"This should not have happened ({type(error).__name__}: {error})."}
    tell({"outcome": outcome})
    channel.flush()
    # MediaPipe's threads need not be waited for
    os._exit(0)


def _work(order: Order, tell: Tell) -> dict[str, Any]:
    from hinge_vision.pose.network import stay_offline
    from hinge_vision.video.quiet import native_stderr

    stay_offline()
    with native_stderr(verbose=False):
        from hinge_vision.output import write_report
        from hinge_vision.report import text

        report = _judged(order, tell)
        tell({"stage": "write", "share": 0.0})
        folder = write_report(report, Path(order.clip), Path(order.run) / "written")
        _thumbnail(report, Path(order.clip), folder)
        folder.rename(Path(order.run) / "result")
    quality = report.judgement.quality
    return {
        "state": "done" if quality.judgeable else "declined",
        "message": None if quality.judgeable or not quality.reasons else quality.reasons[0].remedy,
        "verdict": text.verdict(report),
        "exercise": report.exercise,
        "facing": report.facing,
    }


def _judged(order: Order, tell: Tell) -> Report:
    from hinge_vision.analysis import analyze, report_of
    from hinge_vision.report.track_file import load_track

    if order.judged_from is not None:
        stored = load_track(Path(order.judged_from) / "track.npz")
        settings = replace(stored.settings, exercise=order.exercise, facing=order.facing)
        return report_of(stored.track.clip, stored.track, settings, stored.versions, stored.thresholds)
    settings = Settings(exercise=order.exercise, facing=order.facing, analysis_rate_hz=order.analysis_rate_hz, workers=order.threads)
    told_at = -_TELL_EVERY_S

    def progress(stage: str, time_s: float, duration_s: float) -> None:
        nonlocal told_at
        now = time.monotonic()
        if now - told_at >= _TELL_EVERY_S:
            told_at = now
            tell({"stage": stage, "share": time_s / duration_s if duration_s > 0 else 0.0})

    report = analyze(order.clip, settings, progress=progress)
    # the file's own name is a generated one; the report shows the name it was uploaded by
    clip = replace(report.clip, name=order.name)
    return replace(report, clip=clip, track=None if report.track is None else replace(report.track, clip=clip))


def _thumbnail(report: Report, clip: Path, folder: Path) -> None:
    """Write a small picture for the list: the first evidence frame where there is one, otherwise one from the clip."""
    import cv2
    import numpy as np

    from hinge_vision.report.names import PICTURE_NAMES, PICTURES
    from hinge_vision.report.pictures import jpeg, shrunk
    from hinge_vision.video.files import atomic_write_bytes
    from hinge_vision.video.reader import ClipReader

    drawn = sorted((folder / PICTURES).glob(PICTURE_NAMES))
    image = cv2.imread(str(drawn[0])) if drawn else None
    if image is None:
        try:
            with ClipReader(clip, start_s=report.clip.duration_s / 3) as reader:
                image = next(iter(reader)).image
        except ClipUnreadableError:  # the clip is damaged there; the list goes without a picture
            return
    small = shrunk(np.asarray(image, dtype=np.uint8), THUMBNAIL_SIDE_PX / max(image.shape[:2]))
    atomic_write_bytes(folder / THUMBNAIL, jpeg(small, _JPEG_QUALITY))


if __name__ == "__main__":
    main()
