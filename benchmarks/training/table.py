"""The feature table: what the measured lifters' postures look like to the program, and their truth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from measure_postures import unpack
from numpy.typing import NDArray
from truth import TRUTH

from hinge_vision.arrays import FloatArray
from hinge_vision.pose.feet import standing_ankles_px
from hinge_vision.pose.stature import stature_px
from hinge_vision.pose.track import Landmark, PoseTrack
from hinge_vision.spine.features import POSITIONS, Features, features, outline_at
from hinge_vision.spine.outline import REACH_DOWN, REACH_UP
from hinge_vision.spine.posture_model import yaw_features
from hinge_vision.video.clip_info import ClipInfo

SKIN_COLUMNS = ("headback", "C7", "T8", "T12", "L3", "SI")
# Each lifter is seen as measured and twice more, with the shoulder's place along the outline and his size misjudged a little, his
# feet found in half of the postures, and other clothes.
VARIANTS = 3
ORIGIN_SD, ORIGIN_JITTER_SD, SIZE_SD = 0.008, 0.004, 0.02
# Rendered clothes lie still on the body, real ones stand off it: by this many statures at a fold's crest, in all postures and in each
# by itself. Folds lie between mid-back and thigh, and are this wide (standard deviation of a bell).
FOLDS_PER_BACK = 2
FOLD_SD, FOLD_JITTER_SD = 0.006, 0.003
FOLD_FROM, FOLD_TO = 0.12, 0.44
FOLD_WIDTHS = (0.025, 0.06)
# Fewer usable postures than this make no lifter; the first two, quiet standing, he must have.
_FEWEST = 8
# Quiet stands come first.
STANDS = 2


@dataclass(frozen=True)
class Table:
    """The feature table: per row (lifter, variant, posture) features and truth."""

    lifter: NDArray[np.int64]
    variant: NDArray[np.int64]
    posture: NDArray[np.int64]
    body: FloatArray
    whole: FloatArray
    yaw_features: FloatArray
    truth: FloatArray
    skin: FloatArray
    yaw_deg: FloatArray

    def groups(self) -> dict[tuple[int, int], NDArray[np.int64]]:
        """Return the rows of every lifter and variant, postures in order."""
        order = np.lexsort((self.posture, self.variant, self.lifter))
        keys = np.stack([self.lifter, self.variant], axis=1)[order]
        starts = np.flatnonzero(np.r_[True, (np.diff(keys, axis=0) != 0).any(axis=1)])
        return {(int(keys[start, 0]), int(keys[start, 1])): rows for start, rows in zip(starts, np.split(order, starts[1:]), strict=True)}


def make_table(files: list[Path]) -> Table:
    """Compute the features of all measured lifters in packed files."""
    random = np.random.default_rng(7)
    parts: dict[str, list[FloatArray]] = {name: [] for name in Table.__dataclass_fields__}
    for number, stored in enumerate(lifter for path in files for lifter in unpack(path)):
        count = len(stored["outline_origin"])
        track = track_of(stored)
        truth = np.stack([stored[f"true_{column}"] for column in TRUTH.values()], axis=1)
        points = np.stack([np.stack([stored[f"true_skin_{name}_{axis}"] for axis in "xy"], axis=1) for name in SKIN_COLUMNS], axis=1)
        for variant in range(VARIANTS):
            seen = track if variant == 0 else _misjudged(track, random)
            posture = features(seen) if variant == 0 else _clothed(features(seen), random)
            skin = _positions_of(seen, points)
            good = posture.measured & np.isfinite(skin).all(axis=1) & np.isfinite(posture.whole()).all(axis=1)
            if good.sum() < _FEWEST or not good[:STANDS].any():
                continue
            columns = {
                "lifter": np.full(count, number),
                "variant": np.full(count, variant),
                "posture": np.arange(count),
                "body": posture.body(),
                "whole": posture.whole(),
                "yaw_features": yaw_features(posture),
                "truth": truth,
                "skin": skin,
                "yaw_deg": np.full(count, float(stored["yaw_deg"])),
            }
            for name, values in columns.items():
                parts[name].append(values[good])
    return Table(**{name: np.concatenate(values) for name, values in parts.items()})


def track_of(stored: dict[str, np.ndarray]) -> PoseTrack:
    """Return a measured lifter's postures as if they were a clip: so near in time that his feet are sought in all of them together."""
    count = len(stored["outline_origin"])
    time_s = np.arange(count) / 30.0
    landmarks = stored["landmarks"].astype(float)
    return PoseTrack(
        clip=ClipInfo("postures", 480, 640, 30.0, count / 30, count, "jpeg"),
        facing="right" if str(stored["facing"]) == "right" else "left",
        frame=np.arange(count),
        time_s=time_s,
        landmarks=landmarks,
        world_landmarks=np.full((count, 33, 3), np.nan),
        outline=stored["outline"].astype(float),
        outline_origin=stored["outline_origin"].astype(float),
        stature_px=stature_px(landmarks, time_s),
    )


def _misjudged(track: PoseTrack, random: np.random.Generator) -> PoseTrack:
    per_stature = (track.outline.shape[1] - 1) / (REACH_UP + REACH_DOWN)
    count = len(track.frame)
    shift = random.normal(0, ORIGIN_SD) + random.normal(0, ORIGIN_JITTER_SD, count)
    # the feet are sought in these only: the others lie further off in time than a clip's window reaches
    together = random.random(count) < 0.5
    time_s = np.arange(count) / 30.0
    landmarks = track.landmarks.copy()
    places = standing_ankles_px(landmarks[together], time_s[together])
    found = np.flatnonzero(np.isfinite(places).all(axis=(1, 2)))
    if len(found):
        seen = np.isfinite(landmarks[:, Landmark.LEFT_ANKLE, 0])
        landmarks[seen, Landmark.LEFT_ANKLE, :2], landmarks[seen, Landmark.RIGHT_ANKLE, :2] = places[found[0]]
    return replace(
        track,
        landmarks=landmarks,
        outline_origin=track.outline_origin + per_stature * shift,
        stature_px=stature_px(landmarks, time_s) * (1 + random.normal(0, SIZE_SD)),
    )


def _clothed(posture: Features, random: np.random.Generator) -> Features:
    """Return the features with cloth standing off the back here and there."""
    direction_deg = posture.direction_deg.copy()
    for _ in range(FOLDS_PER_BACK):
        middle, width = random.uniform(FOLD_FROM, FOLD_TO), random.uniform(*FOLD_WIDTHS)
        height = abs(random.normal(0, FOLD_SD)) + random.normal(0, FOLD_JITTER_SD, len(direction_deg))
        along = (POSITIONS - middle) / width
        # the slope of the bell turns the outline: above the crest it leans forward, below it back
        slope = -along * np.exp(-(along**2) / 2) / width
        direction_deg += np.degrees(np.arctan(height[:, None] * slope))
    return replace(posture, direction_deg=direction_deg)


def _positions_of(track: PoseTrack, points: FloatArray) -> FloatArray:
    """Return where along the outline, in statures, the skin points (N, 6, 2) px lie nearest to it."""
    positions = np.arange(-REACH_UP, REACH_DOWN, 0.004)
    outline = outline_at(track, positions)
    out = np.full(points.shape[:2], np.nan)
    for point in range(points.shape[1]):
        distance = np.linalg.norm(outline - points[:, point, None], axis=2)
        distance[np.isnan(distance)] = np.inf
        nearest = distance.argmin(axis=1)
        found = np.isfinite(distance[np.arange(len(distance)), nearest])
        out[found, point] = positions[nearest[found]]
    return out
