"""Which frames are shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hinge_vision.findings.model import Evidence, Finding, Observation
from hinge_vision.report import evidence
from hinge_vision.report.evidence import MOST_FRAMES, key_frames
from tests.report_fixture import declined_report, sample_report


def test_the_evidence_of_a_fault_is_shown_with_its_number():
    frames = key_frames(sample_report("deadlift_rounded"))
    assert [item.rep for item in frames] == [1, 2, 3]
    assert frames[0].captions[0].startswith("Coupled flexion: +45° ± 3°.")


def test_without_findings_the_bottom_of_each_rep_is_shown():
    report = sample_report("deadlift_neutral")
    frames = key_frames(report)
    assert [item.frame for item in frames] == [int(report.motion.frame[rep.bottom]) for rep in report.segmentation.reps]


def test_of_more_reps_than_pictures_the_first_and_the_last_are_shown(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(evidence, "MOST_BOTTOMS", 2)
    assert [item.rep for item in key_frames(sample_report("deadlift_neutral"))] == [1, 3]


def test_one_frame_that_shows_two_things_is_one_picture_with_two_captions():
    report = sample_report("deadlift_rounded")
    first = report.judgement.findings[0].evidence[0]
    head = Observation("head_contact_lost", (1,), (replace(first, value=12.0, unit="pct", limit=8.0),), 0.7)
    frames = key_frames(replace(report, judgement=replace(report.judgement, observations=(head,))))
    assert len(frames) == 3
    assert len(frames[0].captions) == 2


def test_many_reps_leave_the_strongest_evidence_of_every_fault():
    report = sample_report("deadlift_neutral")
    rounding = tuple(Evidence("low_back", frame, frame / 30, 20.0 + frame, 3.0, "deg", 21.0, "rounds") for frame in range(2, 270, 9))
    arching = (Evidence("low_back", 6, 0.2, -12.0, 3.0, "deg", -9.5, "arches"), Evidence("low_back", 270, 9.0, -12.0, 3.0, "deg", -9.5, "arches"))
    findings = (Finding("coupled_flexion", "marked", (1,), rounding, 0.9), Finding("overextension", "mild", (2,), arching, 0.9))
    frames = key_frames(replace(report, judgement=replace(report.judgement, findings=findings)))
    assert len(frames) == MOST_FRAMES
    assert 263 in {item.frame for item in frames}
    assert any("Overextension" in caption for item in frames for caption in item.captions)


def test_evidence_of_the_same_moment_shares_a_picture_and_says_where_each_number_is_from():
    report = sample_report("deadlift_rounded")
    first = report.judgement.findings[0].evidence[0]
    beside = replace(first, frame=first.frame + 4, time_s=first.time_s + 4 / 30, value=5.8, sd=1.2, unit="pct", limit=2.5, why="sacrum off the dowel")
    later = replace(beside, frame=first.frame + 12, time_s=first.time_s + 12 / 30)
    finding = replace(report.judgement.findings[0], evidence=(first, beside, later))
    frames = key_frames(replace(report, judgement=replace(report.judgement, findings=(finding,))))
    assert [item.frame for item in frames] == [first.frame, later.frame]
    assert frames[0].captions[1] == f"Coupled flexion: 5.8 ± 1.2 % at {beside.time_s:.2f} s. Sacrum off the dowel."


def test_a_declined_clip_has_no_key_frames():
    assert key_frames(declined_report()) == ()
