"""Shorten a walk without leaving out a stop: 2-opt and or-opt, the best change first.

2-opt turns a run of stops around; or-opt moves a run of one to three stops elsewhere, turned
around or not. The walk's ends stay. Where no such change shortens the walk it is done; it may
still not be the shortest.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["shorten"]

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

# Less than this many minutes is rounding.
_LEAST = 1e-9
_LONGEST_RUN = 3


def shorten(minutes: Floats, path: Places) -> Places:
    """Return a walk through the same places, not longer.

    Parameters
    ----------
    minutes
        Walking minutes between all places, the same both ways but at the walk's last place.
    path
        The places in order; the first and the last stay where they are.

    Examples
    --------
    >>> import numpy as np
    >>> at = np.array([0.0, 3.0, 1.0, 2.0, 4.0])
    >>> shorten(np.abs(at[:, None] - at), np.arange(5)).tolist()
    [0, 2, 3, 1, 4]
    """
    while len(path) > 3:
        way = minutes[np.ix_(path, path)]
        saved, shorter = _turned(way)
        for run in range(1, min(_LONGEST_RUN, len(path) - 3) + 1):
            more, other = _moved(way, run)
            if more > saved + _LEAST:
                saved, shorter = more, other
        if saved <= _LEAST:
            break
        path = path[shorter]
    return path


def _turned(way: Floats) -> tuple[float, Places]:
    """Return the most that turning a run saves, and the order after it."""
    size = len(way)
    order = np.arange(size)
    legs = way[order[:-1], order[1:]]
    # Runs from i to j, 1 <= i < j <= size - 2.
    i, j = order[1:-1, None], order[None, 1:-1]
    saved = legs[i - 1] + legs[j] - way[i - 1, j] - way[i, j + 1]
    saved = np.where(i < j, saved, 0.0)
    best = int(saved.argmax())
    first, last = best // (size - 2) + 1, best % (size - 2) + 1
    turned = order.copy()
    if first < last:
        turned[first : last + 1] = order[first : last + 1][::-1]
    return float(saved.flat[best]), turned


def _moved(way: Floats, run: int) -> tuple[float, Places]:
    """Return the most that moving a run of so many stops saves, and the order after it."""
    size = len(way)
    order = np.arange(size)
    legs = way[order[:-1], order[1:]]
    first = order[1 : size - run, None]
    last = first + run - 1
    # Between the stops `gap` and `gap + 1`, both outside the run.
    gap = order[None, : size - 1]
    outside = (gap + 1 < first) | (gap > last)
    freed = legs[first - 1] + legs[last] - way[first - 1, last + 1]
    straight = way[gap, first] + way[last, gap + 1]
    turned = way[gap, last] + way[first, gap + 1]
    saved = np.where(outside, freed + legs[gap] - np.minimum(straight, turned), 0.0)
    best = int(saved.argmax())
    row, to = divmod(best, size - 1)
    begin = row + 1
    moved = order[begin : begin + run]
    if turned[row, to] < straight[row, to]:
        moved = moved[::-1]
    rest = np.delete(order, slice(begin, begin + run))
    at = to + 1 if to < begin else to + 1 - run
    return float(saved.flat[best]), np.concatenate([rest[:at], moved, rest[at:]])
