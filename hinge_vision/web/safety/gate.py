"""The gate every request passes: right host, own site, signed in; and no fault of the program leaves it as a traceback."""

from __future__ import annotations

import logging
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hinge_vision.web.answers import problem, problem_of_status, wants_page
from hinge_vision.web.problems import ProblemError
from hinge_vision.web.safety.own_site import check_own_site
from hinge_vision.web.safety.sign_in import Doorkeeper

log = logging.getLogger("hinge_vision.web")
_FREE = ("/static/", "/sign-in")
# Only uploads are large, and they count for themselves.
_UPLOADS = ("/api/clips", "/clips")
_MAX_BODY_BYTES = 64 << 10


class Gate:
    """Lets in whom the doorkeeper knows.

    Parameters
    ----------
    app
        The app inside.
    doorkeeper
        Knows the secret.
    listening_on
        The address of the server.
    """

    def __init__(self, app: ASGIApp, doorkeeper: Doorkeeper, listening_on: str) -> None:
        self._app, self._doorkeeper, self._listening_on = app, doorkeeper, listening_on

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            answer = self._answer(request)
            if answer is None:
                await self._app(scope, receive if scope["path"] in _UPLOADS else _small(receive), watched)
                return
        except ProblemError as error:
            answer = problem(request, error)
        except Exception:
            log.exception("%s %s failed", request.method, scope["path"])
            if begun:
                raise
            answer = problem_of_status(request, 500, "The server made a mistake, and has written it to its log.")
        await answer(scope, receive, send)

    def _answer(self, request: Request) -> Response | None:
        check_own_site(request, self._listening_on, open_to_all=self._doorkeeper.open_to_all)
        # never `request.url`: older Starlettes make its path from the Host header too
        if request.scope["path"].startswith(_FREE) or self._doorkeeper.open_to_all:
            return None
        token = request.query_params.get("token")
        if token is not None and request.method == "GET" and wants_page(request) and self._doorkeeper.accepts(request, token):
            # the token does not stay in the address bar
            answer = RedirectResponse(_without_token(request), 303)
            self._doorkeeper.remember(request, answer)
            return answer
        if self._doorkeeper.knows(request):
            return None
        if wants_page(request):
            return RedirectResponse("/sign-in", 303)
        raise ProblemError("sign-in", "Send the token or password as `Authorization: Bearer ...`.", {"WWW-Authenticate": "Bearer"})


def _without_token(request: Request) -> str:
    rest = urlencode([(name, value) for name, value in request.query_params.multi_items() if name != "token"])
    path = "/" + request.scope["path"].lstrip("/")  # never `//host`
    return f"{path}?{rest}" if rest else path


def _small(receive: Receive) -> Receive:
    """Let in no more of a body than a form or a correction needs."""
    total_bytes = 0

    async def counted() -> Message:
        nonlocal total_bytes
        message = await receive()
        total_bytes += len(message.get("body", b""))
        if total_bytes > _MAX_BODY_BYTES:
            raise ProblemError("too-large", "The request is too large.")
        return message

    return counted
