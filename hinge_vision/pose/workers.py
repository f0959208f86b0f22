"""Keeping all cores busy: images in, the people in them out, in the same order, through one landmarker per thread."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
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


class Spares:
    """Landmarkers loaded in a thread of their own, ahead of the work they are for; loading one takes a third of a second.

    What is not taken is given back when the block ends.
    """

    def __init__(self, model: Path, count: int) -> None:
        self._model = model
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="spares")
        self._loading = deque(self._pool.submit(_take, model, 1, True) for _ in range(count))

    def __enter__(self) -> Spares:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)
        for future in self._loading:
            if not future.cancelled() and future.exception() is None:
                _give_back(future.result(), self._model, 1, True)

    def take(self, people: int, masks: bool) -> Landmarker:
        """Return a landmarker for so many people, with masks or not: one loaded ahead where it fits."""
        if people == 1 and masks:
            try:
                future = self._loading.popleft()
            except IndexError:
                pass
            else:
                return future.result()
        return _take(self._model, people, masks)


def map_in_order(
    work: Callable[[Landmarker, Item], Result],
    items: Iterable[Item],
    *,
    model: Path,
    workers: int,
    people: int = 1,
    masks: bool = True,
    spares: Spares | None = None,
    failed: Callable[[Item], None] | None = None,
) -> Iterator[Result]:
    """Yield `work(landmarker, item)` for each item, in order.

    Items are drawn in the caller's thread (so decoding is one thread) and at most a few wait at once, so memory stays
    bounded however long the clip. A landmarker keeps nothing between images and each item is worked on alone, so the
    results do not depend on the number of workers. MediaPipe releases the interpreter lock while it runs. A process that
    keeps to one core does all in the caller's thread.

    `failed` is called at once, in any thread, with an item whose work ends in an error, for whoever waits for it while the next items
    are drawn; the error is raised when its turn comes.
    """

    def take() -> Landmarker:
        return _take(model, people, masks) if spares is None else spares.take(people, masks)

    if workers == 1 and is_on_one_core():
        landmarker = take()
        try:
            yield from (work(landmarker, item) for item in items)
        finally:
            _give_back(landmarker, model, people, masks)
        return
    own = threading.local()
    landmarkers: list[Landmarker] = []

    def start() -> None:
        own.landmarker = take()
        landmarkers.append(own.landmarker)

    def run(item: Item) -> Result:
        try:
            if not hasattr(own, "landmarker"):
                start()
            return work(own.landmarker, item)
        except BaseException:
            if failed is not None:
                failed(item)
            raise

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
