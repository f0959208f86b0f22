"""When the drawn film announces a fault."""

from __future__ import annotations

from dataclasses import dataclass

from hinge_vision.findings.model import Evidence, Fault
from hinge_vision.report.model import Report

BANNER_S = 0.5
"""Seconds before and after its evidence frame for which a fault is announced: long enough to be read, short enough to be in its place."""


@dataclass(frozen=True)
class Banner:
    """One piece of a fault's evidence with the stretch of time in which it is announced."""

    fault: Fault
    evidence: Evidence
    start_s: float
    end_s: float


def fault_banners(report: Report) -> tuple[Banner, ...]:
    """Return the evidence of all faults in order of time, each with the stretch of time around it, no two overlapping."""
    items = sorted(((item, finding.fault) for finding in report.judgement.findings for item in finding.evidence), key=lambda pair: pair[0].time_s)
    banners = []
    for index, (item, fault) in enumerate(items):
        start_s, end_s = item.time_s - BANNER_S, item.time_s + BANNER_S
        if index > 0:
            start_s = max(start_s, (items[index - 1][0].time_s + item.time_s) / 2)
        if index + 1 < len(items):
            end_s = min(end_s, (item.time_s + items[index + 1][0].time_s) / 2)
        banners.append(Banner(fault, item, start_s, end_s))
    return tuple(banners)
