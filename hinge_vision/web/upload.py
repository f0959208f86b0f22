"""An upload as it streams in: the clip straight to the disk, the few words beside it kept, every cap enforced on the way."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import anyio
import python_multipart
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool

from hinge_vision.web.problems import ProblemError

FILE_FIELD = "clip"
# What a browser sends round a clip: boundary lines, a few short fields.
OVERHEAD_BYTES = 64 << 10
_MAX_FIELDS = 8
_MAX_FIELD_BYTES = 1024
_MAX_HEADER_BYTES = 4096
_MAX_BOUNDARY_BYTES = 200
# So much is gathered before it is handed to the disk: fewer, larger steps.
_STEP_BYTES = 1 << 20

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


@dataclass(frozen=True)
class Received:
    """A whole upload: the file's name as the client gave it, its size, and the other fields of the form."""

    filename: str
    size_bytes: int
    fields: dict[str, str]


class Upload:
    """Takes a multipart/form-data body piece by piece and writes the clip in it to a file.

    Parameters
    ----------
    content_type
        The request's Content-Type.
    path
        The file to write; it must not be there yet.
    max_bytes
        The largest clip taken.
    spend
        Told how many bytes are about to be written; it may raise.

    Raises
    ------
    ProblemError
        The body is no form, or breaks off, or holds too much of anything.
    """

    def __init__(self, content_type: str, path: Path, max_bytes: int, spend: Callable[[int], None]) -> None:
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary", b"")
        if kind != b"multipart/form-data" or not 0 < len(boundary) <= _MAX_BOUNDARY_BYTES:
            raise ProblemError("not-multipart", "Send a form of the type multipart/form-data with the clip in its field 'clip'.")
        self._max_bytes, self._spend = max_bytes, spend
        self._parser = python_multipart.MultipartParser(
            boundary,
            {
                "on_part_begin": self._part_begins,
                "on_part_data": self._part_data,
                "on_part_end": self._part_ends,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._header_ends,
                "on_headers_finished": self._headers_end,
                "on_end": self._form_ends,
            },
        )
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._filename: str | None = None
        self._size_bytes = 0
        self._fields: dict[str, str] = {}
        self._name = ""
        self._value = bytearray()
        self._in_file = False
        self._header = (bytearray(), bytearray())
        self._headers: dict[bytes, bytes] = {}
        self._parts = 0
        self._ended = False

    def __enter__(self) -> Upload:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        os.close(self._descriptor)

    def write(self, data: bytes) -> None:
        """Take the next piece of the body."""
        try:
            self._parser.write(data)
        except MultipartParseError as error:
            raise ProblemError("invalid-request", "The form is damaged; send it again.") from error

    def end(self) -> Received:
        """Return what came in, once it is safely on the disk."""
        if not self._ended:
            raise ProblemError("invalid-request", "The form broke off before its end; send it again.")
        if self._filename is None:
            raise ProblemError("invalid-request", "There is no file in the field 'clip'; choose a clip.")
        if self._size_bytes == 0:
            raise ProblemError("not-a-video", "The file is empty (0 bytes); copy or download it again.")
        os.fsync(self._descriptor)
        return Received(self._filename, self._size_bytes, self._fields)

    def _part_begins(self) -> None:
        self._parts += 1
        if self._parts > _MAX_FIELDS:
            raise ProblemError("invalid-request", f"The form has more than {_MAX_FIELDS} fields.")
        self._headers, self._header = {}, (bytearray(), bytearray())
        self._value = bytearray()
        self._in_file = False

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._gather(self._header[0], data, start, end)

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._gather(self._header[1], data, start, end)

    def _gather(self, into: bytearray, data: bytes, start: int, end: int) -> None:
        if len(into) + end - start > _MAX_HEADER_BYTES:
            raise ProblemError("invalid-request", "A header in the form is too long.")
        into += data[start:end]

    def _header_ends(self) -> None:
        if len(self._headers) >= _MAX_FIELDS:
            raise ProblemError("invalid-request", "A part of the form has too many headers.")
        self._headers[bytes(self._header[0]).lower()] = bytes(self._header[1])
        self._header = (bytearray(), bytearray())

    def _headers_end(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        if b"filename" in options and self._name == FILE_FIELD:
            if self._filename is not None:
                raise ProblemError("invalid-request", "Send one clip at a time.")
            self._in_file = True
            # browsers write quotes and line breaks in a file's name so (multipart/form-data in the HTML standard)
            name = options[b"filename"].replace(b"%22", b'"').replace(b"%0D", b"\r").replace(b"%0A", b"\n")
            self._filename = name.decode("utf-8", "replace")

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        count = end - start
        if not self._in_file:
            if len(self._value) + count > _MAX_FIELD_BYTES:
                raise ProblemError("invalid-request", f"The field {self._name[:40]!r} is too long.")
            self._value += data[start:end]
            return
        if self._size_bytes + count > self._max_bytes:
            raise too_large(self._max_bytes)
        self._spend(count)
        self._size_bytes += count
        view = memoryview(data)[start:end]
        while view:
            view = view[os.write(self._descriptor, view) :]

    def _part_ends(self) -> None:
        if not self._in_file:
            if self._name in self._fields:
                raise ProblemError("invalid-request", f"The field {self._name[:40]!r} is there twice.")
            self._fields[self._name] = self._value.decode("utf-8", "replace")

    def _form_ends(self) -> None:
        self._ended = True


def too_large(max_bytes: int) -> ProblemError:
    """Return the problem of a file above the cap."""
    room = f"{max_bytes / (1 << 20):.0f} MB" if max_bytes >= 1 << 20 else f"{max_bytes} bytes"
    return ProblemError("too-large", f"The largest file taken is {room}. Trim the clip, or export it at 1080p.")


async def stream_in(receive: Receive, upload: Upload, stall_s: float, max_body_bytes: int) -> Received:
    """Feed a request's body to an upload, at the pace of the disk.

    Parameters
    ----------
    receive
        The ASGI channel of the request.
    upload
        Where it goes.
    stall_s
        How long the client may send nothing.
    max_body_bytes
        The largest body, whatever it consists of.

    Raises
    ------
    ProblemError
        It stalls, breaks off, or is refused by the upload.
    """
    gathered = bytearray()
    total_bytes = 0
    more = True
    while more:
        try:
            with anyio.fail_after(stall_s):
                message = await receive()
        except TimeoutError:
            raise ProblemError("upload-broken-off", f"Nothing came for {stall_s:.0f} seconds. Check the connection, then send it again.") from None
        if message["type"] == "http.disconnect":
            raise ProblemError("upload-broken-off", "The connection was closed before the upload's end.")
        body = message.get("body", b"")
        total_bytes += len(body)
        if total_bytes > max_body_bytes:
            raise too_large(max_body_bytes - OVERHEAD_BYTES)
        gathered += body
        more = message.get("more_body", False)
        if len(gathered) >= _STEP_BYTES or not more:
            await run_in_threadpool(upload.write, bytes(gathered))
            gathered.clear()
    return await run_in_threadpool(upload.end)
