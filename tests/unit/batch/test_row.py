"""What one report adds to the table: medians over its reps, its flags, its date and its small picture."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hinge_vision.batch.row import THUMBNAIL_WIDTH_PX, _with_colon_in_zone, recorded_at, row_of, worst_frame, write_thumbnail
from hinge_vision.batch.storage import THUMBNAIL
from hinge_vision.findings.model import Evidence, Finding, Observation
from hinge_vision.overlay.pictures import frame_name
from hinge_vision.report.model import Report
from hinge_vision.report.names import PICTURES
from hinge_vision.report.text import verdict
from tests.made_clips import make_clip, steady
from tests.report_fixture import declined_report, sample_report

RECORDED = ("2026-05-01T10:00:00+00:00", "container")
NEUTRAL, ROUNDED = sample_report("deadlift_neutral"), sample_report("deadlift_rounded")


def with_reps(report: Report, *changes: dict[str, Any]) -> Report:
    """The report with its reps' numbers changed, one change a rep."""
    measures = tuple(replace(measure, **change) for measure, change in zip(report.judgement.measures, changes, strict=True))
    return replace(report, judgement=replace(report.judgement, measures=measures))


def with_evidence(report: Report, *items: Evidence) -> Report:
    """The report with one finding of this evidence."""
    finding = Finding("coupled_flexion", "mild", (1,), items, 0.8)
    return replace(report, judgement=replace(report.judgement, findings=(finding,)))


def evidence_at(report: Report, time_s: float, value: float, sd: float) -> Evidence:
    assert report.motion is not None
    row = int(np.argmin(np.abs(report.motion.time_s - time_s)))
    return Evidence("low_back", int(report.motion.frame[row]), float(report.motion.time_s[row]), value, sd, "deg", 21.0, "rounds")


def bottom_s(report: Report, rep: int) -> float:
    return next(measure.bottom_s for measure in report.judgement.measures if measure.rep == rep)


def test_a_judged_clip_has_its_verdict_its_exercise_its_reps_and_its_date() -> None:
    row = row_of(ROUNDED, RECORDED, 1.9)
    assert (row.judged, row.says, row.exercise, row.reps) == (True, verdict(ROUNDED), "deadlift", 3)
    assert row.heading == "Fault seen"
    assert (row.recorded_at, row.recorded_at_from, row.worst_frame_s) == (*RECORDED, 1.9)


def test_the_flags_are_the_faults_with_their_severity_and_then_the_observations() -> None:
    noted = Observation("hips_rise_first", (1,), (), 0.8)
    report = replace(ROUNDED, judgement=replace(ROUNDED.judgement, observations=(noted,)))
    assert row_of(report, RECORDED, None).flags == ("coupled_flexion (marked)", "hips_rise_first")
    assert row_of(NEUTRAL, RECORDED, None).flags == ()


def test_the_angles_are_the_median_over_the_whole_reps_to_a_tenth_of_a_degree() -> None:
    numbers = [(80.04, 4.0, 0.901), (95.0, 30.0, 0.5), (90.16, 10.06, 0.849)]
    report = with_reps(
        NEUTRAL, *({"peak_hip_flexion_deg": hip, "lumbar_at_bottom_deg": back, "confidence": sure} for hip, back, sure in numbers)
    )
    row = row_of(report, RECORDED, None)
    assert (row.peak_hip_flexion_deg, row.lumbar_at_bottom_deg, row.confidence) == (90.2, 10.1, 0.85)
    assert (row.peak_hip_flexion_sd_deg, row.lumbar_at_bottom_sd_deg) == (4.0, 3.0)


def test_a_rep_seen_in_part_counts_only_where_there_is_no_whole_one() -> None:
    reps = [{"peak_hip_flexion_deg": hip, "partial": partial} for hip, partial in ((30.0, True), (90.0, False), (40.0, True))]
    assert row_of(with_reps(NEUTRAL, *reps), RECORDED, None).peak_hip_flexion_deg == 90.0
    reps[1]["partial"] = True
    assert row_of(with_reps(NEUTRAL, *reps), RECORDED, None).peak_hip_flexion_deg == 40.0


