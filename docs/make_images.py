"""Make the pictures in docs/images: four reports of the sample clips, analysed and opened in Chromium.

    python docs/make_images.py

Needs a development install (pytest, playwright) and a Chromium on the PATH (`apt-get install -y chromium`).
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from hinge_vision import Settings, analyze
from hinge_vision.output import write_report

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.chromium import CHROMIUM, running_chromium  # noqa: E402

IMAGES = ROOT / "docs" / "images"
SAMPLES = ROOT / "sample_videos"
WIDTH_PX, MOST_HEIGHT_PX = 1120, 1120
REPORTS = {
    "neutral": ("deadlift_neutral", Settings()),
    "rounded": ("deadlift_rounded", Settings()),
    "overextended": ("deadlift_overextended", Settings()),
    "declined": ("deadlift_neutral", Settings(end_s=0.8)),  # the lifter only stands there
}


def picture(browser: Browser, page_path: Path, image_path: Path) -> None:
    """Save the top of a report page, the video at the bottom of the second rep where there is one."""
    page = browser.new_page(viewport={"width": WIDTH_PX, "height": MOST_HEIGHT_PX})
    page.goto(page_path.as_uri())
    if page.locator("#clip").count():
        while page.evaluate("document.getElementById('clip').readyState") < 2:
            page.wait_for_timeout(50)
        page.locator("button[data-seek]").nth(1).click()
        page.wait_for_timeout(1000)
        page.evaluate("document.getElementById('clip').controls = false")
    height_px = min(MOST_HEIGHT_PX, page.evaluate("document.documentElement.scrollHeight"))
    page.screenshot(path=image_path, clip={"x": 0, "y": 0, "width": WIDTH_PX, "height": height_px}, full_page=True)
    page.close()


def main() -> None:
    """Make all four pictures."""
    if CHROMIUM is None:
        sys.exit("no Chromium found; apt-get install -y chromium")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, running_chromium() as browser:
        for name, (clip, settings) in REPORTS.items():
            path = SAMPLES / f"{clip}.mp4"
            folder = write_report(analyze(path, settings), path, Path(scratch) / name)
            picture(browser, folder / "report.html", IMAGES / f"report_{name}.png")
            print(f"docs/images/report_{name}.png")


if __name__ == "__main__":
    main()
