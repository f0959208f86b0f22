"""Workers of this machine as a concurrent.futures.Executor: one process each, which keeps its models loaded."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import resource_tracker
from multiprocessing.context import BaseContext
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
    process. A worker ends when this process does, however that ends. An interrupt from the keyboard, which the terminal
    sends to all processes, is left to this one.

    Parameters
    ----------
    workers
        How many processes.
    preload
        Module to load before the first work comes; where processes can be copied safely it is loaded once for all.
    """

    def __init__(self, workers: int, *, preload: str) -> None:
        for name in _ONE_THREAD:
            os.environ.setdefault(name, "1")
        self._context = _context(preload)
        # what a worker that is killed leaves among the temporary files goes with this folder
        self._temporary = tempfile.TemporaryDirectory(prefix="hinge-vision-")
        resource_tracker.ensure_running()  # else its start would let interrupts through again
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="batch", initializer=_leave_interrupts_to_others)
        self._own = threading.local()
        self._starting = threading.Lock()
        self._pools: list[ProcessPoolExecutor] = []
        self._ended = False

    def submit(self, work: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Future[Result]:
        """Have `work(*args, **kwargs)` done by the next free process."""
        return self._threads.submit(self._run, work, args, kwargs)

    def _run(self, work: Callable[..., Result], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Result:
        with self._starting:
            if self._ended:
                raise WorkerLostError("the workers were ended")
            try:
                future = self._process().submit(work, *args, **kwargs)  # the first one starts it
            except BrokenProcessPool:  # it died while it had nothing to do
                self._give_up_process()
                future = self._process().submit(work, *args, **kwargs)
        try:
            return future.result()
        except BrokenProcessPool as error:
            self._give_up_process()
            raise WorkerLostError("the worker process died") from error

    def _process(self) -> ProcessPoolExecutor:
        """Return the pool of one process of this thread."""
        pool: ProcessPoolExecutor | None = getattr(self._own, "pool", None)
        if pool is None:
            pool = ProcessPoolExecutor(1, mp_context=self._context, initializer=_begin_worker, initargs=(self._temporary.name,))
            self._own.pool = pool
            self._pools.append(pool)
        return pool

    def _give_up_process(self) -> None:
        pool, self._own.pool = self._own.pool, None
        self._pools.remove(pool)
        pool.shutdown(wait=False)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers; without `wait` at once, in the middle of what they do."""
        if not wait:
            with self._starting:
                self._ended = True
                for process in multiprocessing.active_children():
                    process.kill()
        self._threads.shutdown(wait=True, cancel_futures=cancel_futures)
        for pool in self._pools:
            pool.shutdown(wait=wait)
        self._temporary.cleanup()


def _context(preload: str) -> BaseContext:
    """Return how processes are started: never as a copy of this one, which would hold its locks and its threads' half-done work."""
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    # "__main__" would be loaded by each worker again
    context.set_forkserver_preload(["__main__", preload])
    return context


def _leave_interrupts_to_others() -> None:
    # processes started by this thread inherit it
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def _begin_worker(temporary: str) -> None:
    tempfile.tempdir = temporary
    die_with_parent()


def die_with_parent() -> None:
    """End this worker as soon as the process that started it is gone: nobody would take its results."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True, name="parent watch").start()