def test_a_rep_that_was_not_judged_is_counted_and_adds_no_angle() -> None:
    unjudged = {"lumbar_at_bottom_deg": 60.0, "confidence": 0.0}
    row = row_of(with_reps(NEUTRAL, unjudged, {"lumbar_at_bottom_deg": 2.0}, unjudged), RECORDED, None)
    assert (row.reps, row.lumbar_at_bottom_deg) == (3, 2.0)


def test_what_was_not_measured_in_one_rep_is_taken_from_the_others_and_in_none_is_not_known() -> None:
    unknown, known = {"lumbar_at_bottom_deg": math.nan}, {"lumbar_at_bottom_deg": 7.0}
    assert row_of(with_reps(NEUTRAL, unknown, known, unknown), RECORDED, None).lumbar_at_bottom_deg == 7.0
    assert row_of(with_reps(NEUTRAL, unknown, unknown, unknown), RECORDED, None).lumbar_at_bottom_deg is None


def test_a_declined_clip_has_its_reason_and_no_numbers() -> None:
    row = row_of(declined_report(), RECORDED, None)
    assert (row.judged, row.says) == (False, "This clip could not be judged: no hip hinge was seen in this clip.")
    assert (row.exercise, row.reps, row.flags) == (None, 0, ())
    numbers = (row.peak_hip_flexion_deg, row.peak_hip_flexion_sd_deg, row.lumbar_at_bottom_deg, row.lumbar_at_bottom_sd_deg, row.confidence)
    assert numbers == (None,) * 5


def test_the_worst_frame_is_that_of_the_strongest_evidence_in_its_own_uncertainty() -> None:
    weak, strong = evidence_at(ROUNDED, 2.0, 50.0, 12.0), evidence_at(ROUNDED, 5.0, 35.0, 2.0)
    for items in ((weak, strong), (strong, weak)):
        worst = worst_frame(with_evidence(ROUNDED, *items))
        assert worst is not None
        assert (worst.frame, worst.time_s) == (strong.frame, strong.time_s)


def test_where_nothing_was_found_the_deepest_rep_that_was_judged_is_shown() -> None:
    reps = [{"peak_hip_flexion_deg": 90.0}, {"peak_hip_flexion_deg": 99.0}, {"peak_hip_flexion_deg": 120.0, "confidence": 0.0}]
    shown = worst_frame(with_reps(NEUTRAL, *reps))
    assert shown is not None
    assert shown.time_s == bottom_s(NEUTRAL, 2)
    reps[1]["peak_hip_flexion_deg"] = math.nan
    shown = worst_frame(with_reps(NEUTRAL, *reps))
    assert shown is not None
    assert shown.time_s == bottom_s(NEUTRAL, 1)


def test_where_no_hip_was_measured_the_first_bottom_is_shown() -> None:
    shown = worst_frame(with_reps(NEUTRAL, *[{"peak_hip_flexion_deg": math.nan}] * 3))
    assert shown is not None
    assert shown.time_s == bottom_s(NEUTRAL, 1)


def test_a_declined_clip_has_no_worst_frame_though_it_was_measured() -> None:
    assert worst_frame(declined_report()) is None
    declined = replace(ROUNDED, judgement=replace(ROUNDED.judgement, quality=declined_report().judgement.quality))
    assert worst_frame(declined) is None


def drawn(folder: Path, report: Report) -> Report:
    """A folder with the picture of the report's worst frame: wide, its left half dark and its right half bright."""
    worst = worst_frame(report)
    assert worst is not None
    (folder / PICTURES).mkdir()
    image = np.zeros((720, 1080, 3), np.uint8)
    image[:, 540:] = 255
    cv2.imwrite(str(folder / PICTURES / frame_name(worst.frame)), image)
    return report


