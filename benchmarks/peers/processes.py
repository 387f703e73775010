"""Take turns among jobs that each run in a process of their own."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import NamedTuple

__all__ = ["Turns", "take_turns"]


class Turns(NamedTuple):
    """What the rounds found.

    Attributes
    ----------
    seconds
        Of every round, by way.
    peaks
        Largest peak of memory in bytes, by way.
    load
        Load average before and after.
    """

    seconds: dict[str, list[float]]
    peaks: dict[str, int]
    load: tuple[float, float]


def take_turns(ways: Mapping[str, Callable[[], dict[str, float]]], *, rounds: int) -> Turns:
    """Run every way once a round, in the opposite order of the round before."""
    before = os.getloadavg()[0]
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    peaks = dict.fromkeys(ways, 0)
    for number in range(rounds):
        for name in list(ways)[:: 1 if number % 2 == 0 else -1]:
            found = ways[name]()
            seconds[name].append(found["seconds"])
            peaks[name] = max(peaks[name], int(found.get("peak", 0)))
    return Turns(seconds, peaks, (before, os.getloadavg()[0]))
