"""The Content-Security-Policy of a report page: its own scripts, by their hashes, and no others; no requests anywhere."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path

# Scripts of any other type are data to the browser; it runs none of them.
_RUN = (None, "", "text/javascript", "module")


class _Scripts(HTMLParser):
    """Gathers the scripts of a page, letter by letter as the browser hashes them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "script" and dict(attrs).get("type") in _RUN
        if self._inside:
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found[-1] += data


def report_policy(path: Path) -> str:
    """Return the policy for a report page.

    Parameters
    ----------
    path
        The page as it lies on the disk: what is hashed is what is sent.
    """
    status = path.stat()
    return _policy(path, status.st_mtime_ns, status.st_size)


def policy_of(page: str) -> str:
    """Return the policy for a page's text.

    Styles may stand in the page, since Plotly adds its own as it draws. They run nothing, and can fetch nothing either.
    """
    scripts = _Scripts()
    scripts.feed(page)
    scripts.close()
    sources = " ".join(_source(text) for text in scripts.found) or "'none'"
    return (
        f"default-src 'none'; script-src {sources}; style-src 'unsafe-inline'; img-src data:; media-src 'self' blob:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


@lru_cache(maxsize=64)
def _policy(path: Path, changed_ns: int, size: int) -> str:
    return policy_of(path.read_text(encoding="utf-8"))


def _source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
