"""Reports built from a rendered clip's truth file, so that the report's tests need no pose model.

Truth joints stand in for landmarks, a spline through the skin points for the dorsal outline, and the truth angles for the
measured ones; the judgement is made by a few plain rules. Nothing here is used outside tests.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
from scipy.interpolate import CubicSpline

from hinge_vision.arrays import FloatArray
from hinge_vision.findings.model import Drill, Evidence, Fault, Finding, Judgement, Quality, Reason, RepMeasures
from hinge_vision.kinematics.motion import Angle, Baseline, Motion
from hinge_vision.kinematics.reps import Rep, Segmentation
from hinge_vision.pose.track import Landmark, PoseTrack
from hinge_vision.report.model import Report, Versions
from hinge_vision.settings import Settings
from hinge_vision.spine.dowel import Dowel
from hinge_vision.spine.outline import OUTLINE_POINTS
from hinge_vision.video.clip_info import ClipInfo

SAMPLES = Path(__file__).resolve().parents[1] / "sample_videos"
DRILLS = (
    Drill(
        "forefoot elevated toe touch",
        15,
        "1-1-0",
        "Think of being pulled back at the hips while the spine stays neutral.",
        "The low back rounded together with the hips.",
    ),
    Drill(
        "tall kneeling KB hip hinge",
        None,
        None,
        "Butt to heels, spine neutral.",
        "It loads the new pattern; kneeling takes the hamstrings out of it.",
    ),
)
VERSIONS = Versions("0.1.0", "0.10.21", "4.11.0", "0" * 64)


def read_truth(path: Path) -> dict[str, np.ndarray]:
    """Return the columns of a truth file: numbers as float, `phase` as str."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([row[name] for row in rows], dtype=str if name == "phase" else float) for name in rows[0]}


def report_from_truth(csv_path: Path, width_px: int = 540, height_px: int = 720) -> Report:
    """Build a judged report of the clip whose truth is at `csv_path`."""
    truth = read_truth(csv_path)
    track = _track(truth, ClipInfo(csv_path.stem + ".mp4", width_px, height_px, 30.0, len(truth["frame"]) / 30.0, len(truth["frame"]), "h264"))
    motion = _motion(truth, track)
    segmentation = _segmentation(truth)
    return Report(
        clip=track.clip,
        exercise="deadlift",
        facing=track.facing,
        settings=Settings(),
        versions=VERSIONS,
        judgement=_judgement(motion, segmentation),
        segmentation=segmentation,
        motion=motion,
        track=track,
        accuracy="rendered clips: 2 deg mean error in lumbar flexion",
    )


def declined_report(name: str = "walking.mp4") -> Report:
    """Build the report of a clip in which nothing could be judged."""
    quality = Quality(False, (Reason("no_hinge", "No hip hinge was seen in this clip.", "Film two or more hinges from the side."),), 0.0)
    return Report(
        clip=ClipInfo(name, 540, 720, 30.0, 4.0, 120, "h264"),
        exercise=None,
        facing=None,
        settings=Settings(),
        versions=VERSIONS,
        judgement=Judgement((), (), (), (), (), quality),
    )


def with_hole(report: Report, rows: slice) -> Report:
    """Return the report with nothing measured in `rows`."""
    assert report.motion is not None

    def holed(values: FloatArray) -> FloatArray:
        values = values.copy()
        values[rows] = np.nan
        return values

    angles = {name.removesuffix("_deg"): Angle(holed(angle.value_deg), holed(angle.sd_deg)) for name, angle in report.motion.angles()}
    dowel = Dowel(**{name: holed(getattr(report.motion.dowel, name)) for name in Dowel.__dataclass_fields__})
    return replace(report, motion=replace(report.motion, dowel=dowel, yaw_deg=holed(report.motion.yaw_deg), **angles))


def _points(truth: dict[str, np.ndarray], name: str) -> FloatArray:
    return np.stack([truth[f"{name}_x"], truth[f"{name}_y"]], axis=-1)


