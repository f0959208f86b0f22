"""The speed table: `hinge-vision analyze` against the plain loop that one would write first, on clips made on the spot.

    python benchmarks/speed.py [--only 1080p30] [--seconds 60] [--runs 3] [--keep FOLDER]

The plain loop reads every frame with OpenCV and gives it to MediaPipe's landmarker in VIDEO mode: whole frame, no mask, one
thread. It finds landmarks and nothing more. `analyze --no-video` does everything but the annotated video. Both run as
processes of their own, in turn. After each turn every stage is timed by itself, in CPU time, on all cores at
once; the limit is the CPU time of decoding (for the survey, the analysis and the evidence pictures) and inference spread over all cores. Ratios are the medians of each turn's own. What cannot be given
to a stage is the rest: start-up, crops, measuring, judging, writing.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "sample_videos" / "deadlift_neutral.mp4"
# Name: width, height, frames per second, Mbit/s. Upright, as phones are held, and compressed about as they do.
CLIPS = {"720p30": (720, 1280, 30, 9), "1080p30": (1080, 1920, 30, 16), "1080p60": (1080, 1920, 60, 24)}


def make_clip(path: Path, name: str, seconds: int) -> None:
    """Play a sample to and fro, enlarged, with a sensor's noise; a key frame a second, as phones record."""
    import av
    import cv2
    import numpy as np

    width, height, fps, mbit_s = CLIPS[name]
    capture = cv2.VideoCapture(str(SAMPLE))
    frames = []
    while (read := capture.read())[0]:
        frames.append(read[1])
    scale = min(width / frames[0].shape[1], height / frames[0].shape[0])
    inner = round(frames[0].shape[1] * scale), round(frames[0].shape[0] * scale)
    left, top = (width - inner[0]) // 2, (height - inner[1]) // 2
    rng = np.random.default_rng(0)
    noise = [np.repeat(rng.normal(0, 5, (height, width, 1)).astype(np.int8), 3, axis=2) for _ in range(4)]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps, options={"preset": "veryfast", "g": str(fps)})
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = width, height, "yuv420p", mbit_s * 1_000_000
        for index in range(seconds * fps):
            source = index * 30 // fps % (2 * len(frames))
            image = cv2.resize(frames[min(source, 2 * len(frames) - 1 - source)], inner, interpolation=cv2.INTER_CUBIC)
            image = cv2.copyMakeBorder(image, top, height - inner[1] - top, left, width - inner[0] - left, cv2.BORDER_REPLICATE)
            image = cv2.add(image, noise[index % 4], dtype=cv2.CV_8U)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode(None))


def plain_loop(clip: Path) -> None:
    """What a user would write instead."""
    import cv2
    import mediapipe as mp
    from mediapipe.tasks.python import BaseOptions
    from mediapipe.tasks.python.vision import PoseLandmarker, PoseLandmarkerOptions, RunningMode

    from hinge_vision.pose.model import default_model_path

    options = PoseLandmarkerOptions(base_options=BaseOptions(model_asset_path=str(default_model_path())), running_mode=RunningMode.VIDEO)
    capture = cv2.VideoCapture(str(clip))
    fps = capture.get(cv2.CAP_PROP_FPS)
    found = []
    with PoseLandmarker.create_from_options(options) as landmarker:
        while (read := capture.read())[0]:
            image = mp.Image(image_format=mp.ImageFormat.SRGB, data=cv2.cvtColor(read[1], cv2.COLOR_BGR2RGB))
            found.append(landmarker.detect_for_video(image, round(1000 * len(found) / fps)).pose_landmarks)