def test_the_thumbnail_is_the_worst_frames_picture_made_small(tmp_path: Path) -> None:
    report = drawn(tmp_path, NEUTRAL)
    worst = worst_frame(report)
    assert worst is not None
    assert write_thumbnail(report, tmp_path) == worst.time_s
    small = cv2.imread(str(tmp_path / THUMBNAIL))
    assert small is not None
    assert small.shape == (THUMBNAIL_WIDTH_PX * 720 // 1080, THUMBNAIL_WIDTH_PX, 3)
    assert small[:, : THUMBNAIL_WIDTH_PX // 2 - 8].max() < 30
    assert small[:, THUMBNAIL_WIDTH_PX // 2 + 8 :].min() > 225


@pytest.mark.parametrize("missing", ["declined", "picture"])
def test_where_there_is_no_picture_an_older_thumbnail_is_taken_away(tmp_path: Path, missing: str) -> None:
    report = drawn(tmp_path, NEUTRAL)
    write_thumbnail(report, tmp_path)
    if missing == "declined":
        report = declined_report()
    else:
        next((tmp_path / PICTURES).iterdir()).unlink()
    assert write_thumbnail(report, tmp_path) is None
    assert not (tmp_path / THUMBNAIL).exists()
    assert write_thumbnail(report, tmp_path) is None, "nor is one missed that was never there"


def dated(path: Path, **metadata: str) -> Path:
    """A clip of a few frames whose container says so."""
    plain = make_clip(path.with_name("plain.mp4"), steady(3, 30))
    with av.open(str(plain)) as source, av.open(str(path), "w", options={"movflags": "use_metadata_tags"}) as container:
        container.metadata.update(metadata)
        stream = container.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.size:
                packet.stream = stream
                container.mux(packet)
    return path


APPLE = "com.apple.quicktime.creationdate"


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ({"creation_time": "2026-03-01T10:20:30.000000Z"}, "2026-03-01T10:20:30+00:00"),
        ({APPLE: "2026-03-01T12:20:30+0200"}, "2026-03-01T12:20:30+02:00"),
        ({APPLE: "2026-03-01T12:20:30+0200", "creation_time": "2026-03-01T10:20:31.000000Z"}, "2026-03-01T12:20:30+02:00"),
        ({APPLE: "yesterday", "creation_time": "2026-03-01T10:20:30.000000Z"}, "2026-03-01T10:20:30+00:00"),
        ({"creation_time": "1995-01-01T00:00:00.000000Z"}, "1995-01-01T00:00:00+00:00"),
    ],
    ids=["any camera", "a telephone, with its zone", "the zone is preferred", "the next is tried", "the oldest believed"],
)
def test_a_clip_was_filmed_when_its_container_says(tmp_path: Path, metadata: dict[str, str], said: str) -> None:
    assert recorded_at(dated(tmp_path / "clip.mov", **metadata), 0.0) == (said, "container")


@pytest.mark.parametrize("metadata", [{}, {"creation_time": "1970-01-01T00:00:00.000000Z"}, {"creation_time": "1994-12-31T23:59:59.000000Z"}])
def test_where_the_container_does_not_know_or_its_clock_was_never_set_the_files_date_stands(tmp_path: Path, metadata: dict[str, str]) -> None:
    assert recorded_at(dated(tmp_path / "clip.mov", **metadata), 1777629600.0) == ("2026-05-01T10:00:00+00:00", "file")


@pytest.mark.parametrize("content", [None, b"no film at all"])
def test_a_file_that_cannot_be_read_has_its_own_date(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "clip.mp4").write_bytes(content)
    assert recorded_at(tmp_path / "clip.mp4", 1777629600.0) == ("2026-05-01T10:00:00+00:00", "file")


@given(st.integers(-23, 23), st.integers(0, 59))
def test_a_zone_without_its_colon_is_the_same_zone(hours: int, minutes: int) -> None:
    assert _with_colon_in_zone(f"2026-03-01T12:20:30{hours:+03d}{minutes:02d}") == f"2026-03-01T12:20:30{hours:+03d}:{minutes:02d}"


@pytest.mark.parametrize("date", ["", "2026", "2026-03-01T10:20:30", "2026-03-01T10:20:30+00:00", "yesterday"])
def test_any_other_date_is_left_as_it_is(date: str) -> None:
    assert _with_colon_in_zone(date) == date
