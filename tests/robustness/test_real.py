"""Real people, where a folder of clips with its INDEX.csv is at hand: HINGE_VISION_CLIPS=FOLDER. Skipped otherwise."""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from hinge_vision.settings import Settings
from tests.robustness.conftest import Row
from tests.robustness.matrix import Case, verdict

FOLDER = os.environ.get("HINGE_VISION_CLIPS", "")


@dataclass(frozen=True)
class AsLabelled:
    """Declined where the index says so, judged where it says so; and no fault that the index surely denies."""

    expect: str
    denied: frozenset[str]

    @property
    def words(self) -> str:
        said = {"judge": "judged", "decline": "declined"}.get(self.expect, "judged or declined")
        return said + (f"; not {', '.join(sorted(self.denied))}" if self.denied else "")

    def check(self, clip: Path, settings: Settings) -> str:
        from hinge_vision import analyze

        report = analyze(clip, settings)
        outcome = verdict(report)
        if self.expect in ("judge", "decline"):
            assert report.judgement.quality.judgeable is (self.expect == "judge"), outcome
        assert self.denied.isdisjoint(finding.fault for finding in report.judgement.findings), outcome
        return outcome


def cases() -> list[Case]:
    index = Path(FOLDER) / "INDEX.csv"
    if not FOLDER or not index.exists():
        return []
    with index.open(encoding="utf-8") as file:
        labels = list(csv.DictReader(file))
    settings = Settings(analysis_rate_hz=15)
    found = []
    for label in labels:
        sure = float(label["confidence"] or 0) >= 0.75
        denied = frozenset(fault for fault in ("coupled_flexion", "overextension") if sure and label[fault] == "0")
        clip = Path(FOLDER) / label["file"]
        found.append(Case(f"{clip.stem}: {label['note']}", lambda folder, clip=clip: clip, AsLabelled(label["expect"], denied), settings))
    return found


CASES = cases()


@pytest.mark.skipif(not CASES, reason="no folder of real clips: set HINGE_VISION_CLIPS to one with an INDEX.csv")
@pytest.mark.parametrize("case", CASES or [None], ids=[case.name.partition(":")[0] for case in CASES] or ["none"])
def test_a_real_clip_is_judged_or_declined_as_its_label_says(case: Case, row: Row) -> None:
    row("B Real clips", case)
