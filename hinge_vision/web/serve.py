"""Running the server: the address taken, the app behind it, until it is told to stop."""

from __future__ import annotations

import errno
import logging
import socket
import sys
from collections.abc import Callable

import uvicorn

from hinge_vision.errors import SettingsError
from hinge_vision.web.app import create_app
from hinge_vision.web.safety.connections import RationedProtocol
from hinge_vision.web.settings import ServerSettings

_LONGEST_HEAD_BYTES = 32 << 10


def serve(settings: ServerSettings, ready: Callable[[str], None]) -> None:
    """Serve until the process is told to stop.

    Parameters
    ----------
    settings
        What the server is told.
    ready
        Called with the page's address as soon as it can be opened.

    Raises
    ------
    SettingsError
        The address cannot be listened on.
    OutputError
        The data folder cannot be used.
    """
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    logging.getLogger("hinge_vision.web").setLevel(logging.INFO)
    listening = _listen(settings.host, settings.port)
    with listening:
        app = create_app(settings)
        config = uvicorn.Config(
            app,
            http=RationedProtocol,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            h11_max_incomplete_event_size=_LONGEST_HEAD_BYTES,
            timeout_keep_alive=10,
            timeout_graceful_shutdown=3,
        )
        port = listening.getsockname()[1]
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        server = _Server(config, lambda: ready(f"http://{host}:{port}/"))
        server.run(sockets=[listening])


class _Server(uvicorn.Server):
    """Uvicorn's server, which tells when it can be reached."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=256)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise SettingsError(f"port {port} of {host} is taken by another program; choose another with --port") from error
        raise SettingsError(f"{host}:{port} cannot be listened on ({error.strerror or error}); choose another --host or --port") from error
