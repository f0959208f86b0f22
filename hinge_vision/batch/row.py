"""What one report adds to the table over all clips: a few numbers, a date and a small picture."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path

import av
import cv2
import numpy as np

from hinge_vision.batch.record import Row, file_date
from hinge_vision.batch.storage import THUMBNAIL
from hinge_vision.overlay.pictures import frame_name
from hinge_vision.report.evidence import KeyFrame, key_frames
from hinge_vision.report.json_report import number
from hinge_vision.report.model import Report
from hinge_vision.report.names import PICTURES
from hinge_vision.report.pictures import jpeg, shrunk
from hinge_vision.report.text import heading, rep_uncertainty, strength, verdict
from hinge_vision.video.container import open_container
from hinge_vision.video.files import atomic_write_bytes

THUMBNAIL_WIDTH_PX = 240
_JPEG_QUALITY = 75
# Cameras whose clock was never set say 1904 or 1970; no phone clip is older than this.
_EARLIEST_YEAR = 1995
_DATE_NAMES = ("com.apple.quicktime.creationdate", "creation_time", "date")


def row_of(report: Report, recorded: tuple[str, str], worst_frame_s: float | None) -> Row:
    """Return the row of a clip.

    Parameters
    ----------
    report
        What was found.
    recorded
        When it was filmed and where that is known from, see `recorded_at`.
    worst_frame_s
        Clip time of the picture that stands for it.
    """
    judgement = report.judgement
    measures = [measure for measure in judgement.judged if not measure.partial] or list(judgement.judged)
    spreads = [rep_uncertainty(report, measure.rep) for measure in measures]
    return Row(
        judged=judgement.quality.judgeable,
        says=verdict(report),
        recorded_at=recorded[0],
        recorded_at_from=recorded[1],
        exercise=report.exercise,
        reps=len(judgement.measures),
        peak_hip_flexion_deg=_median([measure.peak_hip_flexion_deg for measure in measures]),
        peak_hip_flexion_sd_deg=_median([hip for hip, _ in spreads]),
        lumbar_at_bottom_deg=_median([measure.lumbar_at_bottom_deg for measure in measures]),
        lumbar_at_bottom_sd_deg=_median([back for _, back in spreads]),
        flags=tuple(f"{finding.fault} ({finding.severity})" for finding in judgement.findings)
        + tuple(observation.name for observation in judgement.observations),
        confidence=_median([measure.confidence for measure in measures], decimals=2),
        worst_frame_s=worst_frame_s,
        heading=heading(report),
    )


def worst_frame(report: Report) -> KeyFrame | None:
    """Return the picture with the strongest evidence; the deepest hinge where nothing was found; None for a declined clip."""
    if not report.judgement.quality.judgeable:
        return None
    frames = key_frames(report)
    if not frames:
        return None
    evidence = [item for finding in report.judgement.findings for item in finding.evidence]
    if evidence:
        time_s = max(evidence, key=strength).time_s
    else:
        deep = [measure for measure in report.judgement.judged if np.isfinite(measure.peak_hip_flexion_deg)]
        time_s = max(deep, key=lambda measure: measure.peak_hip_flexion_deg).bottom_s if deep else frames[0].time_s
    return min(frames, key=lambda frame: abs(frame.time_s - time_s))


def write_thumbnail(report: Report, folder: Path) -> float | None:
    """Write the small picture of a clip's worst frame beside its results, in place of an older one.

    Returns
    -------
    float or None
        The picture's clip time in seconds; None where there is no picture.
    """
    worst = worst_frame(report)
    content = None if worst is None else _thumbnail_jpeg(folder / PICTURES / frame_name(worst.frame))
    if worst is None or content is None:
        (folder / THUMBNAIL).unlink(missing_ok=True)
        return None
    atomic_write_bytes(folder / THUMBNAIL, content)
    return worst.time_s


def _thumbnail_jpeg(picture: Path) -> bytes | None:
    image = cv2.imread(str(picture))
    if image is None:
        return None
    return jpeg(shrunk(np.asarray(image, dtype=np.uint8), THUMBNAIL_WIDTH_PX / image.shape[1]), _JPEG_QUALITY)


def recorded_at(clip: Path, modified_s: float) -> tuple[str, str]:
    """Return when a clip was filmed (ISO 8601, to the second) and where that is known from: `container` or `file`."""
    with suppress(av.FFmpegError, OSError), open_container(clip) as container:
        for name in _DATE_NAMES:
            with suppress(ValueError):
                text = container.metadata.get(name, "").replace("Z", "+00:00")
                moment = datetime.fromisoformat(_with_colon_in_zone(text))
                if moment.year >= _EARLIEST_YEAR:
                    return moment.isoformat(timespec="seconds"), "container"
    return file_date(modified_s), "file"


def _with_colon_in_zone(text: str) -> str:
    """Write a zone such as +0200 at a date's end as +02:00, which Python 3.10 reads as well; leave other dates as they are."""
    if len(text) > 5 and text[-5] in "+-" and text[-4:].isdigit():
        text = f"{text[:-2]}:{text[-2:]}"
    return text


def _median(values: list[float], decimals: int = 1) -> float | None:
    finite = [value for value in values if np.isfinite(value)]
    return number(float(np.median(finite)), decimals) if finite else None
