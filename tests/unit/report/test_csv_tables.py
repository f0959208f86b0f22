"""frames.csv and reps.csv."""

from __future__ import annotations

import csv
import io

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hinge_vision.report.csv_tables import FRAME_COLUMNS, REP_COLUMNS, cell, frames_csv, reps_csv
from tests.report_fixture import declined_report, sample_report, with_hole


def test_frames_csv_has_a_row_per_frame_with_the_columns_of_the_design():
    report = sample_report("deadlift_rounded")
    rows = list(csv.DictReader(io.StringIO(frames_csv(report))))
    assert tuple(rows[0]) == FRAME_COLUMNS
    assert len(rows) == len(report.motion.frame)
    bottom = report.segmentation.reps[0].bottom
    assert float(rows[bottom]["lumbar_flexion_deg"]) == round(float(report.motion.lumbar_flexion.value_deg[bottom]), 2)
    assert float(rows[bottom]["lumbar_flexion_sd_deg"]) == 3.0
    assert rows[bottom]["rep"] == "1"
    assert rows[0]["rep"] == ""


def test_what_was_not_measured_is_an_empty_cell():
    report = with_hole(sample_report("deadlift_rounded"), slice(10, 20))
    rows = list(csv.DictReader(io.StringIO(frames_csv(report))))
    assert rows[15]["hip_flexion_deg"] == rows[15]["lumbar_flexion_sd_deg"] == rows[15]["sacral_gap_pct"] == ""
    assert rows[15]["time_s"] != ""
    assert "nan" not in frames_csv(report).lower()


def test_reps_csv_has_a_row_per_rep_and_empty_cells_for_the_unknown():
    report = sample_report("deadlift_rounded")
    rows = list(csv.DictReader(io.StringIO(reps_csv(report))))
    assert tuple(rows[0]) == REP_COLUMNS
    assert [row["rep"] for row in rows] == ["1", "2", "3"]
    assert rows[1]["faults"] == "coupled_flexion"
    assert rows[1]["lumbar_onset_hip_deg"] == ""
    assert rows[1]["partial"] == "false"


def test_a_clip_without_anything_measured_has_headers_only():
    assert frames_csv(declined_report()).splitlines() == [",".join(FRAME_COLUMNS)]
    assert reps_csv(declined_report()).splitlines() == [",".join(REP_COLUMNS)]


@given(st.floats(-1e6, 1e6), st.integers(0, 4))
def test_a_cell_says_its_number_to_the_decimals_asked_for_and_never_minus_zero(value, decimals):
    written = cell(value, decimals)
    assert abs(float(written) - value) <= 0.5000001 * 10.0**-decimals + 1e-9
    assert not (written.startswith("-") and float(written) == 0)


def test_a_cell_for_no_number_is_empty():
    assert cell(np.nan, 2) == cell(np.inf, 2) == ""
