"""Working ahead: the next items are made in a thread of its own while the caller is still busy with this one."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterable
from contextlib import suppress
from queue import Empty, Full, Queue
from typing import TypeVar

from hinge_vision.cores import is_on_one_core

Item = TypeVar("Item")

# How long a thread that waits for room goes without asking whether it is still wanted.
_PATIENCE_S = 0.1


class _End:
    """The last thing in the queue, with what went wrong, if anything."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def ahead(items: Iterable[Item], most: int = 2) -> Generator[Item, None, None]:
    """Yield the items in order, drawing up to `most` of them ahead in another thread.

    Worth its while where making an item releases the interpreter lock: decoding, drawing, encoding. What goes wrong while an item
    is made is raised in its place. When the generator is closed the thread ends, and `items` is closed, before anything else happens.
    A process that keeps to one core makes each item when it is asked for.
    """
    if is_on_one_core():
        try:
            yield from items
        finally:
            _close(items)
        return
    queue: Queue[Item | _End] = Queue(most)
    unwanted = threading.Event()

    def put(item: Item | _End) -> None:
        while not unwanted.is_set():
            with suppress(Full):
                queue.put(item, timeout=_PATIENCE_S)
                return

    def work() -> None:
        error: BaseException | None = None
        try:
            for item in items:
                put(item)
                if unwanted.is_set():
                    break
        except BaseException as failure:  # noqa: BLE001  handed to the caller
            error = failure
        finally:
            _close(items)
        put(_End(error))

    thread = threading.Thread(target=work, name="ahead", daemon=True)
    thread.start()
    try:
        while True:
            item = queue.get()
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            yield item
    finally:
        unwanted.set()
        with suppress(Empty):
            while True:
                queue.get_nowait()
        thread.join()


def _close(items: object) -> None:
    close = getattr(items, "close", None)
    if close is not None:
        close()
