"""Small neural networks over standardised numbers: the average of a few of them is a map, and how far they lie apart hints at its error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from hinge_vision.arrays import FloatArray, blocks

# Weights and bias of each layer; all but the last are followed by tanh.
Network: TypeAlias = tuple[tuple[FloatArray, FloatArray], ...]

# No training posture lies further out than this many standard deviations; what does is a broken outline.
LIMIT_SD = 6.0


@dataclass(frozen=True)
class Scale:
    """Means and standard deviations that numbers are standardised by, (F,) each."""

    mean: FloatArray
    sd: FloatArray

    def apply(self, values: FloatArray) -> FloatArray:
        """Standardise values (..., F); what lies further out than any training posture is held at the limit."""
        return np.clip((values - self.mean) / self.sd, -LIMIT_SD, LIMIT_SD)

    def undo(self, values: FloatArray) -> FloatArray:
        """Return standardised values (..., F) to their units."""
        return values * self.sd + self.mean


@dataclass(frozen=True)
class Mapping:
    """A few networks over standardised inputs and outputs."""

    inputs: Scale
    outputs: Scale
    networks: tuple[Network, ...]

    def __call__(self, inputs: FloatArray) -> FloatArray:
        """Return the outputs (N, O) for inputs (N, I)."""
        return self.outputs.undo(np.concatenate([self._block(inputs[rows]) for rows in blocks(len(inputs))]))

    def since(self, reference: FloatArray, postures: FloatArray) -> FloatArray:
        """Return the outputs (N, O) for postures (N, F) beside their reference (F,) or (N, F), less those of the reference beside itself."""
        return np.asarray(self(pair(reference, postures)) - self(pair(reference, np.atleast_2d(reference))))

    def _block(self, inputs: FloatArray) -> FloatArray:
        scaled = self.inputs.apply(inputs)
        return np.asarray(np.mean([forward(network, scaled) for network in self.networks], axis=0))


def pair(reference: FloatArray, postures: FloatArray) -> FloatArray:
    """Return what changed since the reference (F,) or (N, F) in postures (N, F), and the reference itself: (N, 2 F)."""
    return np.concatenate([postures - reference, np.broadcast_to(reference, postures.shape)], axis=1)


def forward(network: Network, values: FloatArray) -> FloatArray:
    """Return what a network says of standardised values (N, I)."""
    for depth, (weights, bias) in enumerate(network):
        values = values @ weights + bias
        if depth < len(network) - 1:
            values = np.tanh(values)
    return values
