"""How long nobody came to a cell: absences, some of them cut off by the period's ends."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gridgov.coverage.patrol.patrol_visits import Visits

__all__ = ["Revisits", "measure_revisits"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Revisits(NamedTuple):
    """Absences by cell; lengths in µs.

    Attributes
    ----------
    number
        Absences that a return ended.
    ended
        Their sum.
    whole
        Sum of all absences, those at the ends of the period included.
    longest
        Longest of all.
    longest_open
        Whether it is one at the ends and longer than any that a return ended.
    variation
        Standard deviation (of a sample) over mean of those that a return ended; missing
        with fewer than two.
    """

    number: Ints
    ended: Floats
    whole: Floats
    longest: Ints
    longest_open: NDArray[np.bool_]
    variation: Floats


def measure_revisits(presence: Visits, cells: int, first: int, last: int) -> Revisits:
    """Return the absences between the presences of every cell.

    Parameters
    ----------
    presence
        By cell and time, none overlapping.
    cells
        How many cells there are.
    first, last
        The period, µs.

    Examples
    --------
    One cell seen from 2 to 3 and from 7 to 8 of a period of 10:

    >>> two = np.zeros(2, dtype=np.int64)
    >>> seen = Visits(two, two, np.array([2, 7]), np.array([3, 8]), two, two)
    >>> absent = measure_revisits(seen, 1, 0, 10)
    >>> absent.number.tolist(), absent.ended.tolist(), absent.whole.tolist()
    ([1], [4.0], [8.0])
    """
    place = presence.place
    same = place[1:] == place[:-1]
    gap = (presence.arrived[1:] - presence.left[:-1])[same]
    at = place[1:][same]
    number = np.bincount(at, minlength=cells)
    ended = np.bincount(at, weights=gap, minlength=cells).astype(np.float64)
    mean = np.divide(ended, number, out=np.zeros(cells), where=number > 0)
    squares = np.bincount(at, weights=(gap - mean[at]) ** 2, minlength=cells)
    variance = np.divide(squares, number - 1, out=np.full(cells, np.nan), where=number > 1)

    new = np.diff(place, prepend=-1) != 0
    begin = np.flatnonzero(new)
    close = np.append(begin[1:], len(place))[: len(begin)] - 1
    # A cell without a visit is one absence as long as the period, cut off at both ends.
    before = np.full(cells, last - first, dtype=np.int64)
    after = np.zeros(cells, dtype=np.int64)
    before[place[begin]] = np.maximum(presence.arrived[begin] - first, 0)
    after[place[begin]] = np.maximum(last - presence.left[close], 0)
    between = np.zeros(cells, dtype=np.int64)
    np.maximum.at(between, at, gap)
    open_ = np.maximum(before, after)
    return Revisits(
        number,
        ended,
        ended + before + after,
        np.maximum(between, open_),
        open_ > between,
        np.divide(np.sqrt(variance), mean, out=np.full(cells, np.nan), where=mean > 0),
    )
