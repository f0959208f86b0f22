"""report.html in a real browser: Debian's Chromium, driven by Playwright. Skipped where there is none."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from hinge_vision.output import write_report
from tests.browser.chromium import DESKTOP, needs_chromium, playwright_api, wait_until
from tests.report_fixture import SAMPLES, declined_report, sample_report

pytestmark = needs_chromium
PHONE = {"width": 360, "height": 740}


@dataclass
class Opened:
    """A page with what it complained of and asked for."""

    page: object
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> dict[str, Path]:
    out = tmp_path_factory.mktemp("reports")
    return {
        "rounded": write_report(sample_report("deadlift_rounded"), SAMPLES / "deadlift_rounded.mp4", out),
        "neutral": write_report(sample_report("deadlift_neutral"), SAMPLES / "deadlift_neutral.mp4", out, embed_video=True),
        "declined": write_report(declined_report(), SAMPLES / "walking.mp4", out),
    }


@pytest.fixture(scope="module")
def opened(browser):
    """Open a report page; at the end no page may have complained, or have asked for anything but itself and its video."""
    contexts, all_opened = [], []

    def open_page(path: Path, viewport=None, scheme: str = "light") -> Opened:
        context = browser.new_context(viewport=viewport or DESKTOP, color_scheme=scheme)
        contexts.append(context)
        result = Opened(context.new_page())
        all_opened.append((result, path))
        result.page.on("console", lambda message: result.complaints.append(message.text) if message.type in ("error", "warning") else None)
        result.page.on("pageerror", lambda error: result.complaints.append(str(error)))
        result.page.on("request", lambda request: result.requests.append(request.url))
        result.page.goto(path.as_uri())
        return result

    yield open_page
    for context in contexts:
        context.close()
    for result, path in all_opened:
        assert result.complaints == []
        own = {path.as_uri(), path.with_name("annotated.mp4").as_uri()}
        assert {url for url in result.requests if not url.startswith(("data:", "blob:"))} <= own


@pytest.fixture(scope="module")
def rounded(folders, opened):
    """The page of the rounded deadlift, opened once: what one reader does after the other."""
    return ready(opened(folders["rounded"] / "report.html").page)


def report(folders, name):
    return folders[name] / "report.html"


def wait_for_time(page, time_s: float) -> None:
    """Wait until the video stands at a moment, to a frame."""
    wait_until(page, f"Math.abs(document.getElementById('clip').currentTime - {time_s}) < 0.06")


def ready(page):
    wait_until(page, "document.getElementById('clip').readyState >= 1")
    return page


def current_time(page) -> float:
    return page.evaluate("document.getElementById('clip').currentTime")


def click_plot(page, time_s: float) -> None:
    """Click the curves at a moment of the clip."""
    box = page.locator("#curves").bounding_box()
    left, width, low, high = page.evaluate(
        "(() => { const p = document.getElementById('curves'), m = p.layout.margin, r = p.layout.xaxis.range;"
        " return [m.l, p.clientWidth - m.l - m.r, r[0], r[1]]; })()"
    )
    page.mouse.click(box["x"] + left + width * (time_s - low) / (high - low), box["y"] + 120)


def cursor_left(page) -> float:
    return page.evaluate("parseFloat(document.querySelector('.cursor').style.left)")


def test_the_video_plays_and_the_cursor_runs_along(rounded):
    page = rounded
    assert page.evaluate("document.getElementById('clip').videoWidth") == 540
    before = cursor_left(page)
    page.evaluate("document.getElementById('clip').play()")
    wait_until(page, "document.getElementById('clip').currentTime > 0.5")
    page.evaluate("document.getElementById('clip').pause()")
    page.wait_for_timeout(300)
    assert cursor_left(page) > before + 10
    shown_s = float(page.locator("#reading").inner_text().split(" s")[0])
    assert abs(shown_s - current_time(page)) < 0.1


def test_clicking_the_plot_seeks_the_video_to_that_moment(rounded):
    page = rounded
    for time_s in (4.5, 1.0, 7.2):
        click_plot(page, time_s)
        wait_for_time(page, time_s)
    assert "low back +45° ± 3°" in page.locator("#reading").inner_text()


def test_dragging_in_the_plot_takes_the_video_along(rounded):
    page = rounded
    box = page.locator("#curves").bounding_box()
    page.mouse.move(box["x"] + 150, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 200, steps=4)
    page.mouse.up()
    page.wait_for_timeout(300)
    dropped = current_time(page)
    page.mouse.move(box["x"] + 400, box["y"] + 200, steps=2)
    assert dropped > 2.0
    assert current_time(page) == dropped


def test_everything_can_be_reached_and_moved_by_keyboard(rounded):
    page = rounded
    click_plot(page, 0.0)
    wait_for_time(page, 0.0)
    slider = page.locator("#seek")
    slider.focus()
    for _ in range(30):
        page.keyboard.press("ArrowRight")
    wait_until(page, "document.getElementById('clip').currentTime > 0.1")
    assert "hips" in slider.get_attribute("aria-valuetext")
    page.locator("button[data-seek]").nth(1).focus()
    page.keyboard.press("Enter")
    bottom_s = sample_report("deadlift_rounded").judgement.measures[1].bottom_s
    wait_for_time(page, bottom_s)
    assert page.evaluate("document.querySelectorAll('[tabindex]:not([tabindex=\"0\"])').length") == 0


def test_a_click_on_evidence_goes_to_its_moment(rounded):
    page = rounded
    page.locator("figcaption button").nth(2).click()
    wanted = float(page.locator("figcaption button").nth(2).get_attribute("data-seek"))
    wait_for_time(page, wanted)


@pytest.mark.parametrize(
    ("name", "scheme", "viewport"),
    [
        ("rounded", "light", PHONE),
        ("rounded", "dark", DESKTOP),
        ("neutral", "dark", PHONE),
        ("neutral", "light", DESKTOP),
        ("declined", "light", PHONE),
        ("declined", "dark", DESKTOP),
    ],
    ids=lambda value: f"{value['width']}px" if isinstance(value, dict) else value,
)
def test_axe_finds_no_serious_fault_and_nothing_overflows(folders, opened, name, scheme, viewport, tmp_path):
    axe_package = pytest.importorskip("axe_playwright_python", reason="the accessibility tests need axe-playwright-python")
    page = opened(report(folders, name), viewport, scheme).page
    page.wait_for_timeout(300)
    page.evaluate((Path(axe_package.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    violations = page.evaluate("axe.run().then((result) => result.violations)")
    serious = [f"{item['id']}: {item['nodes'][0]['html'][:150]}" for item in violations if item["impact"] in ("serious", "critical")]
    assert serious == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    shot = page.screenshot(full_page=True, path=tmp_path / f"{name}_{scheme}_{viewport['width']}.png")
    assert len(shot) > 20_000


def test_dark_and_light_pages_differ_in_ground_and_plots(folders, opened):
    seen = {}
    for scheme in ("light", "dark"):
        page = opened(report(folders, "rounded"), DESKTOP, scheme).page
        seen[scheme] = page.evaluate("[getComputedStyle(document.body).backgroundColor, document.getElementById('curves').layout.paper_bgcolor]")
    assert seen["light"][0] != seen["dark"][0]
    assert seen["light"][1] != seen["dark"][1]


def test_a_page_with_the_video_inside_needs_nothing_beside_it(folders, opened, tmp_path):
    alone = tmp_path / "report.html"
    alone.write_bytes(report(folders, "neutral").read_bytes())
    page = ready(opened(alone).page)
    click_plot(page, 3.0)
    wait_for_time(page, 3.0)
    page.evaluate("document.getElementById('clip').play()")
    wait_until(page, "document.getElementById('clip').currentTime > 3.3")


def test_a_page_whose_video_was_left_behind_says_so(folders, browser, tmp_path):
    alone = tmp_path / "report.html"
    alone.write_bytes(report(folders, "rounded").read_bytes())
    page = browser.new_page()
    page.goto(alone.as_uri())
    playwright_api.expect(page.locator("#no-film")).to_be_visible()
    click_plot(page, 4.5)
    assert "rep 2" in page.locator("#reading").inner_text()
    page.close()


def test_a_declined_page_opens_without_a_script_fault(folders, opened):
    page = opened(report(folders, "declined")).page
    assert page.locator("h1").inner_text().startswith("This clip could not be judged")
    assert page.locator("video").count() == 0


def test_the_page_prints_with_its_plots_on_white(folders, opened, tmp_path):
    page = ready(opened(report(folders, "rounded"), DESKTOP, "dark").page)
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("document.getElementById('curves').layout.paper_bgcolor") == "#ffffff"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('.cards li')).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('.caption')).color") == "rgb(86, 93, 102)"
    assert not page.locator("video").is_visible()
    assert page.locator(".print-only").is_visible()
    assert len(page.pdf(path=tmp_path / "report.pdf")) > 50_000
