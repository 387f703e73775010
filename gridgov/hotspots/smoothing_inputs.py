"""What a density asks of its incidents and options, checked in one place."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_table
from gridgov.errors import ColumnsError, OptionError
from gridgov.place.area_index import OWNED_MATCHES
from gridgov.place.periods import read_range

__all__ = ["check_meters", "counted_rows", "in_time", "row_weights"]

Floats = NDArray[np.float64]
Places = NDArray[np.int64]


def check_meters(value: Any, option: str) -> None:
    """Raise an OptionError unless a length is a finite number above zero."""
    number = not isinstance(value, bool) and isinstance(value, int | float | np.number)
    if not (number and np.isfinite(value) and value > 0):
        raise OptionError(f"{option} must be a length in meters, above 0. Found: {value!r}.")


def row_weights(table: Any, column: str | None) -> Floats:
    """Return the weight of every row, 1 without a column.

    Raises
    ------
    ColumnsError
        If the column is missing or holds something other than numbers from 0 on.
    """
    if column is None:
        return np.ones(len(table))
    check_table(table, "incidents", columns=[column], allow_empty=True)
    numbers = pd.to_numeric(table[column], errors="coerce")
    weight: Floats = numbers.to_numpy(dtype=np.float64, na_value=np.nan)
    wrong = np.flatnonzero(~(np.isfinite(weight) & (weight >= 0)))
    if wrong.size:
        raise ColumnsError(
            f"weights must be numbers from 0 on, none missing. Found: {wrong.size} other "
            f"{'value' if wrong.size == 1 else 'values'} in {column}, the first is "
            f"{table[column].iloc[[wrong[0]]].tolist()[0]!r} in row "
            f"{table.index[[wrong[0]]].tolist()[0]!r}.",
            problems=[{"column": column, "row": table.index[row]} for row in wrong],
        )
    return weight


def counted_rows(located: Any, cells: Any, *, start: Any, end: Any, times: str) -> Places:
    """Return the rows that a tally over the same cells and times counts."""
    counted = located["match"].isin(OWNED_MATCHES) & located["cell"].isin(cells)
    inside = counted.to_numpy(dtype=bool, na_value=False)
    if start is not None or end is not None:
        dated, in_range = in_time(located, start=start, end=end, times=times)
        inside &= dated & in_range
    return np.flatnonzero(inside).astype(np.int64)


def in_time(
    table: Any, *, start: Any, end: Any, times: str
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which rows have a time, and which lie from `start` to before `end`.

    Raises
    ------
    ColumnsError
        If the times are missing or have no zone.
    OptionError
        If `start` or `end` cannot be read.
    """
    if start is None and end is None:
        return np.ones(len(table), dtype=bool), np.ones(len(table), dtype=bool)
    check_table(table, "incidents", columns=[times], allow_empty=True)
    column = table[times]
    if not isinstance(column.dtype, pd.DatetimeTZDtype):
        raise ColumnsError(
            f"{times} must hold times with a zone. Found: dtype {column.dtype}. "
            "gridgov.read_incidents(..., timezone=...) makes such a column."
        )
    instants = pd.DatetimeIndex(column).as_unit("us").asi8
    range_ = read_range(instants[:0], freq=None, start=start, end=end, zone=column.dtype.tz)
    in_range = (instants >= range_.first) & (instants < range_.last)
    return column.notna().to_numpy(dtype=bool), in_range
