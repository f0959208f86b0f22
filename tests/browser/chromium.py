"""Chromium driven by Playwright, for the browser tests; a file that imports this is skipped where Playwright is not installed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.waiting import until

playwright_api = pytest.importorskip("playwright.sync_api", reason="the browser tests need playwright (pip install playwright)")

CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="the browser tests need Chromium (apt-get install -y chromium)")
DESKTOP = {"width": 1280, "height": 900}
_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def running_chromium() -> Iterator[Any]:
    """Yield the browser."""
    with playwright_api.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        yield chromium
        chromium.close()


def wait_until(page: Any, condition: str) -> None:
    """Wait until a condition holds. Playwright's own way evaluates text inside the page, which the page forbids."""
    until(lambda: page.evaluate(condition), f"never came true: {condition}", timeout_s=20.0)
