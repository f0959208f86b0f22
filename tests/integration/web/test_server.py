"""The server as a process, from upload to report: states, corrections, kills, deletion."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.conftest import SAMPLES
from tests.made_clips import make_clip, steady
from tests.waiting import until
from tests.web_server import Server, running_server

CLIP = SAMPLES / "kb_deadlift_low_back_rounded.mp4"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("web") / "data", workers=2) as started:
        yield started


@pytest.fixture(scope="module")
def empty_scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A readable clip with nobody in it: quickly declined."""
    return make_clip(tmp_path_factory.mktemp("clips") / "nobody.mp4", steady(10, 10.0))


def test_a_clip_becomes_a_report_with_its_files_and_a_correction_judges_it_again(server: Server) -> None:
    sent = server.send(CLIP, "Ann's set.mp4", athlete="Ann", exercise="deadlift")
    assert sent.status_code == 201
    clip = sent.json()
    assert sent.headers["Location"] == f"/api/clips/{clip['id']}"
    assert (clip["state"], clip["name"], clip["athlete"]) == ("queued", "Ann's set.mp4", "Ann")
    assert clip["length_s"] == pytest.approx(3.27, abs=0.1)
    assert server.get(f"/api/clips/{clip['id']}/report").status_code == 409

    told, shares = [], []
    with server.slowed() as enough:
        for line in server.get(f"/api/clips/{clip['id']}/events", stream=True).iter_lines():
            if line.startswith(b"data:"):
                told.append(json.loads(line[5:]))
                if told[-1].get("progress"):
                    shares.append(told[-1]["progress"]["share"])
            if len(shares) > 2:
                enough.set()
    assert told[-2]["state"] == "done"
    assert shares == sorted(shares)
    assert len(shares) > 2

    report = server.get(f"/api/clips/{clip['id']}/report").json()
    assert report["exercise"] == "deadlift"
    assert report["clip"]["name"] == "Ann's set.mp4"
    page = server.get(f"/clips/{clip['id']}/report.html")
    assert "Ann&#39;s set.mp4" in page.text
    assert "'unsafe-inline'" not in page.headers["content-security-policy"].split("script-src")[1].split(";")[0]
    part = server.get(f"/clips/{clip['id']}/annotated.mp4", headers={"Range": "bytes=0-99"})
    assert (part.status_code, len(part.content), part.headers["content-type"]) == (206, 100, "video/mp4")
    assert server.get(f"/clips/{clip['id']}/thumbnail.jpg").content[:3] == b"\xff\xd8\xff"
    packed = server.get(f"/api/clips/{clip['id']}/files.zip")
    with zipfile.ZipFile(io.BytesIO(packed.content)) as archive:
        names = {name.removeprefix("Ann's set/") for name in archive.namelist()}
        assert archive.read("Ann's set/report.html") == page.content
    assert {"report.html", "annotated.mp4", "report.json", "frames.csv", "reps.csv", "track.npz"} <= names
    assert any(name.startswith("frames/") for name in names)

    corrected = requests.patch(server.url(f"/api/clips/{clip['id']}"), json={"exercise": "kb_swing"}, timeout=30).json()
    assert corrected["task"] == "judge"
    assert corrected["athlete"] == "Ann"
    assert server.get(f"/api/clips/{clip['id']}/report").json()["exercise"] == "deadlift"  # the old report until the new one is there
    assert server.wait(clip["id"])["state"] == "done"
    assert server.get(f"/api/clips/{clip['id']}/report").json()["exercise"] == "kb_swing"

    turned = requests.patch(server.url(f"/api/clips/{clip['id']}"), json={"facing": "right"}, timeout=30).json()
    assert turned["task"] == "analyse"
    ended = server.wait(clip["id"])
    assert ended["found_facing"] == "right"
    # the state is told first, older runs are swept away after it
    until(lambda: sorted(path.name for path in (server.data / "clips" / clip["id"]).iterdir()) == ["run-3", "upload"])

    assert requests.delete(server.url(f"/api/clips/{clip['id']}"), timeout=30).status_code == 204
    assert server.get(f"/api/clips/{clip['id']}").status_code == 404
    assert not (server.data / "clips" / clip["id"]).exists()


def test_a_clip_without_a_lifter_is_declined_with_a_report(server: Server, empty_scene: Path) -> None:
    clip = server.wait(server.send(empty_scene).json()["id"])
    assert clip["state"] == "declined"
    assert clip["verdict"] == "This clip could not be judged: nobody could be found in this clip."
    assert clip["message"].startswith("Film one lifter from the side")
    assert clip["message"] in server.get("/").text
    assert server.get(f"/api/clips/{clip['id']}/report").json()["quality"]["judgeable"] is False
    assert server.get(f"/clips/{clip['id']}/report.html").status_code == 200


