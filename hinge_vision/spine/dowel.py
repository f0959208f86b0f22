"""The virtual dowel: a straight rod laid on the dorsal outline, and what still touches it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np

from hinge_vision.arrays import FloatArray, blocks
from hinge_vision.pose.track import PoseTrack
from hinge_vision.settings import ahead_sign
from hinge_vision.spine.features import outline_at
from hinge_vision.spine.posture_model import SKIN_POINTS

GAPS = ("sacral_gap_pct", "thoracic_gap_pct", "head_gap_pct", "low_back_gap_pct")

# The back between two skin points is looked at in this many places.
_SAMPLES = 25


@dataclass(frozen=True)
class Dowel:
    """The virtual dowel over time.

    Gaps are (N,) in % of the standing SI-C7 length, absolute (not changes); positive = clear of the rod. The points, (N, 2) in pixels of the source
    image, are what an overlay draws; `rod_px` is (N, 2, 2): upper end, lower end. NaN where not measured.
    """

    sacral_gap_pct: FloatArray
    thoracic_gap_pct: FloatArray
    head_gap_pct: FloatArray
    low_back_gap_pct: FloatArray
    rod_px: FloatArray
    sacrum_px: FloatArray
    thoracic_px: FloatArray
    head_px: FloatArray

    def gaps(self) -> Iterator[tuple[str, FloatArray]]:
        """Yield each gap's name and its (N,) values, in the order of `GAPS`."""
        for name in GAPS:
            yield name, getattr(self, name)


def lay_dowel(track: PoseTrack, skin_positions: FloatArray, length_px: float | None = None) -> tuple[Dowel, FloatArray]:
    """Lay the rod along every frame's outline.

    The rod runs parallel to the chord from sacrum (SI) to mid-back (T8) and is pushed from behind until it touches the back
    anywhere between SI and C7.

    Parameters
    ----------
    track
    skin_positions : (N, 6)
        Where HEAD, C7, T8, T12, L3 and SI lie along the outline, in statures.
    length_px
        The standing SI-C7 length that gaps are given in % of; None = each frame's own.

    Returns
    -------
    Dowel, (N,) float
        The dowel, and each frame's straight SI-C7 length in px.
    """
    parts = [_lay(track, skin_positions[rows], length_px, rows) for rows in blocks(len(skin_positions))]
    dowel = Dowel(**{item.name: np.concatenate([getattr(part, item.name) for part, _ in parts]) for item in fields(Dowel)})
    return dowel, np.concatenate([own_length_px for _, own_length_px in parts])


def _lay(track: PoseTrack, skin_positions: FloatArray, length_px: float | None, rows: slice) -> tuple[Dowel, FloatArray]:
    at = {name: skin_positions[:, index] for index, name in enumerate(SKIN_POINTS)}
    marks = outline_at(track, skin_positions, rows)
    head, nape, thoracic, sacrum = marks[:, 0], marks[:, 1], marks[:, 2], marks[:, 5]
    back = outline_at(track, _between(at["C7"], at["SI"]), rows)
    low_back = outline_at(track, _between(at["T12"], at["SI"]), rows)
    axis = thoracic - sacrum
    axis = axis / np.linalg.norm(axis, axis=1, keepdims=True)
    # the rear: a quarter turn from the rod's upward direction, to the side the lifter does not face
    rear = np.stack([axis[:, 1], -axis[:, 0]], axis=1) * ahead_sign(track.facing)
    own_length_px = np.linalg.norm(nape - sacrum, axis=1)
    unit_px = (own_length_px if length_px is None else np.full(len(marks), length_px)) / 100.0

    def depth(points: FloatArray) -> FloatArray:
        """Distance to the rear of the sacrum, px."""
        return np.asarray(np.einsum("n...d,nd->n...", points - sacrum.reshape(len(sacrum), *(1,) * (points.ndim - 2), 2), rear))

    touching = depth(back).max(axis=1)
    foot = sacrum + touching[:, None] * rear
    reach = np.maximum(np.einsum("nd,nd->n", head - sacrum, axis), own_length_px)
    rod = np.stack([foot + 1.06 * reach[:, None] * axis, foot - 0.12 * own_length_px[:, None] * axis], axis=1)
    dowel = Dowel(
        sacral_gap_pct=touching / unit_px,
        thoracic_gap_pct=(touching - depth(thoracic)) / unit_px,
        head_gap_pct=(touching - depth(head)) / unit_px,
        low_back_gap_pct=(touching - np.fmin.reduce(depth(low_back), axis=1)) / unit_px,
        rod_px=rod,
        sacrum_px=sacrum,
        thoracic_px=thoracic,
        head_px=head,
    )
    return dowel, own_length_px


def _between(upper: FloatArray, lower: FloatArray) -> FloatArray:
    """Return (N, _SAMPLES) positions from the one to the other."""
    return upper[:, None] + (lower - upper)[:, None] * np.linspace(0.0, 1.0, _SAMPLES)
