"""hinge-vision serve: the upload page, for people who never open a terminal."""

from __future__ import annotations

import secrets
import socket
from pathlib import Path

import click

from hinge_vision.cli.options import ANY_PATH, FILE
from hinge_vision.errors import SettingsError

_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104


@click.command(short_help="Open a page to drop clips on, in any browser.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on. Any but this machine's own asks for a token.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port to listen on; 0 = any that is free.")
@click.option("--data", type=ANY_PATH, help="Folder that clips and reports are kept in. [default: the user's data folder]")
@click.option("--workers", type=click.IntRange(min=1), help="Clips analysed at once. [default: 2, or 1 on a single core]")
@click.option("--retention", "retention_days", type=float, metavar="DAYS", help="Delete clips and reports so old. [default: keep them]")
@click.option("--password-file", type=FILE, help="Ask for the password in this file instead of a new token at each start.")
@click.option("--max-size", "max_size_mb", type=click.IntRange(min=1), default=1024, show_default=True, metavar="MB", help="Largest clip taken.")
@click.option("--max-length", "max_clip_s", type=float, default=300.0, show_default=True, metavar="SECONDS", help="Longest clip taken.")
@click.option("--quota", "quota_gb", type=float, default=20.0, show_default=True, metavar="GB", help="Room for all clips and reports together.")
@click.option(
    "--worker-memory", "worker_memory_mb", type=click.IntRange(min=512), default=3072, show_default=True, metavar="MB", help="Of each worker."
)
def serve(
    host: str,
    port: int,
    data: Path | None,
    workers: int | None,
    retention_days: float | None,
    password_file: Path | None,
    max_size_mb: int,
    max_clip_s: float,
    quota_gb: float,
    worker_memory_mb: int,
) -> int:
    """Open a page to drop clips on and read reports in, in any browser.

    Everything stays on this machine, and only this machine reaches the page unless --host says otherwise. Ctrl+C stops the
    server; clips that were waiting are analysed when it starts again.
    """
    from hinge_vision.web.serve import serve as serve_app
    from hinge_vision.web.settings import GIB, ServerSettings, default_data_folder, is_loopback

    token = None
    secret = _password(password_file)
    if secret is None and not is_loopback(host):
        secret = token = secrets.token_urlsafe(24)
    settings = ServerSettings(
        data=data or default_data_folder(),
        host=host,
        port=port,
        secret=secret,
        retention_days=retention_days,
        max_clip_bytes=max_size_mb << 20,
        max_clip_s=max_clip_s,
        quota_bytes=quota_gb * GIB,
        worker_memory_bytes=worker_memory_mb << 20,
        **({} if workers is None else {"workers": workers}),
    )

    def ready(address: str) -> None:
        for everywhere in _EVERYWHERE:
            address = address.replace(f"//{everywhere}:", f"//{socket.gethostname()}:").replace(f"//[{everywhere}]:", f"//{socket.gethostname()}:")
        click.echo(f"Open {address}{'' if token is None else '?token=' + token}")
        click.echo(f"Clips and reports are kept in {settings.data}. Ctrl+C stops the server.")

    try:
        serve_app(settings, ready)
    except KeyboardInterrupt:
        click.echo("Stopped.")
    return 0


def _password(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        password = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}: the password cannot be read ({error}); give a text file") from error
    if not password:
        raise SettingsError(f"{path}: holds no password; write one of 8 characters or more into it")
    return password
