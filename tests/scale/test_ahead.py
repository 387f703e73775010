"""Fetching ahead: every batch in order, errors passed on, and no wait when given up."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from gridgov.scale.batches import ahead


def test_every_item_comes_in_order() -> None:
    assert list(ahead(iter([3, 1, 2]))) == [3, 1, 2]
    assert list(ahead(iter([]))) == []


def test_an_error_of_the_iterator_is_the_callers() -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise ValueError("the second is bad")

    fetched = ahead(failing())
    assert next(fetched) == 1
    with pytest.raises(ValueError, match="the second is bad"):
        next(fetched)


def test_giving_up_does_not_wait_for_what_is_being_fetched() -> None:
    # The garbage collector may end the generator in any thread; waiting there once
    # stopped the whole process.
    release = threading.Event()

    def slow() -> Iterator[int]:
        yield 1
        release.wait(30)
        yield 2

    fetched = ahead(slow())
    assert next(fetched) == 1
    closing = threading.Thread(target=fetched.close)
    closing.start()
    closing.join(5)
    waited = closing.is_alive()
    release.set()
    closing.join()
    assert not waited
