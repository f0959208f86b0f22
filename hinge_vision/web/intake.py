"""From a request to an accepted clip: everything that is checked before it gets its place in the queue."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import cast

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from hinge_vision.errors import SettingsError
from hinge_vision.settings import EXERCISES, FACINGS, Exercise, Facing
from hinge_vision.web.job import Job
from hinge_vision.web.job_table import JobTable
from hinge_vision.web.ledger import Account, Ledger
from hinge_vision.web.names import athlete_name, clip_name
from hinge_vision.web.places import Places, new_id
from hinge_vision.web.prober import look_into
from hinge_vision.web.problems import ProblemError
from hinge_vision.web.settings import ServerSettings
from hinge_vision.web.upload import OVERHEAD_BYTES, Received, Upload, stream_in, too_large

# Looks into uploads at once, of all clients together: each is a process.
_LOOKS_AT_ONCE = 2
# Uploads of one client that may stand in line for their turn to be received.
_MAX_IN_LINE = 64
AUTOMATIC = ("", "automatic")


def exercise_of(text: str | None) -> Exercise | None:
    """Return the exercise a form or request names; None = to be found in the clip."""
    return cast("Exercise | None", _one_of("exercise", text, EXERCISES))


def facing_of(text: str | None) -> Facing | None:
    """Return the facing a form or request names; None = to be found in the clip."""
    return cast("Facing | None", _one_of("facing", text, FACINGS))


def athlete_of(text: str | None) -> str | None:
    """Return the athlete a form or request names."""
    try:
        return athlete_name(text)
    except SettingsError as error:
        raise ProblemError("invalid-request", str(error)) from error


def _one_of(field: str, text: str | None, known: tuple[str, ...]) -> str | None:
    if text is None or text in AUTOMATIC:
        return None
    if text not in known:
        raise ProblemError("invalid-request", f"The {field} must be one of {', '.join(known)}, or left out.")
    return text


class Intake:
    """Receives uploads, a few of each client at a time.

    Parameters
    ----------
    table, places, ledger, settings
        The queue, the folders, the room, and the caps.
    """

    def __init__(self, table: JobTable, places: Places, ledger: Ledger, settings: ServerSettings) -> None:
        self._table, self._places, self._ledger, self._settings = table, places, ledger, settings
        self._lines: defaultdict[str, anyio.Semaphore] = defaultdict(lambda: anyio.Semaphore(settings.max_uploads_per_client))
        self._in_line: Counter[str] = Counter()
        self._looks = anyio.Semaphore(_LOOKS_AT_ONCE)

    async def accept(self, request: Request) -> Job:
        """Receive a clip and queue it.

        Raises
        ------
        ProblemError
            It is refused; nothing of it is kept.
        """
        client = client_of(request)
        max_body_bytes = self._settings.max_clip_bytes + OVERHEAD_BYTES
        announced = request.headers.get("content-length", "0")
        if announced.isdecimal() and int(announced) > max_body_bytes:
            raise too_large(self._settings.max_clip_bytes)
        async with self._turn(client):
            return await self._receive(request, client, max_body_bytes)

    async def _receive(self, request: Request, client: str, max_body_bytes: int) -> Job:
        # The queue is asked beside the event loop: it may be waiting for the disk.
        account = await run_in_threadpool(self._admit, client)
        part = self._places.part()
        try:
            with Upload(request.headers.get("content-type", ""), part, self._settings.max_clip_bytes, account.spend) as upload:
                received = await stream_in(request.receive, upload, self._settings.upload_stall_s, max_body_bytes)
            return await self._enter(client, part, received)
        finally:
            account.close()
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def _admit(self, client: str) -> Account:
        if self._table.waiting_of(client) >= self._settings.max_waiting_per_client:
            raise ProblemError(
                "too-many", f"{self._settings.max_waiting_per_client} of your clips are waiting already. Come back later.", {"Retry-After": "60"}
            )
        return self._ledger.open()

    async def _enter(self, client: str, part: Path, received: Received) -> Job:
        exercise = exercise_of(received.fields.get("exercise"))
        facing = facing_of(received.fields.get("facing"))
        athlete = athlete_of(received.fields.get("athlete"))
        async with self._looks:
            look = await run_in_threadpool(look_into, part)
        if look.why_not is not None:
            raise ProblemError("not-a-video", look.why_not)
        if look.clip_s > self._settings.max_clip_s:
            raise ProblemError(
                "too-long",
                f"The clip runs {look.clip_s:.0f} seconds, and {self._settings.max_clip_s:.0f} are the most taken. Trim it to the lift.",
            )
        clip_id = new_id()
        job = Job(clip_id, clip_name(received.filename), client, look.clip_s, received.size_bytes, athlete, exercise, facing)

        def keep() -> Job:
            self._table.expect(clip_id)
            try:
                self._places.keep(part, clip_id)
                return self._table.add(job)
            except BaseException:
                self._places.remove(clip_id)
                raise

        with anyio.CancelScope(shield=True):
            job = await run_in_threadpool(keep)
        return job

    @asynccontextmanager
    async def _turn(self, client: str) -> AsyncIterator[None]:
        if self._in_line[client] >= _MAX_IN_LINE:
            raise ProblemError("too-many", "Too many uploads at once. Wait for some to end.", {"Retry-After": "10"})
        self._in_line[client] += 1
        try:
            async with self._lines[client]:
                yield
        finally:
            self._in_line[client] -= 1
            if self._in_line[client] == 0:
                del self._in_line[client]
                self._lines.pop(client, None)


def client_of(request: Request) -> str:
    """Return the address a request comes from: the one thing a client cannot choose freely."""
    return request.client.host if request.client is not None else "local"