def _track(truth: dict[str, np.ndarray], clip: ClipInfo) -> PoseTrack:
    frames = len(truth["frame"])
    facing = "right" if np.median(truth["nose_x"] - truth["ear_x"]) > 0 else "left"
    forward = 1.0 if facing == "right" else -1.0
    near, far = ("RIGHT", "LEFT") if facing == "right" else ("LEFT", "RIGHT")
    stature = float(np.nanmax(truth["ankle_y"] - truth["skin_headback_y"])) * 1.08
    landmarks = np.full((frames, 33, 4), np.nan)
    for joint in ("SHOULDER", "ELBOW", "WRIST", "HIP", "KNEE", "ANKLE", "EAR"):
        landmarks[:, Landmark[f"{near}_{joint}"], :2] = _points(truth, joint.lower())
        if f"{joint.lower()}_far_x" in truth:
            landmarks[:, Landmark[f"{far}_{joint}"], :2] = _points(truth, f"{joint.lower()}_far")
    ankle = _points(truth, "ankle")
    landmarks[:, Landmark[f"{near}_HEEL"], :2] = ankle + np.array([-0.03 * stature * forward, 0.04 * stature])
    landmarks[:, Landmark[f"{near}_FOOT_INDEX"], :2] = ankle + np.array([0.10 * stature * forward, 0.04 * stature])
    landmarks[:, Landmark.NOSE, :2] = _points(truth, "nose")
    landmarks[:, :, 2] = 0.0
    landmarks[:, :, 3] = 1.0
    return PoseTrack(
        clip=clip,
        facing=facing,  # type: ignore[arg-type]
        frame=truth["frame"].astype(np.int64),
        time_s=truth["time_s"],
        landmarks=landmarks,
        world_landmarks=np.full((frames, 33, 3), np.nan),
        outline=_outline(truth, forward, stature),
        outline_origin=np.full(frames, 8.0),
        stature_px=stature,
    )


def _outline(truth: dict[str, np.ndarray], forward: float, stature: float) -> FloatArray:
    hip, knee = _points(truth, "hip"), _points(truth, "knee")
    thigh = (knee - hip) / np.linalg.norm(knee - hip, axis=1, keepdims=True)
    rear = np.stack([-thigh[:, 1], thigh[:, 0]], axis=-1) * forward
    rear *= np.where(rear[:, :1] * forward > 0, -1.0, 1.0)
    knots = [_points(truth, f"skin_{name}") for name in ("C7", "T8", "T12", "L3", "SI")]
    knots += [hip + rear * 0.08 * stature, hip + thigh * 0.12 * stature + rear * 0.055 * stature]
    outline = np.empty((len(hip), OUTLINE_POINTS, 2))
    for row, points in enumerate(np.stack(knots, axis=1)):
        along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
        outline[row] = CubicSpline(along, points)(np.linspace(0.0, along[-1], OUTLINE_POINTS))
    return outline


def _motion(truth: dict[str, np.ndarray], track: PoseTrack) -> Motion:
    frames = len(track.frame)

    def angle(column: str, sd_deg: float, relative: bool = True) -> Angle:
        values = truth[column] - (truth[column][0] if relative else 0.0)
        return Angle(values, np.full(frames, sd_deg))

    dowel = _dowel(truth, track)
    return Motion(
        frame=track.frame,
        time_s=track.time_s,
        hip_flexion=angle("hip_flexion_deg", 4.0),
        hip_line=angle("hip_line_deg", 3.0, relative=False),
        knee_flexion=angle("knee_flexion_deg", 5.0),
        trunk_inclination=angle("trunk_incl_hip_shoulder_deg", 1.5, relative=False),
        pelvic_tilt=angle("pelvis_tilt_deg", 2.5),
        lumbar_flexion=angle("lumbar_flexion_deg", 3.0),
        thoracic_flexion=angle("thoracic_flexion_deg", 4.0),
        neck_flexion=angle("neck_flexion_deg", 6.0),
        dowel=dowel,
        yaw_deg=np.full(frames, 2.0),
        confidence=np.full(frames, 0.85),
        baseline=Baseline("standing", 1.5, 0.0, 0.5, *(float(values[0]) for _, values in dowel.gaps())),
    )


