"""Which cells to visit on one walk, and in which order: the orienteering problem by a heuristic.

A walk leads from a start to an end and may last so many minutes; every cell visited takes a
stay and adds its value. To find the walk of the greatest value is NP-hard. What is done here:

1. Fill: put in the cell with the greatest value by extra minute, at its cheapest place, until
   nothing fits. Three weights of value against minutes give three walks, and going by value
   alone a fourth, so that no walk is worth less than the ranking's.
2. Tighten each: shorten the walk (2-opt, or-opt), fill the time that was won, exchange one cell
   for a more valuable one; again until nothing changes.
3. Drop and refill: leave out every run of one to four cells in turn, and fill without them
   first; where the walk gets better go on from there.

Nothing is random, ties go to the cell listed first, and no walk is longer than allowed. The
walk is good, not surely the best. Against the exact answer of 200 small cases (12 cells of very
unlike value, walks of 60 to 160 minutes) it had the whole value in 99 of 100, 99.97 % on
average and 95.8 % at worst; going by value alone had 97.5 % on average and 67 % at worst. How
far it is from the best among hundreds of cells is not known.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gridgov.coverage.patrol_plan.plan_shorten import shorten

__all__ = ["Walk", "best_walk", "fill", "ranked_walk"]

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Rows = Callable[[int], Floats]

# Minutes that rounding may add, and parts of a value that are no difference.
_ROUNDING = 1e-9
_POWERS = (1.0, 2.0, 0.5)
_LONGEST_RUN = 4
_SHORTLIST = 120


class Walk(NamedTuple):
    """What one walk may be.

    Attributes
    ----------
    minutes
        Walking minutes between all places, shape (m, m): the cells first, then the start and
        the end. A walk that may end anywhere has an end that is 0 minutes from everywhere.
    value
        Value of every cell, shape (m - 2,); cells of 0 are not visited.
    stay
        Minutes a visit takes.
    budget
        Minutes the walk may last, stays and ways together.
    """

    minutes: Floats
    value: Floats
    stay: float
    budget: float

    @property
    def cells(self) -> int:
        """How many cells there are; the start follows them, then the end."""
        return len(self.value)

    def length(self, path: Places) -> float:
        """Return the minutes of a walk, stays included."""
        return float(self.minutes[path[:-1], path[1:]].sum()) + self.stay * (len(path) - 2)

    def worth(self, path: Places) -> float:
        """Return the value of a walk."""
        return float(self.value[path[1:-1]].sum())

    def empty(self) -> Places:
        """Return the walk straight from start to end."""
        return np.array([self.cells, self.cells + 1], dtype=np.intp)


def best_walk(walk: Walk) -> Places:
    """Return the cells to visit, in walking order.

    Parameters
    ----------
    walk
        What the walk may be.

    Returns
    -------
    array of positions
        Without start and end; empty when no cell can be visited.

    Examples
    --------
    Three cells 2 minutes away, and a more valuable one that takes 20 minutes to get to. In 52
    minutes with stays of 12 there is time for the three or for the one.

    >>> import numpy as np
    >>> at = np.array([2.0, 2.0, 2.0, 20.0, 0.0, 0.0])
    >>> walk = Walk(np.abs(at[:, None] - at), np.array([2.0, 2.0, 2.0, 3.0]), 12.0, 52.0)
    >>> sorted(best_walk(walk).tolist())
    [0, 1, 2]
    """
    if walk.cells > _SHORTLIST:
        return _best_of_many(walk)
    return _improved(walk, *_fills(walk))[1:-1]


def ranked_walk(walk: Walk) -> Places:
    """Return the walk of somebody who goes by value alone: the next in rank that still fits.

    Every cell is put at its cheapest place and the walk is shortened, so that only the choice
    of the cells differs from :func:`best_walk`.

    Examples
    --------
    >>> import numpy as np
    >>> at = np.array([2.0, 2.0, 2.0, 20.0, 0.0, 0.0])
    >>> walk = Walk(np.abs(at[:, None] - at), np.array([2.0, 2.0, 2.0, 3.0]), 12.0, 52.0)
    >>> ranked_walk(walk).tolist()
    [3]
    """
    path, before = walk.empty(), 0
    while True:
        path = shorten(walk.minutes, fill(walk, path, power=np.inf))
        if len(path) == before:
            return path[1:-1]
        before = len(path)


def fill(walk: Walk, path: Places, *, power: float, banned: Places | None = None) -> Places:
    """Put cells into a walk until none fits.

    Parameters
    ----------
    walk
        What the walk may be.
    path
        The walk so far, start and end included.
    power
        The next cell has the greatest value ** power by extra minute; infinite for the greatest
        value, whatever the way.
    banned
        Cells that may not be put in.

    Returns
    -------
    array of positions
        The walk, start and end included.
    """
    able = walk.value > 0
    able[path[1:-1]] = False
    if banned is not None:
        able[banned] = False
    worth = walk.value if np.isinf(power) else walk.value**power
    left = walk.budget - walk.length(path) + _ROUNDING
    ways = walk.minutes[:, : walk.cells]
    # One row for every gap between two stops: the detour to every cell.
    extra = ways[path[:-1]] + ways[path[1:]] - walk.minutes[path[:-1], path[1:]][:, None]
    every = np.arange(walk.cells)
    while walk.cells:
        gap = extra.argmin(axis=0)
        cost = extra[gap, every] + walk.stay
        # A cell that does not fit now may later, at a place near a cell put in since.
        fits = able & (cost <= left)
        if not fits.any():
            break
        gain = np.where(fits, worth if np.isinf(power) else worth / cost, -1.0)
        cell = int(gain.argmax())
        at = int(gap[cell])
        left -= float(cost[cell])
        able[cell] = False
        before, after = int(path[at]), int(path[at + 1])
        path = np.concatenate([path[: at + 1], [cell], path[at + 1 :]])
        new = np.stack(
            [
                ways[before] + ways[cell] - walk.minutes[before, cell],
                ways[cell] + ways[after] - walk.minutes[cell, after],
            ]
        )
        extra = np.concatenate([extra[:at], new, extra[at + 1 :]])
    return path


def _fills(walk: Walk) -> list[Places]:
    """Return the walks to begin with: those that are only filled, and the ranking's."""
    start, end = walk.empty()
    ranked = np.concatenate([[start], ranked_walk(walk), [end]])
    return [*(fill(walk, walk.empty(), power=power) for power in _POWERS), ranked]


