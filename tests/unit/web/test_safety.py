"""Policies, origins and secrets."""

from __future__ import annotations

import asyncio

import pytest
from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Message

from hinge_vision.errors import SettingsError
from hinge_vision.web.problems import ProblemError
from hinge_vision.web.safety.gate import Gate
from hinge_vision.web.safety.own_site import check_own_site
from hinge_vision.web.safety.report_policy import policy_of
from hinge_vision.web.safety.sign_in import COOKIE, Doorkeeper
from hinge_vision.web.settings import ServerSettings


def request(method: str = "GET", client: str = "10.0.0.1", **headers: str) -> Request:
    named = [(name.replace("_", "-").lower().encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "method": method, "path": "/", "headers": named, "client": (client, 1), "query_string": b"", "scheme": "http"})


def refusal(asked: Request, listening_on: str = "127.0.0.1", *, open_to_all: bool = True) -> int | None:
    """The status a request is refused with; None = it is let in."""
    try:
        check_own_site(asked, listening_on, open_to_all=open_to_all)
    except ProblemError as refused:
        return refused.kind.status
    return None


def test_a_policy_names_each_script_that_runs_by_its_hash_and_no_data() -> None:
    policy = policy_of('<script type="application/json">{"a": 1}</script><style>p {}</style><p>x<script>alert("&amp; <b>")</script>')
    sources = policy.split("script-src ")[1].split(";")[0]
    # echo -n 'alert("&amp; <b>")' | openssl dgst -sha256 -binary | base64
    assert sources == "'sha256-FwXvXcv/2c364XQ6gamrXLaUxRT6VKx5EqNwQON+LE0='"
    assert "unsafe-inline" not in sources
    assert "default-src 'none'" in policy


def test_a_page_without_scripts_may_run_none() -> None:
    assert "script-src 'none'" in policy_of("<p>declined</p>")


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"origin": "http://127.0.0.1:8000"}, True),
        ({"sec_fetch_site": "same-origin", "origin": "http://127.0.0.1:8000"}, True),
        ({"sec_fetch_site": "none"}, True),
        ({"sec_fetch_site": "cross-site"}, False),
        ({"sec_fetch_site": "same-site"}, False),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "http://127.0.0.1:9000"}, False),
        ({"origin": "null"}, False),
    ],
)
def test_only_the_servers_own_pages_and_programs_may_change_anything(headers: dict[str, str], allowed: bool) -> None:
    assert refusal(request("POST", host="127.0.0.1:8000", **headers)) == (None if allowed else 403)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "", "127.0.0.1@evil.example", "evil/127.0.0.1"])
def test_another_name_made_to_point_here_is_refused(host: str) -> None:
    assert refusal(request(host=host)) == 421
    assert refusal(request(host=host), "0.0.0.0", open_to_all=False) is None, "behind a password the name proves nothing"


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "LOCALHOST", "[::1]:8000"])
def test_this_machines_own_names_are_taken(host: str) -> None:
    assert refusal(request(host=host)) is None
    assert refusal(request("POST", host=host, origin="http://evil.example")) == 403, "and prove nothing of who asks"


def test_the_right_token_is_remembered_in_a_cookie_no_script_reads_and_no_site_sends() -> None:
    door = Doorkeeper("correct horse")
    assert not door.knows(request())
    assert door.knows(request(authorization="Bearer correct horse"))
    answer = Response()
    door.remember(request(), answer)
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    value = cookie.split(";")[0].split("=", 1)[1]
    assert "horse" not in value
    assert door.knows(request(cookie=f"{COOKIE}={value}"))
    assert not Doorkeeper("another secret").knows(request(cookie=f"{COOKIE}={value}"))


@pytest.mark.parametrize("host", ["x/static/", "x/static/?", "x/sign-in?", "x/static/#"])
@pytest.mark.parametrize(("path", "status"), [("/", 303), ("/api/clips", 401)])
def test_no_host_header_opens_the_gate(monkeypatch: pytest.MonkeyPatch, host: str, path: str, status: int) -> None:
    # as older Starlettes make the address
    monkeypatch.setattr(Request, "url", property(lambda asked: URL(f"http://{asked.headers['host']}{asked.scope['path']}")))
    scope = {**request(host=host).scope, "path": path}
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(Gate(PlainTextResponse("inside"), Doorkeeper("correct horse"), "0.0.0.0")(scope, receive, send))
    assert sent[0]["status"] == status


def test_guessing_is_slowed_down_for_the_one_who_guesses() -> None:
    door = Doorkeeper("correct horse")
    for _ in range(10):
        assert not door.accepts(request(), "wrong")
    with pytest.raises(ProblemError) as refused:
        door.accepts(request(), "correct horse")
    assert refused.value.headers["Retry-After"] == "60"
    assert door.accepts(request(client="10.0.0.2"), "correct horse")


def test_an_address_others_reach_needs_a_secret(tmp_path: object) -> None:
    for host in ("0.0.0.0", "192.168.1.5", "::", "clinic.example"):
        with pytest.raises(SettingsError, match="token or a password"):
            ServerSettings(data=tmp_path, host=host)  # type: ignore[arg-type]
    assert ServerSettings(data=tmp_path, host="::1").secret is None  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="8 characters"):
        ServerSettings(data=tmp_path, secret="short")  # type: ignore[arg-type]