def _dowel(truth: dict[str, np.ndarray], track: PoseTrack) -> Dowel:
    sacrum, thoracic, nape = (_points(truth, f"skin_{name}") for name in ("SI", "T8", "C7"))
    head, lumbar = _points(truth, "skin_headback"), _points(truth, "skin_L3")
    axis = (thoracic - sacrum) / np.linalg.norm(thoracic - sacrum, axis=1, keepdims=True)
    dorsal = np.stack([axis[:, 1], -axis[:, 0]], axis=-1)
    dorsal *= np.where(dorsal[:1, :1] * (1.0 if track.facing == "right" else -1.0) > 0, -1.0, 1.0)
    back = track.outline[:, :44]
    height = np.einsum("nkd,nd->nk", back - sacrum[:, None], dorsal)
    offset = height.max(axis=1)
    length = np.linalg.norm(nape - sacrum, axis=1)[0] / 100.0

    def gap(point: FloatArray) -> FloatArray:
        return (offset - np.einsum("nd,nd->n", point - sacrum, dorsal)) / length

    foot = sacrum + offset[:, None] * dorsal
    reach = np.einsum("nd,nd->n", head - sacrum, axis)[:, None] * 1.08
    rod = np.stack([foot + reach * axis, foot - 0.12 * reach * axis], axis=1)
    return Dowel(gap(sacrum), gap(thoracic), gap(head), gap(lumbar), rod, sacrum, thoracic, head)


def _segmentation(truth: dict[str, np.ndarray]) -> Segmentation:
    number = truth["rep"].astype(np.int64) + 1
    phase = np.where(truth["phase"] == "top", "stand", truth["phase"])
    reps = []
    for rep in sorted(set(number.tolist()) - {0}):
        rows = np.flatnonzero(number == rep)
        lockout = rows[phase[rows] == "lockout"]
        bottom = rows[np.argmax(truth["hip_flexion_deg"][rows])]
        partial = not np.any(phase[rows] == "down") or lockout.size == 0
        reps.append(Rep(rep, int(rows[0]), int(bottom), int(lockout[0]) if lockout.size else int(rows[-1]), int(rows[-1]), bool(partial)))
    return Segmentation(tuple(reps), number, phase)


def _judgement(motion: Motion, segmentation: Segmentation) -> Judgement:
    measures, evidence = [], {"coupled_flexion": [], "overextension": []}  # type: ignore[var-annotated]
    lumbar, hip = motion.lumbar_flexion.value_deg, motion.hip_flexion.value_deg
    for rep in segmentation.reps:
        rows = slice(rep.start, rep.end + 1)
        at_bottom, sd = float(lumbar[rep.bottom]), 3.0
        faults: tuple[Fault, ...] = ()
        if at_bottom > 25:
            faults = ("coupled_flexion",)
        elif at_bottom < -12:
            faults = ("overextension",)
        for fault in faults:
            why = "low back rounded past its standing shape at the bottom" if at_bottom > 0 else "low back arched past its standing shape"
            evidence[fault].append(
                (rep.number, Evidence("low_back", int(motion.frame[rep.bottom]), float(motion.time_s[rep.bottom]), at_bottom, sd, "deg", 25.0, why))
            )
        measures.append(
            RepMeasures(
                rep=rep.number,
                start_s=float(motion.time_s[rep.start]),
                bottom_s=float(motion.time_s[rep.bottom]),
                end_s=float(motion.time_s[rep.end]),
                partial=rep.partial,
                peak_hip_flexion_deg=float(hip[rows].max()),
                lumbar_at_bottom_deg=at_bottom,
                lumbar_peak_deg=float(lumbar[rows].max()),
                lumbar_at_lockout_deg=float(lumbar[rep.lockout]),
                lumbar_onset_hip_deg=float("nan"),
                low_back_gap_at_bottom_pct=float(motion.dowel.low_back_gap_pct[rep.bottom]),
                faults=faults,
                observations=(),
                confidence=0.85,
            )
        )
    findings = tuple(
        Finding(fault, "marked", tuple(rep for rep, _ in items), tuple(item for _, item in items), 0.85)  # type: ignore[arg-type]
        for fault, items in evidence.items()
        if items
    )
    lost = ("sacral", "thoracic") if any(finding.fault == "coupled_flexion" for finding in findings) else ()
    drills = DRILLS if any(finding.fault == "coupled_flexion" for finding in findings) else DRILLS[::-1] if findings else ()
    return Judgement(tuple(measures), findings, (), lost, drills, Quality(True, (), 1.0))


@cache
def sample_report(name: str) -> Report:
    """Build the report of a sample clip."""
    return report_from_truth(SAMPLES / f"{name}.csv")


def shortened(report: Report, end_s: float) -> Report:
    """Return the report as of an analysis that ended at `end_s`, for tests that encode video."""
    return replace(report, settings=replace(report.settings, end_s=end_s))


def sample_motion(name: str) -> tuple[PoseTrack, Motion]:
    """Track and motion of a sample clip."""
    report = sample_report(name)
    assert report.track is not None
    assert report.motion is not None
    return report.track, report.motion
