"""Broken and hostile uploads, made on the spot: each is refused or fails alone, and the server serves on."""

from __future__ import annotations

import gzip
import http.client
import io
import os
import random
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import requests

from tests.made_clips import cut_file, flip_bytes, make_clip, make_sound, steady, trim_by_edit_list, wipe_packet
from tests.web_server import Server, running_server

Make = Callable[[Path], bytes]


def box(kind: bytes, content: bytes = b"", size: int | None = None) -> bytes:
    return struct.pack(">I", len(content) + 8 if size is None else size) + kind + content


FTYP = box(b"ftyp", b"isom\0\0\2\0isomiso2avc1mp41")


def clip(folder: Path, name: str = "a.mp4", frames: int = 8, **options: object) -> Path:
    return make_clip(folder / name, steady(frames, 10.0), **options)  # type: ignore[arg-type]


def patched(folder: Path, marker: bytes, offset: int, value: bytes) -> bytes:
    """A clip with some bytes of a box overwritten."""
    data = bytearray(clip(folder).read_bytes())
    at = data.find(marker) + 4 + offset
    data[at : at + len(value)] = value
    return bytes(data)


def nested(depth: int) -> bytes:
    content = b""
    for _ in range(depth):
        content = box(b"moov", content)
    return FTYP + content


def zipped(_: Path) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../evil.mp4", b"\0" * 5_000_000)
    return out.getvalue()


def tarred(_: Path) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        link = tarfile.TarInfo("clip.mp4")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return out.getvalue()


def picture(suffix: str) -> Make:
    return lambda _: cv2.imencode(suffix, np.zeros((64, 64, 3), np.uint8))[1].tobytes()


def sound(name: str, codec: str) -> Make:
    return lambda folder: make_sound(folder / name, 0.5, codec).read_bytes()


def shuffled(folder: Path) -> bytes:
    data = bytearray(clip(folder).read_bytes())
    middle = data[200:]
    random.Random(1).shuffle(middle)
    return bytes(data[:200] + middle)


REFUSED: dict[str, Make] = {
    "a single zero": lambda _: b"\0",
    "random bytes": lambda _: random.Random(0).randbytes(50_000),
    "zeros": lambda _: bytes(100_000),
    "text": lambda _: b"this is no video\n" * 100,
    "a web page with a script": lambda _: b"<!DOCTYPE html><script>alert(document.cookie)</script>",
    "a drawing with a script": lambda _: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "a shell script": lambda _: b"#!/bin/sh\nrm -rf /\n",
    "a program": lambda _: Path("/bin/true").read_bytes(),
    "a PDF": lambda _: b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n%%EOF",
    "a zip that climbs up": zipped,
    "a tar with a link": tarred,
    "a gzip bomb": lambda _: gzip.compress(bytes(20_000_000)),
    "a PNG": picture(".png"),
    "a JPEG": picture(".jpg"),
    "a BMP": picture(".bmp"),
    "sound only, AAC": sound("a.m4a", "aac"),
    "sound only, WAV": sound("a.wav", "pcm_s16le"),
    "a playlist of a web address": lambda _: b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n",
    "a playlist of a local file": lambda _: b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "a list of files to join": lambda _: b"ffconcat version 1.0\nfile /etc/passwd\nfile 'http://127.0.0.1:9/x.mp4'\n",
    "a DASH manifest": lambda _: b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>http://127.0.0.1:9/</BaseURL></MPD>',
    "an SDP": lambda _: b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nc=IN IP4 127.0.0.1\r\nm=video 9 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n",
    "subtitles": lambda _: b"1\n00:00:00,000 --> 00:00:10,000\n<script>alert(1)</script>\n",
    "XML that grows": lambda _: b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;">]><a>&c;&c;&c;</a>',
    "terminal art": lambda _: b"\x1b[2J\x1b[31mhello" * 100,
    "an MP4's first box alone": lambda _: FTYP,
    "an MP4 with an empty index": lambda _: FTYP + box(b"moov") + box(b"mdat", bytes(1000)),
    "an MP4 without an index": lambda folder: cut_file(clip(folder, index_first=False), 0.5).read_bytes(),
    "boxes of size zero": lambda _: FTYP + box(b"moov", size=0) + bytes(100),
    "boxes of size one": lambda _: FTYP + struct.pack(">I4sQ", 1, b"moov", 2**63) + bytes(100),
    "boxes beyond the end": lambda _: FTYP + box(b"moov", size=2**31 - 1) + bytes(100),
    "boxes within boxes": lambda _: nested(20_000),
    "a hundred thousand boxes": lambda _: FTYP + box(b"free") * 100_000,
    "a clip shuffled": shuffled,
    "a Matroska header alone": lambda _: bytes.fromhex("1a45dfa3") + bytes(100),
    "an AVI header alone": lambda _: b"RIFF" + struct.pack("<I", 2**32 - 1) + b"AVI LIST" + bytes(100),
    "an Ogg page alone": lambda _: b"OggS" + bytes(60),
    "a transport stream of nothing": lambda _: (b"\x47\x1f\xff\x10" + bytes(184)) * 200,
    "a clip that claims to last ten hours": lambda folder: make_clip(folder / "a.mkv", [0.0, 0.1, 36_000.0]).read_bytes(),
}
TAKEN_OR_REFUSED: dict[str, Make] = {
    "a clip cut short": lambda folder: cut_file(clip(folder), 0.7).read_bytes(),
    "a clip with bytes flipped": lambda folder: flip_bytes(clip(folder, noise=True, frames=12), 97).read_bytes(),
    "a clip whose pictures are all zeros": lambda folder: _wiped(clip(folder)),
    "a clip a thousand times as wide as high": lambda folder: clip(folder, width=4096, height=16).read_bytes(),
    "a size of 65535 by 65535 in the header": lambda folder: patched(folder, b"avc1", 24, b"\xff\xff\xff\xff"),
    "offsets beyond the end": lambda folder: patched(folder, b"stco", 8, b"\x7f\xff\xff\xff"),
    "a clock of zero": lambda folder: patched(folder, b"mdhd", 12, bytes(4)),
    "damaged codec parameters": lambda folder: patched(folder, b"avcC", 0, os.urandom(24)),
    "an edit list that hides everything": lambda folder: trim_by_edit_list(clip(folder), 0.79, 90_000).read_bytes(),
    "an animated GIF": lambda folder: clip(folder, "a.gif", codec="gif", pix_fmt="rgb8").read_bytes(),
}


