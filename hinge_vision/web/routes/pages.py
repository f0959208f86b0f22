"""The pages: the list with the form on top, one clip, the deletion, the API's description. They work without scripts too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from hinge_vision.web.answers import page
from hinge_vision.web.hall import Hall
from hinge_vision.web.intake import athlete_of, exercise_of, facing_of
from hinge_vision.web.job import Job
from hinge_vision.web.names import MAX_NAME
from hinge_vision.web.problems import KINDS, ProblemError
from hinge_vision.web.progress import Progress
from hinge_vision.web.routes.shared import ClipId, HallHere
from hinge_vision.web.words import what_happens
from hinge_vision.web.worker import THUMBNAIL

router = APIRouter(include_in_schema=False)
_PAGE = 24
_MAX_FORM_BYTES = 16 << 10
_MAX_FORM_FIELDS = 20


@dataclass(frozen=True)
class Card:
    """A clip as a page shows it."""

    job: Job
    place: int | None
    progress: Progress | None
    has_picture: bool

    @classmethod
    def of(cls, job: Job, hall: Hall, places: Mapping[str, int] | None = None) -> Card:
        """Gather what is shown of a clip; for one of many, `places` are those of all in the queue, looked up once."""
        place = (hall.places_in_queue([job]) if places is None else places).get(job.id)
        picture = job.result_run is not None and (hall.places.result(job.id, job.result_run) / THUMBNAIL).is_file()
        return cls(job, place, hall.supervisor.progress(job.id), picture)

    @property
    def happening(self) -> str:
        """One line on what is happening with it."""
        return what_happens(self.job, self.place, self.progress)

    @property
    def percent(self) -> int:
        """How far its analysis has come."""
        return 0 if self.progress is None else int(100 * self.progress.share)


@router.get("/")
def home(
    request: Request,
    hall: HallHere,
    q: Annotated[str, Query(max_length=200)] = "",
    older: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> HTMLResponse:
    """Show the form and the list."""
    jobs = hall.table.find(q, _PAGE + 1, older)
    places = hall.places_in_queue(jobs)
    cards = [Card.of(job, hall, places) for job in jobs[:_PAGE]]
    return page(
        "home.html.j2",
        cards=cards,
        q=q,
        older=older,
        step=_PAGE,
        more=len(jobs) > _PAGE,
        any_active=any(card.job.active for card in cards),
        settings=hall.settings,
        max_name=MAX_NAME,
        signed_in=not hall.doorkeeper.open_to_all,
    )


@router.post("/clips")
async def send(request: Request, hall: HallHere) -> RedirectResponse:
    """Take a clip from a browser that runs no scripts."""
    job = await hall.intake.accept(request)
    hall.supervisor.wake()
    return RedirectResponse(f"/clips/{job.id}", 303)


@router.get("/clips/{clip_id}")
def one(clip_id: ClipId, hall: HallHere) -> HTMLResponse:
    """Show one clip: how it goes, its verdict, corrections."""
    return page("clip.html.j2", card=Card.of(hall.job(clip_id), hall), max_name=MAX_NAME, signed_in=not hall.doorkeeper.open_to_all)


@router.get("/clips/{clip_id}/card")
def card(clip_id: ClipId, hall: HallHere) -> HTMLResponse:
    """Return a clip's entry in the list, for the script to put in place of an older one."""
    return page("card.html.j2", card=Card.of(hall.job(clip_id), hall))


@router.post("/clips/{clip_id}")
async def correct(clip_id: ClipId, request: Request, hall: HallHere) -> RedirectResponse:
    """Take corrections."""
    form = await _form(request)

    def enter() -> None:
        hall.correct(hall.job(clip_id), athlete_of(form.get("athlete")), exercise_of(form.get("exercise")), facing_of(form.get("facing")))

    await run_in_threadpool(enter)
    return RedirectResponse(f"/clips/{clip_id}", 303)


@router.get("/clips/{clip_id}/delete")
def ask(clip_id: ClipId, hall: HallHere) -> HTMLResponse:
    """Ask before deleting."""
    return page("delete.html.j2", card=Card.of(hall.job(clip_id), hall), signed_in=not hall.doorkeeper.open_to_all)


@router.post("/clips/{clip_id}/delete")
def delete(clip_id: ClipId, hall: HallHere) -> RedirectResponse:
    """Delete a clip and everything made from it."""
    hall.job(clip_id)
    hall.delete(clip_id)
    return RedirectResponse("/", 303)


@router.get("/api")
def api(request: Request, hall: HallHere) -> HTMLResponse:
    """Describe the API, from its OpenAPI document."""
    return page("api.html.j2", document=request.app.openapi(), kinds=KINDS.values(), signed_in=not hall.doorkeeper.open_to_all)


@router.get("/sign-in")
def sign_in(hall: HallHere) -> HTMLResponse:
    """Ask for the token or password."""
    return page("sign_in.html.j2", wrong=False, signed_in=False)


@router.post("/sign-in", response_model=None)
async def signed_in(request: Request, hall: HallHere) -> HTMLResponse | RedirectResponse:
    """Compare what was typed."""
    form = await _form(request)
    if not hall.doorkeeper.accepts(request, form.get("secret", "").strip()):
        return page("sign_in.html.j2", 401, wrong=True, signed_in=False)
    answer = RedirectResponse("/", 303)
    hall.doorkeeper.remember(request, answer)
    return answer


@router.post("/sign-out")
def sign_out(hall: HallHere) -> RedirectResponse:
    """Forget the browser."""
    answer = RedirectResponse("/sign-in", 303)
    hall.doorkeeper.forget(answer)
    return answer


async def _form(request: Request) -> dict[str, str]:
    """Read a small form, never more of it than such a form needs."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _MAX_FORM_BYTES:
            raise ProblemError("too-large", "The form is too large.")
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace", max_num_fields=_MAX_FORM_FIELDS))
    except ValueError as error:
        raise ProblemError("invalid-request", f"The form has more than {_MAX_FORM_FIELDS} fields.") from error
