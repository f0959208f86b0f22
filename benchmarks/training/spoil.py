"""Outlines as a misled mask gives them: along the rim of a plate, or with a piece of the body missing.

Rendered lifters have either too, but each in one room, with one pair of plates: too few to learn from that a wrong standing outline
tells nothing. So plates and gaps are drawn on the outlines of those whose mask was right.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hinge_vision.arrays import FloatArray
from hinge_vision.pose.track import PoseTrack
from hinge_vision.settings import ahead_sign
from hinge_vision.spine.features import features
from hinge_vision.spine.outline import REACH_DOWN, REACH_UP

# Lengths in statures. So many lifters are given a plate: half of those one around the bar, unless their own are larger than this (m), half
# one to either side of it, as the near and the far plate lie where the camera does not stand square to the side.
PLATES, OWN_LARGE_M = 0.6, 0.16
RADIUS, OFF_SD, OFF_JITTER_SD, BESIDE = (0.08, 0.17), 0.02, 0.003, 0.14
# Of the plates so many cut a piece off the body; the others stand out behind it.
CUTS = 0.15
# So many lifters lack a piece of their outline while upright, and in some of the postures in which they are bent.
BITES, BITES_BENT, BENT_FROM_DEG = 0.3, 0.25, 25.0
BITE_MIDDLE, BITE_HALF, BITE_DEPTH, BITE_EDGE = (0.06, 0.42), (0.02, 0.09), (0.008, 0.05), (0.004, 0.03)
BITE_MIDDLE_JITTER_SD, BITE_DEPTH_SHARE = 0.004, (0.8, 1.2)
_ARC_STEP = np.radians(4.0)


def spoiled(track: PoseTrack, bar_px: FloatArray, plate_m: float, random: np.random.Generator) -> PoseTrack:
    """Return a lifter's postures with some outlines led astray, in all postures by the same plate and the same gap.

    Parameters
    ----------
    track
        N postures of one lifter.
    bar_px : (N, 2)
        Where the bar is, or what he holds in its place.
    plate_m
        Radius of his own plates, 0 = none.
    random
    """
    outline = track.outline.copy()
    whole = np.flatnonzero(np.isfinite(outline).all(axis=(1, 2)))
    size_px, rear = track.stature_px, -ahead_sign(track.facing)
    beside = random.random() < 0.5
    if (beside or plate_m <= OWN_LARGE_M) and random.random() < PLATES:
        radius_px, cuts = random.uniform(*RADIUS) * size_px, random.random() < CUTS
        off = random.normal(0, OFF_SD, 2) + [random.uniform(-BESIDE, BESIDE) if beside else 0.0, 0.0]
        for row in whole:
            centre_px = bar_px[row] + size_px * (off + random.normal(0, OFF_JITTER_SD, 2))
            outline[row] = along_disc(outline[row], centre_px, radius_px, rear, cuts=cuts)
    if random.random() < BITES:
        middle, half, depth, edge = (random.uniform(*bounds) for bounds in (BITE_MIDDLE, BITE_HALF, BITE_DEPTH, BITE_EDGE))
        per_stature = (outline.shape[1] - 1) / (REACH_UP + REACH_DOWN)
        places = (np.arange(outline.shape[1]) - track.outline_origin[:, None]) / per_stature
        bent = features(track).lean_deg() > BENT_FROM_DEG
        for row in whole[~bent[whole] | (random.random(len(whole)) < BITES_BENT)]:
            off_middle = places[row] - middle - random.normal(0, BITE_MIDDLE_JITTER_SD)
            share = 1 / (1 + np.exp((np.abs(off_middle) - half) / (edge / 4)))
            if np.isfinite(outline[row]).all():
                outline[row] = moved_ahead(outline[row], share * depth * size_px * random.uniform(*BITE_DEPTH_SHARE), rear)
    return replace(track, outline=outline)


def along_disc(outline: FloatArray, centre_px: FloatArray, radius_px: float, rear: float, *, cuts: bool) -> FloatArray:
    """Return one outline (P, 2), led along the rim of a disc where that lies over it.

    `rear` is the sign of x behind the lifter. The rim is followed behind him, or, where the disc `cuts` him off, before him.
    """
    inside = np.flatnonzero(np.hypot(*(outline - centre_px).T) < radius_px)
    if not len(inside) or inside[0] == 0:
        return outline
    first, beyond = int(inside[0]), int(inside[-1]) + 1
    starts = np.arctan2(*(outline[first - 1] - centre_px)[::-1])
    # an outline that ends on the disc goes on to its lowest point
    ends = np.arctan2(*(outline[beyond] - centre_px)[::-1]) if beyond < len(outline) else np.pi / 2
    turn = (ends - starts) % (2 * np.pi)
    ways = sorted((turn, turn - 2 * np.pi), key=lambda way: rear * np.cos(starts + way / 2))
    way = ways[0] if cuts else ways[1]
    angles = starts + np.linspace(0, way, max(3, int(abs(way) / _ARC_STEP)))
    rim = centre_px + radius_px * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return _walked(outline, np.concatenate([outline[:first], rim, outline[beyond:]]))


def moved_ahead(outline: FloatArray, by_px: FloatArray, rear: float) -> FloatArray:
    """Return one outline (P, 2) with each point moved into the body by so much, (P,)."""
    along = np.gradient(outline, axis=0)
    across = np.stack([along[:, 1], -along[:, 0]], axis=1) / np.maximum(np.hypot(*along.T), 1e-6)[:, None]
    return _walked(outline, outline - rear * by_px[:, None] * across)


def _walked(outline: FloatArray, line: FloatArray) -> FloatArray:
    """Return as many points as the outline has, as far from each other, along another line; NaN beyond its end."""
    step_px = float(np.median(np.hypot(*np.diff(outline, axis=0).T)))
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    wanted = step_px * np.arange(len(outline))
    out = np.stack([np.interp(wanted, along, across) for across in line.T], axis=1)
    out[wanted > along[-1] + step_px / 2] = np.nan
    return out
