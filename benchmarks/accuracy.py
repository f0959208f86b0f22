"""The accuracy table: the real pipeline over a folder of clips whose angles are known.

    python benchmarks/accuracy.py [FOLDER] [--from-bottom] [--tracks FOLDER] [--plot FILE]

FOLDER holds NAME.mp4 with NAME.csv (truth per frame) beside it and, if there, NAME.json (how it was made). `--tracks` keeps
the pose tracks, so that a second run with another measurement needs no inference. `--from-bottom` starts each clip at the bottom of its first
rep, so that nobody stands before it and the zero has to be taken at the lockout.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from training.truth import TRUTH

from hinge_vision.analysis import current_versions, report_of
from hinge_vision.arrays import BoolArray, FloatArray
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.pose.pipeline import track_clip
from hinge_vision.pose.track import Landmark, PoseTrack
from hinge_vision.report.model import Report
from hinge_vision.report.track_file import load_track, track_bytes
from hinge_vision.settings import Settings, ahead_sign
from hinge_vision.spine.dowel import GAPS
from hinge_vision.video.quiet import native_stderr

SAMPLES = Path(__file__).resolve().parents[1] / "sample_videos"
# So much before its deepest moment a clip starts at the bottom, s: that it was the deepest is then seen.
BEFORE_BOTTOM_S = 0.2
# What keypoint tools read off raw landmarks.
NAIVE = {"trunk_inclination": "trunk_incl_hip_shoulder_deg", "hip_line": "hip_line_deg", "knee_flexion": "knee_flexion_deg"}
FAULTS = ("coupled_flexion", "overextension", "limited_range")


@dataclass(frozen=True)
class Result:
    """One clip: per angle the signed errors (N,) and standard errors (N,), and what was counted."""

    name: str
    yaw_deg: float
    plate_m: float
    errors_deg: dict[str, FloatArray]
    sd_deg: dict[str, FloatArray]
    truth_deg: dict[str, FloatArray]
    naive_deg: dict[str, FloatArray]
    gap_errors_pct: dict[str, FloatArray]
    depth: BoolArray
    lockout: BoolArray
    reps: tuple[float, float]
    said: frozenset[str]
    must: frozenset[str]
    clean: bool
    judged: bool


def read_truth(path: Path) -> dict[str, FloatArray]:
    """Return the numeric columns of a truth file, and `lockout` as 0/1."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    columns = {name: np.array([float(row[name]) for row in rows]) for name in rows[0] if name != "phase"}
    columns["lockout"] = np.array([float(row["phase"] == "lockout") for row in rows])
    return columns


def bottom_s(clip: Path) -> float:
    """Return when a clip's first rep is at its bottom, less `BEFORE_BOTTOM_S`."""
    truth = read_truth(clip.with_suffix(".csv"))
    hip = truth["hip_flexion_deg"]
    return max(0.0, float(truth["time_s"][np.argmax(hip > 0.97 * hip.max())]) - BEFORE_BOTTOM_S)


def run(clip: Path, tracks: Path | None, settings: Settings) -> Report:
    """Analyse a clip, from its stored track where there is one."""
    stored = None if tracks is None else tracks / f"{clip.stem}.npz"
    if stored is not None and stored.exists():
        kept = load_track(stored)
        return report_of(kept.track.clip, kept.track, settings, kept.versions, Thresholds())
    with native_stderr(False):
        versions = current_versions(settings)
        info, track = track_clip(clip, settings)
    if stored is not None and track is not None:
        stored.parent.mkdir(parents=True, exist_ok=True)
        stored.write_bytes(track_bytes(track, settings, versions))
    return report_of(info, track, settings, versions, Thresholds())


