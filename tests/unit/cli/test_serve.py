"""The serve command: who is asked for what, before a server starts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hinge_vision.cli import commands, run_command
from hinge_vision.web.settings import GIB, ServerSettings


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[ServerSettings]:
    """The settings of servers that would have started; each says that it listens and is then interrupted."""
    settings: list[ServerSettings] = []

    def pretend(made: ServerSettings, ready: Callable[[str], None]) -> None:
        settings.append(made)
        ready(f"http://{made.host}:{made.port}/")
        raise KeyboardInterrupt

    monkeypatch.setattr("hinge_vision.web.serve.serve", pretend)
    return settings


def run(data: Path, *arguments: str | Path) -> int:
    return run_command(commands, ["serve", "--data", str(data), *map(str, arguments)])


def test_on_this_machine_alone_nobody_is_asked_for_anything(tmp_path: Path, started: list, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path) == 0
    assert started == [ServerSettings(data=tmp_path)]
    assert capsys.readouterr().out.splitlines() == [
        "Open http://127.0.0.1:8000/",
        f"Clips and reports are kept in {tmp_path}. Ctrl+C stops the server.",
        "Stopped.",
    ]


def test_where_others_reach_it_each_start_has_a_token_of_its_own_and_its_address_is_one_they_can_use(
    tmp_path: Path, started: list, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert run(tmp_path, "--host", "0.0.0.0") == 0
    first, second = started
    assert first.secret is not None
    assert len(first.secret) >= 32
    assert first.secret != second.secret
    address, *_ = capsys.readouterr().out.splitlines()
    assert address.endswith(f":8000/?token={first.secret}")
    assert "0.0.0.0" not in address


def test_a_password_takes_the_tokens_place_and_is_not_printed(tmp_path: Path, started: list, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "password").write_text(" correct horse\n", encoding="utf-8")
    assert run(tmp_path, "--host", "0.0.0.0", "--password-file", tmp_path / "password") == 0
    assert run(tmp_path, "--password-file", tmp_path / "password") == 0
    assert [made.secret for made in started] == ["correct horse"] * 2
    told = capsys.readouterr().out
    assert "horse" not in told
    assert "token" not in told


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "holds no password"), (b" \n\n", "holds no password"), (b"\xff\xfe\x00", "cannot be read"), (b"short", "8 characters")],
    ids=["empty", "blank", "no text", "too short"],
)
def test_a_password_that_cannot_be_used_starts_no_server(
    content: bytes, said: str, tmp_path: Path, started: list, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "password").write_bytes(content)
    assert run(tmp_path, "--password-file", tmp_path / "password") == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
    assert started == []


def test_limits_are_given_in_the_units_people_use(tmp_path: Path, started: list) -> None:
    words = "--port 0 --workers 3 --retention 7 --max-size 10 --max-length 60 --quota 2.5 --worker-memory 1024"
    assert run(tmp_path, *words.split()) == 0
    assert started == [
        ServerSettings(
            data=tmp_path,
            port=0,
            workers=3,
            retention_days=7.0,
            max_clip_bytes=10 * 2**20,
            max_clip_s=60.0,
            quota_bytes=2.5 * GIB,
            worker_memory_bytes=GIB,
        )
    ]
