"""The app: its routes, the gate before them, and the parts that open and close with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles

from hinge_vision.version import __version__
from hinge_vision.web.answers import problem, problem_of_status
from hinge_vision.web.hall import Hall
from hinge_vision.web.problems import ProblemError
from hinge_vision.web.routes import api, files, pages
from hinge_vision.web.safety.gate import Gate
from hinge_vision.web.safety.headers import SafeHeaders
from hinge_vision.web.schemas import ProblemBody
from hinge_vision.web.settings import ServerSettings

_ABOUT = (
    "Send a clip of a hip hinge, follow its analysis, get the report. Refusals are problem details (RFC 9457). "
    "Where the server asks for a token, send it as `Authorization: Bearer TOKEN`."
)


def create_app(settings: ServerSettings) -> FastAPI:
    """Make the app.

    Parameters
    ----------
    settings
        What the server is told at its start.

    Raises
    ------
    OutputError
        The data folder cannot be used.
    """
    hall = Hall(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(hall.open)
        yield
        await run_in_threadpool(hall.close)

    # FastAPI's own pages fetch their scripts from elsewhere; `/api` describes the same document and fetches nothing
    app = FastAPI(title="hinge-vision", version=__version__, description=_ABOUT, openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan)
    app.state.hall = hall
    for router in (pages.router, files.router, api.router):
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static")
    _describe(app)
    _refuse(app)
    app.add_middleware(Gate, doorkeeper=hall.doorkeeper, listening_on=settings.host)
    app.add_middleware(SafeHeaders)
    return app


def _describe(app: FastAPI) -> None:
    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            described = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            schemas = described["components"]["schemas"]
            schemas["ProblemBody"] = ProblemBody.model_json_schema()
            # FastAPI tells of refusals of its own, which no route here answers with
            for operations in described["paths"].values():
                for operation in operations.values():
                    if "application/json" in operation["responses"].get("422", {}).get("content", {}):
                        del operation["responses"]["422"]
            for name in ("HTTPValidationError", "ValidationError"):
                schemas.pop(name, None)
            app.openapi_schema = described
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]

    @app.get("/openapi.json", include_in_schema=False)
    def openapi() -> JSONResponse:
        return JSONResponse(document())


def _refuse(app: FastAPI) -> None:
    @app.exception_handler(ProblemError)
    def refused(request: Request, error: ProblemError) -> Response:
        return problem(request, error)

    @app.exception_handler(HTTPException)
    def unknown(request: Request, error: HTTPException) -> Response:
        if error.status_code == 400:
            return problem(request, ProblemError("invalid-request", "The body cannot be read."))
        return problem_of_status(request, error.status_code, str(error.detail), dict(error.headers or {}))

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> Response:
        found = error.errors()
        if any(item["loc"][:1] == ("path",) for item in found):
            return problem(request, ProblemError("not-found", "There is no such clip; it may have been deleted."))
        told = "; ".join(f"{' '.join(str(part) for part in item['loc'])}: {item['msg']}" for item in found[:5])
        return problem(request, ProblemError("invalid-request", told))
