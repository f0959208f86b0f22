"""The table over all clips in a real browser: it sorts, filters, fits a phone and asks the network for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from hinge_vision.batch.page import index_page
from hinge_vision.batch.summary import TableRow
from tests.browser.chromium import DESKTOP, needs_chromium

pytestmark = needs_chromium

ROW = TableRow(
    clip="anna/lift_1.mp4",
    athlete="anna",
    status="judged",
    recorded_at="2026-03-01T10:00:00+00:00",
    recorded_at_from="container",
    exercise="deadlift",
    reps=3,
    peak_hip_flexion_deg=90.0,
    peak_hip_flexion_sd_deg=5.0,
    lumbar_at_bottom_deg=28.0,
    lumbar_at_bottom_sd_deg=4.0,
    flags=("coupled_flexion (marked)", "hips_rise_first"),
    confidence=0.9,
    says="The low back rounds as the hips flex.",
    report="anna/lift_1/report.html",
    thumbnail=None,
    worst_frame_s=None,
    analysis_s=9.0,
)
ROWS = (
    ROW,
    replace(ROW, clip="anna/lift_2.mp4", recorded_at="2026-04-01T10:00:00+00:00", lumbar_at_bottom_deg=12.0, flags=(), heading="No fault seen"),
    replace(
        ROW,
        clip="ben/</script><b>.mp4",
        athlete="ben",
        recorded_at="2026-02-01T10:00:00+00:00",
        lumbar_at_bottom_deg=-9.0,
        flags=(),
        heading="Not sure",
    ),
    replace(ROW, clip="ben/bad.mov", athlete="ben", status="failed", lumbar_at_bottom_deg=None, flags=(), says="this is not a video", report=None),
)


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Any]:
    (tmp_path / "index.html").write_text(index_page([asdict(row) for row in ROWS]), encoding="utf-8")
    page = browser.new_page(viewport=DESKTOP)
    complaints, requests = [], []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto((tmp_path / "index.html").as_uri())
    yield page
    page.close()
    assert complaints == []
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []


def names(page) -> list[str]:
    return page.locator("#clips .path").all_inner_texts()


def test_it_sorts_by_a_column_and_leaves_what_was_not_measured_last(opened) -> None:
    head = opened.get_by_role("columnheader", name="Low back at bottom")
    head.get_by_role("button").click()
    assert names(opened) == ["anna/lift_1.mp4", "anna/lift_2.mp4", "ben/</script><b>.mp4", "ben/bad.mov"]
    assert head.get_attribute("aria-sort") == "descending"
    head.get_by_role("button").click()
    assert names(opened) == ["ben/</script><b>.mp4", "anna/lift_2.mp4", "anna/lift_1.mp4", "ben/bad.mov"]


def test_it_filters_by_athlete_result_fault_and_words(opened) -> None:
    opened.locator("#athlete").select_option("anna")
    assert names(opened) == ["anna/lift_2.mp4", "anna/lift_1.mp4"]
    opened.locator("#flag").select_option("coupled_flexion")
    assert names(opened) == ["anna/lift_1.mp4"]
    opened.get_by_role("button", name="Show all").click()
    opened.locator("#search").fill("not a video")
    assert names(opened) == ["ben/bad.mov"]
    opened.locator("#search").fill("")
    opened.locator("#status").select_option("failed")
    assert names(opened) == ["ben/bad.mov"]


def test_a_clip_of_which_nothing_is_sure_does_not_pass_for_one_without_fault(opened) -> None:
    assert opened.locator("#clips .tag.clear").all_inner_texts() == ["No fault seen"]
    assert opened.get_by_role("row", name="ben/</script><b>.mp4").locator(".tag").all_inner_texts() == ["Not sure"]
    opened.locator("#flag").select_option("none")
    assert names(opened) == ["anna/lift_2.mp4"]


def test_no_word_of_the_head_is_broken_on_a_wide_screen(opened) -> None:
    head = opened.get_by_role("columnheader", name="Confidence").get_by_role("button")
    assert head.evaluate("node => node.scrollWidth <= node.clientWidth && getComputedStyle(node).overflowWrap === 'normal'")


def test_each_athlete_has_a_chart_over_time(opened) -> None:
    charts = opened.locator("#charts figure")
    assert charts.locator("figcaption").all_inner_texts() == ["anna", "ben"]
    assert "+28° ± 4° on 2026-03-01, +12° ± 4° on 2026-04-01, 2 clips" in charts.first.locator("svg").first.get_attribute("aria-label").replace(
        "\u00a0", " "
    )


def test_the_chart_of_one_athlete_alone_is_no_larger_than_those_of_many(opened) -> None:
    width_px = "node => node.getBoundingClientRect().width"
    many = opened.locator("#charts figure").first.evaluate(width_px)
    opened.locator("#athlete").select_option("anna")
    assert opened.locator("#charts figure").evaluate(width_px) == many < 700


def test_one_clip_that_fits_is_not_called_clips(opened) -> None:
    opened.locator("#search").fill("not a video")
    assert opened.locator("#shown").inner_text() == "1 clip"


def test_it_fits_a_phone(opened) -> None:
    opened.set_viewport_size({"width": 360, "height": 740})
    assert opened.evaluate("document.documentElement.scrollWidth") <= 360
