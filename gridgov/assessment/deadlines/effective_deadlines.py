"""Deadlines moved by every rest that a log tells of, by natural or by working time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from gridgov.assessment.deadlines.clocks import make_clock
from gridgov.assessment.deadlines.effective import (
    DUE_COLUMNS,
    effective_due,
    instants_of,
    seen_from,
)
from gridgov.assessment.deadlines.pauses import NEVER, Pauses, joined, push
from gridgov.checks import check_choice, check_table
from gridgov.errors import InputError

__all__ = ["effective_deadlines"]

_HOUR_US = 3_600_000_000
# Reports round the paused time; below a minute nothing is missing.
_SLACK_US = 60_000_000


def effective_deadlines(
    cases: Any,
    *,
    stage: str = "closed",
    calendar: Any = None,
    events: Any = None,
    as_of: Any = None,
) -> pd.Series:
    """Return the deadlines of a stage, moved by the time for which each case rested.

    Parameters
    ----------
    cases
        Table of cases.
    stage
        ``"filed"``, ``"dispatched"``, ``"handled"``, ``"verified"`` or ``"closed"``.
    calendar
        What :func:`gridgov.make_calendar` made: a deadline moves by the working time that
        fell into a rest. None moves it by the natural time.
    events
        Table of case events, with every rest by its own times. None takes what `cases` tells:
        the last rest by its ends and all ended ones by their sum.
    as_of
        The moment from which it is seen; by default that of the cases, see
        ``cases.attrs["as_of"]``, else the last time in them.

    Returns
    -------
    Series of times, with the index of `cases`
        Missing where there is no deadline. ``attrs["as_of"]`` is the moment as text.

    Raises
    ------
    ColumnsError
        If a column is missing or holds no times with a zone.
    InputError
        If working time is asked for, cases rested more than once and no events tell when; or
        a rest lies outside the years of the calendar.
    OptionError
        If `stage` or `as_of` cannot be used.

    Notes
    -----
    A rest that began at or after the deadline, as moved by earlier rests, excuses nothing. In
    a log a rest begins at ``suspended`` and ends at the next ``resumed``, ``closed`` or
    ``cancelled``; one that has not ended runs until `as_of`.

    Examples
    --------
    Due on Friday at 17:00, at rest from 16:00 until Saturday at 10:00: 18 natural hours later
    is Saturday at 11:00; the working hour that was left ends on Monday at 10:00:

    >>> import pandas as pd
    >>> from gridgov.assessment.deadlines.calendar import make_calendar
    >>> def at(text): return pd.DatetimeIndex([text], tz="Asia/Shanghai")
    >>> cases = pd.DataFrame({"case_id": ["1"], "due_at": at("2017-03-03 17:00"),
    ...     "suspended_at": at("2017-03-03 16:00"), "resumed_at": at("2017-03-04 10:00")})
    >>> print(effective_deadlines(cases)[0])
    2017-03-04 11:00:00+08:00
    >>> print(effective_deadlines(cases, calendar=make_calendar("china"))[0])
    2017-03-06 10:00:00+08:00
    """
    column = DUE_COLUMNS[check_choice(stage, option="stage", choices=tuple(DUE_COLUMNS))]
    check_table(cases, "cases", columns=["case_id", column], allow_empty=True)
    due, missing = instants_of(cases, column)
    if len(cases) == 0 or bool(missing.all()):
        return cases[column].copy()
    seen = seen_from(cases, column, as_of)
    if calendar is None and events is None:
        moved = effective_due(cases, column, as_of=seen)
    else:
        moment = int(pd.DatetimeIndex([seen]).as_unit("us").asi8[0])
        rests = _of_cases(cases, moment) if events is None else _of_log(cases, events, moment)
        # A deadline that nobody set is pushed by nothing.
        has_due = ~missing[rests.rows]
        rests = Pauses(rests.rows[has_due], rests.begins[has_due], rests.ends[has_due])
        unit = "natural_hours" if calendar is None else "working_hours"
        clock = make_clock(unit, calendar=calendar, day_end=None, zone=seen.tz)
        touched = np.unique(rests.rows)
        positions = np.full(len(due), NEVER)
        positions[touched] = clock.position(due[touched])
        since = np.full(len(due), NEVER + 1)
        pushed = push(clock, positions, np.where(missing, NEVER, due), since, rests)
        times = pd.DatetimeIndex(pushed.view("datetime64[us]"), tz="UTC")
        moved = pd.Series(times.tz_convert(cases[column].dtype.tz), index=cases.index, name=column)
    moved.attrs["as_of"] = seen.isoformat()
    return moved


def _of_cases(cases: pd.DataFrame, moment: int) -> Pauses:
    """Return the last rest of every case, after checking that there was no other."""
    if "suspended_at" not in cases.columns:
        return joined(*[np.empty(0, dtype=np.int64)] * 3)
    begun, never = instants_of(cases, "suspended_at")
    ends = np.full(len(cases), moment)
    # Seen from the moment, a rest that ends later still runs.
    for name in ("resumed_at", "closed_at", "cancelled_at"):
        if name in cases.columns:
            over, open_ = instants_of(cases, name)
            ends = np.where(open_ | (over < begun), ends, np.minimum(ends, over))
    if "paused_h" in cases.columns and "resumed_at" in cases.columns:
        over, runs = instants_of(cases, "resumed_at")
        hours = np.nan_to_num(cases["paused_h"].to_numpy(dtype=float, na_value=0.0))
        last = np.where(never | runs, 0, over - begun)
        more = hours * _HOUR_US > last + _SLACK_US
        if more.any():
            first = cases["case_id"].to_numpy()[int(np.flatnonzero(more)[0])]
            raise InputError(
                "Working time in a rest needs its begin and end. Found: "
                f"{int(more.sum())} cases that rested before, the first {first!r}, whose earlier "
                "rests are known by their sum alone. Give events, the log of the cases, or no "
                "calendar to count natural time."
            )
    rests = np.flatnonzero(~never & (begun < ends))
    return joined(rests, begun[rests], ends[rests])


def _of_log(cases: pd.DataFrame, events: Any, moment: int) -> Pauses:
    """Return every rest that a log tells of, by the rows of the cases."""
    check_table(events, "case_events", columns=["case_id", "event", "event_at"], allow_empty=True)
    if not cases["case_id"].is_unique:
        raise InputError(
            "A log is joined to cases by their ids. Found: the id "
            f"{cases.loc[cases['case_id'].duplicated(), 'case_id'].iloc[0]!r} twice. Read cases "
            "with gridgov.read_cases(...), which sets repeated ids aside."
        )
    at, unknown = instants_of(events, "event_at")
    kinds = events["event"].to_numpy()
    rows = pd.Index(cases["case_id"]).get_indexer(events["case_id"])
    used = np.isin(kinds, ["suspended", "resumed", "closed", "cancelled"])
    used &= (rows >= 0) & ~unknown & (at <= moment)
    order = np.flatnonzero(used)
    order = order[np.lexsort((at[order], rows[order]))]
    rows, at, begins = rows[order].astype(np.int64), at[order], kinds[order] == "suspended"
    # A second "suspended" before anything ended the first begins nothing new.
    same = np.r_[False, rows[1:] == rows[:-1]]
    opens = np.flatnonzero(begins & ~(same & np.r_[False, begins[:-1]]))
    ending = np.where(begins, len(rows), np.arange(len(rows)))
    following = np.minimum.accumulate(ending[::-1])[::-1] if len(rows) else ending
    end = following[opens]
    ended = (end < len(rows)) & (np.append(rows, -1)[end] == rows[opens])
    ends = np.where(ended, np.append(at, 0)[end], moment)
    return joined(rows[opens], at[opens], ends)
