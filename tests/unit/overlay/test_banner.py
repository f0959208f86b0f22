"""When a fault is announced."""

from __future__ import annotations

import itertools
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from hinge_vision.findings.model import Evidence, Finding
from hinge_vision.overlay.banner import fault_banners
from tests.report_fixture import sample_report


@given(st.lists(st.floats(0, 20), min_size=1, max_size=8, unique=True))
def test_banners_cover_their_evidence_and_never_overlap(times):
    report = sample_report("deadlift_neutral")
    evidence = tuple(Evidence("low_back", int(30 * time_s), time_s, 30.0, 3.0, "deg", 21.0, "rounds") for time_s in times)
    finding = Finding("coupled_flexion", "mild", (1,), evidence, 0.8)
    banners = fault_banners(replace(report, judgement=replace(report.judgement, findings=(finding,))))
    assert len(banners) == len(times)
    assert all(banner.start_s <= banner.evidence.time_s <= banner.end_s for banner in banners)
    assert all(before.end_s <= after.start_s for before, after in itertools.pairwise(banners))
