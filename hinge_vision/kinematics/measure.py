"""From a pose track to motion: features, baseline, learned map, smoothing, dowel, confidence."""

from __future__ import annotations

import numpy as np
from scipy.special import erf

from hinge_vision.arrays import BoolArray, FloatArray, known_median
from hinge_vision.errors import SettingsError
from hinge_vision.kinematics.baseline import Reference, find_reference
from hinge_vision.kinematics.filters import SMOOTHING_S, bridge_gaps, smooth
from hinge_vision.kinematics.motion import Angle, Baseline, Motion
from hinge_vision.kinematics.zero import scatter_deg, zero_of
from hinge_vision.pose.feet import near_and_far_ankle_px
from hinge_vision.pose.sides import landmark_yaw_deg
from hinge_vision.pose.stature import as_large_as_lifting
from hinge_vision.pose.track import PoseTrack
from hinge_vision.settings import Settings
from hinge_vision.spine.change_map import bent_over
from hinge_vision.spine.coefficients import load_model
from hinge_vision.spine.dowel import lay_dowel
from hinge_vision.spine.features import Features, features
from hinge_vision.spine.posture_model import ABSOLUTES, CHANGES, Estimate, PostureModel

# The camera's direction is taken from this much of the clip around a frame: a rep's upright moments are in it, the way up to the bar hardly.
YAW_WINDOW_S = 3.0
# Nobody's zero is taken while he faces the camera, or turns his back to it: a side view reads 3 to 17 deg.
_MOST_TURNED_DEG = 40.0
# A frame whose low back cannot be told within this much is not measured.
MAX_LUMBAR_SD_DEG = 25.0
# Confidence of a frame = how probably its low-back angle is right within this much.
CONFIDENT_WITHIN_DEG = 8.0


def measure(track: PoseTrack, settings: Settings) -> Motion:
    """Measure all angles and the dowel of a pose track.

    Parameters
    ----------
    track
    settings
        `standing_at_s` is used.

    Returns
    -------
    Motion
        One entry per frame of the track; NaN where nothing was measured.

    Raises
    ------
    SettingsError
        Nothing was measured at the moment given as `standing_at_s`.
    """
    model = load_model()
    time_s = track.time_s
    ankles_px = near_and_far_ankle_px(track)
    seen = features(track, ankles_px)
    body = _steady(seen.body(), time_s)
    whole = _steady(seen.whole(), time_s)
    measured = np.asarray(np.isfinite(body).all(axis=1))
    alone_deg = _where(measured, model.alone, body, len(CHANGES))
    lean_deg = seen.lean_deg()
    try:
        moment_s = _real_s(settings.standing_at_s, track, settings)
        reference = find_reference(time_s, lean_deg, alone_deg, _may_hold_the_zero(track, ankles_px, measured, settings), moment_s)
    except SettingsError as error:
        raise SettingsError(f"{track.clip.name}: {error}") from None
    zero = zero_of(model, reference, body, alone_deg, measured)
    estimate = _compare(model, zero.posture, body, measured)
    standing_rows = reference.rows & measured
    zero_sd_deg = np.hypot(zero.sd_deg, scatter_deg(estimate.changes_deg[standing_rows], time_s[standing_rows]))
    measured = measured & (estimate.changes_sd_deg[:, 0] < MAX_LUMBAR_SD_DEG)
    angles: dict[str, Angle] = {}
    for column, name in enumerate(CHANGES):
        sd_deg = np.hypot(estimate.changes_sd_deg[:, column], zero_sd_deg[column])
        angles[name] = _angle(estimate.changes_deg[:, column] + zero.offset_deg[column], sd_deg, time_s, measured)
    for column, name in enumerate(ABSOLUTES):
        angles[name] = _angle(estimate.absolutes_deg[:, column], estimate.absolutes_sd_deg[:, column], time_s, measured)
    angles["neck_flexion"] = _neck(model, reference, whole, time_s, measured)
    positions = np.stack([smooth(bridge_gaps(_blank(column, measured), time_s), time_s, SMOOTHING_S) for column in estimate.skin_positions.T], axis=1)
    dowel, length_px = lay_dowel(track, positions)
    rows = reference.rows & np.isfinite(length_px)
    standing_px = known_median(length_px[rows] if rows.any() else length_px)
    dowel, _ = lay_dowel(track, positions, standing_px)
    lumbar_sd_deg = angles["lumbar_flexion"].sd_deg
    confidence = np.nan_to_num(erf(CONFIDENT_WITHIN_DEG / (np.sqrt(2.0) * lumbar_sd_deg)), nan=0.0)
    return Motion(
        frame=track.frame,
        time_s=time_s,
        dowel=dowel,
        yaw_deg=_yaw(model, seen, lean_deg, time_s),
        confidence=confidence,
        baseline=_baseline(reference, time_s, float(zero_sd_deg[0]), dict(dowel.gaps())),
        **angles,
    )


