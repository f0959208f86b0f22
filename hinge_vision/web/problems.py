"""What a request can be refused for, told as RFC 9457 problem details to programs and as a page to people."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from hinge_vision.errors import HingeVisionError

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class ProblemKind:
    """A kind of problem: its name in the `type` address, the HTTP status, and its title."""

    name: str
    status: int
    title: str

    @property
    def type(self) -> str:
        """The address that tells problems of this kind from others; the API page explains them there."""
        return f"/api#{self.name}"


KINDS = {
    kind.name: kind
    for kind in (
        ProblemKind("invalid-request", 422, "The request does not say what is needed"),
        ProblemKind("not-multipart", 415, "A clip is sent as multipart/form-data"),
        ProblemKind("not-a-video", 422, "This cannot be read as a video"),
        ProblemKind("too-long", 422, "The clip is too long"),
        ProblemKind("too-large", 413, "The file is too large"),
        ProblemKind("storage-full", 507, "There is no room left"),
        ProblemKind("too-many", 429, "Too many at once"),
        ProblemKind("upload-broken-off", 408, "The upload stopped"),
        ProblemKind("not-found", 404, "There is no such clip or page"),
        ProblemKind("no-report", 409, "There is no report yet"),
        ProblemKind("still-active", 409, "The clip is still being analysed"),
        ProblemKind("sign-in", 401, "A token or password is needed"),
        ProblemKind("foreign-page", 403, "The request came from another site"),
        ProblemKind("wrong-host", 421, "This server does not go by that name"),
        ProblemKind("internal", 500, "The server made a mistake"),
    )
}


class ProblemError(HingeVisionError):
    """A request that is refused.

    Parameters
    ----------
    kind
        A name from `KINDS`.
    detail
        What is wrong with this request and what to do, in one or two sentences.
    headers
        Headers of the answer, such as `Retry-After`.
    """

    def __init__(self, kind: str, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.kind = KINDS[kind]
        self.detail = detail
        self.headers = headers or {}


def body_of(error: ProblemError) -> dict[str, object]:
    """Return the members of the answer to a refused request."""
    return {"type": error.kind.type, "title": error.kind.title, "status": error.kind.status, "detail": error.detail}


def body_of_status(status: int, detail: str) -> dict[str, object]:
    """Return the members for a status that needs no more explanation than its own name."""
    return {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
