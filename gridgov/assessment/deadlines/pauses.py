"""Rests of cases as spans of time: overlaps joined, and deadlines pushed by them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.assessment.deadlines.clocks import Clock
from gridgov.errors import ColumnsError, InputError

__all__ = ["Pauses", "no_pauses", "push", "read_pauses", "time_paused"]

Ints = NDArray[np.int64]
NEVER = np.iinfo(np.int64).min
"""The instant of a missing time."""
FOREVER = np.iinfo(np.int64).max
"""The end of a rest that still runs."""


@dataclass(frozen=True, slots=True)
class Pauses:
    """Rests, by row and in order of time, none of a row touching another.

    Attributes
    ----------
    rows
        Row that each rest belongs to.
    begins, ends
        Instants, µs since 1970 UTC; an end can be :data:`FOREVER`.
    """

    rows: Ints
    begins: Ints
    ends: Ints


def no_pauses() -> Pauses:
    """Return no rests."""
    nothing = np.empty(0, dtype=np.int64)
    return Pauses(nothing, nothing, nothing)


def joined(rows: Ints, begins: Ints, ends: Ints) -> Pauses:
    """Return rests in order, those of one row that overlap or touch joined."""
    if len(rows) == 0:
        return no_pauses()
    order = np.lexsort((begins, rows))
    rows, begins, ends = rows[order], begins[order], ends[order]
    latest = pd.Series(ends).groupby(rows).cummax().to_numpy()
    new = np.ones(len(rows), dtype=bool)
    new[1:] = (rows[1:] != rows[:-1]) | (begins[1:] > latest[:-1])
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(rows)) - 1
    return Pauses(rows[first], begins[first], latest[last])


def read_pauses(pauses: Any, index: pd.Index) -> Pauses:
    """Return a table of rests as spans of the rows that its index names.

    Parameters
    ----------
    pauses
        None, or a table with ``suspended_at`` and ``resumed_at`` (missing while the rest
        runs) whose index names rows of `index`; several rests a row.
    index
        Index of the rows.

    Raises
    ------
    ColumnsError
        If a column is missing or holds no times with a zone.
    InputError
        If a rest belongs to no row, has no begin, or ends before it begins; or row names are
        not unique.
    """
    if pauses is None or (isinstance(pauses, pd.DataFrame) and len(pauses) == 0):
        return no_pauses()
    for name in ("suspended_at", "resumed_at"):
        dtype = pauses[name].dtype if name in getattr(pauses, "columns", ()) else None
        if not isinstance(dtype, pd.DatetimeTZDtype):
            raise ColumnsError(
                "pauses must be a table with suspended_at and resumed_at, times with a zone. "
                f"Found: {name} is {'missing' if dtype is None else dtype}. "
                "Its index names the rows of starts."
            )
    if not index.is_unique:
        raise InputError(
            "Rows with pauses need names of their own. Found: an index in which "
            f"{index[index.duplicated()][0]!r} stands twice. Give starts the index of case ids."
        )
    rows = index.get_indexer(pauses.index)
    begin = pd.DatetimeIndex(pauses["suspended_at"]).as_unit("us")
    end = pd.DatetimeIndex(pauses["resumed_at"]).as_unit("us")
    ends = np.where(end.isna(), FOREVER, end.asi8)
    wrong = (rows < 0) | begin.isna() | (ends < begin.asi8)
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        raise InputError(
            "Every pause belongs to a row, begins, and ends no earlier. Found: "
            f"{int(wrong.sum())} others, the first for row {pauses.index[at]!r}: {begin[at]} to "
            f"{end[at]}. Mend or drop them."
        )
    return joined(rows.astype(np.int64), begin.asi8, ends)


def push(clock: Clock, positions: Ints, due: Ints, starts: Ints, pauses: Pauses) -> Ints:
    """Return deadlines pushed by the rests that began before them.

    Parameters
    ----------
    clock
        How time is counted.
    positions, due
        Where the clock stands at each deadline, and the deadline itself.
    starts
        From when time was counted.
    pauses
        Rests; a deadline with a rest that has no end yet is :data:`NEVER`.
    """
    positions, due = positions.copy(), due.copy()
    if len(pauses.rows) == 0:
        return due
    new = np.r_[True, pauses.rows[1:] != pauses.rows[:-1]]
    begun = np.flatnonzero(new)
    nth = np.arange(len(pauses.rows)) - np.repeat(begun, np.diff(np.r_[begun, len(new)]))
    # The first rest of every row together, then the second: each is judged by the deadline
    # as the ones before it have left it.
    for turn in range(int(nth.max()) + 1):
        these = nth == turn
        rows, ends = pauses.rows[these], pauses.ends[these]
        begins = np.maximum(pauses.begins[these], starts[rows])
        # A row without a start or a deadline has nothing to push.
        counts = (begins < due[rows]) & (ends > begins) & (starts[rows] != NEVER)
        rows, begins, ends = rows[counts], begins[counts], ends[counts]
        runs = ends == FOREVER
        due[rows[runs]] = NEVER
        rows, begins, ends = rows[~runs], begins[~runs], ends[~runs]
        longer = clock.position(ends) - clock.position(begins)
        moved = longer > 0
        rows = rows[moved]
        positions[rows] += longer[moved]
        due[rows] = clock.instant(positions[rows], starts[rows])
    return due


def time_paused(clock: Clock, starts: Ints, ends: Ints, pauses: Pauses) -> Ints:
    """Return how far the clock would have come during the rests between starts and ends."""
    paused = np.zeros(len(starts), dtype=np.int64)
    rows = pauses.rows
    begin = np.maximum(pauses.begins, starts[rows])
    end = np.minimum(pauses.ends, ends[rows])
    inside = (end > begin) & (starts[rows] != NEVER)
    if inside.any():
        during = clock.position(end[inside]) - clock.position(begin[inside])
        np.add.at(paused, rows[inside], during)
    return paused
