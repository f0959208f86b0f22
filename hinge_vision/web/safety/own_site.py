"""Requests that change something must come from the app's own pages, or from a program, never from another site's page."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request

from hinge_vision.web.problems import ProblemError
from hinge_vision.web.settings import is_loopback

_READING = frozenset(("GET", "HEAD", "OPTIONS"))


def check_own_site(request: Request, listening_on: str, *, open_to_all: bool) -> None:
    """Raise ProblemError for a request another site may have sent through the user's browser.

    Browsers say where a request comes from (`Sec-Fetch-Site`, `Origin`) and let no page change that; programs say nothing.

    Parameters
    ----------
    request
        The request.
    listening_on
        The address of the server.
    open_to_all
        Nobody has to sign in. Then the name a request is sent to must be this machine's own: another site's name made to
        point here (DNS rebinding) would otherwise count as the same site.
    """
    host = request.headers.get("host", "")
    if open_to_all:
        name = (urlsplit(f"//{host}").hostname or "") if _plausible(host) else ""
        if not is_loopback(name) and name != listening_on.lower():
            raise ProblemError("wrong-host", "Open the page by the address the server printed at its start.")
    if request.method in _READING:
        return
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    foreign = site not in (None, "same-origin", "none") or (origin is not None and urlsplit(origin).netloc.lower() != host.lower())
    if foreign:
        raise ProblemError("foreign-page", "This can only be done from the page of this server itself.")


def _plausible(host: str) -> bool:
    return bool(host) and not any(letter in host for letter in "/?#@\\ ")
