"""Real video, real model, end to end: each sample clip gets the verdict that sample_videos/README.md promises."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from dataclasses import dataclass

import jsonschema
import numpy as np
import pytest

from hinge_vision import Report
from tests.conftest import SAMPLES


@dataclass(frozen=True)
class Promise:
    """One row of the README's table; `None` = nothing is promised."""

    clip: str
    exercises: frozenset[str]
    reps: int
    faults: frozenset[str]
    maybe_faults: frozenset[str]
    observations: frozenset[str] | None


def names(cell: str) -> frozenset[str]:
    return frozenset(re.findall(r"`(\w+)`", cell))


def promises() -> list[Promise]:
    rows = [line.strip().strip("|").split("|") for line in (SAMPLES / "README.md").read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    return [
        Promise(
            clip.strip(" `").removesuffix(".mp4"),
            names(exercise),
            int(reps),
            names(faults.partition("perhaps")[0]),
            names(faults.partition("perhaps")[2]),
            names(observations) if observations.strip() else None,
        )
        for clip, _, exercise, reps, faults, observations in rows
    ]


PROMISES = promises()
each = pytest.mark.parametrize("promise", PROMISES, ids=[promise.clip for promise in PROMISES])
Analysed = Callable[[str], Report]


def test_every_clip_in_the_folder_is_in_its_readme_small_and_with_its_truth() -> None:
    clips = sorted(SAMPLES.glob("*.mp4"))
    assert [clip.stem for clip in clips] == sorted(promise.clip for promise in PROMISES)
    assert len(clips) >= 8
    assert all(clip.stat().st_size < 400_000 and clip.with_suffix(".csv").exists() for clip in clips)


@each
def test_the_exercise_is_recognised_and_every_rep_counted(promise: Promise, analysed: Analysed) -> None:
    report = analysed(promise.clip)
    assert report.judgement.quality.judgeable, report.judgement.quality.reasons
    assert report.exercise in promise.exercises
    assert len(report.judgement.measures) == promise.reps


@each
def test_the_faults_are_those_the_readme_names(promise: Promise, analysed: Analysed) -> None:
    found = {finding.fault for finding in analysed(promise.clip).judgement.findings}
    assert found - promise.maybe_faults == promise.faults


@each
def test_the_observations_are_those_the_readme_names(promise: Promise, analysed: Analysed) -> None:
    if promise.observations is None:
        return
    assert {observation.name for observation in analysed(promise.clip).judgement.observations} == promise.observations


@each
def test_the_lifter_faces_where_the_truth_says(promise: Promise, analysed: Analysed) -> None:
    with (SAMPLES / f"{promise.clip}.csv").open(encoding="utf-8") as file:
        first = next(csv.DictReader(file))
    assert analysed(promise.clip).facing == ("right" if float(first["nose_x"]) > float(first["ear_x"]) else "left")


@each
def test_the_low_back_follows_its_truth(promise: Promise, analysed: Analysed) -> None:
    with (SAMPLES / f"{promise.clip}.csv").open(encoding="utf-8") as file:
        truth = {int(row["frame"]): float(row["lumbar_flexion_deg"]) for row in csv.DictReader(file)}
    report = analysed(promise.clip)
    assert report.motion is not None
    assert report.track is not None
    error = report.motion.lumbar_flexion.value_deg - np.array([truth[int(frame)] for frame in report.track.frame])
    measured = np.isfinite(error)
    assert measured.mean() > 0.9
    # docs/method.md has the table; this is its bound for the worst clip
    assert np.abs(error[measured]).mean() < 5.0


@each
def test_the_report_obeys_its_schema_and_leaves_no_number_undefined(promise: Promise, analysed: Analysed) -> None:
    from hinge_vision.report.json_report import schema, to_json

    text = to_json(analysed(promise.clip))
    assert "NaN" not in text
    jsonschema.validate(json.loads(text), schema())


def test_whoever_shows_a_fault_is_given_a_drill_and_everyone_the_disclaimer(analysed: Analysed) -> None:
    from hinge_vision.report.json_report import to_dict

    assert analysed("deadlift_rounded").judgement.drills[0].name.lower() == "forefoot elevated toe touch"
    assert analysed("deadlift_overextended").judgement.drills[0].name.lower() == "tall kneeling kb hip hinge"
    assert "not medical advice" in to_dict(analysed("deadlift_neutral"))["disclaimer"]
