"""Sums over disks and lists of neighbors in compiled loops, when numba is installed.

Import this module only where numba pays (:mod:`gridgov.arrays.compiled`). Without numba the
loops are plain Python, for a look at a few cells.
"""

from __future__ import annotations

from typing import Any

from gridgov.arrays.loops import compile_loop

__all__ = ["add_around", "write_neighbors"]


@compile_loop
def add_around(place: Any, values: Any, starts: Any, ends: Any, total: Any) -> None:
    """Add the value of every cell to the places around it, in the order of the table.

    Parameters
    ----------
    place
        Of every cell on the raster, int64.
    values
        One a cell, float64.
    starts, ends
        How far from its middle every run of a disk starts, and ends before, int64.
    total
        Sums at all places, overwritten, float64.
    """
    for row in range(len(place)):
        value, middle = values[row], place[row]
        for run in range(len(starts)):
            for at in range(middle + starts[run], middle + ends[run]):
                total[at] += value


@compile_loop
def write_neighbors(
    place: Any, starts: Any, ends: Any, first: int, last: int, waiting: Any, found: Any
) -> None:
    """Write the neighbors of the cells at some places, those of each in the order of the table.

    Parameters
    ----------
    place, starts, ends
        As for :func:`add_around`.
    first, last
        The places, `last` not among them.
    waiting
        At the place of every cell where its next neighbor belongs, -1 elsewhere; overwritten.
    found
        The rows of the neighbors, written, int32.
    """
    reach = ends[-1]
    for row in range(len(place)):
        middle = place[row]
        if middle + reach <= first or middle - reach >= last:
            continue
        for run in range(len(starts)):
            begin, end = max(middle + starts[run], first), min(middle + ends[run], last)
            for at in range(begin, end):
                next_place = waiting[at]
                if next_place >= 0:
                    found[next_place] = row
                    waiting[at] = next_place + 1
