"""Fitting the change map (`hinge_vision.spine.change_map`): for every member one network that reads the build and one that reads the change, together."""

from __future__ import annotations

import numpy as np
from descent import (
    Descent,
    Values,
    activations,
    batches,
    frozen,
    gradients,
    input_scale,
    new_layers,
    noisy,
    output_scale,
    slope_of,
    train_members,
)
from numpy.typing import NDArray
from pairs import BuildRows, changes_of, pull_of
from table import Table

from hinge_vision.spine.change_map import ChangeMap, Member
from hinge_vision.spine.mapping import Scale, pair

# The build is read off so many of the lifter's postures at most, and in this share off none: a clip may show him upright only.
MOST_READ = 4
WITHOUT_BUILD = 0.07
# Mostly off such as a clip shows, the most alike two or four; else off any.
ALIKE, ALIKE_AMONG = 0.8, (2, 4)
BUILD_HIDDEN, BUILD_SIZE = 96, 24


def fit_change_map(
    table: Table, rows: NDArray[np.int64], beside: NDArray[np.int64], builds: BuildRows, *, hidden: tuple[int, ...], members: int, epochs: int
) -> ChangeMap:
    """Fit the average of `members` pairs of networks on postures (N rows of the table) beside their references."""
    outputs = changes_of(table, rows, beside)
    body = table.body.astype(np.float32)
    scales = input_scale(pair(body[beside], body[rows])), output_scale(outputs)
    wanted = ((outputs - scales[1].mean) / scales[1].sd).astype(np.float32)
    pull = pull_of(table.truth[rows], outputs.shape[1]).astype(np.float32)
    single = Scale(scales[0].mean.astype(np.float32), scales[0].sd.astype(np.float32))
    task = (body, rows, beside, builds, single, wanted, pull, hidden, epochs)
    return ChangeMap(*scales, tuple(train_members(_train, task, members)))


def _train(
    body: Values,
    rows: NDArray[np.int64],
    beside: NDArray[np.int64],
    builds: BuildRows,
    scale: Scale,
    wanted: Values,
    pull: Values,
    hidden: tuple[int, ...],
    epochs: int,
    seed: int,
) -> Member:
    random = np.random.default_rng(seed)
    width = 2 * body.shape[1]
    build = new_layers(random, (width, BUILD_HIDDEN, BUILD_SIZE))
    change = new_layers(random, (width + BUILD_SIZE, *hidden, wanted.shape[1]))
    plan = batches(random, len(rows), epochs)
    descent = Descent(build + change, len(plan))

    def scaled(reference: Values, postures: Values) -> Values:
        return noisy(random, scale.apply(pair(reference, postures)))

    for batch in plan:
        reference = body[beside[batch]]
        chosen, known = _read_off(random, builds, rows[batch])
        count = chosen.shape[1]
        read = activations(build, scaled(np.repeat(reference, count, axis=0), body[chosen.ravel()]))
        said = np.tanh(read[-1])
        share = (known / np.float32(count))[:, None]
        summed = said.reshape(len(batch), count, BUILD_SIZE).sum(axis=1) * share
        values = activations(change, np.concatenate([scaled(reference, body[rows[batch]]), summed], axis=1))
        slopes, back = gradients(change, values, slope_of(values[-1], wanted[batch], pull[batch]))
        towards = np.repeat(back[:, width:] * share, count, axis=0) * (1 - said**2)
        descent.step(gradients(build, read, towards)[0] + slopes)
    return Member(frozen(descent.average[: len(build)]), frozen(descent.average[len(build) :]))


def _read_off(random: np.random.Generator, builds: BuildRows, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], Values]:
    """Draw the postures (N, K) that each row's build is read off, and 1 where it is read at all, else 0."""
    found = builds.count[rows]
    alike = random.random(len(rows)) < ALIKE
    among = np.where(alike, np.minimum(found, random.choice(ALIKE_AMONG, len(rows))), found)
    drawn = random.random((len(rows), int(random.integers(1, MOST_READ + 1))))
    chosen = builds.row[rows[:, None], (drawn * np.maximum(among, 1)[:, None]).astype(np.int64)]
    known = (found > 0) & (random.random(len(rows)) >= WITHOUT_BUILD)
    return chosen, known.astype(np.float32)
