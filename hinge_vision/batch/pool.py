"""Workers of this machine as a concurrent.futures.Executor: one process each, which keeps its models loaded."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

Result = TypeVar("Result")
# Numeric libraries read these when they are loaded: each worker has one core to itself.
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class WorkerLostError(Exception):
    """The process that had this work died, by a crash or by a signal."""


class WorkerPool(Executor):
    """A fixed number of worker processes, each behind a thread of its own.

    `ProcessPoolExecutor` gives up all its work when one process dies, and cannot tell whose fault it was. Here every
    process is a pool of one: its death fails just the work it had, with `WorkerLostError`, and the next work gets a new
    process. A worker ends when this process does, however that ends.

    Parameters
    ----------
    workers
        How many processes.
    """

    def __init__(self, workers: int) -> None:
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="batch")
        self._own = threading.local()
        self._pools: list[ProcessPoolExecutor] = []
        for name in _ONE_THREAD:
            os.environ.setdefault(name, "1")

    def submit(self, work: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Future[Result]:
        """Have `work(*args, **kwargs)` done by the next free process."""
        return self._threads.submit(self._run, work, args, kwargs)

    def _run(self, work: Callable[..., Result], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Result:
        pool: ProcessPoolExecutor | None = getattr(self._own, "pool", None)
        if pool is None:
            # spawn: a forked copy of this process would hold its locks and its threads' half-done work
            pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"), initializer=die_with_parent)
            self._own.pool = pool
            self._pools.append(pool)
        try:
            return pool.submit(work, *args, **kwargs).result()
        except BrokenProcessPool as error:
            self._own.pool = None
            self._pools.remove(pool)
            pool.shutdown(wait=False)
            raise WorkerLostError("the worker process died") from error

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers; without `wait` at once, in the middle of what they do."""
        if not wait:
            for process in multiprocessing.active_children():
                process.kill()
        self._threads.shutdown(wait=True, cancel_futures=cancel_futures)
        for pool in self._pools:
            pool.shutdown(wait=wait)


def die_with_parent() -> None:
    """End this worker as soon as the process that started it is gone: nobody would take its results."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="parent watch").start()
