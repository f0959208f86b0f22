"""Where the work is done: processes of this machine, or a Dask cluster. Both are an Executor to the rest."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from hinge_vision.batch.pool import WorkerLostError, WorkerPool
from hinge_vision.errors import SettingsError

RETRIES = 2
"""How often a clip whose worker died is tried again."""
_CONNECT_S = 15.0
_RECOUNT_S = 5.0


@dataclass(frozen=True)
class Backend:
    """An executor, and what must be known to feed it.

    Attributes
    ----------
    executor
        Takes the work.
    capacity
        Tells how many clips to hand over at once: enough that no worker waits, few enough to stay small.
    lost
        Exceptions that mean the worker died with the clip.
    retries
        How often to try such a clip again from here; 0 where the executor has done that by itself.
    """

    executor: Executor
    capacity: Callable[[], int]
    lost: tuple[type[BaseException], ...]
    retries: int


@contextmanager
def local_backend(workers: int) -> Iterator[Backend]:
    """Yield a pool of processes on this machine; leaving the block by an error ends them at once."""
    pool = WorkerPool(workers, preload="hinge_vision.batch.one_clip")
    try:
        yield Backend(pool, lambda: workers + 1, (WorkerLostError,), RETRIES)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


@contextmanager
def dask_backend(address: str) -> Iterator[Backend]:
    """Yield the workers of a running Dask cluster.

    Raises
    ------
    SettingsError
        Dask is not installed, or no scheduler answers at the address.
    """
    try:
        distributed: Any = import_module("distributed")
    except ImportError as error:
        raise SettingsError(f"--dask needs more than is installed here ({error}); pip install '.[cluster]' in the project folder") from error
    try:
        client = distributed.Client(address, timeout=_CONNECT_S, name="hinge-vision batch")
    except (OSError, ValueError, TimeoutError) as error:
        message = (
            f"{address}: no Dask scheduler answers there ({error}); start one with `dask scheduler` and give its address, such as tcp://HOST:8786"
        )
        raise SettingsError(message) from error
    with client:
        client.run_on_scheduler(_allow_retries)
        executor = client.get_executor(pure=False)
        try:
            yield Backend(executor, _Capacity(client), (distributed.KilledWorker, CancelledError), 0)
        except BaseException:
            executor.shutdown(wait=False)  # takes back what has not begun
            raise


def _allow_retries(dask_scheduler: Any) -> None:
    # Dask tries a task whose worker died again on another; as often as the pool here does
    dask_scheduler.allowed_failures = RETRIES


class _Capacity:
    """Threads of the cluster now, and as many again in wait; counted anew every few seconds, as workers come and go."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._counted_s = float("-inf")
        self._threads = 0

    def __call__(self) -> int:
        if time.monotonic() - self._counted_s > _RECOUNT_S:
            self._threads = sum(self._client.nthreads().values())
            self._counted_s = time.monotonic()
        return 2 * self._threads + 1
