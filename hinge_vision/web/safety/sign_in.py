"""Who may come in: whoever shows the token or password, once; a cookie remembers it until the server's secret changes."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections import defaultdict, deque

from starlette.requests import Request
from starlette.responses import Response

from hinge_vision.web.intake import client_of
from hinge_vision.web.problems import ProblemError

COOKIE = "hinge_vision"
_COOKIE_S = 30 * 24 * 3600
_MAX_FAILURES = 10
_FORGET_S = 60.0
_MAX_CLIENTS = 10_000


class Doorkeeper:
    """Compares what is shown with the secret, and slows down guessing.

    Parameters
    ----------
    secret
        The token or password; None = everybody may come in.
    """

    def __init__(self, secret: str | None) -> None:
        self._secret = secret
        self._failures: defaultdict[str, deque[float]] = defaultdict(deque)

    @property
    def open_to_all(self) -> bool:
        """Whether nobody has to sign in."""
        return self._secret is None

    def knows(self, request: Request) -> bool:
        """Tell whether a request shows the cookie, or the secret as a bearer token.

        Raises
        ------
        ProblemError
            Too many wrong tokens came from that address.
        """
        if self._secret is None:
            return True
        cookie = request.cookies.get(COOKIE)
        if cookie is not None and hmac.compare_digest(cookie.encode(), self._cookie().encode()):
            return True
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        return kind.lower() == "bearer" and self.accepts(request, token.strip())

    def accepts(self, request: Request, shown: str) -> bool:
        """Tell whether somebody shows the right secret.

        Raises
        ------
        ProblemError
            He has guessed too often in the last minute.
        """
        if self._secret is None:
            return True
        client, now = client_of(request), time.monotonic()
        failures = self._failures[client]
        while failures and now - failures[0] > _FORGET_S:
            failures.popleft()
        if len(failures) >= _MAX_FAILURES:
            raise ProblemError("too-many", "Too many wrong attempts. Wait a minute.", {"Retry-After": "60"})
        if hmac.compare_digest(_digest(shown), _digest(self._secret)):
            self._failures.pop(client, None)
            return True
        failures.append(now)
        if len(self._failures) > _MAX_CLIENTS:
            self._failures.clear()
        return False

    def remember(self, request: Request, response: Response) -> None:
        """Give the browser the cookie: not readable by scripts, not sent along by other sites."""
        secure = request.url.scheme == "https"
        response.set_cookie(COOKIE, self._cookie(), max_age=_COOKIE_S, httponly=True, samesite="strict", secure=secure, path="/")

    def forget(self, response: Response) -> None:
        """Take the cookie back."""
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")

    def _cookie(self) -> str:
        return hmac.new((self._secret or "").encode(), b"hinge-vision signed in", hashlib.sha256).hexdigest()


def _digest(text: str) -> bytes:
    # of equal length, so that comparing them tells nothing about the secret's
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()
