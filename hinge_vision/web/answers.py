"""Answers that routes and gate share: rendered pages, and problems as a page or as problem details."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from hinge_vision.report.model import DISCLAIMER
from hinge_vision.report.templating import template_environment
from hinge_vision.web import words
from hinge_vision.web.problems import MEDIA_TYPE, ProblemError, body_of, body_of_status

_environment = template_environment("hinge_vision.web")
_environment.globals.update(words=words, disclaimer=DISCLAIMER)


def page(template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """Return a page of the app."""
    return HTMLResponse(_environment.get_template(template).render(**context), status_code=status)


def wants_page(request: Request) -> bool:
    """Tell whether a person is waiting for the answer, not a program."""
    return not request.scope["path"].startswith(("/api/", "/openapi.json"))


def problem(request: Request, error: ProblemError) -> Response:
    """Return a refusal."""
    return _told(request, body_of(error), error.headers)


def problem_of_status(request: Request, status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    """Return a refusal that needs no kind of its own."""
    return _told(request, body_of_status(status, detail or HTTPStatus(status).phrase), headers or {})


def _told(request: Request, body: dict[str, Any], headers: dict[str, str]) -> Response:
    if wants_page(request):
        answer: Response = page("problem.html.j2", body["status"], title=body["title"], detail=body["detail"], signed_in=False)
    else:
        answer = JSONResponse(body, body["status"], media_type=MEDIA_TYPE)
    for name, value in headers.items():
        answer.headers[name] = value
    return answer