def compare(clip: Path, report: Report) -> Result:
    """Hold a report against its clip's truth."""
    truth = read_truth(clip.with_suffix(".csv"))
    made = json.loads(clip.with_suffix(".json").read_text())["args"] if clip.with_suffix(".json").exists() else {}
    motion, track = report.motion, report.track
    rows = np.arange(len(truth["frame"])) if motion is None else motion.frame
    true = {name: truth[column][rows] for name, column in TRUTH.items()}
    if motion is None or track is None:
        missing = np.full(len(rows), np.nan)
        errors, sds, naive, gaps = dict.fromkeys(TRUTH, missing), dict.fromkeys(TRUTH, missing), dict.fromkeys(NAIVE, missing), dict.fromkeys(GAPS, missing)
    else:
        errors = {name: getattr(motion, name).value_deg - true[name] for name in TRUTH}
        sds = {name: getattr(motion, name).sd_deg for name in TRUTH}
        naive = {name: naive_deg(track, name) - truth[column][rows] for name, column in NAIVE.items()}
        wanted = true_gaps_pct(truth, track.facing == "right")
        gaps = {name: getattr(motion.dowel, name) - wanted[name][rows] for name in GAPS}
    hip = true["hip_flexion"]
    must, clean = true_faults(truth, clip.stem)
    return Result(
        name=clip.stem,
        yaw_deg=abs(float(made.get("yaw", np.nan))),
        plate_m=float(made.get("plate") or 0.0) if made.get("imp") in (None, "bar") else 0.0,
        errors_deg=errors,
        sd_deg=sds,
        truth_deg=true,
        naive_deg=naive,
        gap_errors_pct=gaps,
        depth=hip > 0.9 * hip.max(),
        lockout=truth["lockout"][rows] > 0,
        reps=(float(len(report.judgement.measures)), float(len(set(truth["rep"][(truth["depth"] > 0.9) & (truth["frame"] >= rows[0])])))),
        said=frozenset(finding.fault for finding in report.judgement.findings),
        must=must,
        clean=clean,
        judged=report.judgement.quality.judgeable,
    )


def true_faults(truth: dict[str, FloatArray], name: str) -> tuple[frozenset[str], bool]:
    """Return the faults that must be found, and whether none of the three may be claimed. What lies between is left open."""
    lumbar, hip = truth["lumbar_flexion_deg"], truth["hip_flexion_deg"]
    deep = hip > 0.95 * hip.max()
    gaps = true_gaps_pct(truth, True) if _faces_right(truth) else true_gaps_pct(truth, False)
    at_depth = float(np.median(lumbar[deep]))
    past_chord = float(np.median(gaps["sacral_gap_pct"][deep])) > 1.0
    must = set()
    if at_depth >= 40 or (at_depth >= 30 and past_chord):
        must.add("coupled_flexion")
    if at_depth <= -14 or (truth["lockout"].any() and lumbar[truth["lockout"] > 0].min() <= -14):
        must.add("overextension")
    if hip.max() < 55 and "swing" not in name:
        must.add("limited_range")
    return frozenset(must), bool(lumbar.min() >= -5 and lumbar.max() <= 12 and hip.max() >= 80)


def _faces_right(truth: dict[str, FloatArray]) -> bool:
    return bool(np.median(truth["nose_x"] - truth["ear_x"]) > 0)


def true_gaps_pct(truth: dict[str, FloatArray], faces_right: bool) -> dict[str, FloatArray]:
    """Lay the dowel on the true skin points (the back between them taken as straight)."""
    points = {name: np.stack([truth[f"skin_{name}_x"], truth[f"skin_{name}_y"]], axis=1) for name in ("SI", "L3", "T12", "T8", "C7", "headback")}
    axis = points["T8"] - points["SI"]
    axis = axis / np.linalg.norm(axis, axis=1, keepdims=True)
    rear = np.stack([axis[:, 1], -axis[:, 0]], axis=1) * (1.0 if faces_right else -1.0)
    depth = {name: np.einsum("nd,nd->n", values - points["SI"], rear) for name, values in points.items()}
    touching = np.max([depth[name] for name in ("SI", "L3", "T12", "T8", "C7")], axis=0)
    unit = np.linalg.norm(points["C7"][0] - points["SI"][0]) / 100
    low = np.min([depth[name] for name in ("SI", "L3", "T12")], axis=0)
    return {
        "sacral_gap_pct": touching / unit,
        "thoracic_gap_pct": (touching - depth["T8"]) / unit,
        "head_gap_pct": (touching - depth["headback"]) / unit,
        "low_back_gap_pct": (touching - low) / unit,
    }