def _may_hold_the_zero(track: PoseTrack, ankles_px: FloatArray, measured: BoolArray, settings: Settings) -> BoolArray:
    """Return the measured frames that may hold the zero: seen from the side, and as large as where he lifts; each only if it leaves any.

    Where the user names the moment, all may.
    """
    if settings.standing_at_s is not None:
        return measured
    rows = measured
    for wanted in (~(landmark_yaw_deg(track) > _MOST_TURNED_DEG), as_large_as_lifting(track.landmarks, ankles_px, track.time_s)):
        rows = rows & wanted if (rows & wanted).any() else rows
    return rows


def _real_s(clip_s: float | None, track: PoseTrack, settings: Settings) -> float | None:
    """Return the real time of a moment of the clip as a player shows it: slow motion plays slower than life."""
    if clip_s is None or settings.capture_fps is None:
        return clip_s
    return clip_s * track.clip.fps / settings.capture_fps


def _steady(rows: FloatArray, time_s: FloatArray) -> FloatArray:
    """Smooth every feature over time."""
    return np.stack([smooth(bridge_gaps(column, time_s), time_s, SMOOTHING_S) for column in rows.T], axis=1)


def _where(measured: BoolArray, estimate: object, rows: FloatArray, outputs: int) -> FloatArray:
    out = np.full((len(rows), outputs), np.nan)
    if measured.any():
        out[measured] = estimate(rows[measured])  # type: ignore[operator]
    return out


def _compare(model: PostureModel, standing: FloatArray, body: FloatArray, measured: BoolArray) -> Estimate:
    """Run the change map on the measured frames; NaN elsewhere. The lifter's build is read off the frames in which he is bent over."""
    count = len(body)
    found = model.since(standing, body[measured], body[measured & bent_over(body)]) if measured.any() else None

    def spread(name: str, width: int) -> FloatArray:
        out = np.full((count, width), np.nan)
        if found is not None:
            out[measured] = getattr(found, name)
        return out

    changes, absolutes = len(CHANGES), len(ABSOLUTES)
    return Estimate(
        spread("changes_deg", changes),
        spread("changes_sd_deg", changes),
        spread("absolutes_deg", absolutes),
        spread("absolutes_sd_deg", absolutes),
        spread("skin_positions", 6),
    )


def _angle(value_deg: FloatArray, sd_deg: FloatArray, time_s: FloatArray, measured: BoolArray) -> Angle:
    value_deg = smooth(bridge_gaps(_blank(value_deg, measured), time_s), time_s, SMOOTHING_S)
    sd_deg = bridge_gaps(_blank(sd_deg, measured), time_s)
    return Angle(value_deg, np.where(np.isfinite(value_deg), sd_deg, np.nan))


def _neck(model: PostureModel, reference: Reference, whole: FloatArray, time_s: FloatArray, measured: BoolArray) -> Angle:
    usable = measured & np.isfinite(whole).all(axis=1)
    value_deg = np.full(len(whole), np.nan)
    rows = reference.rows & usable
    if rows.any():
        value_deg[usable] = model.neck_change_deg(np.median(whole[rows], axis=0), whole[usable])
    return _angle(value_deg, np.where(usable, model.neck_sd_deg, np.nan), time_s, usable & rows.any())


def _blank(values: FloatArray, measured: BoolArray) -> FloatArray:
    return np.where(measured, values, np.nan)


def _yaw(model: PostureModel, seen: Features, lean_deg: FloatArray, time_s: FloatArray) -> FloatArray:
    """How far the camera stands off the pure side: the median over the more upright frames around, since bending hides it."""
    yaw_deg = model.yaw_deg(seen)
    usable = np.isfinite(yaw_deg) & np.isfinite(lean_deg)
    if not usable.any():
        return np.full(len(yaw_deg), np.nan)
    upright = np.flatnonzero(usable & (lean_deg <= np.median(lean_deg[usable]) + 5.0))
    first = np.searchsorted(time_s[upright], time_s - YAW_WINDOW_S / 2)
    last = np.searchsorted(time_s[upright], time_s + YAW_WINDOW_S / 2)
    around = np.array([np.median(yaw_deg[upright[a:b]]) if b > a else np.nan for a, b in zip(first, last, strict=True)])
    known = np.isfinite(around)
    return np.where(usable, np.abs(np.interp(time_s, time_s[known], around[known])), np.nan)


def _baseline(reference: Reference, time_s: FloatArray, sd_deg: float, gaps: dict[str, FloatArray]) -> Baseline:
    rows = np.flatnonzero(reference.rows)

    def standing(name: str) -> float:
        seen_pct = known_median(gaps[name][rows])
        return seen_pct if np.isfinite(seen_pct) else STANDING_GAPS_PCT[name]

    return Baseline(
        source=reference.source,
        sd_deg=sd_deg,
        start_s=float(time_s[rows[0]]) if len(rows) else float("nan"),
        end_s=float(time_s[rows[-1]]) if len(rows) else float("nan"),
        **{name: standing(name) for name in gaps},
    )


# Where nobody stands: the average over the rendered lifters' own standing.
STANDING_GAPS_PCT = {"sacral_gap_pct": 0.5, "thoracic_gap_pct": 0.5, "head_gap_pct": 1.0, "low_back_gap_pct": 5.0}
