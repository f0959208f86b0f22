"""What routes take from a request: the server's parts, and a clip's id."""

from __future__ import annotations

from typing import Annotated, Any, cast

from fastapi import Depends, Path, Request

from hinge_vision.web.hall import Hall
from hinge_vision.web.problems import KINDS, MEDIA_TYPE
from hinge_vision.web.schemas import ID_PATTERN


def hall_of(request: Request) -> Hall:
    """Return the server's parts."""
    return cast("Hall", request.app.state.hall)


HallHere = Annotated[Hall, Depends(hall_of)]
ClipId = Annotated[str, Path(pattern=ID_PATTERN, description="The clip's id.")]


def may_answer(*kinds: str) -> dict[int | str, dict[str, Any]]:
    """Describe, for the OpenAPI document, the problems a route may answer with."""
    described: dict[int | str, dict[str, Any]] = {}
    for name in (*kinds, "sign-in", "foreign-page", "wrong-host", "internal"):
        kind = KINDS[name]
        known = described.get(kind.status)
        described[kind.status] = {
            "description": kind.title if known is None else f"{known['description']}; or: {kind.title}",
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemBody"}}},
        }
    return described
