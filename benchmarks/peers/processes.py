"""Take turns among jobs that each run in a process of their own."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from peers.lines import Turns

__all__ = ["take_turns"]


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
