"""The frames worth looking at, and what to say under each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hinge_vision.findings.model import Evidence
from hinge_vision.report import text
from hinge_vision.report.model import Report

MOST_FRAMES = 12
"""Evidence frames of one report at most: the page is read on a phone, and each frame costs the decoding of half a second of the clip."""

MOST_BOTTOMS = 6
"""Bottoms of reps shown at most where nothing was found: they only let the reader check that the lifter was followed."""

SAME_MOMENT_S = 0.25
"""Within this time two pieces of evidence look the same on a picture."""
_Moment = list[tuple[str, Evidence]]


@dataclass(frozen=True)
class KeyFrame:
    """A frame with its number and time in the clip, its rep (0 = none), and a line per thing to be seen in it."""

    frame: int
    time_s: float
    rep: int
    captions: tuple[str, ...]


def key_frames(report: Report) -> tuple[KeyFrame, ...]:
    """Return the evidence frames in order of time; where nothing was found, bottoms of reps, evenly spread from the first to the last.

    Pieces of evidence within `SAME_MOMENT_S` of each other share the frame of the one named first. Where there are more than
    `MOST_FRAMES`, each fault and observation keeps its strongest evidence first.
    """
    judgement = report.judgement
    groups: list[tuple[str, tuple[Evidence, ...]]] = [
        (text.FAULT_TITLES[finding.fault].split(":")[0], finding.evidence) for finding in text.ordered_findings(report)
    ]
    groups += [(text.OBSERVATION_TITLES[observation.name], observation.evidence) for observation in judgement.observations]
    moments = _moments(report, groups)
    if not moments:
        bottoms = bottom_frames(report)
        spread = np.linspace(0, len(bottoms) - 1, min(MOST_BOTTOMS, len(bottoms))).round().astype(int)
        return tuple(bottoms[index] for index in spread)
    strongest_first = sorted(moments, key=lambda moment: -max(text.strength(item) for _, item in moment))
    kept: list[_Moment] = []
    for title, _ in groups:  # one for each fault and observation, before any has a second
        kept += [moment for moment in strongest_first if any(name == title for name, _ in moment) and moment not in kept][:1]
    kept += [moment for moment in strongest_first if moment not in kept]
    return tuple(_key_frame(report, moment) for moment in sorted(kept[:MOST_FRAMES], key=lambda moment: moment[0][1].time_s))


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


def _moments(report: Report, groups: list[tuple[str, tuple[Evidence, ...]]]) -> list[_Moment]:
    moments: list[_Moment] = []
    for title, evidence in groups:
        for item in evidence:
            rep = text.rep_at(report, item.frame)
            for moment in moments:
                first = moment[0][1]
                if abs(first.time_s - item.time_s) <= SAME_MOMENT_S and text.rep_at(report, first.frame) == rep:
                    moment.append((title, item))
                    break
            else:
                moments.append([(title, item)])
    return moments


def _key_frame(report: Report, moment: _Moment) -> KeyFrame:
    first = moment[0][1]
    captions = []
    for title, item in moment:
        elsewhere = "" if item.frame == first.frame else f" at {item.time_s:.2f} s"
        captions.append(f"{title}: {text.quantity(item)}{elsewhere}. {text.why(item)}")
    return KeyFrame(first.frame, first.time_s, text.rep_at(report, first.frame), tuple(captions))
