"""A form as it streams in, in pieces of any size."""

from __future__ import annotations

from pathlib import Path

import anyio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hinge_vision.web.problems import ProblemError
from hinge_vision.web.upload import OVERHEAD_BYTES, Received, Upload, stream_in

TYPE = "multipart/form-data; boundary=XX"
_PLACES = iter(range(10**9))


def part(name: str, content: bytes, filename: str | None = None) -> bytes:
    head = f'Content-Disposition: form-data; name="{name}"' + (f'; filename="{filename}"' if filename is not None else "")
    return b"--XX\r\n" + head.encode() + b"\r\n\r\n" + content + b"\r\n"


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--XX--\r\n"


def receive(
    folder: Path, body: bytes, *, max_bytes: int = 10_000, piece: int = 7, kind: str = TYPE, spent: list[int] | None = None
) -> tuple[Received, bytes]:
    path = folder / str(next(_PLACES))
    with Upload(kind, path, max_bytes, (spent if spent is not None else []).append) as upload:
        for start in range(0, len(body), piece):
            upload.write(body[start : start + piece])
        return upload.end(), path.read_bytes()


@settings(max_examples=60)
@given(content=st.binary(min_size=1, max_size=600), piece=st.integers(1, 300))
def test_the_file_comes_out_as_it_went_in_however_it_is_cut_up(tmp_path_factory: pytest.TempPathFactory, content: bytes, piece: int) -> None:
    if b"\r\n--XX" in content or content.startswith(b"--XX"):
        return
    spent: list[int] = []
    body = form(part("athlete", "Zoë".encode()), part("clip", content, "lift.mp4"), part("exercise", b"deadlift"))
    received, written = receive(tmp_path_factory.getbasetemp(), body, piece=piece, spent=spent)
    assert written == content
    assert received == Received("lift.mp4", len(content), {"athlete": "Zoë", "exercise": "deadlift"})
    assert sum(spent) == len(content)


def test_quotes_in_a_files_name_come_out_as_they_were_before_the_browser_sent_them(tmp_path: Path) -> None:
    assert receive(tmp_path, form(part("clip", b"x", "my %22best%22 lift.mp4")))[0].filename == 'my "best" lift.mp4'


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (form(part("clip", b"", "a.mp4")), "not-a-video"),
        (form(part("other", b"x", "a.mp4")), "invalid-request"),
        (form(part("clip", b"no file name")), "invalid-request"),
        (form(part("clip", b"1", "a.mp4"), part("clip", b"2", "b.mp4")), "invalid-request"),
        (form(part("athlete", b"a"), part("athlete", b"b"), part("clip", b"1", "a.mp4")), "invalid-request"),
        (form(part("athlete", b"x" * 2000), part("clip", b"1", "a.mp4")), "invalid-request"),
        (form(*[part(f"f{number}", b"x") for number in range(20)]), "invalid-request"),
        (form(part("clip", b"x" * 10_001, "a.mp4")), "too-large"),
        (form(part("clip", b"1", "a" * 5000)), "invalid-request"),
        (part("clip", b"cut off", "a.mp4"), "invalid-request"),
        (b"no form at all", "invalid-request"),
        (b"", "invalid-request"),
        (b"--XX\r\n" + b"X-A: b\r\n" * 50 + b"\r\nx\r\n--XX--\r\n", "invalid-request"),
    ],
)
def test_a_form_that_is_wrong_or_holds_too_much_is_refused(tmp_path: Path, body: bytes, kind: str) -> None:
    with pytest.raises(ProblemError) as refused:
        receive(tmp_path, body)
    assert refused.value.kind.name == kind


@pytest.mark.parametrize(
    "kind", ["", "application/json", "multipart/form-data", "multipart/form-data; boundary=" + "x" * 300, "multipart/mixed; boundary=XX"]
)
def test_only_a_form_with_a_boundary_is_taken(tmp_path: Path, kind: str) -> None:
    with pytest.raises(ProblemError) as refused:
        receive(tmp_path, form(part("clip", b"1", "a.mp4")), kind=kind)
    assert refused.value.kind.name == "not-multipart"


def test_no_more_than_the_cap_ever_reaches_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "clip"
    with Upload(TYPE, path, 1000, lambda count: None) as upload:
        upload.write(part("clip", b"x" * 900, "a.mp4")[:-2])
        with pytest.raises(ProblemError):
            upload.write(b"y" * 5000)
    assert path.stat().st_size <= 1000


def test_a_client_that_says_nothing_is_given_up(tmp_path: Path) -> None:
    async def silent() -> dict[str, object]:
        await anyio.sleep_forever()
        raise AssertionError

    async def run() -> None:
        with Upload(TYPE, tmp_path / "clip", 1000, lambda count: None) as upload:
            await stream_in(silent, upload, 0.05, 2000)

    with pytest.raises(ProblemError) as refused:
        anyio.run(run)
    assert refused.value.kind.name == "upload-broken-off"


def test_an_endless_body_of_nothing_useful_ends_at_the_cap(tmp_path: Path) -> None:
    async def endless() -> dict[str, object]:
        return {"type": "http.request", "body": b"x" * 65536, "more_body": True}

    async def run() -> None:
        with Upload(TYPE, tmp_path / "clip", 1000, lambda count: None) as upload:
            await stream_in(endless, upload, 5.0, 1000 + OVERHEAD_BYTES)

    with pytest.raises(ProblemError):
        anyio.run(run)
