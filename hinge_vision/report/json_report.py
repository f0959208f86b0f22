"""report.json: the whole result for machines, with the JSON Schema that describes it."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib import resources
from typing import Any

import numpy as np

from hinge_vision.arrays import FloatArray
from hinge_vision.findings.model import Evidence
from hinge_vision.report import text
from hinge_vision.report.limits import limits
from hinge_vision.report.model import DISCLAIMER, SCHEMA_VERSION, Report

DECIMALS = 3


def number(value: float, decimals: int = DECIMALS) -> float | None:
    """Round a number for output; unknown (NaN or infinite) becomes None, negative zero zero."""
    return round(float(value), decimals) + 0.0 if np.isfinite(value) else None


def to_dict(report: Report) -> dict[str, Any]:
    """Return the report as plain data, in the order and with the names of `report.schema.json`."""
    judgement = report.judgement
    return {
        "schema_version": SCHEMA_VERSION,
        "verdict": text.verdict(report),
        "clip": _clean(asdict(report.clip)),
        "exercise": report.exercise,
        "facing": report.facing,
        "baseline": None if report.motion is None else _clean(asdict(report.motion.baseline)),
        "reps": [_clean(asdict(measure)) for measure in judgement.measures],
        "findings": [
            {
                "fault": finding.fault,
                "severity": finding.severity,
                "reps": list(finding.reps),
                "evidence": [_evidence(item) for item in finding.evidence],
                "confidence": number(finding.confidence),
                "meaning": text.finding_meaning(report, finding),
            }
            for finding in judgement.findings
        ],
        "observations": [
            {
                "name": observation.name,
                "reps": list(observation.reps),
                "evidence": [_evidence(item) for item in observation.evidence],
                "confidence": number(observation.confidence),
                "meaning": text.OBSERVATION_MEANINGS[observation.name],
            }
            for observation in judgement.observations
        ],
        "dowel": {"gaps": _gaps(report), "lost": list(judgement.contacts_lost)},
        "drills": [asdict(drill) for drill in judgement.drills],
        "quality": {
            "judgeable": judgement.quality.judgeable,
            "reasons": [asdict(reason) for reason in judgement.quality.reasons],
            "measured": number(judgement.quality.measured),
        },
        "limits": [{"what": what, "next_time": remedy} for what, remedy in limits(report)],
        "accuracy": report.accuracy,
        "self_assessment": list(text.SELF_ASSESSMENT),
        "disclaimer": DISCLAIMER,
        "settings": _settings(report),
        "thresholds": report.thresholds.as_dict(),
        "versions": asdict(report.versions),
    }


def to_json(report: Report) -> str:
    """Return `report.json`'s text. The same report gives the same bytes."""
    return json.dumps(to_dict(report), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def schema() -> dict[str, Any]:
    """Return the JSON Schema of `report.json`, as shipped with the package."""
    data: dict[str, Any] = json.loads(resources.files("hinge_vision.report").joinpath("report.schema.json").read_text(encoding="utf-8"))
    return data


def _evidence(item: Evidence) -> dict[str, Any]:
    values: dict[str, Any] = _clean(asdict(item))
    del values["witness"]  # `why` says it
    return values


def _settings(report: Report) -> dict[str, Any]:
    values = asdict(report.settings)
    # the file's name is enough to know which bundle ran; where it lies on someone's disk is nobody's business
    values["model_path"] = None if report.settings.model_path is None else report.settings.model_path.name
    cleaned: dict[str, Any] = _clean(values)
    return cleaned


def _gaps(report: Report) -> dict[str, Any] | None:
    """Return per gap its standing value, its value at each rep's bottom, and its extremes, in % of the standing SI-C7 length."""
    if report.motion is None:
        return None
    bottoms = [] if report.segmentation is None else [rep.bottom for rep in report.segmentation.reps]
    return {
        name: {
            "standing": number(getattr(report.motion.baseline, name)),
            "at_bottom": [number(values[bottom]) for bottom in bottoms],
            "smallest": number(_extreme(values, largest=False)),
            "largest": number(_extreme(values, largest=True)),
        }
        for name, values in report.motion.dowel.gaps()
    }


def _extreme(values: FloatArray, *, largest: bool) -> float:
    measured = values[np.isfinite(values)]
    if not measured.size:
        return float("nan")
    return float(measured.max() if largest else measured.min())


def _clean(value: Any) -> Any:
    """Return the value with tuples as lists, numbers rounded, and NaN as None."""
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    if isinstance(value, float | np.floating):
        return number(float(value))
    if isinstance(value, np.bool_ | np.integer):
        return value.item()
    return value
