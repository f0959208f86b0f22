"""The API: clips in, their states and reports out."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse, StreamingResponse

from hinge_vision.settings import EXERCISES, FACINGS
from hinge_vision.web.events import event_stream
from hinge_vision.web.intake import athlete_of
from hinge_vision.web.names import MAX_NAME
from hinge_vision.web.routes.files import all_files
from hinge_vision.web.routes.shared import ClipId, HallHere, may_answer
from hinge_vision.web.schemas import Clip, ClipList, Correction
from hinge_vision.web.upload import FILE_FIELD

router = APIRouter(prefix="/api", tags=["clips"])
_PAGE = 50

_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": [FILE_FIELD],
                    "properties": {
                        FILE_FIELD: {"type": "string", "format": "binary", "description": "The clip, as a file with a name."},
                        "exercise": {"type": "string", "enum": ["automatic", *EXERCISES]},
                        "facing": {"type": "string", "enum": ["automatic", *FACINGS], "description": "The side of the image the lifter faces."},
                        "athlete": {"type": "string", "maxLength": MAX_NAME},
                    },
                },
            }
        },
    }
}
_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {"description": "`progress` events until the work ends, then one `end` event.", "content": {"text/event-stream": {}}}
}


@router.post(
    "/clips",
    status_code=201,
    summary="Send a clip",
    response_model=Clip,
    openapi_extra=_FORM,
    responses={
        201: {
            "description": "The clip is in the queue, and stays there whatever happens to the server.",
            "headers": {"Location": {"schema": {"type": "string"}}},
        },
        **may_answer("invalid-request", "not-a-video", "too-long", "not-multipart", "too-large", "storage-full", "too-many", "upload-broken-off"),
    },
)
async def send_clip(request: Request, response: Response, hall: HallHere) -> Clip:
    """Send one clip, with what is known of it. Exercise and facing are found in the clip where they are left out."""
    job = await hall.intake.accept(request)
    hall.supervisor.wake()
    response.headers["Location"] = f"/api/clips/{job.id}"
    return Clip.of(job, hall)


@router.get("/clips", summary="List clips", responses=may_answer("invalid-request"))
def list_clips(
    hall: HallHere,
    q: Annotated[str, Query(max_length=200, description="Words that must occur in name, athlete, exercise or verdict.")] = "",
    offset: Annotated[int, Query(ge=0, le=1_000_000, description="How many of the newest to pass over.")] = 0,
) -> ClipList:
    """List clips, newest first, fifty at a time."""
    jobs = hall.table.find(q, _PAGE + 1, offset)
    places = hall.places_in_queue(jobs)
    return ClipList(clips=[Clip.of(job, hall, places) for job in jobs[:_PAGE]], more=len(jobs) > _PAGE)


@router.get("/events", summary="Follow all clips", response_class=StreamingResponse, responses={**_EVENTS, **may_answer()})
def all_events(hall: HallHere) -> StreamingResponse:
    """Follow all clips that wait or run; ends when there are none."""

    def look() -> tuple[Any, bool]:
        jobs = hall.table.active()
        places = hall.places_in_queue(jobs)
        return [Clip.of(job, hall, places).model_dump(mode="json") for job in jobs], bool(jobs)

    return event_stream(look)


@router.get("/clips/{clip_id}", summary="Look at a clip", responses=may_answer("not-found"))
def get_clip(clip_id: ClipId, hall: HallHere) -> Clip:
    """Tell a clip's state, its place in the queue, its progress, and its verdict."""
    return Clip.of(hall.job(clip_id), hall)


@router.patch("/clips/{clip_id}", summary="Correct a clip", responses=may_answer("not-found", "still-active", "invalid-request"))
def correct_clip(clip_id: ClipId, correction: Correction, hall: HallHere) -> Clip:
    """Correct athlete, exercise or facing.

    Another exercise is judged from the stored track, without analysing the clip again; another facing needs a new analysis,
    and so does a clip whose analysis failed. `task` says which it is.
    """
    job = hall.job(clip_id)
    given = correction.model_fields_set
    athlete = athlete_of(correction.athlete) if "athlete" in given else job.athlete
    exercise = correction.exercise if "exercise" in given else job.exercise
    facing = correction.facing if "facing" in given else job.facing
    return Clip.of(hall.correct(job, athlete, exercise, facing), hall)


@router.delete("/clips/{clip_id}", status_code=204, summary="Delete a clip", responses=may_answer("not-found"))
def delete_clip(clip_id: ClipId, hall: HallHere) -> Response:
    """Delete a clip and everything made from it; an analysis that runs is ended."""
    hall.job(clip_id)
    hall.delete(clip_id)
    return Response(status_code=204)


@router.get(
    "/clips/{clip_id}/report",
    summary="Get the report",
    response_class=FileResponse,
    responses={
        200: {
            "description": "`report.json`; its JSON Schema ships with the program.",
            "content": {"application/json": {"schema": {"type": "object"}}},
        },
        **may_answer("not-found", "no-report"),
    },
)
def get_report(clip_id: ClipId, hall: HallHere) -> FileResponse:
    """Get the report as JSON. A declined clip has one too."""
    return FileResponse(hall.result(clip_id) / "report.json", media_type="application/json")


@router.get(
    "/clips/{clip_id}/files.zip",
    summary="Get all files",
    response_class=StreamingResponse,
    responses={200: {"description": "A zip file.", "content": {"application/zip": {}}}, **may_answer("not-found", "no-report")},
)
def get_files(clip_id: ClipId, hall: HallHere) -> StreamingResponse:
    """Get everything in one zip file: report page, annotated video, evidence frames, tables, JSON."""
    return all_files(clip_id, hall)


@router.get("/clips/{clip_id}/events", summary="Follow a clip", response_class=StreamingResponse, responses={**_EVENTS, **may_answer("not-found")})
def clip_events(clip_id: ClipId, hall: HallHere) -> StreamingResponse:
    """Follow a clip until its analysis has ended."""
    hall.job(clip_id)

    def look() -> tuple[Any, bool]:
        job = hall.table.get(clip_id)
        return (None, False) if job is None else (Clip.of(job, hall).model_dump(mode="json"), job.active)

    return event_stream(look)
