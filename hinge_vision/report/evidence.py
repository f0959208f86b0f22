"""The frames worth looking at, and what to say under each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hinge_vision.findings.model import Evidence
from hinge_vision.report import text
from hinge_vision.report.model import Report

MOST_FRAMES = 24
"""Evidence frames of one report at most: a page of a hundred reps must still open on a phone."""


@dataclass(frozen=True)
class KeyFrame:
    """A frame with its number and time in the clip, its rep (0 = none), and a line per thing to be seen in it."""

    frame: int
    time_s: float
    rep: int
    captions: tuple[str, ...]


def key_frames(report: Report) -> tuple[KeyFrame, ...]:
    """Return the evidence frames in order of time; the bottom of every rep where nothing was found.

    Where there are more than `MOST_FRAMES`, each fault and observation keeps its strongest evidence first.
    """
    judgement = report.judgement
    groups: list[tuple[str, tuple[Evidence, ...]]] = [
        (text.FAULT_TITLES[finding.fault].split(":")[0], finding.evidence) for finding in judgement.findings
    ]
    groups += [(text.OBSERVATION_TITLES[observation.name], observation.evidence) for observation in judgement.observations]
    captions: dict[int, list[str]] = {}
    times: dict[int, float] = {}
    ranked = [sorted(evidence, key=lambda item: -text.strength(item)) for _, evidence in groups]
    for place in range(max(map(len, ranked), default=0)):
        for (title, _), items in zip(groups, ranked, strict=True):
            if place < len(items) and (items[place].frame in captions or len(captions) < MOST_FRAMES):
                item = items[place]
                times[item.frame] = item.time_s
                captions.setdefault(item.frame, []).append(f"{title}: {text.quantity(item)}. {item.why[:1].upper()}{item.why[1:].rstrip('.')}.")
    if not captions:
        return bottom_frames(report)[:MOST_FRAMES]
    return tuple(KeyFrame(frame, times[frame], _rep_of(report, frame), tuple(captions[frame])) for frame in sorted(captions))


def bottom_frames(report: Report) -> tuple[KeyFrame, ...]:
    """Return the deepest frame of every rep."""
    motion, segmentation = report.motion, report.segmentation
    if motion is None or segmentation is None:
        return ()
    frames = []
    for rep in segmentation.reps:
        hip, back = motion.hip_flexion, motion.lumbar_flexion
        caption = (
            f"Bottom: hips {text.degrees(float(hip.value_deg[rep.bottom]), float(hip.sd_deg[rep.bottom]))}, "
            f"low back {text.degrees(float(back.value_deg[rep.bottom]), float(back.sd_deg[rep.bottom]), signed=True)}."
        )
        frames.append(KeyFrame(int(motion.frame[rep.bottom]), float(motion.time_s[rep.bottom]), rep.number, (caption,)))
    return tuple(frames)


def _rep_of(report: Report, frame: int) -> int:
    if report.motion is None or report.segmentation is None:
        return 0
    return int(report.segmentation.rep[int(np.argmin(np.abs(report.motion.frame - frame)))])
