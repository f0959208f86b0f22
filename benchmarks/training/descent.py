"""What fitting any of the small networks needs: Adam, Huber's loss, and the average of the last third of the steps.

Scikit-learn's networks know the squared loss only, which the few postures whose outline follows a plate dominate, and hand out the
last step's weights, not their average.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hinge_vision.spine.mapping import Network, Scale

Values: TypeAlias = NDArray[np.float32]
Layers: TypeAlias = list[list[Values]]

BATCH = 128
RATE = 2e-3
# Errors beyond this many standard deviations of an output pull no harder than one of just that size.
HUBER = 0.5
# Noise on the scaled inputs, and the pull of the weights towards zero: what a map needs to serve bodies it never saw.
NOISE = 0.07
DECAY = 5e-4
# An input that hardly varies among the rendered lifters (feet that stand still do not part) may vary in a clip: it is not blown up.
SMALLEST_INPUT_SD = 0.01
AVERAGED_FROM = 0.7
_AVERAGED_EVERY = 20
_FIRST_MOMENT, _SECOND_MOMENT, _TINY = 0.9, 0.999, 1e-7


def input_scale(inputs: NDArray[np.floating[Any]]) -> Scale:
    """Return the scale of inputs (N, I)."""
    return Scale(inputs.mean(axis=0, dtype=float), np.maximum(inputs.std(axis=0, dtype=float), SMALLEST_INPUT_SD))


def output_scale(outputs: NDArray[np.floating[Any]]) -> Scale:
    """Return the scale of outputs (N, O)."""
    return Scale(outputs.mean(axis=0), outputs.std(axis=0))


def new_layers(random: np.random.Generator, sizes: tuple[int, ...]) -> Layers:
    """Return layers with random weights and no bias."""
    return [[random.normal(0, np.sqrt(1 / before), (before, after)).astype(np.float32), np.zeros(after, np.float32)] for before, after in pairwise(sizes)]


def frozen(layers: Layers) -> Network:
    """Return layers as the package holds them."""
    return tuple((weights.astype(float), bias.astype(float)) for weights, bias in layers)


def noisy(random: np.random.Generator, scaled: Values) -> Values:
    """Return scaled inputs with noise on them."""
    return scaled + np.float32(NOISE) * random.standard_normal(scaled.shape, dtype=np.float32)


def activations(layers: Layers, inputs: Values) -> list[Values]:
    """Return the inputs and what each layer makes of them; the last layer's without tanh."""
    values = [inputs]
    for depth, (weights, bias) in enumerate(layers):
        value = values[-1] @ weights + bias
        values.append(np.tanh(value) if depth < len(layers) - 1 else value)
    return values


def slope_of(said: Values, wanted: Values, pull: Values) -> Values:
    """Return the slope of the loss, the mean over the batch, by the last layer's outputs."""
    return pull * np.clip(said - wanted, -HUBER, HUBER) / np.float32(len(said))


def gradients(layers: Layers, values: list[Values], slope: Values) -> tuple[Layers, Values]:
    """Return the loss's gradient by every weight and bias, weights with their decay, and its slope by the inputs."""
    found: Layers = []
    for depth in range(len(layers) - 1, -1, -1):
        weights = layers[depth][0]
        found.insert(0, [values[depth].T @ slope + np.float32(DECAY) * weights, slope.sum(axis=0)])
        slope = slope @ weights.T
        if depth:
            slope *= 1 - values[depth] ** 2
    return found, slope


class Descent:
    """Walks layers downhill by their gradients; `average` is their mean over the last third of the steps."""

    def __init__(self, layers: Layers, steps: int) -> None:
        self.layers, self.steps = layers, steps
        self.average: Layers
        self._first, self._second, self.average = (_zeros(layers) for _ in range(3))
        self._step = self._averaged = 0

    def step(self, slopes: Layers) -> None:
        """Take one step."""
        self._step += 1
        rate = 0.5 * RATE * (1 + np.cos(np.pi * self._step / self.steps))
        for layer, slope, first, second in zip(self.layers, slopes, self._first, self._second, strict=True):
            for part, gradient in enumerate(slope):
                first[part] += (1 - _FIRST_MOMENT) * (gradient - first[part])
                second[part] += (1 - _SECOND_MOMENT) * (gradient**2 - second[part])
                size = np.sqrt(second[part] / (1 - _SECOND_MOMENT**self._step)) + _TINY
                layer[part] -= rate * first[part] / (1 - _FIRST_MOMENT**self._step) / size
        if self._step > AVERAGED_FROM * self.steps and self._step % _AVERAGED_EVERY == 0:
            self._averaged += 1
            for mean, now in zip(self.average, self.layers, strict=True):
                for part in range(2):
                    mean[part] += (now[part] - mean[part]) / self._averaged


def batches(random: np.random.Generator, rows: int, epochs: int) -> list[NDArray[np.int64]]:
    """Return the rows of every batch of every epoch, each epoch in another order."""
    kept = rows // BATCH * BATCH
    return [batch for _ in range(epochs) for batch in random.permutation(rows)[:kept].reshape(-1, BATCH)]


def train_members(train: Callable[..., Any], task: tuple[Any, ...], members: int) -> list[Any]:
    """Call `train(*task, seed)` for every member, on all cores at once; a single one in this process."""
    if members == 1:
        return [train(*task, 0)]
    with ProcessPoolExecutor(min(members, os.cpu_count() or 1), initializer=_take, initargs=(train, task)) as pool:
        return list(pool.map(_train_member, range(members)))


_train: Callable[..., Any]
_task: tuple[Any, ...]


def _take(train: Callable[..., Any], task: tuple[Any, ...]) -> None:
    """Keep in this process what all its members are trained on."""
    global _train, _task
    _train, _task = train, task


def _train_member(seed: int) -> Any:
    return _train(*_task, seed)


def _zeros(layers: Layers) -> Layers:
    return [[np.zeros_like(part) for part in layer] for layer in layers]
