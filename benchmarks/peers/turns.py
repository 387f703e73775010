"""Take turns among more than two ways of one job, in this process or in others."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from time import perf_counter
from typing import Any

from peers.lines import Line, Size, Turns, measured

__all__ = ["race_all", "take_turns"]


def take_turns(
    ways: Mapping[str, Callable[[], dict[str, float]]],
    *,
    rounds: int,
    check: Callable[[str], object] | None = None,
) -> Turns:
    """Run every way once a round, in the opposite order of the round before.

    Parameters
    ----------
    ways
        By name; each returns its ``seconds`` and, if it knows it, the ``peak`` of its memory.
    rounds
        How many.
    check
        Called with the name of a way after it ran, and raises where the answer is wrong.
    """
    before = os.getloadavg()[0]
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    peaks: dict[str, int] = {}
    for number in range(rounds):
        for name in list(ways)[:: 1 if number % 2 == 0 else -1]:
            found = ways[name]()
            if check is not None:
                check(name)
            seconds[name].append(found["seconds"])
            if "peak" in found:
                peaks[name] = max(peaks.get(name, 0), int(found["peak"]))
    return Turns(seconds, peaks, (before, os.getloadavg()[0]))


def race_all(
    size: Size, lines: Iterable[Line], ways: Mapping[str, Callable[[], Any]]
) -> Iterator[Line]:
    """Yield lines with the times of ways that all ran once before, a round for all of them.

    Parameters
    ----------
    size
        Of a small run nothing is timed.
    lines
        Whose ways are among `ways`, found equal.
    ways
        By name.
    """
    if size.small:
        yield from lines
        return
    turns = take_turns(
        {name: partial(_seconds, way) for name, way in ways.items()}, rounds=size.rounds
    )
    for line in lines:
        yield measured(line, turns)


def _seconds(way: Callable[[], Any]) -> dict[str, float]:
    """Return how long a way takes in this process."""
    gc.collect()
    start = perf_counter()
    way()
    return {"seconds": perf_counter() - start}
