from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from hinge_vision.video.ahead import ahead


def test_everything_comes_once_and_in_order() -> None:
    assert list(ahead(range(500))) == list(range(500))


def test_items_are_made_in_another_thread_and_only_a_few_ahead() -> None:
    made: list[tuple[int, int]] = []

    def items() -> Iterator[int]:
        for number in range(100):
            made.append((number, threading.get_ident()))
            yield number

    with closing(ahead(items(), most=3)) as drawn:
        for number in drawn:
            # one in the caller's hands, three waiting, one that finds no room, one begun
            assert len(made) <= number + 6
    assert {thread for _, thread in made}.isdisjoint({threading.get_ident()})


def test_what_goes_wrong_is_raised_in_its_place() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    drawn = ahead(items())
    assert next(drawn) == 1
    with pytest.raises(ValueError, match="broken"):
        next(drawn)


def test_closing_early_ends_the_thread_and_closes_the_source() -> None:
    closed = threading.Event()

    def items() -> Iterator[int]:
        try:
            yield from range(10**9)
        finally:
            closed.set()

    before = threading.active_count()
    with closing(ahead(items())) as drawn:
        assert next(drawn) == 0
    assert closed.is_set()
    assert threading.active_count() == before
