"""Who may come in, and what other sites and greedy clients cannot do; over the network, as they would."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from hinge_vision.web.safety.connections import MAX_PER_CLIENT
from tests.conftest import PROGRAM, ROOT
from tests.web_server import Server, running_server

SECRET = "correct horse battery"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(tmp_path_factory.mktemp("access") / "data", secret=SECRET) as started:
        yield started


def test_nothing_is_shown_to_a_stranger(server: Server) -> None:
    for path in ("/", "/api", "/clips/" + "0" * 32, "/clips/" + "0" * 32 + "/report.html"):
        answer = server.get(path, allow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in"), path
    for path in ("/api/clips", "/openapi.json", "/api/events"):
        answer = server.get(path)
        assert answer.status_code == 401, path
        assert answer.headers["www-authenticate"] == "Bearer"
    assert requests.post(server.url("/api/clips"), data=b"x", timeout=30).status_code == 401
    assert server.get("/sign-in").status_code == 200


def test_the_token_of_the_printed_address_is_taken_once_and_leaves_the_address(server: Server) -> None:
    visitor = requests.Session()
    first = visitor.get(server.url(f"/?token={SECRET}&q=ann"), allow_redirects=False, timeout=30)
    assert (first.status_code, first.headers["location"]) == (303, "/?q=ann")
    assert "httponly" in first.headers["set-cookie"].lower()
    assert "samesite=strict" in first.headers["set-cookie"].lower()
    assert visitor.get(server.url("/"), timeout=30).status_code == 200
    visitor.post(server.url("/sign-out"), timeout=30)
    assert visitor.get(server.url("/"), allow_redirects=False, timeout=30).status_code == 303


def test_programs_show_the_token_in_a_header(server: Server) -> None:
    assert server.get("/api/clips", headers={"Authorization": f"Bearer {SECRET}"}).status_code == 200
    assert server.get("/api/clips", headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_a_person_signs_in_by_the_form(server: Server) -> None:
    visitor = requests.Session()
    assert visitor.post(server.url("/sign-in"), data={"secret": "wrong"}, timeout=30).status_code == 401
    assert visitor.post(server.url("/sign-in"), data={"secret": SECRET}, timeout=30).url == server.url("/")


def test_a_form_of_too_many_fields_is_refused(server: Server) -> None:
    answer = requests.post(server.url("/sign-in"), data={f"field{number}": "x" for number in range(30)}, timeout=30)
    assert answer.status_code == 422
    assert "more than 20 fields" in answer.text


def test_other_sites_can_neither_change_nor_read_anything(tmp_path: Path) -> None:
    with running_server(tmp_path / "data") as server:
        for headers in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
            assert requests.post(server.url("/api/clips"), data=b"x", headers=headers, timeout=30).status_code == 403
            assert requests.delete(server.url("/api/clips/" + "0" * 32), headers=headers, timeout=30).status_code == 403
        assert server.get("/", headers={"Host": "evil.example"}).status_code == 421
        answer = server.get("/", headers={"Origin": "http://evil.example"})
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
        preflight = requests.options(
            server.url("/api/clips"), headers={"Origin": "http://evil.example", "Access-Control-Request-Method": "DELETE"}, timeout=30
        )
        assert not [name for name in preflight.headers if name.lower().startswith("access-control")]


def test_only_uploads_may_be_large(server: Server) -> None:
    shown = {"Authorization": f"Bearer {SECRET}"}
    try:
        answer = requests.patch(server.url("/api/clips/" + "0" * 32), data=b'{"athlete": "' + b"x" * 5_000_000 + b'"}', headers=shown, timeout=30)
        assert answer.status_code in (413, 422)
    except requests.ConnectionError:
        pass  # closed while the rest was on its way
    assert server.get("/api/clips", headers=shown).status_code == 200


def test_idle_connections_of_one_address_lock_nobody_out(server: Server) -> None:
    host, port = server.address.removeprefix("http://").rstrip("/").split(":")
    idle = [socket.create_connection((host, int(port)), source_address=("127.0.0.2", 0)) for _ in range(MAX_PER_CLIENT + 30)]
    time.sleep(0.3)
    closed = 0
    for one in idle:
        one.setblocking(False)
        try:
            closed += one.recv(1) == b""
        except ConnectionResetError:
            closed += 1
        except BlockingIOError:
            pass
    assert closed == 30
    assert server.get("/sign-in").status_code == 200
    for one in idle:
        one.close()


def test_the_command_prints_a_token_for_an_address_others_reach_and_tells_in_a_line_what_is_wrong(tmp_path: Path) -> None:
    command = [*PROGRAM, "serve", "--data", str(tmp_path / "data"), "--port", "0"]
    process = subprocess.Popen([*command, "--host", "0.0.0.0"], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    line = process.stdout.readline()
    token = line.strip().split("?token=")[1]
    assert len(token) >= 32
    port = int(line.split("?")[0].rstrip("/").rsplit(":", 1)[1])
    assert requests.get(f"http://127.0.0.1:{port}/api/clips", timeout=30).status_code == 401
    assert requests.get(f"http://127.0.0.1:{port}/api/clips", headers={"Authorization": f"Bearer {token}"}, timeout=30).status_code == 200

    taken = subprocess.run([*command[:-1], str(port)], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    assert taken.returncode == 2
    assert "choose another" in taken.stderr
    process.terminate()
    process.wait(timeout=30)
    process.stdout.close()
    (tmp_path / "password").write_text("short\n", encoding="utf-8")
    short = subprocess.run(
        [*command, "--password-file", str(tmp_path / "password")], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False
    )
    assert short.returncode == 2
    assert short.stderr.count("\n") == 1
