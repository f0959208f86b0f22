"""What the browser tests share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, started once for the tests of one file."""
    from tests.browser.chromium import running_chromium

    with running_chromium() as chromium:
        yield chromium
