"""The change map: how much each joint angle changed since a reference posture, knowing the lifter's build from his other postures.

A reference outline may be wrong: where the lifter stands with the bar, his mask often follows a plate behind his hips. Bent over, his back
and buttocks are free. So each member of the map has two networks. One looks at every posture in which he is bent over, beside the
reference; the mean of what it says is called his build. The other looks at posture, reference and build.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hinge_vision.arrays import BoolArray, FloatArray, blocks
from hinge_vision.spine.features import lean_deg
from hinge_vision.spine.mapping import Network, Scale, forward, pair

# Postures that lean at least this far tell of the build; in a clip, also this share of the furthest but a twentieth. The first bound
# is that of the training.
BENT_FROM_DEG = 30.0
_BENT_SHARE, _FURTHEST_PCT = 0.6, 95.0


@dataclass(frozen=True)
class Member:
    """One member of the change map: the network that reads the build, and the one that reads the change."""

    build: Network
    change: Network


@dataclass(frozen=True)
class ChangeMap:
    """The average of a few members.

    `inputs` are those of `pair`, of both networks; a build is added to the second one's.
    """

    inputs: Scale
    outputs: Scale
    members: tuple[Member, ...]

    def __call__(self, reference: FloatArray, postures: FloatArray, bent: FloatArray, changes: int) -> tuple[FloatArray, FloatArray]:
        """Compare postures with a reference.

        Parameters
        ----------
        reference : (F,)
        postures : (N, F)
        bent : (M, F)
            Postures of the same lifter bent over; M may be 0.
        changes
            Number of leading outputs that are changes since the reference. Nothing has changed at the reference itself: what the map says
            there is its own offset for this lifter, and is taken off.

        Returns
        -------
        outputs, apart : (N, O)
            The outputs, and how far the members lie apart (standard deviation).
        """
        builds = [self._build(member, reference, bent) for member in self.members]
        outputs, apart = self._compare(reference, postures, builds)
        outputs[:, :changes] -= self._compare(reference, reference[None], builds)[0][:, :changes]
        return outputs, apart

    def _build(self, member: Member, reference: FloatArray, bent: FloatArray) -> FloatArray:
        total = np.zeros(len(member.build[-1][1]))
        for rows in blocks(len(bent)):
            total += np.tanh(forward(member.build, self.inputs.apply(pair(reference, bent[rows])))).sum(axis=0)
        return total / max(len(bent), 1)

    def _compare(self, reference: FloatArray, postures: FloatArray, builds: list[FloatArray]) -> tuple[FloatArray, FloatArray]:
        parts = [self._block(reference, postures[rows], builds) for rows in blocks(len(postures))]
        return np.concatenate([mean for mean, _ in parts]), np.concatenate([apart for _, apart in parts])

    def _block(self, reference: FloatArray, postures: FloatArray, builds: list[FloatArray]) -> tuple[FloatArray, FloatArray]:
        scaled = self.inputs.apply(pair(reference, postures))
        said = np.stack(
            [
                forward(member.change, np.concatenate([scaled, np.broadcast_to(build, (len(scaled), len(build)))], axis=1))
                for member, build in zip(self.members, builds, strict=True)
            ]
        )
        return self.outputs.undo(said.mean(axis=0)), said.std(axis=0) * self.outputs.sd


def bent_over(body: FloatArray) -> BoolArray:
    """Tell which of a clip's postures (N, F), rows of `Features.body()`, tell of the lifter's build, (N,)."""
    leans_deg = lean_deg(body)
    known = np.isfinite(leans_deg)
    if not known.any():
        return known
    return np.asarray(known & (leans_deg >= max(BENT_FROM_DEG, _BENT_SHARE * float(np.percentile(leans_deg[known], _FURTHEST_PCT)))))
