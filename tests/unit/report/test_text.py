"""The words of the report."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hinge_vision.findings.model import Evidence, Finding
from hinge_vision.report import text
from hinge_vision.report.limits import cannot_know
from hinge_vision.report.model import DISCLAIMER
from tests.report_fixture import DRILLS, declined_report, sample_report

FORBIDDEN = ("diagnos", "injury risk", "will hurt", "herniat", "disc ", "patholog", "you suffer", "dangerous")


def test_the_verdict_names_fault_reps_number_uncertainty_and_sureness():
    verdict = text.verdict(sample_report("deadlift_rounded"))
    assert verdict.startswith("The low back rounds as the hips flex in 3 of 3 reps: marked, +45° ± 3° at ")
    assert verdict.endswith("(high confidence, 85 %).")


def test_the_verdict_gives_the_angle_even_where_a_gap_stands_further_past_its_limit():
    report = sample_report("deadlift_rounded")
    finding = report.judgement.findings[0]
    gap = replace(finding.evidence[0], value=9.0, sd=0.1, unit="pct", limit=2.5, why="sacrum off the dowel")
    finding = replace(finding, evidence=(finding.evidence[0], gap, *finding.evidence[1:]))
    assert "+45° ± 3°" in text.verdict(replace(report, judgement=replace(report.judgement, findings=(finding,))))


def test_hips_that_stop_short_are_told_by_the_hips_and_not_by_what_took_over():
    report = sample_report("deadlift_limited_range")
    bottom = report.segmentation.reps[0].bottom
    frame, time_s = int(report.motion.frame[bottom]), float(report.motion.time_s[bottom])
    hips = Evidence("hips", frame, time_s, 45.0, 4.0, "deg", 67.0, "hips stopped short of the hinge")
    knees = Evidence("knees", frame, time_s, 95.0, 2.0, "deg", 50.0, "the knees took over")
    finding = Finding("limited_range", "moderate", (1,), (hips, knees), 0.8)
    verdict = text.verdict(replace(report, judgement=replace(report.judgement, findings=(finding,))))
    assert f"the hips stop short in 1 of {len(report.judgement.measures)} reps: moderate, 45° ± 4° at" in verdict.replace("The hips", "the hips")


def test_limits_and_reasons_read_as_people_write_them():
    item = Evidence("low_back", 3, 0.1, -13.0, 4.0, "deg", -9.5, "low back arched past 10 deg")
    assert text.limit(item) == "\u22129.5°"
    assert text.limit(replace(item, unit="pct", limit=8.0)) == "8 %"
    assert text.limit(replace(item, unit="pct", limit=2.25)) == "2.25 %"
    assert text.why(item) == "Low back arched past 10°."


def test_only_the_low_backs_angle_has_a_sign_for_rounding_or_arching():
    hips = Evidence("hips", 3, 0.1, 54.4, 2.6, "deg", 70.0, "hips stopped short of the hinge")
    assert text.quantity(hips) == "54° ± 3°"
    assert text.quantity(replace(hips, witness="low_back")) == "+54° ± 3°"
    assert text.quantity(replace(hips, witness="outline")) == "+54° ± 3°"


def test_each_of_several_faults_in_the_verdict_has_its_own_confidence():
    report = sample_report("deadlift_rounded")
    short = Evidence("hips", 3, 0.1, 50.0, 4.0, "deg", 67.0, "hips stop short")
    unsure = Finding("limited_range", "mild", (1,), (short,), 0.62)
    verdict = text.verdict(replace(report, judgement=replace(report.judgement, findings=(*report.judgement.findings, unsure))))
    rounds, stops = verdict.split("; ")
    assert rounds.endswith("(high confidence, 85 %)")
    assert stops.endswith("(fair confidence, 62 %).")


def test_two_reps_are_called_both():
    report = sample_report("deadlift_neutral")
    two = replace(report, judgement=replace(report.judgement, measures=report.judgement.measures[:2]))
    assert "in both reps while" in text.verdict(two)


def test_a_clip_without_fault_says_so_with_the_depth_reached():
    verdict = text.verdict(sample_report("deadlift_neutral"))
    assert verdict.startswith("No fault seen")
    assert "all 3 reps" in verdict


def test_a_clip_that_shows_too_little_is_not_called_clean():
    report = sample_report("deadlift_neutral")
    measures = tuple(replace(measure, confidence=0.14) for measure in report.judgement.measures)
    unsure = replace(report, judgement=replace(report.judgement, measures=measures))
    assert text.verdict(unsure).startswith("No fault can be named, and none ruled out")
    assert text.heading(unsure) == "Not sure"
    assert text.heading(report) == "No fault seen"


def test_a_low_back_that_moved_far_is_not_said_to_have_stayed():
    report = sample_report("deadlift_neutral")
    measures = tuple(replace(measure, lumbar_at_bottom_deg=30.0) for measure in report.judgement.measures)
    verdict = text.verdict(replace(report, judgement=replace(report.judgement, measures=measures)))
    assert "moved by up to +30°" in verdict
    assert "stayed" not in verdict


def test_a_declined_clip_gives_its_reason():
    assert text.verdict(declined_report()) == "This clip could not be judged: no hip hinge was seen in this clip."


def test_the_gravest_finding_comes_first():
    report = sample_report("deadlift_rounded")
    mild = Finding("limited_range", "mild", (1,), (Evidence("hips", 3, 0.1, 50.0, 4.0, "deg", 67.0, "hips stop short"),), 0.9)
    report = replace(report, judgement=replace(report.judgement, findings=(mild, *report.judgement.findings)))
    assert [finding.fault for finding in text.ordered_findings(report)] == ["coupled_flexion", "limited_range"]
    assert text.verdict(report).startswith("The low back rounds")


@pytest.mark.parametrize(
    ("value", "sd", "signed", "words"),
    [
        (45.2, 2.6, True, "+45° ± 3°"),
        (-15.0, np.nan, True, "\u221215°"),
        (-0.2, 0.2, True, "0° ± 1°"),
        (92.4, 4.0, False, "92° ± 4°"),
        (np.nan, 4.0, True, "not measured"),
    ],
)
def test_degrees_read_as_people_write_them(value, sd, signed, words):
    assert text.degrees(value, sd, signed=signed) == words


@pytest.mark.parametrize(("knee_deg", "named"), [(20.0, True), (45.0, False), (np.nan, False)])
def test_hamstrings_are_named_only_while_the_knees_stayed_nearly_straight(knee_deg, named):
    report = sample_report("deadlift_limited_range")
    knees = replace(report.motion.knee_flexion, value_deg=np.full(len(report.motion.frame), knee_deg))
    report = replace(report, motion=replace(report.motion, knee_flexion=knees))
    finding = Finding("limited_range", "moderate", (1, 2), (), 0.8)
    assert ("hamstrings" in text.finding_meaning(report, finding)) is named


def test_reps_and_tempo_are_said_only_where_the_drill_has_them():
    assert text.drill_dose(DRILLS[0]) == "15 reps, tempo 1-1-0: one second down, one second held, straight up"
    assert text.drill_dose(DRILLS[1]) == ""


def test_no_text_diagnoses_or_forecasts():
    words = [
        *text.FAULT_MEANINGS.values(),
        *text.OBSERVATION_MEANINGS.values(),
        *text.SELF_ASSESSMENT,
        *cannot_know(),
        text.GENERAL_FILMING,
        DISCLAIMER,
    ]
    for sentence in words:
        assert not any(term in sentence.lower() for term in FORBIDDEN), sentence


def test_reps_that_could_not_be_judged_are_neither_called_clean_nor_counted():
    report = sample_report("deadlift_neutral")
    first, *others = report.judgement.measures
    refused = replace(first, confidence=0.0, faults=(), peak_hip_flexion_deg=133.0)
    partly = replace(report, judgement=replace(report.judgement, measures=(refused, *others)))
    verdict = text.verdict(partly)
    assert f"in the {len(others)} rep" in verdict
    assert "of 3 that could be judged" in verdict
    assert "133" not in verdict
    without = replace(report, judgement=replace(report.judgement, measures=tuple(others)))
    assert text.clean_confidence(partly) == pytest.approx(text.clean_confidence(without))
    assert text.rep_remark(partly, refused) == "not judged"

    rounded = sample_report("deadlift_rounded")
    first, *others = rounded.judgement.measures
    finding = replace(rounded.judgement.findings[0], reps=tuple(measure.rep for measure in others))
    measures = (replace(first, confidence=0.0, faults=()), *others)
    partly = replace(rounded, judgement=replace(rounded.judgement, measures=measures, findings=(finding,)))
    assert "in 2 of 2 judged reps" in text.verdict(partly)


def test_a_rep_that_could_not_be_decided_is_not_called_clean():
    report = sample_report("deadlift_neutral")
    first, *others = report.judgement.measures
    unsure = replace(first, lumbar_at_bottom_deg=45.0)
    partly = replace(report, judgement=replace(report.judgement, measures=(unsure, *others), undecided=(1,)))
    assert "of 3 that could be judged" in text.verdict(partly)
    assert "45" not in text.verdict(partly)
    assert text.rep_remark(partly, unsure) == "not sure"
    assert text.rep_remark(partly, others[0]) == "no fault seen"
    wholly = replace(report, judgement=replace(report.judgement, undecided=(1, 2, 3)))
    assert text.verdict(wholly).startswith("No fault can be named, and none ruled out")
    assert text.heading(wholly) == "Not sure"


def test_a_trunk_that_speaks_for_the_low_back_is_named_as_such():
    report = sample_report("deadlift_neutral")
    item = Evidence("trunk", 3, 0.1, -10.0, 2.0, "deg", -6.0, "trunk leans back")
    finding = Finding("overextension", "mild", (1,), (item,), 0.9)
    leaning = replace(report, judgement=replace(report.judgement, findings=(finding,)))
    assert text.verdict(leaning).startswith("The trunk leans back past upright at lockout in 1 of 3 reps: mild, \u221210° ± 2°")
    assert text.LEAN_BACK in text.finding_meaning(leaning, finding)
    arched = replace(item, witness="low_back", value=-9.0, limit=-7.5, why="low back arched past its standing shape at depth")
    both = replace(finding, evidence=(replace(arched, frame=int(report.motion.frame[-1])), item))
    assert text.leading(report, both).why == arched.why
    assert text.LEANS_BACK_TOO in text.finding_meaning(leaning, both)


def test_the_verdict_gives_the_number_that_makes_the_severity():
    report = sample_report("deadlift_rounded")
    bottoms = [int(report.motion.frame[rep.bottom]) for rep in report.segmentation.reps]
    shown = zip(bottoms, (45, 34, 33), (6, 2, 2), strict=True)
    items = tuple(Evidence("low_back", frame, 1.0, value, sd, "deg", 21.0, "low back rounded") for frame, value, sd in shown)
    finding = replace(report.judgement.findings[0], severity="marked", evidence=items)
    assert "marked, +45° ± 6°" in text.verdict(replace(report, judgement=replace(report.judgement, findings=(finding,))))


def test_the_back_is_said_to_have_taken_over_only_where_it_did():
    report = sample_report("deadlift_limited_range")
    hips = Evidence("hips", 3, 0.1, 45.0, 4.0, "deg", 67.0, "hips stopped short")
    finding = Finding("limited_range", "mild", (1,), (hips,), 0.8)
    assert text.TAKEN_OVER not in text.finding_meaning(report, finding)
    taken = replace(finding, evidence=(hips, replace(hips, witness="knees")))
    assert text.TAKEN_OVER in text.finding_meaning(report, taken)


def test_a_rep_seen_in_part_that_could_not_be_decided_says_both():
    report = sample_report("deadlift_neutral")
    first, *others = report.judgement.measures
    partial = replace(first, partial=True)
    unsure = replace(report, judgement=replace(report.judgement, measures=(partial, *others), undecided=(first.rep,)))
    assert text.rep_remark(unsure, partial) == "seen in part, not sure"


def test_a_reps_uncertainties_belong_to_the_numbers_they_stand_behind():
    report = sample_report("deadlift_rounded")
    rep, back = report.segmentation.reps[0], report.motion.lumbar_flexion
    odd = np.zeros(len(report.motion.frame))
    odd[rep.bottom] = 30.0  # at that one frame the low back was seen badly; its number is a median of the frames around
    motion = replace(report.motion, lumbar_flexion=replace(back, sd_deg=back.sd_deg + odd))
    assert text.rep_uncertainty(replace(report, motion=motion), 1) == pytest.approx((4.0, 3.0))