def stages(clip: Path, table: Path) -> dict[str, float]:
    """Return the CPU time of each stage alone: all decoding together, the others in ms per frame; and how often each is done.

    Decoded is for the survey, for the analysis and on the way to the evidence pictures. `table` is the `frames.csv` of a run: its frames are the
    ones that are analysed, the pictures beside it the evidence.
    """
    import cv2

    from hinge_vision.pose import pipeline
    from hinge_vision.pose.crop import CropPath, View
    from hinge_vision.pose.joints import middle
    from hinge_vision.pose.landmarker import Landmarker
    from hinge_vision.pose.model import default_model_path
    from hinge_vision.pose.stature import stature_px
    from hinge_vision.pose.survey import facing_of, follow
    from hinge_vision.report.names import PICTURE_NAMES, PICTURES
    from hinge_vision.spine.outline import dorsal_outline, mask_contour
    from hinge_vision.video.reader import ClipReader

    def cpu_ms(work: Callable[[Any], object], items: Iterable[Any]) -> float:
        start = time.process_time()
        items = list(items)
        for item in items:
            work(item)
        return 1000 * (time.process_time() - start) / len(items)

    with table.open(newline="") as file:
        chosen = {int(row["frame"]) for row in csv.DictReader(file)}
    start = time.process_time()
    with ClipReader(clip, rate_hz=pipeline.SURVEY_RATE_HZ, glance=True) as reader:
        looks = sum(1 for _ in reader)
        frames = reader.info.frames
    survey_s = time.process_time() - start
    start = time.process_time()
    with ClipReader(clip) as reader:
        analysed = sum(1 for _ in reader.frames(lambda number, _: number in chosen))
    pictures = [int(path.stem.removeprefix("frame_")) for path in (table.parent / PICTURES).glob(PICTURE_NAMES)]
    with ClipReader(clip) as reader:
        for _ in reader.pick(pictures):
            pass
    decode_s = survey_s + time.process_time() - start
    with ClipReader(clip, rate_hz=5.0, end_s=8.0) as reader:
        sample = list(reader)
    glances = [cv2.resize(frame.image, None, fx=640 / max(frame.image.shape), fy=640 / max(frame.image.shape)) for frame in sample]
    with Landmarker(default_model_path(), people=3, masks=False) as landmarker:
        landmarker.find(glances[0])
        look_ms = cpu_ms(landmarker.find, glances)
        lifter = follow((frame.time_s, landmarker.find(frame.image)) for frame in sample)[0]
    crops = CropPath.around(lifter.time_s, lifter.boxes_px)
    resize_ms = cpu_ms(lambda frame: View.of(frame, crops), sample)
    views = [View.of(frame, crops) for frame in sample]
    cuts = [view.cut(*crops.at(view.time_s)) for view in views]
    with Landmarker(default_model_path()) as landmarker:
        landmarker.find(cuts[0][0])
        inference_ms = cpu_ms(landmarker.find, [crop for crop, _, _ in cuts])
        people = [(landmarker.find(crop)[0], scale) for crop, scale, _ in cuts]
    facing, size_px = facing_of(lifter), stature_px(lifter.landmarks, lifter.time_s)

    def trace(found: Any) -> None:
        person, scale = found
        shoulder, hip = middle(person.landmarks, "SHOULDER"), middle(person.landmarks, "HIP")
        assert dorsal_outline(mask_contour(person.mask), shoulder, hip, facing, size_px * scale) is not None

    outline_ms = cpu_ms(trace, people)
    return {
        "frames": frames,
        "analysed": analysed,
        "looks": looks,
        "decode_s": decode_s,
        "resize_ms": resize_ms,
        "look_ms": look_ms,
        "inference_ms": inference_ms,
        "outline_ms": outline_ms,
    }


def stages_on_all_cores(clip: Path, table: Path, cores: int) -> dict[str, float]:
    """Return the mean of `stages` in as many processes at once as there are cores: a busy neighbour makes every core slower, as it does in `analyze`."""
    command = [sys.executable, __file__, "--stages", str(clip), "--table", str(table)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT, env=environment) for _ in range(cores)]
    costs = [json.loads(process.communicate()[0].splitlines()[-1]) for process in processes]
    return {name: sum(cost[name] for cost in costs) / cores for name in costs[0]}


@dataclass(frozen=True)
class Run:
    """What one process cost."""

    wall_s: float
    cpu_s: float
    rss_mb: float


