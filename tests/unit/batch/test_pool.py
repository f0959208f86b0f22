"""Worker processes: what becomes of them and of what they began."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from hinge_vision.batch.pool import WorkerLostError, WorkerPool
from tests.waiting import until


def test_workers_are_other_processes_each_stays_and_one_that_dies_is_replaced() -> None:
    pool = WorkerPool(1, preload="json")
    first = pool.submit(os.getpid).result()
    assert first not in (os.getpid(), os.getppid())
    assert pool.submit(os.getpid).result() == first
    lost = pool.submit(time.sleep, 600)
    os.kill(first, signal.SIGKILL)
    with pytest.raises(WorkerLostError):
        lost.result()
    assert pool.submit(os.getpid).result() != first
    pool.shutdown()


def test_a_worker_that_dies_between_two_clips_costs_none_of_them() -> None:
    pool = WorkerPool(1, preload="json")
    for _ in range(3):
        worker = psutil.Process(pool.submit(os.getpid).result())
        worker.kill()
        until(lambda worker=worker: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE)
        time.sleep(0.3)  # the pool has to notice
        assert pool.submit(len, "clip").result() == 4
    pool.shutdown()


def test_an_interrupt_does_not_reach_a_worker() -> None:
    pool = WorkerPool(1, preload="json")
    worker = pool.submit(os.getpid).result()
    os.kill(worker, signal.SIGINT)
    assert pool.submit(os.getpid).result() == worker
    pool.shutdown()


def test_workers_ended_in_the_middle_of_their_work_leave_no_process_and_no_temporary_file() -> None:
    pool = WorkerPool(1, preload="json")
    worker = psutil.Process(pool.submit(os.getpid).result())
    begun = Path(pool.submit(tempfile.mkdtemp).result())
    (begun / "clip.mp4").write_bytes(b"half a clip")
    running, waiting = pool.submit(time.sleep, 600), pool.submit(time.sleep, 600)
    pool.shutdown(wait=False, cancel_futures=True)
    assert not begun.exists()
    with suppress(psutil.NoSuchProcess):
        until(lambda: not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE)
    assert running.done()
    assert waiting.done()