def _wiped(path: Path) -> bytes:
    for number in range(8):
        wipe_packet(path, number)
    return path.read_bytes()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("hostile") / "data", workers=2, worker_memory_bytes=2 << 30) as started:
        yield started


def test_there_are_more_than_forty_of_them() -> None:
    assert len(REFUSED) + len(TAKEN_OR_REFUSED) + len(NAMES) > 40


@pytest.mark.parametrize("make", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_clip_is_refused_and_nothing_of_it_kept(server: Server, tmp_path: Path, make: Make) -> None:
    answer = server.send(make(tmp_path))
    assert answer.status_code == 422, answer.text
    assert answer.json()["type"] in ("/api#not-a-video", "/api#too-long", "/api#invalid-request")
    assert "Traceback" not in answer.text
    assert str(server.data) not in answer.text
    assert list((server.data / "incoming").iterdir()) == []


def test_damaged_clips_end_their_own_analysis_at_most(server: Server, tmp_path: Path) -> None:
    taken = {}
    for number, (what, make) in enumerate(TAKEN_OR_REFUSED.items()):
        folder = tmp_path / str(number)
        folder.mkdir()
        answer = server.send(make(folder))
        assert answer.status_code in (201, 422), (what, answer.text)
        if answer.status_code == 201:
            taken[what] = answer.json()["id"]
    assert len(taken) >= 4
    for what, clip_id in taken.items():
        ended = server.wait(clip_id)
        assert ended["state"] in ("declined", "failed"), (what, ended)
        assert ended["message"] or ended["verdict"]
        assert "upload" not in (ended["message"] or "") + (ended["verdict"] or "")
    assert server.process.poll() is None


NAMES = (
    "../../../etc/passwd",
    "..\\..\\windows\\system32\\a.mp4",
    "/etc/cron.d/evil.mp4",
    ".bashrc",
    "a\x01\x1b[31mb.mp4",
    "<img src=x onerror=alert(1)>.mp4",
    "'; DROP TABLE jobs; --.mp4",
    "{{ 7 * 7 }}.mp4",
    "%2e%2e%2fa.mp4",
    "x" * 2000 + ".mp4",
    "CON",
    "🏋️" * 60,
)


def outside_clips(data: Path) -> set[Path]:
    """Everything in the data folder but the clips: the server may still be deleting those."""
    found: set[Path] = set()
    for folder, below, files in os.walk(data):
        below[:] = [name for name in below if name != "clips"]
        found |= {Path(folder) / name for name in (*below, *files)}
    return found


def test_hostile_names_are_only_ever_shown_and_never_act(server: Server, tmp_path: Path) -> None:
    content = clip(tmp_path).read_bytes()
    before = outside_clips(server.data)
    for name in NAMES:
        boundary = b"XyX"
        plain = name.replace("\r", "").replace("\n", "").replace('"', "%22").encode()
        body = b'--XyX\r\nContent-Disposition: form-data; name="clip"; filename="' + plain + b'"\r\n\r\n' + content + b"\r\n--" + boundary + b"--\r\n"
        answer = requests.post(server.url("/api/clips"), data=body, headers={"Content-Type": "multipart/form-data; boundary=XyX"}, timeout=60)
        assert answer.status_code == 201, (name[:40], answer.text)
        shown = answer.json()["name"]
        assert len(shown) <= 80
        assert "/" not in shown
        assert shown.isprintable()
        page = server.get(f"/clips/{answer.json()['id']}").text
        assert "<img src=x" not in page
        assert "49" not in page.split("<h1>")[1].split("</h1>")[0]
        kept = server.data / "clips" / answer.json()["id"]
        assert {path.name for path in kept.iterdir()} <= {"upload", "run-1"}
        requests.delete(server.url(f"/api/clips/{answer.json()['id']}"), timeout=30)
    after = outside_clips(server.data)
    assert after == before


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2f..%2fversion.py",
        "/clips/../jobs.sqlite3",
        "/clips/%2e%2e%2f%2e%2e%2fjobs.sqlite3/report.html",
        "/clips/..%2f..%2fetc%2fpasswd/thumbnail.jpg",
        "/api/clips/%00/report",
        "/jobs.sqlite3",
        "/clips/" + "a" * 32 + "/upload",
        "/clips/" + "a" * 32 + "/report.html",
        "//etc/passwd",
    ],
)
def test_no_path_leads_to_another_file(server: Server, path: str) -> None:
    host, port = server.address.removeprefix("http://").rstrip("/").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=30)
    connection.request("GET", path)  # as it stands: other clients would tidy it up first
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 404
    assert b"SQLite" not in body
    assert b"root:" not in body
    connection.close()
