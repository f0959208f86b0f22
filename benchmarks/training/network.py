"""Fitting the maps that know a posture alone or beside a reference (`hinge_vision.spine.mapping`)."""

from __future__ import annotations

import numpy as np
from descent import Descent, Values, activations, batches, frozen, gradients, input_scale, new_layers, noisy, output_scale, slope_of, train_members

from hinge_vision.arrays import FloatArray
from hinge_vision.spine.mapping import Mapping, Network


def fit(inputs: FloatArray, outputs: FloatArray, *, hidden: tuple[int, ...], members: int, epochs: int) -> Mapping:
    """Fit the average of `members` networks from inputs (N, I) to outputs (N, O)."""
    scales = input_scale(inputs), output_scale(outputs)
    wanted = (outputs - scales[1].mean) / scales[1].sd
    sizes = (inputs.shape[1], *hidden, outputs.shape[1])
    task = (scales[0].apply(inputs).astype(np.float32), wanted.astype(np.float32), sizes, epochs)
    return Mapping(*scales, tuple(train_members(_train, task, members)))


def _train(inputs: Values, wanted: Values, sizes: tuple[int, ...], epochs: int, seed: int) -> Network:
    random = np.random.default_rng(seed)
    layers = new_layers(random, sizes)
    plan = batches(random, len(inputs), epochs)
    descent = Descent(layers, len(plan))
    for rows in plan:
        values = activations(layers, noisy(random, inputs[rows]))
        slopes, _ = gradients(layers, values, slope_of(values[-1], wanted[rows], np.float32(1)))
        descent.step(slopes)
    return frozen(descent.average)
