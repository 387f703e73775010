"""A calendar of working time: which days are worked, and from when to when.

The calendar is a list of spans of working time as instants, and the time worked before
each of them. How much was worked between two moments, and when so much will have been
worked, are then look-ups; days on which clocks change need no rule of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.assessment.deadlines.day_tables import ZONES, read_day_tables
from gridgov.checks import check_choice
from gridgov.errors import InputError, OptionError

__all__ = ["WorkCalendar", "make_calendar"]

Ints = NDArray[np.int64]

_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_DAY_US = 86_400_000_000
# Without a list of days nothing says where knowledge ends.
_WIDE = (pd.Timestamp("1970-01-01"), pd.Timestamp("2099-12-31"))


@dataclass(frozen=True, eq=False, slots=True)
class WorkCalendar:
    """When people work. Made by :func:`gridgov.make_calendar`; never changed, can be pickled.

    Attributes
    ----------
    timezone
        Name of the time zone of its days.
    first, last
        First and last date that it knows.
    hours
        Spans of working time of a working day.
    weekend
        Weekdays on which nobody works unless a list of days says so.
    opens, closes
        Begin and end of every span of working time, µs since 1970 UTC, ascending.
    worked
        Working time before each span, µs, and after the last one: one more than spans.
    work_dates
        Working days, days since 1970, ascending.
    work_closes
        End of the working time of each of them, µs since 1970 UTC.
    """

    timezone: str
    first: pd.Timestamp
    last: pd.Timestamp
    hours: tuple[tuple[str, str], ...]
    weekend: tuple[str, ...]
    opens: Ints
    closes: Ints
    worked: Ints
    work_dates: Ints
    work_closes: Ints

    def work_before(self, instants: Ints) -> Ints:
        """Return the working time before each instant, µs since the calendar began.

        Raises
        ------
        InputError
            If an instant lies outside the dates that the calendar knows.
        """
        self.dates_of(instants)
        span = np.maximum(np.searchsorted(self.opens, instants, side="right") - 1, 0)
        inside = np.clip(np.minimum(instants, self.closes[span]) - self.opens[span], 0, None)
        return np.asarray(self.worked[span] + inside)

    def instant_of(self, work: Ints) -> Ints:
        """Return the first instant before which so much working time lies.

        Raises
        ------
        InputError
            If it lies after the last date that the calendar knows.
        """
        if len(work) and int(work.max()) > int(self.worked[-1]):
            raise self._outside("a deadline", int((work > self.worked[-1]).sum()), None)
        span = np.maximum(np.searchsorted(self.worked, work, side="left") - 1, 0)
        return np.asarray(self.opens[span] + work - self.worked[span])

    def dates_of(self, instants: Ints) -> Ints:
        """Return the date of each instant on the calendar's clocks, days since 1970.

        Raises
        ------
        InputError
            If a date is not one that the calendar knows.
        """
        dates = local_dates(instants, self.timezone)
        known = (dates >= _ordinal(self.first)) & (dates <= _ordinal(self.last))
        if not known.all():
            strange = pd.Timestamp(int(dates[~known][0]), unit="D")
            raise self._outside("a time", int((~known).sum()), strange)
        return dates

    def is_working_day(self, dates: Any) -> NDArray[np.bool_]:
        """Return which dates are worked.

        Parameters
        ----------
        dates
            Dates or texts such as ``"2017-10-01"``.

        Raises
        ------
        InputError
            If a date is not one that the calendar knows.

        Examples
        --------
        >>> make_calendar("china").is_working_day(["2016-10-07", "2016-10-08"]).tolist()
        [False, True]
        """
        index = pd.DatetimeIndex(pd.to_datetime(np.atleast_1d(dates)))
        asked = index.as_unit("us").asi8 // _DAY_US
        if len(asked) and (asked.min() < _ordinal(self.first) or asked.max() > _ordinal(self.last)):
            strange = (asked < _ordinal(self.first)) | (asked > _ordinal(self.last))
            raise self._outside("a date", int(strange.sum()), index[strange][0])
        return np.isin(asked, self.work_dates)

    def _outside(self, what: str, number: int, first: pd.Timestamp | None) -> InputError:
        """Return the error for what the calendar does not know."""
        example = "" if first is None else f", the first on {first.date()}"
        return InputError(
            f"The calendar knows {self.first.date()} to {self.last.date()}. Found: {what} "
            f"outside it in {number:,} row{'s' if number != 1 else ''}{example}. Give "
            "make_calendar a list of days that holds those years, or beyond='weekends' to take "
            "every other year by its weekends alone."
        )


def make_calendar(
    days: Any = None,
    *,
    hours: Any = (("09:00", "12:00"), ("13:00", "18:00")),
    weekend: tuple[str, ...] = ("SAT", "SUN"),
    timezone: str | None = None,
    first: Any = None,
    last: Any = None,
    beyond: Literal["error", "weekends"] = "error",
) -> WorkCalendar:
    """Make a calendar of working time.

    Parameters
    ----------
    days
        Dates that depart from the weekends: ``"china"`` (public holidays and swapped working
        days 调休 of 2015 to 2026), a table or CSV file with ``date`` and ``kind`` (holiday
        放假 or workday 上班), a mapping from holidays to their names, such as
        ``holidays.US(years=range(2011, 2016))`` of the package holidays, or a list of these,
        in which later ones hold where they disagree: ``["china", own]``. None knows weekends
        alone.
    hours
        Spans of working time of a working day as ``("HH:MM", "HH:MM")``, one or several in
        order; ``"24:00"`` is the end of the day.
    weekend
        Weekdays on which nobody works, ``"MON"`` to ``"SUN"``; may be empty.
    timezone
        Time zone of the days; that of China for ``"china"``, else it must be given.
    first, last
        First and last date known. By default the whole years from the first to the last date
        of the (first) list of days, and 1970 to 2099 without one.
    beyond
        ``"error"``: a date outside the years of the list is an error, because nobody knows its
        holidays. ``"weekends"``: 1970 to 2099 are known, the other years by weekends alone.

    Returns
    -------
    WorkCalendar
        Frozen; passed as ``calendar=`` to what counts working time.

    Raises
    ------
    OptionError
        If an option does not exist, spans overlap or are out of order, or `first` and `last`
        reach beyond the years of the list.
    ReadError
        If a file of days cannot be read.
    ColumnsError
        If a list of days lacks a column.
    InputError
        If a list of days holds what is no date or no kind.

    Notes
    -----
    Working hours are wall-clock times. Where clocks go forward, a time that does not exist is
    the first instant after the gap; where they go back, a time that comes twice is its first
    coming, so that a span over that hour is an hour longer.

    The dates of ``"china"`` are those of the package chinesecalendar (MIT license), which
    follows the yearly notices of the State Council (国务院办公厅关于节假日安排的通知).

    Examples
    --------
    Saturday, 8 October 2016 was worked in exchange for a day of the National Day week:

    >>> calendar = make_calendar("china", hours=("09:00", "17:00"))
    >>> calendar.is_working_day(["2016-10-07", "2016-10-08", "2016-10-09", "2016-10-15"]).tolist()
    [False, True, True, False]
    """
    check_choice(beyond, option="beyond", choices=("error", "weekends"))
    free = tuple(
        check_choice(day, option="weekend", choices=_DAYS)
        for day in ((weekend,) if isinstance(weekend, str) else weekend)
    )
    zone = _zone(days, timezone)
    spans = _spans(hours)
    worked, years = read_day_tables(days)
    begin, end = _range(first, last, years, beyond)
    dates = pd.date_range(begin, end, freq="D", unit="us")
    works = ~np.isin(dates.day_of_week, [_DAYS.index(day) for day in free])
    place = dates.get_indexer(worked.index)
    works[place[place >= 0]] = worked.to_numpy()[place >= 0]
    work_days = dates[works]
    if len(work_days) == 0:
        raise InputError(
            f"A calendar needs a working day. Found: none from {begin.date()} to {end.date()}. "
            "Check weekend and the list of days."
        )
    edges = [
        first_instants(work_days + pd.to_timedelta(minutes, unit="min"), zone)
        for span in spans
        for minutes in span
    ]
    bounds = np.stack(edges, axis=1).reshape(-1, 2)
    # A span that lies in the hour which the clocks skip has no length.
    real = bounds[bounds[:, 1] > bounds[:, 0]]
    arrays = (
        real[:, 0],
        real[:, 1],
        np.concatenate([[0], np.cumsum(real[:, 1] - real[:, 0])]),
        work_days.asi8 // _DAY_US,
        edges[-1],
    )
    kept = tuple(_frozen(array) for array in arrays)
    texts = tuple((_text(start), _text(stop)) for start, stop in spans)
    return WorkCalendar(zone, begin, end, texts, free, *kept)


def local_dates(instants: Ints, zone: Any) -> Ints:
    """Return the date of each instant in a zone, days since 1970."""
    wall = pd.DatetimeIndex(instants.view("datetime64[us]"), tz="UTC").tz_convert(zone)
    return np.asarray(wall.tz_localize(None).asi8 // _DAY_US, dtype=np.int64)


def first_instants(wall: pd.DatetimeIndex, zone: Any) -> Ints:
    """Return the first instant of each wall-clock time, µs since 1970 UTC."""
    there = wall.tz_localize(
        zone, ambiguous=np.ones(len(wall), dtype=bool), nonexistent="shift_forward"
    )
    return np.asarray(there.as_unit("us").asi8, dtype=np.int64)


def _frozen(array: Any) -> Ints:
    """Return an array that nobody can write to."""
    kept = np.ascontiguousarray(array, dtype=np.int64)
    kept.flags.writeable = False
    return kept


def _ordinal(date: pd.Timestamp) -> int:
    """Return a date as days since 1970."""
    return int(date.to_datetime64().astype("datetime64[D]").astype(np.int64))


def _zone(days: Any, timezone: str | None) -> str:
    """Return the name of a time zone that exists."""
    lists = days if isinstance(days, (list, tuple)) else [days]
    named = [ZONES[each] for each in lists if isinstance(each, str) and each in ZONES]
    zone = timezone if timezone is not None else (named[0] if named else None)
    try:
        if zone is None:
            raise ValueError("none was given")
        ZoneInfo(zone)
    except (ValueError, TypeError, ZoneInfoNotFoundError, OSError) as error:
        raise OptionError(
            "timezone must name the time zone of the calendar, such as 'America/Chicago'. "
            f"Found: {timezone!r}."
        ) from error
    return zone


def _spans(hours: Any) -> list[tuple[int, int]]:
    """Return spans of working time as minutes after midnight."""
    try:
        single = len(hours) == 2 and all(isinstance(edge, str) for edge in hours)
        spans = [
            (_minutes(start), _minutes(stop)) for start, stop in ([hours] if single else hours)
        ]
    except (TypeError, ValueError):
        spans = []
    edges = [edge for span in spans for edge in span]
    ordered = all(start < stop for start, stop in spans) and edges == sorted(edges)
    if not spans or not ordered:
        raise OptionError(
            "hours must be spans such as (('09:00', '12:00'), ('13:00', '18:00')), in order, "
            f"without overlap, from '00:00' to '24:00'. Found: {hours!r}. Write a shift over "
            "midnight as two spans."
        )
    return spans


def _minutes(clock: Any) -> int:
    """Return a time of day such as 09:30 as minutes after midnight."""
    hour, minute = (int(part) for part in str(clock).split(":"))
    total = 60 * hour + minute
    if not (0 <= minute < 60 and 0 <= total <= 24 * 60):
        raise ValueError(clock)
    return total


def _text(minutes: int) -> str:
    """Return minutes after midnight as a time of day."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _range(
    first: Any, last: Any, years: tuple[pd.Timestamp, pd.Timestamp] | None, beyond: str
) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the first and last date that the calendar knows."""
    known = years if years is not None and beyond == "error" else _WIDE
    try:
        begin = known[0] if first is None else pd.Timestamp(first).tz_localize(None).normalize()
        end = known[1] if last is None else pd.Timestamp(last).tz_localize(None).normalize()
        fits = bool(begin <= end)
    except (TypeError, ValueError) as error:
        raise OptionError(
            f"first and last must be dates such as '2017-01-01'. Found: {first!r}, {last!r}."
        ) from error
    if not fits or begin < known[0] or end > known[1]:
        raise OptionError(
            f"first and last must lie in order within {known[0].date()} to {known[1].date()}, "
            f"the years that the days cover. Found: {first!r} to {last!r}. beyond='weekends' "
            "takes other years by their weekends alone."
        )
    return begin.as_unit("us"), end.as_unit("us")
