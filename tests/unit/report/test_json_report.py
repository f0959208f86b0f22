"""report.json and its schema."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from hinge_vision.report.json_report import number, schema, to_dict, to_json
from hinge_vision.report.model import DISCLAIMER
from tests.report_fixture import SAMPLES, declined_report, report_from_truth, sample_report, with_hole


def check(document):
    jsonschema.validate(document, schema(), cls=jsonschema.Draft202012Validator)


def test_the_schema_is_itself_valid():
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("name", ["deadlift_neutral", "deadlift_rounded", "deadlift_overextended", "kb_swing"])
def test_a_judged_report_keeps_to_the_schema(name):
    check(json.loads(to_json(sample_report(name))))


def test_a_declined_report_keeps_to_the_schema_and_says_why_and_what_to_do():
    document = json.loads(to_json(declined_report()))
    check(document)
    assert document["quality"]["judgeable"] is False
    assert document["quality"]["reasons"][0]["remedy"]
    assert document["self_assessment"]
    assert document["disclaimer"] == DISCLAIMER


def test_the_unknown_is_null_and_never_nan():
    report = with_hole(sample_report("deadlift_rounded"), slice(0, None))
    written = to_json(report)
    assert "NaN" not in written
    assert json.loads(written)["dowel"]["gaps"]["sacral_gap_pct"]["largest"] is None
    assert json.loads(written)["reps"][0]["lumbar_onset_hip_deg"] is None
    check(json.loads(written))


def test_the_same_report_gives_the_same_bytes():
    path = SAMPLES / "deadlift_rounded.csv"
    assert to_json(report_from_truth(path)) == to_json(report_from_truth(path))


def test_the_schema_refuses_what_is_not_in_it():
    document = to_dict(sample_report("deadlift_rounded"))
    with pytest.raises(jsonschema.ValidationError):
        check({**document, "extra": 1})
    with pytest.raises(jsonschema.ValidationError):
        check({key: value for key, value in document.items() if key != "disclaimer"})
    document["findings"][0]["severity"] = "dreadful"
    with pytest.raises(jsonschema.ValidationError):
        check(document)


def test_a_model_given_by_path_is_named_without_its_folder():
    report = sample_report("deadlift_rounded")
    report = replace(report, settings=replace(report.settings, model_path=Path("somewhere/private/heavy.task")))
    assert to_dict(report)["settings"]["model_path"] == "heavy.task"
    assert "private" not in to_json(report)


def test_numbers_are_rounded_and_minus_zero_is_zero():
    assert number(1.23456) == 1.235
    assert str(number(-0.0001)) == "0.0"
    assert number(np.inf) is None