def naive_deg(track: PoseTrack, name: str) -> FloatArray:
    """Return the angle as keypoint tools read it: straight lines between the near side's landmarks."""

    def near(joint: str) -> FloatArray:
        return track.landmarks[:, Landmark[f"{track.near_side}_{joint}"], :2]

    def lean(lower: FloatArray, upper: FloatArray) -> FloatArray:
        forward = (upper - lower)[:, 0] * ahead_sign(track.facing)
        return np.degrees(np.arctan2(forward, -(upper - lower)[:, 1]))

    thigh = lean(near("KNEE"), near("HIP"))
    if name == "trunk_inclination":
        return lean(near("HIP"), near("SHOULDER"))
    if name == "hip_line":
        return lean(near("HIP"), near("SHOULDER")) - thigh
    knee = lean(near("ANKLE"), near("KNEE")) - thigh
    return knee - np.nanmedian(knee[: max(1, len(knee) // 20)])


def mean_error(values: FloatArray) -> float:
    """Mean absolute value of what was measured."""
    return float(np.nanmean(np.abs(values))) if np.isfinite(values).any() else float("nan")


def clip_table(results: list[Result]) -> None:
    """Print one line per clip."""
    print("mean absolute error per clip, deg; lumbar also as bias at depth and at lockout")
    print(f"{'clip':24s} yaw plate " + " ".join(f"{name.removesuffix('_flexion').removesuffix('_tilt').removesuffix('_inclination'):>8s}" for name in TRUTH) + "    depth  lockout measured  reps  faults said (must)")
    for result in results:
        lumbar = result.errors_deg["lumbar_flexion"]
        cells = " ".join(f"{mean_error(result.errors_deg[name]):8.1f}" for name in TRUTH)
        depth = float(np.nanmean(lumbar[result.depth])) if np.isfinite(lumbar[result.depth]).any() else float("nan")
        lockout = float(np.nanmean(lumbar[result.lockout])) if np.isfinite(lumbar[result.lockout]).any() else float("nan")
        said = ", ".join(sorted(result.said)) or "none"
        said += "" if result.judged else " (declined)"
        must = ", ".join(sorted(result.must)) or ("none" if result.clean else "open")
        print(
            f"{result.name:24s} {result.yaw_deg:3.0f} {result.plate_m:5.2f} {cells} {depth:8.1f} {lockout:8.1f} "
            f"{np.isfinite(lumbar).mean():8.2f} {result.reps[0]:3.0f}/{result.reps[1]:.0f}  {said} ({must})"
        )


def overall_table(results: list[Result]) -> None:
    """Print one line per angle over all clips."""
    print("\nover all clips, deg")
    print(f"{'angle':20s} {'MAE':>6s} {'worst clip':>11s} {'unmeasured=0':>13s} {'bias':>6s} {'p95':>6s} {'depth':>6s} {'lockout':>8s} {'in 1 sd':>8s} {'in 2 sd':>8s} {'naive MAE':>10s} {'worst':>6s}")
    for name in TRUTH:
        errors = np.concatenate([result.errors_deg[name] for result in results])
        sds = np.concatenate([result.sd_deg[name] for result in results])
        per_clip = [mean_error(result.errors_deg[name]) for result in results]
        # an unmeasured frame counts as if the angle had stood at its standing value
        filled = np.concatenate([np.where(np.isnan(result.errors_deg[name]), -result.truth_deg[name], result.errors_deg[name]) for result in results])
        depth = np.concatenate([result.errors_deg[name][result.depth] for result in results])
        lockout = np.concatenate([result.errors_deg[name][result.lockout] for result in results])
        known = np.isfinite(errors)
        within = np.abs(errors[known]) / sds[known]
        naive = [mean_error(result.naive_deg[name]) for result in results] if name in NAIVE else [float("nan")]
        print(
            f"{name:20s} {np.nanmean(per_clip):6.2f} {np.nanmax(per_clip):11.1f} {np.abs(filled).mean():13.2f} {np.nanmean(errors):6.1f} "
            f"{np.nanpercentile(np.abs(errors), 95):6.1f} {mean_error(depth):6.1f} {mean_error(lockout):8.1f} {(within <= 1).mean():8.2f} "
            f"{(within <= 2).mean():8.2f} {np.mean(naive):10.1f} {np.max(naive):6.1f}"
        )


def coverage_table(results: list[Result]) -> None:
    """Print how often the lumbar error lies within one and two standard errors, by circumstance."""
    print("\nlumbar standard errors: share of errors within one and two, by circumstance")
    groups: dict[str, list[tuple[FloatArray, FloatArray]]] = {}
    for result in results:
        errors, sds = result.errors_deg["lumbar_flexion"], result.sd_deg["lumbar_flexion"]
        groups.setdefault("yaw below 5 deg" if result.yaw_deg < 5 else "yaw 5 deg and more", []).append((errors, sds))
        groups.setdefault("plate over 0.2 m" if result.plate_m > 0.2 else "smaller or no plate", []).append((errors, sds))
        groups.setdefault("at depth", []).append((errors[result.depth], sds[result.depth]))
        groups.setdefault("elsewhere", []).append((errors[~result.depth], sds[~result.depth]))
    for name in sorted(groups):
        errors = np.concatenate([part[0] for part in groups[name]])
        sds = np.concatenate([part[1] for part in groups[name]])
        known = np.isfinite(errors)
        within = np.abs(errors[known]) / sds[known]
        print(f"  {name:22s} {(within <= 1).mean():.2f} {(within <= 2).mean():.2f}   mean error {np.abs(errors[known]).mean():.1f}, mean standard error {sds[known].mean():.1f}")


def verdict_table(results: list[Result]) -> None:
    """Print the dowel's errors, and reps and faults found against true."""
    print("\ndowel gaps against the true skin points, % of SI-C7: mean absolute error")
    for name in GAPS:
        print(f"  {name:18s} {mean_error(np.concatenate([result.gap_errors_pct[name] for result in results])):.2f}")
    exact = sum(result.reps[0] == result.reps[1] for result in results)
    print(f"\nreps exact in {exact} of {len(results)} clips; judged {sum(result.judged for result in results)} of {len(results)}")
    for fault in FAULTS:
        must = [result for result in results if fault in result.must]
        print(f"  {fault:18s} found in {sum(fault in result.said for result in must)} of {len(must)} clips that must show it")
    clean = [result for result in results if result.clean]
    print(f"  any fault claimed in {sum(bool(result.said) for result in clean)} of {len(clean)} clean clips")


def plot(results: list[Result], path: Path) -> None:
    """Draw estimate against truth for lumbar and hip flexion."""
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    figure = make_subplots(1, 2, subplot_titles=("lumbar flexion", "hip flexion"))
    for column, name in enumerate(("lumbar_flexion", "hip_flexion"), start=1):
        for result in results:
            true = result.truth_deg[name]
            figure.add_trace(
                go.Scatter(x=true, y=true + result.errors_deg[name], mode="lines", name=result.name, showlegend=column == 1, legendgroup=result.name), 1, column
            )
        ends = [min(float(result.truth_deg[name].min()) for result in results), max(float(result.truth_deg[name].max()) for result in results)]
        figure.add_trace(go.Scatter(x=ends, y=ends, mode="lines", line={"color": "gray", "dash": "dash"}, showlegend=False), 1, column)
        figure.update_xaxes(title_text="true, deg", row=1, col=column)
    figure.update_yaxes(title_text="measured, deg", row=1, col=1)
    figure.write_html(path, include_plotlyjs=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=SAMPLES, help="clips with truth (default: sample_videos)")
    parser.add_argument("--from-bottom", action="store_true", help="start each clip at the bottom of its first rep")
    parser.add_argument("--tracks", type=Path, help="keep pose tracks here and use them again")
    parser.add_argument("--plot", type=Path, help="write estimate against truth as HTML")
    arguments = parser.parse_args()
    clips = sorted(path for path in arguments.folder.glob("*.mp4") if path.with_suffix(".csv").exists())
    if not clips:
        sys.exit(f"{arguments.folder}: no clip with truth (NAME.mp4 with NAME.csv) in this folder")
    results = [
        compare(clip, run(clip, arguments.tracks, Settings(start_s=bottom_s(clip)) if arguments.from_bottom else Settings())) for clip in clips
    ]
    clip_table(results)
    overall_table(results)
    coverage_table(results)
    verdict_table(results)
    if arguments.plot is not None:
        plot(results, arguments.plot)


if __name__ == "__main__":
    main()
