"""Keeping all cores busy: images in, the people in them out, in the same order, through one landmarker per thread."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from hinge_vision.cores import is_on_one_core
from hinge_vision.pose.landmarker import Landmarker

Item = TypeVar("Item")
Result = TypeVar("Result")

# Landmarkers between two clips, by model file, people and masks; None = none are kept.
_idle: dict[tuple[Path, int, bool], list[Landmarker]] | None = None
_idle_lock = threading.Lock()


def keep_landmarkers() -> None:
    """From now on keep landmarkers loaded for this process's next clip, instead of loading the model for each."""
    global _idle
    with _idle_lock:
        _idle = {} if _idle is None else _idle


def _take(model: Path, people: int, masks: bool) -> Landmarker:
    with _idle_lock:
        idle = (_idle or {}).get((model, people, masks))
        if idle:
            return idle.pop()
    return Landmarker(model, people=people, masks=masks)


def _give_back(landmarker: Landmarker, model: Path, people: int, masks: bool) -> None:
    with _idle_lock:
        if _idle is not None:
            _idle.setdefault((model, people, masks), []).append(landmarker)
            return
    landmarker.close()


def map_in_order(
    work: Callable[[Landmarker, Item], Result],
    items: Iterable[Item],
    *,
    model: Path,
    workers: int,
    people: int = 1,
    masks: bool = True,
) -> Iterator[Result]:
    """Yield `work(landmarker, item)` for each item, in order.

    Items are drawn in the caller's thread (so decoding is one thread) and at most a few wait at once, so memory stays
    bounded however long the clip. A landmarker keeps nothing between images and each item is worked on alone, so the
    results do not depend on the number of workers. MediaPipe releases the interpreter lock while it runs. A process that
    keeps to one core does all in the caller's thread.
    """
    if workers == 1 and is_on_one_core():
        yield from _one_by_one(work, items, model, people, masks)
        return
    own = threading.local()
    landmarkers: list[Landmarker] = []

    def start() -> None:
        own.landmarker = _take(model, people, masks)
        landmarkers.append(own.landmarker)

    def run(item: Item) -> Result:
        if not hasattr(own, "landmarker"):
            start()
        return work(own.landmarker, item)

    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(workers, thread_name_prefix="pose") as pool:
        try:
            for item in items:
                waiting.append(pool.submit(run, item))
                if len(waiting) > 2 * workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
            pool.shutdown(wait=True)
            for landmarker in landmarkers:
                _give_back(landmarker, model, people, masks)


def _one_by_one(
    work: Callable[[Landmarker, Item], Result], items: Iterable[Item], model: Path, people: int, masks: bool
) -> Iterator[Result]:
    landmarker = _take(model, people, masks)
    try:
        for item in items:
            yield work(landmarker, item)
    finally:
        _give_back(landmarker, model, people, masks)
