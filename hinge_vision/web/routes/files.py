"""A clip's files for the pages: the report as it was written, its video, its picture. Only these, by fixed names."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import FileResponse, StreamingResponse

from hinge_vision.web.archive import zip_pieces
from hinge_vision.web.hall import Hall
from hinge_vision.web.problems import ProblemError
from hinge_vision.web.routes.shared import ClipId, HallHere
from hinge_vision.web.safety.report_policy import report_policy
from hinge_vision.web.worker import THUMBNAIL

router = APIRouter(prefix="/clips", include_in_schema=False)
# as `output` names them; importing that would load OpenCV into the server
HTML, VIDEO = "report.html", "annotated.mp4"


def all_files(clip_id: str, hall: Hall) -> StreamingResponse:
    """Return a clip's results as one zip file."""
    stem = Path(hall.job(clip_id).name).stem
    stem = stem if stem.strip(". ") else "clip"
    pieces = zip_pieces(hall.result(clip_id), stem, frozenset((THUMBNAIL,)))
    return StreamingResponse(pieces, media_type="application/zip", headers=attachment(f"{stem}.zip"))


def attachment(filename: str) -> dict[str, str]:
    """Return the header that makes a browser save an answer under a name (RFC 6266)."""
    plain = "".join(letter if (letter.isascii() and letter.isalnum()) or letter in "-_." else "_" for letter in filename)
    return {"Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"}


@router.get("/{clip_id}/report.html")
def report_page(clip_id: ClipId, hall: HallHere) -> FileResponse:
    """Send the report page, with a policy that lets in its own scripts only."""
    path = _file(hall.result(clip_id) / HTML)
    return FileResponse(path, media_type="text/html; charset=utf-8", headers={"Content-Security-Policy": report_policy(path)})


@router.get("/{clip_id}/annotated.mp4")
def video(clip_id: ClipId, hall: HallHere) -> FileResponse:
    """Send the annotated video, or the part of it a player asks for."""
    return FileResponse(_file(hall.result(clip_id) / VIDEO), media_type="video/mp4")


@router.get("/{clip_id}/thumbnail.jpg")
def thumbnail(clip_id: ClipId, hall: HallHere) -> FileResponse:
    """Send the small picture for the list."""
    return FileResponse(_file(hall.result(clip_id) / THUMBNAIL), media_type="image/jpeg", headers={"Cache-Control": "private, max-age=86400"})


@router.get("/{clip_id}/files.zip")
def files(clip_id: ClipId, hall: HallHere) -> StreamingResponse:
    """Send everything in one zip file."""
    return all_files(clip_id, hall)


def _file(path: Path) -> Path:
    if not path.is_file():
        raise ProblemError("not-found", "This clip has no such file.")
    return path