def run(*arguments: str | Path) -> Run:
    """Run this Python with arguments, alone."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *map(str, arguments)], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 4):
        sys.exit(f"{' '.join(map(str, arguments))} ended with {process.returncode}")
    return Run(wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2))


def median_run(runs: list[Run]) -> Run:
    """Return the medians of several runs."""
    return Run(median(r.wall_s for r in runs), median(r.cpu_s for r in runs), median(r.rss_mb for r in runs))


def report(name: str, clip: Path, out: Path, runs: int, with_video: bool) -> None:
    """Measure one clip and print its part of the table."""
    cores = os.cpu_count() or 1
    plain_runs, ours_runs, video_runs, costs = [], [], [], []
    for _ in range(runs):
        plain_runs.append(run(__file__, "--plain", clip))
        ours_runs.append(run("-m", "hinge_vision", "analyze", clip, "-o", out, "--no-video", "-q"))
        costs.append(stages_on_all_cores(clip, out / clip.stem / "frames.csv", cores))
        if with_video:
            video_runs.append(run("-m", "hinge_vision", "analyze", clip, "-o", out, "-q"))
    plain, ours = median_run(plain_runs), median_run(ours_runs)
    # a machine that others use is quick one minute and slow the next: what is compared was measured next to each other
    shares = [spent(cost) for cost in costs]
    limits_s = [(share["decode"] + share["inference"]) / cores for share in shares]
    against_limit = median(one.wall_s / limit_s for one, limit_s in zip(ours_runs, limits_s, strict=True))
    neither_pct = median(100 * (1 - cores * limit_s / one.cpu_s) for one, limit_s in zip(ours_runs, limits_s, strict=True))
    frames, analysed = round(costs[0]["frames"]), round(costs[0]["analysed"])
    seconds = frames / CLIPS[name][2]
    stage_s = {stage: median(share[stage] for share in shares) for stage in shares[0]}
    stage_s["rest"] = median(one.cpu_s - sum(share.values()) for one, share in zip(ours_runs, shares, strict=True))
    size_mb = clip.stat().st_size / 1e6
    print(f"\n{name}: {frames} frames, {seconds:.0f} s, {8 * size_mb / seconds:.1f} Mbit/s; {cores} cores; medians of {runs}")
    print(f"  {'':24s} {'wall s':>7s} {'CPU s':>7s} {'frames/s':>9s} {'x real time':>12s} {'RSS MB':>7s}")
    rows = [("plain loop", plain), ("analyze --no-video", ours)] + ([("analyze, with video", median_run(video_runs))] if video_runs else [])
    for label, one in rows:
        print(f"  {label:24s} {one.wall_s:7.1f} {one.cpu_s:7.1f} {frames / one.wall_s:9.1f} {seconds / one.wall_s:12.2f} {one.rss_mb:7.0f}")
    print(f"  faster than the plain loop: {median(slow.wall_s / quick.wall_s for slow, quick in zip(plain_runs, ours_runs, strict=True)):.2f} x")
    print(f"  CPU per analysed frame ({analysed} of them), ms: " + ", ".join(f"{stage} {1000 * value / analysed:.1f}" for stage, value in stage_s.items()))
    print(f"  wall against the limit of {median(limits_s):.1f} s: {against_limit:.2f}")
    print(f"  neither decoding nor inference: {neither_pct:.1f} % of CPU")
    if video_runs:
        added_pct = median(100 * (video.wall_s / one.wall_s - 1) for video, one in zip(video_runs, ours_runs, strict=True))
        print(f"  the annotated video adds {added_pct:.0f} % of wall time")
    sys.stdout.flush()


def spent(cost: dict[str, float]) -> dict[str, float]:
    """Return the CPU time, in seconds, of each stage over a whole clip, from what `stages` measured."""
    looks, analysed = cost["looks"], cost["analysed"]
    return {
        "decode": cost["decode_s"],
        "resize": (analysed + looks) * cost["resize_ms"] / 1000,
        "inference": (analysed * cost["inference_ms"] + looks * cost["look_ms"]) / 1000,
        "outline": analysed * cost["outline_ms"] / 1000,
    }


def start_up(runs: int) -> None:
    """Time a clip of a tenth of a second from the command to the end of the process, and the import of what a plain loop needs."""
    with tempfile.TemporaryDirectory() as folder:
        once = [run("-m", "hinge_vision", "analyze", SAMPLE, "-o", folder, "--no-video", "-q", "--end", "0.1") for _ in range(runs)]
    imports = [run("-c", "import cv2, mediapipe") for _ in range(runs)]
    print(f"\nstart-up: analyze of three frames, from command to report, {median_run(once).wall_s:.2f} s; importing OpenCV and MediaPipe alone {median_run(imports).wall_s:.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=CLIPS, help="one of the clips")
    parser.add_argument("--seconds", type=int, default=60, help="length of the clips (default 60)")
    parser.add_argument("--runs", type=int, default=3, help="runs of each (default 3)")
    parser.add_argument("--video", action=argparse.BooleanOptionalAction, default=True, help="time the annotated video too")
    parser.add_argument("--keep", type=Path, help="keep the clips here and use them again")
    parser.add_argument("--plain", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--stages", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--table", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.plain is not None:
        plain_loop(arguments.plain)
        return
    if arguments.stages is not None:
        print(json.dumps(stages(arguments.stages, arguments.table)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for name in [arguments.only] if arguments.only else CLIPS:
            clip = folder / f"{name}_{arguments.seconds}s.mp4"
            if not clip.exists():
                make_clip(clip, name, arguments.seconds)
            report(name, clip, Path(temporary) / "out", arguments.runs, arguments.video)
        start_up(arguments.runs)


if __name__ == "__main__":
    main()
