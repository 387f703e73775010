"""Deadlines and durations in working hours, working days, natural hours and natural days.

A deadline of hours runs from the moment it was given; one of days does not count the day it
was given on and ends when the last day's work ends (Civil Code of the People's Republic of
China, articles 201 and 203). Rests stop the clock.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.assessment.deadlines.clocks import DayEnd, Unit, make_clock
from gridgov.assessment.deadlines.pauses import NEVER, push, read_pauses, time_paused
from gridgov.errors import ColumnsError, InputError, OptionError

__all__ = ["add_working_time", "working_time_between"]

Ints = NDArray[np.int64]


def add_working_time(
    starts: Any,
    *,
    amount: Any,
    unit: Unit = "working_hours",
    calendar: Any = None,
    day_end: DayEnd | None = None,
    pauses: Any = None,
) -> pd.Series:
    """Return when so much working or natural time will have passed since each start.

    Parameters
    ----------
    starts
        Times with a zone; missing ones stay missing.
    amount
        How many units: one number, or one a start; above 0, and whole for days.
    unit
        ``"working_hours"`` 工作时, ``"working_days"`` 工作日, ``"natural_hours"`` 自然时 or
        ``"natural_days"`` 自然日.
    calendar
        What :func:`gridgov.make_calendar` made; natural units can do without.
    day_end
        When the last day of a deadline of days ends: ``"work"`` at the end of its working
        time, natural days then end on the first working day from the last day on;
        ``"midnight"`` at its end, the last instant before midnight; ``"clock"`` at the time of
        day of the start. None is ``"work"`` for working and ``"midnight"`` for natural days.
    pauses
        Table with ``suspended_at`` and ``resumed_at`` whose index names rows of `starts`.

    Returns
    -------
    Series of times in the zone of `starts`, with their index
        Missing without a start, and while a pause that began in time has no end.

    Raises
    ------
    ColumnsError
        If `starts` or a column of `pauses` hold no times with a zone.
    InputError
        If a start, or a deadline, lies outside the years of the calendar, or a pause belongs
        to no row or ends before it begins.
    OptionError
        If an option does not exist, an amount is not above 0, or days are not whole.

    Notes
    -----
    *Hours.* Working time counts from the start, or from the next working time when nobody
    works then. Four hours that are used up exactly as work ends are due then, not on the next
    morning.

    *Days.* The day of the start is not counted, whatever its hour: three working days from a
    Friday, or from the Saturday after it, end on Wednesday. That is article 201, and article
    203 for the end: the close of business where there is one, else midnight [1]_.

    *Pauses* stop the clock: the deadline moves by the working time in them, for days by the
    (working) dates that begin in them. A pause that begins at or after the deadline, as moved
    by earlier pauses, excuses nothing. Overlapping pauses count once.

    References
    ----------
    .. [1] 中华人民共和国民法典 (2020), 第二百零一条, 第二百零三条.

    Examples
    --------
    Two hours from 17:00 on Thursday, 26 January 2017, the day before the Spring Festival week
    (work ends at 18:00, and is taken up again on 3 February), and two working days:

    >>> import pandas as pd
    >>> from gridgov.assessment.deadlines.calendar import make_calendar
    >>> calendar = make_calendar("china")
    >>> start = pd.DatetimeIndex(["2017-01-26 17:00"], tz="Asia/Shanghai")
    >>> print(add_working_time(start, amount=2, calendar=calendar)[0])
    2017-02-03 10:00:00+08:00
    >>> print(add_working_time(start, amount=2, unit="working_days", calendar=calendar)[0])
    2017-02-04 18:00:00+08:00
    """
    times, begun, missing, zone = _read(starts, "starts")
    clock = make_clock(unit, calendar=calendar, day_end=day_end, zone=zone)
    steps = _steps(amount, len(times), missing, clock.step, unit)
    known = ~missing
    positions = np.full(len(times), NEVER)
    due = np.full(len(times), NEVER)
    positions[known] = clock.position(begun[known]) + steps[known]
    due[known] = clock.instant(positions[known], begun[known])
    held = np.where(missing, NEVER, begun)
    due = push(clock, positions, due, held, read_pauses(pauses, times.index))
    ended = pd.DatetimeIndex(due.view("datetime64[us]"), tz="UTC").tz_convert(zone)
    return pd.Series(ended, index=times.index)


def working_time_between(
    starts: Any,
    ends: Any,
    *,
    unit: Unit = "working_hours",
    calendar: Any = None,
    pauses: Any = None,
) -> pd.Series:
    """Return how much working or natural time lies between starts and ends.

    Parameters
    ----------
    starts, ends
        Times with a zone, equally many.
    unit, calendar, pauses
        As for :func:`gridgov.add_working_time`; a pause without an end lasts to the end.

    Returns
    -------
    Series of float64, with the index of `starts`
        Units from start to end, pauses taken off; negative where the end comes first, so that
        it also tells what is left until a deadline. Missing where either time is.

    Raises
    ------
    ColumnsError
        If times have no zone.
    InputError
        If starts and ends are not equally many, a time lies outside the years of the
        calendar, or a pause belongs to no row or ends before it begins.
    OptionError
        If an option does not exist.

    Notes
    -----
    Days are dates that have begun: the working ones after the date of the start up to and
    with the date of the end. A case filed and closed on one day took 0 days.

    Examples
    --------
    From Friday, 30 September 2016 at 17:00 to Saturday, 8 October at 10:00, which was worked
    in exchange for a day of the holiday week:

    >>> import pandas as pd
    >>> from gridgov.assessment.deadlines.calendar import make_calendar
    >>> calendar = make_calendar("china")
    >>> start = pd.DatetimeIndex(["2016-09-30 17:00"], tz="Asia/Shanghai")
    >>> end = pd.DatetimeIndex(["2016-10-08 10:00"], tz="Asia/Shanghai")
    >>> float(working_time_between(start, end, calendar=calendar)[0])
    2.0
    >>> float(working_time_between(start, end, unit="working_days", calendar=calendar)[0])
    1.0
    """
    times, begun, no_start, zone = _read(starts, "starts")
    _, ended, no_end, _ = _read(ends, "ends")
    if len(begun) != len(ended):
        raise InputError(
            f"Every start has an end. Found: {len(begun)} starts and {len(ended)} ends."
        )
    clock = make_clock(unit, calendar=calendar, day_end="midnight", zone=zone)
    known = ~(no_start | no_end)
    first = np.where(known, np.minimum(begun, ended), NEVER)
    last = np.where(known, np.maximum(begun, ended), NEVER)
    passed = np.zeros(len(times), dtype=np.int64)
    passed[known] = clock.position(last[known]) - clock.position(first[known])
    passed -= time_paused(clock, first, last, read_pauses(pauses, times.index))
    signed = np.where(ended < begun, -passed, passed) / clock.step
    return pd.Series(np.where(known, signed, np.nan), index=times.index)


def _read(times: Any, what: str) -> tuple[pd.Series, Ints, NDArray[np.bool_], Any]:
    """Return times as a Series, as instants, where they are missing, and their zone."""
    given = times if isinstance(times, pd.Series) else pd.Series(times)
    if not isinstance(given.dtype, pd.DatetimeTZDtype):
        raise ColumnsError(
            f"{what} must be times with a zone. Found: dtype {given.dtype}. Read them with "
            "gridgov.read_cases(..., timezone=...), or call tz_localize first."
        )
    index = pd.DatetimeIndex(given).as_unit("us")
    return given, index.asi8, np.asarray(index.isna()), given.dtype.tz


def _steps(amount: Any, rows: int, missing: NDArray[np.bool_], step: int, unit: str) -> Ints:
    """Return amounts as steps of the clock, one a row."""
    try:
        given = np.broadcast_to(np.asarray(amount, dtype=float), (rows,))
    except (TypeError, ValueError) as error:
        raise OptionError(
            f"amount must be one number, or one for each of the {rows} starts. Found: "
            f"{type(amount).__name__}."
        ) from error
    used = given[~missing]
    whole = step > 1 or bool((used == np.round(used)).all())
    # More than 200 years are a slip of the unit, and would run over.
    limit = 200 * 366 * (24 if step > 1 else 1)
    if not bool(((used > 0) & (used <= limit)).all()) or not whole:
        wrong = used[~((used > 0) & (used <= limit) & ((step > 1) | (used == np.round(used))))]
        raise OptionError(
            f"amount must be above 0{'' if step > 1 else ' and a whole number of days'}, at "
            f"most {limit:,} {unit.replace('_', ' ')}. Found: {wrong[0]}. Parts of a day are "
            "working_hours or natural_hours."
        )
    return np.asarray(np.round(np.where(missing, 0.0, given) * step), dtype=np.int64)