def _improved(walk: Walk, *paths: Places) -> Places:
    """Return the best of some walks, made better until no change tried here helps."""
    return max((_searched(walk, path) for path in paths), key=walk.worth)


def _searched(walk: Walk, path: Places) -> Places:
    """Return a walk that no change tried here makes better."""
    path = _tightened(walk, path)
    while True:
        better = _refilled(walk, path)
        if better is None:
            return path
        path = _tightened(walk, better)


def _tightened(walk: Walk, path: Places) -> Places:
    """Return a walk shortened, filled and with cells exchanged until nothing changes."""
    while True:
        path = fill(walk, shorten(walk.minutes, path), power=1.0)
        exchanged = _exchanged(walk, path)
        if exchanged is None:
            return path
        path = exchanged


def _exchanged(walk: Walk, path: Places) -> Places | None:
    """Return a walk in which one cell gave way to a more valuable one, None where none can."""
    able = walk.value > 0
    able[path[1:-1]] = False
    open_to = np.flatnonzero(able)
    if not len(open_to) or len(path) < 3:
        return None
    length = walk.length(path)
    most, result = _least(walk, path), None
    for place in range(1, len(path) - 1):
        gain = walk.value[open_to] - walk.value[path[place]]
        if gain.max() <= most:
            continue
        rest = np.delete(path, place)
        legs = walk.minutes[rest[:-1], rest[1:]]
        ways = walk.minutes[np.ix_(rest, open_to)]
        extra = ways[:-1] + ways[1:] - legs[:, None]
        gap = extra.argmin(axis=0)
        cost = extra[gap, np.arange(len(open_to))]
        was = (
            walk.minutes[path[place - 1], path[place]] + walk.minutes[path[place], path[place + 1]]
        )
        straight = walk.minutes[path[place - 1], path[place + 1]]
        fits = length - was + straight + cost <= walk.budget + _ROUNDING
        gain[~fits] = -1.0
        chosen = int(gain.argmax())
        if gain[chosen] > most:
            most = float(gain[chosen])
            result = np.insert(rest, int(gap[chosen]) + 1, open_to[chosen])
    return result


def _refilled(walk: Walk, path: Places) -> Places | None:
    """Return a better walk that lacks a run of cells of this one, None where none is better."""
    best, result = walk.worth(path) + _least(walk, path), None
    for run in range(1, min(_LONGEST_RUN, len(path) - 2) + 1):
        for first in range(1, len(path) - run):
            gone = path[first : first + run]
            rest = np.delete(path, slice(first, first + run))
            for power in _POWERS[:2]:
                other = fill(walk, rest, power=power, banned=gone)
                other = fill(walk, other, power=power)
                worth = walk.worth(other)
                if worth > best:
                    best, result = worth, other
    return result


def _least(walk: Walk, path: Places) -> float:
    """Return the difference in value that is more than rounding."""
    return _ROUNDING * max(walk.worth(path), float(walk.value.max(initial=0.0)))


def _best_of_many(walk: Walk) -> Places:
    """Return the walk when there are many cells: only those that promise most are searched."""
    path = max(_fills(walk), key=walk.worth)
    ways = walk.minutes[:, : walk.cells]
    legs = walk.minutes[path[:-1], path[1:]]
    extra = (ways[path[:-1]] + ways[path[1:]] - legs[:, None]).min(axis=0)
    promise = np.argsort(-walk.value / (np.maximum(extra, 0.0) + walk.stay), kind="stable")
    dear = np.argsort(-walk.value, kind="stable")
    listed = np.concatenate([path[1:-1], promise[: _SHORTLIST // 2], dear[: _SHORTLIST // 4]])
    some = np.unique(listed)
    places = np.concatenate([some, walk.empty()])
    part = Walk(walk.minutes[np.ix_(places, places)], walk.value[some], walk.stay, walk.budget)
    inner = np.searchsorted(some, path[1:-1])
    start, end = part.empty()
    found = _improved(part, np.concatenate([[start], inner, [end]]))
    return fill(walk, places[found], power=1.0)[1:-1]
