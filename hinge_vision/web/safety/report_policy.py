"""The Content-Security-Policy of a report page: its own scripts and styles by their hashes, and nothing else."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path

_INLINE = ("script", "style")


class _Inline(HTMLParser):
    """Gathers what stands inside script and style elements, letter by letter as the browser hashes it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: dict[str, list[str]] = {name: [] for name in _INLINE}
        self._open: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _INLINE:
            self._open = tag
            self.found[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._open:
            self._open = None

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self.found[self._open][-1] += data


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

    Inline style *attributes* are allowed besides, since Plotly sets them on what it draws; they cannot run anything.
    """
    inline = _Inline()
    inline.feed(page)
    inline.close()
    scripts, styles = (" ".join(_source(text) for text in inline.found[name]) or "'none'" for name in _INLINE)
    return (
        f"default-src 'none'; script-src {scripts}; style-src-elem {styles}; style-src-attr 'unsafe-inline'; img-src data:; "
        "media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


@lru_cache(maxsize=64)
def _policy(path: Path, changed_ns: int, size: int) -> str:
    return policy_of(path.read_text(encoding="utf-8"))


def _source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