def test_many_uploads_at_once_are_all_analysed(server: Server, empty_scene: Path) -> None:
    answers: list[requests.Response] = []
    senders = [threading.Thread(target=lambda n=number: answers.append(server.send(empty_scene, f"{n}.mp4"))) for number in range(8)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert [answer.status_code for answer in answers] == [201] * 8
    ended = [server.wait(answer.json()["id"]) for answer in answers]
    assert {clip["state"] for clip in ended} == {"declined"}
    assert {clip["name"] for clip in ended} == {f"{number}.mp4" for number in range(8)}


def test_deleting_a_running_clip_ends_its_worker(server: Server) -> None:
    clip_id = server.send(CLIP).json()["id"]
    server.wait(clip_id, "running")
    assert requests.delete(server.url(f"/api/clips/{clip_id}"), timeout=30).status_code == 204
    until(lambda: not server.workers() and not (server.data / "clips" / clip_id).exists())


def test_a_killed_worker_costs_its_clip_a_new_start_and_nothing_else(server: Server) -> None:
    clip_id = server.send(CLIP).json()["id"]
    server.wait(clip_id, "running")
    workers = until(server.workers)
    os.kill(workers[0], signal.SIGKILL)
    assert server.wait(clip_id)["state"] == "done"


def test_a_killed_server_loses_nothing_it_accepted(tmp_path: Path, empty_scene: Path) -> None:
    data = tmp_path / "data"
    with running_server(data) as first:
        running = first.send(CLIP).json()["id"]
        waiting = [first.send(empty_scene, f"{number}.mp4").json()["id"] for number in range(3)]
        first.wait(running, "running")
        workers = until(first.workers)
        # an upload that is half in: never accepted, so nothing of it may stay
        half = requests.Request("POST", first.url("/api/clips"), files={"clip": ("half.mp4", b"x" * 3_000_000)}).prepare()
        body = half.body[:2_000_000] if isinstance(half.body, bytes) else b""
        host, port = first.address.removeprefix("http://").rstrip("/").split(":")
        sender = socket.create_connection((host, int(port)))
        head = f"POST /api/clips HTTP/1.1\r\nHost: {host}\r\nContent-Type: {half.headers['Content-Type']}\r\nContent-Length: 3000200\r\n\r\n"
        sender.sendall(head.encode() + body)
        until(lambda: list((data / "incoming").iterdir()))
        first.kill()
        sender.close()
    until(lambda: not any(_alive(pid) for pid in workers), "a worker outlived its server")
    with running_server(data, workers=2) as second:
        states = {second.wait(clip_id)["state"] for clip_id in waiting}
        assert states == {"declined"}
        assert second.wait(running)["state"] == "done"
        assert list((data / "incoming").iterdir()) == []
        assert len(list((data / "clips").iterdir())) == 4


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_server_told_to_stop_puts_the_running_clip_back(tmp_path: Path) -> None:
    with running_server(tmp_path / "data") as first:
        clip_id = first.send(CLIP).json()["id"]
        first.wait(clip_id, "running")
    assert first.process.returncode == 0
    with running_server(tmp_path / "data") as second:
        assert second.clip(clip_id)["state"] in ("queued", "running")


def test_a_worker_that_wants_too_much_memory_fails_alone(tmp_path: Path) -> None:
    with running_server(tmp_path / "data", worker_memory_bytes=150 << 20) as server:
        clip = server.wait(server.send(CLIP).json()["id"])
        assert clip["state"] == "failed"
        assert clip["message"]
        assert "Try again" in server.get(f"/clips/{clip['id']}").text
        assert server.get("/").status_code == 200


def test_old_clips_are_deleted_and_a_second_server_is_kept_out(tmp_path: Path, empty_scene: Path) -> None:
    data = tmp_path / "data"
    with running_server(data) as first:
        clip_id = first.send(empty_scene).json()["id"]
        first.wait(clip_id)
        with pytest.raises(AssertionError, match="did not start"), running_server(data):
            pass
    with running_server(data, retention_days=1e-6) as second:
        until(lambda: second.get(f"/api/clips/{clip_id}").status_code == 404)
        # the folder goes right after the table's row
        until(lambda: not list((data / "clips").iterdir()))


def test_caps_hold_while_an_upload_streams_in(tmp_path: Path, empty_scene: Path) -> None:
    with running_server(tmp_path / "data", max_clip_bytes=200_000, max_clip_s=2.0, quota_bytes=150_000, max_waiting_per_client=1) as server:
        announced = server.send(b"x" * 300_000)
        assert announced.status_code == 413
        assert announced.headers["content-type"] == "application/problem+json"
        assert server.send(CLIP).json()["type"] == "/api#too-long"
        # nothing announced: the body comes in chunks without a length
        boundary = "XX"

        def pieces() -> Iterator[bytes]:
            yield f'--{boundary}\r\nContent-Disposition: form-data; name="clip"; filename="a.mp4"\r\n\r\n'.encode()
            for _ in range(100):
                yield b"x" * 10_000

        try:
            chunked = requests.post(
                server.url("/api/clips"), data=pieces(), headers={"Content-Type": f"multipart/form-data; boundary={boundary}"}, timeout=30
            )
            assert chunked.status_code == 413
        except requests.ConnectionError:
            pass  # the server may close the connection while the rest is still on its way
        until(lambda: not list((server.data / "incoming").iterdir()))
        assert server.get("/api/clips").json()["clips"] == []
        kept = server.wait(server.send(empty_scene).json()["id"])
        assert kept["size_bytes"] > 0
        full = [server.send(empty_scene).status_code for _ in range(6)]
        assert set(full) <= {201, 429, 507}
        assert full[-1] in (429, 507)
