"""Deadlines moved by the time for which a case rested.

A suspended case stops the clock. Records keep the deadline as it was first set, so the
moment that counts is that deadline plus the pause. A pause that began after the deadline
excuses nothing. Whether one began in time is judged against the deadline as moved by the
pauses before it: rest from hour 8 to hour 12 turns a deadline of hour 10 into hour 14,
and a second rest from hour 13 still counts.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.assessment.cases.as_of import case_zone, read_as_of
from gridgov.checks import check_zoned
from gridgov.errors import ColumnsError
from gridgov.place.periods import read_moment

__all__ = ["DUE_COLUMNS", "effective_due", "instants_of", "seen_from"]

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

DUE_COLUMNS = {
    "filed": "filing_due_at",
    "dispatched": "dispatch_due_at",
    "handled": "handling_due_at",
    "verified": "verification_due_at",
    "closed": "due_at",
}
"""The column that says by when a stage was to be reached."""

_HOUR_US = 3_600_000_000
_NEVER = np.iinfo(np.int64).min


def effective_due(cases: pd.DataFrame, column: str, *, as_of: Any = None) -> pd.Series:
    """Return a deadline moved by the natural time for which each case rested.

    Parameters
    ----------
    cases
        Table of cases; what it lacks of ``suspended_at``, ``resumed_at`` and ``paused_h``
        is taken as no rest.
    column
        A column of deadlines, such as ``"due_at"``.
    as_of
        The moment at which rests that still run are looked at, see
        :func:`~gridgov.assessment.cases.as_of.read_as_of`.

    Returns
    -------
    Series
        Times in the zone of the column, in the order and with the index of `cases`; missing
        where there is no deadline.

    Raises
    ------
    ColumnsError
        If the column is missing or holds no times with a zone.
    OptionError
        If `as_of` cannot be read.
    InputError
        If a case rests, no moment is given and no case has any time.

    Notes
    -----
    The table knows its last rest by its ends and all ended rests by their sum, ``paused_h``.
    Rests before the last are taken to have begun before the deadline; the last counts when
    it did. A rest without an end runs until the case was closed or struck out, else until
    `as_of`; what lies after `as_of` is not seen. :func:`gridgov.effective_deadlines` takes
    every rest by its own times from a log of events.

    Examples
    --------
    Ten hours to go; the first case rested for two hours in time, the second only after its
    deadline, the third rests since nine:

    >>> import pandas as pd
    >>> def at(*hours):
    ...     day = pd.Timestamp("2017-09-01", tz="Asia/Shanghai")
    ...     return pd.DatetimeIndex([day + pd.Timedelta(hours=hour) for hour in hours])
    >>> cases = pd.DataFrame({"due_at": at(10, 10, 10), "suspended_at": at(8, 11, 9)})
    >>> cases["resumed_at"] = at(10, 12, 12).where([True, True, False])
    >>> effective_due(cases, "due_at", as_of="2017-09-01 20:00").dt.hour.tolist()
    [12, 10, 21]
    """
    due, missing = instants_of(cases, column)
    zone = cases[column].dtype.tz
    if "suspended_at" in cases.columns and cases["suspended_at"].notna().any():
        begun, never = instants_of(cases, "suspended_at")
        seen_at = _us(seen_from(cases, column, as_of))
        ended, runs = _ends(cases, seen_at)
        length = np.where(never, 0, np.maximum(ended - begun, 0))
        earlier = np.maximum(_paused(cases) - np.where(never | runs, 0, length), 0)
        due = due + earlier
        # Seen from a moment before it ended, the last rest is one that still runs.
        seen = np.maximum(np.minimum(ended, seen_at) - begun, 0)
        due = due + np.where(~never & (begun < due), seen, 0)
    else:
        due = due + _paused(cases)
    moved = np.where(missing, _NEVER, due).view("datetime64[us]")
    times = pd.DatetimeIndex(moved, tz="UTC").tz_convert(zone)
    return pd.Series(times, index=cases.index, name=column)


def instants_of(cases: pd.DataFrame, column: str) -> tuple[Ints, Flags]:
    """Return a column of times as µs since 1970 UTC, and where it is missing.

    Parameters
    ----------
    cases
        Table of cases.
    column
        The column.

    Raises
    ------
    ColumnsError
        If the column is missing or holds no times with a zone.
    """
    if column not in cases.columns:
        found = ", ".join(map(str, cases.columns)) or "no columns"
        raise ColumnsError(
            f"cases must have the column {column}. Found: {found}. gridgov.read_cases(...) "
            "makes such a table."
        )
    values = cases[column]
    check_zoned(values, column)
    index = pd.DatetimeIndex(values).as_unit("us")
    return index.asi8, np.asarray(index.isna())


def seen_from(cases: pd.DataFrame, column: str, as_of: Any) -> pd.Timestamp:
    """Return the moment from which cases are seen, in the zone of a column of deadlines.

    Parameters
    ----------
    cases
        Table of cases.
    column
        A column of times with a zone, which names the zone where no stage has a time.
    as_of
        The moment, or None.

    Raises
    ------
    OptionError
        If `as_of` cannot be read.
    InputError
        If nothing says when.
    """
    said = cases.attrs.get("as_of") if as_of is None else as_of
    if said is not None and str(case_zone(cases)) == "UTC":
        return read_moment(said, "as_of", cases[column].dtype.tz)
    return read_as_of(cases, as_of)


def _ends(cases: pd.DataFrame, seen_at: int) -> tuple[Ints, Flags]:
    """Return when the last rest of every case ended, and where it has no end of its own."""
    ends = np.full(len(cases), _NEVER)
    runs = np.ones(len(cases), dtype=bool)
    if "resumed_at" in cases.columns:
        ends, runs = instants_of(cases, "resumed_at")
        ends = ends.copy()
    until = np.full(len(cases), seen_at)
    for name in ("closed_at", "cancelled_at"):
        if name in cases.columns:
            over, open_ = instants_of(cases, name)
            until = np.where(open_, until, np.minimum(until, over))
    return np.where(runs, until, ends), runs


def _paused(cases: pd.DataFrame) -> Ints:
    """Return the sum of the ended rests of every case, µs."""
    if "paused_h" not in cases.columns:
        return np.zeros(len(cases), dtype=np.int64)
    hours = cases["paused_h"].to_numpy(dtype=float, na_value=0.0)
    return np.asarray(np.round(np.nan_to_num(hours) * _HOUR_US), dtype=np.int64)


def _us(moment: pd.Timestamp) -> int:
    """Return a moment as µs since 1970 UTC."""
    return int(pd.DatetimeIndex([moment]).as_unit("us").asi8[0])
