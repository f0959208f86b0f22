"""Fitting the small networks of `hinge_vision.spine.posture_model`: Adam, Huber's loss, the average of the last third of the steps.

Scikit-learn's networks know the squared loss only, which the few postures whose outline follows a plate dominate, and hand out the
last step's weights, not their average.
"""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hinge_vision.arrays import FloatArray
from hinge_vision.spine.posture_model import LIMIT_SD, Mapping

Layers = list[list[NDArray[np.float32]]]

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


def fit(inputs: FloatArray, outputs: FloatArray, weights: FloatArray | None = None, *, hidden: tuple[int, ...], members: int, epochs: int) -> Mapping:
    """Fit the average of `members` networks from inputs (N, I) to outputs (N, O); an error pulls by its weight (N, O), by 1 without."""
    input_mean, input_sd = inputs.mean(axis=0), np.maximum(inputs.std(axis=0), SMALLEST_INPUT_SD)
    output_mean, output_sd = outputs.mean(axis=0), outputs.std(axis=0)
    scaled = np.clip((inputs - input_mean) / input_sd, -LIMIT_SD, LIMIT_SD).astype(np.float32)
    wanted = ((outputs - output_mean) / output_sd).astype(np.float32)
    sizes = (inputs.shape[1], *hidden, outputs.shape[1])
    pull = np.ones((1, 1), np.float32) if weights is None else weights.astype(np.float32)
    pull = np.broadcast_to(pull, wanted.shape)
    task = (scaled, wanted, pull, sizes, epochs)
    with ProcessPoolExecutor(min(members, os.cpu_count() or 1), initializer=_take, initargs=(task,)) as pool:
        networks = tuple(pool.map(_train_member, range(members)))
    return Mapping(input_mean, input_sd, output_mean, output_sd, networks)


_task: Any = None


def _take(task: Any) -> None:
    """Keep in this process what all its members are trained on."""
    global _task
    _task = task


def _train_member(seed: int) -> tuple[tuple[FloatArray, FloatArray], ...]:
    return _train(*_task, seed)


def _train(
    inputs: NDArray[np.float32], wanted: NDArray[np.float32], pull: NDArray[np.float32], sizes: tuple[int, ...], epochs: int, seed: int
) -> tuple[tuple[FloatArray, FloatArray], ...]:
    random = np.random.default_rng(seed)
    layers: Layers = [
        [random.normal(0, np.sqrt(1 / before), (before, after)).astype(np.float32), np.zeros(after, np.float32)] for before, after in pairwise(sizes)
    ]
    first, second, average = (_zeros(layers) for _ in range(3))
    per_epoch = len(inputs) // BATCH
    steps, step, averaged = epochs * per_epoch, 0, 0
    for _ in range(epochs):
        order = random.permutation(len(inputs))
        for start in range(0, per_epoch * BATCH, BATCH):
            rows = order[start : start + BATCH]
            noise = random.standard_normal((BATCH, sizes[0]), dtype=np.float32)
            gradients = _gradients(layers, inputs[rows] + NOISE * noise, wanted[rows], pull[rows])
            step += 1
            rate = 0.5 * RATE * (1 + np.cos(np.pi * step / steps))
            for depth, part in ((depth, part) for depth in range(len(layers)) for part in range(2)):
                gradient = gradients[depth][part]
                first[depth][part] += (1 - _FIRST_MOMENT) * (gradient - first[depth][part])
                second[depth][part] += (1 - _SECOND_MOMENT) * (gradient**2 - second[depth][part])
                size = np.sqrt(second[depth][part] / (1 - _SECOND_MOMENT**step)) + _TINY
                layers[depth][part] -= rate * first[depth][part] / (1 - _FIRST_MOMENT**step) / size
            if step > AVERAGED_FROM * steps and step % _AVERAGED_EVERY == 0:
                averaged += 1
                for mean, now in zip(average, layers, strict=True):
                    for part in range(2):
                        mean[part] += (now[part] - mean[part]) / averaged
    return tuple((weights.astype(float), bias.astype(float)) for weights, bias in average)


def _gradients(layers: Layers, inputs: NDArray[np.float32], wanted: NDArray[np.float32], pull: NDArray[np.float32]) -> Layers:
    """Return the loss's gradient by every weight and bias, weights with their decay."""
    values = [inputs]
    for depth, (weights, bias) in enumerate(layers):
        value = values[-1] @ weights + bias
        values.append(np.tanh(value) if depth < len(layers) - 1 else value)
    slope = pull * np.clip(values[-1] - wanted, -HUBER, HUBER) / len(inputs)
    gradients: Layers = []
    for depth in range(len(layers) - 1, -1, -1):
        weights = layers[depth][0]
        gradients.insert(0, [values[depth].T @ slope + DECAY * weights, slope.sum(axis=0)])
        if depth:
            slope = (slope @ weights.T) * (1 - values[depth] ** 2)
    return gradients


def _zeros(layers: Layers) -> Layers:
    return [[np.zeros_like(part) for part in layer] for layer in layers]
