"""What one server is told at its start."""

from __future__ import annotations

import math
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from platformdirs import user_data_path

from hinge_vision.cores import usable_cores
from hinge_vision.errors import SettingsError
from hinge_vision.settings import Settings

GIB = 1 << 30


def default_data_folder() -> Path:
    """Return the platform's folder for a user's own data, such as `~/.local/share/hinge-vision`."""
    return user_data_path("hinge-vision", appauthor=False)


def is_loopback(host: str) -> bool:
    """Tell whether an address is reached from this machine only."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True)
class ServerSettings:
    """Settings of one server.

    Attributes
    ----------
    data
        The one folder everything is kept in: the job table, the clips and their reports.
    host, port
        The address to listen on.
    secret
        The token or password every request must show; `None` = nobody is asked, allowed on a loopback address only.
    workers
        Clips analysed at once, each in a process of its own.
    retention_days
        Clips and reports finished longer ago are deleted; `None` = kept until somebody deletes them.
    max_clip_bytes, max_clip_s
        The largest and the longest clip taken.
    quota_bytes
        Clips and reports together take no more than this.
    max_waiting_per_client, max_uploads_per_client
        Clips of one address that may wait in the queue, and uploads of one address received at once; more have to wait.
    upload_stall_s
        An upload that sends nothing for so long is given up.
    worker_memory_bytes, worker_cpu_s_per_clip_s
        What a worker process may use: memory, and processor time per second of clip.
    analysis_rate_hz
        Frames analysed per second of clip, about; `None` = 15, and 10 where a longer clip shows slow lifting.
    """

    data: Path
    host: str = "127.0.0.1"
    port: int = 8000
    secret: str | None = None
    workers: int = min(2, usable_cores())
    retention_days: float | None = None
    max_clip_bytes: int = GIB
    max_clip_s: float = 300.0
    quota_bytes: float = 20 * GIB
    max_waiting_per_client: int = 60
    max_uploads_per_client: int = 4
    upload_stall_s: float = 30.0
    worker_memory_bytes: int = 3 * GIB
    worker_cpu_s_per_clip_s: float = 60.0
    analysis_rate_hz: float | None = Settings.analysis_rate_hz

    def __post_init__(self) -> None:
        if self.secret is None and not is_loopback(self.host):
            raise SettingsError(f"{self.host}: others can reach this address, so a token or a password is needed")
        if self.secret is not None and len(self.secret) < 8:
            raise SettingsError("the password must have 8 characters or more")
        if self.workers < 1:
            raise SettingsError("workers must be at least 1")
        if not 0 < self.max_clip_s < math.inf:
            raise SettingsError("max length must be a positive number of seconds")
        if not 0 < self.quota_bytes < math.inf:
            raise SettingsError("quota must be a positive number of gigabytes")
        if self.retention_days is not None and not 0 < self.retention_days < math.inf:
            raise SettingsError("retention must be a positive number of days; leave it out to keep everything")

    @property
    def threads_per_worker(self) -> int:
        """Threads each worker runs the pose model in, so that all together keep the cores busy."""
        return max(1, usable_cores() // self.workers)
