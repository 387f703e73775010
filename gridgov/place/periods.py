"""Half-open calendar periods in a time zone.

A period is named by the calendar date on which it starts; it begins at the first
instant of that date in the zone and ends where the next one begins. Days are
therefore 23 or 25 hours long where clocks change, and a midnight that the clocks
skip or repeat is taken as the first instant of its date.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_zoned
from gridgov.errors import InputError, OptionError

__all__ = [
    "NO_TIME",
    "PeriodRange",
    "PeriodSlices",
    "check_period",
    "instants_of",
    "period_end",
    "read_instants",
    "read_moment",
    "read_range",
]

_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_PERIODS = frozenset(
    ["D", "MS", "QS", "YS"]
    + [f"W-{day}" for day in _DAYS]
    + [f"{of}-{month}" for of in ("QS", "YS") for month in _MONTHS]
)
_EARLIEST = np.iinfo(np.int64).min
_LATEST = np.iinfo(np.int64).max

NO_TIME = _EARLIEST
"""What stands for a missing time among instants."""


@dataclass(frozen=True, slots=True)
class PeriodSlices:
    """Slices of time, each with at most one start of a period.

    Attributes
    ----------
    begin
        First instant of the first slice, µs since 1970 UTC.
    shift
        A slice is two to this power long.
    before, following
        Of every slice: the period of its first instant, and the start of the next period.
    """

    begin: int
    shift: int
    before: NDArray[np.int64]
    following: NDArray[np.int64]

    def places(self, instants: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the period each instant falls in; meaningless outside the range."""
        key = (instants - self.begin) >> self.shift
        follows = instants >= self.following.take(key, mode="clip")
        return np.asarray(self.before.take(key, mode="clip") + follows)


@dataclass(frozen=True, slots=True)
class PeriodRange:
    """The periods of a tally and the instants it counts.

    Attributes
    ----------
    starts
        Start of every period, ascending, in the zone; one missing time when there are
        no periods.
    first, last
        First instant counted and first instant no longer counted, µs since 1970 UTC.
    """

    starts: pd.DatetimeIndex
    first: int
    last: int

    def holds(self, instants: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which instants are counted."""
        held = np.ones(len(instants), dtype=bool)
        if self.first != _EARLIEST:
            held &= instants >= self.first
        if self.last != _LATEST:
            held &= instants < self.last
        return held

    def places(self, instants: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the period each instant falls in; meaningless outside the range."""
        if len(self.starts) == 1:
            return np.zeros(len(instants), dtype=np.int64)
        return self.slices().places(instants)

    def slices(self) -> PeriodSlices:
        """Return a table that finds the period of an instant; there are two periods or more."""
        starts = self.starts.asi8
        shift = int(np.diff(starts).min()).bit_length() - 1
        # Slices no longer than the shortest period hold at most one start: the period of
        # a slice's first instant is known, and one comparison says whether it is the next.
        slices = starts[0] + (np.arange(((starts[-1] - starts[0]) >> shift) + 1) << shift)
        before = np.searchsorted(starts, slices, side="right") - 1
        return PeriodSlices(int(starts[0]), shift, before, np.append(starts, _LATEST)[before + 1])

    def limits(self) -> tuple[int | None, int | None]:
        """Return first and last, None where there is no limit."""
        return (
            None if self.first == _EARLIEST else self.first,
            None if self.last == _LATEST else self.last,
        )


def check_period(period: Any) -> str | None:
    """Return `period` if it is None or names a calendar start.

    Raises
    ------
    OptionError
        If it is neither; the message lists the periods.

    Examples
    --------
    >>> check_period("W-MON")
    'W-MON'
    """
    if period is None or (isinstance(period, str) and period in _PERIODS):
        return period
    raise OptionError(
        "period must be None or name a calendar start: 'D' (days), 'W-MON' to 'W-SUN' (weeks "
        "from that weekday), 'MS' (months), 'QS' (quarters), 'YS' (years), or 'QS-JAN' to "
        f"'QS-DEC' and 'YS-JAN' to 'YS-DEC' (years from that month). Found: {period!r}."
    )


def read_instants(
    located: pd.DataFrame, times: str
) -> tuple[NDArray[np.int64], NDArray[np.bool_], Any]:
    """Return a column of times as instants, and the zone of their calendar.

    Parameters
    ----------
    located
        Table with the column.
    times
        Name of the column.

    Returns
    -------
    instants : int array
        µs since 1970 UTC, whatever where the time is missing.
    missing : bool array
        Where there is no time.
    zone
        The column's time zone.

    Raises
    ------
    ColumnsError
        If the column does not hold times with a zone.

    Examples
    --------
    >>> import pandas as pd
    >>> at = pd.DatetimeIndex(["1970-01-01 08:00:01", None], tz="Asia/Shanghai")
    >>> instants, missing, zone = read_instants(pd.DataFrame({"at": at}), "at")
    >>> int(instants[0]), missing.tolist(), str(zone)
    (1000000, [False, True], 'Asia/Shanghai')
    """
    column = located[times]
    zone = check_zoned(column, times, made_by="gridgov.read_incidents(..., timezone=...)")
    instants = instants_of(column)
    return instants, instants == NO_TIME, zone


def instants_of(column: pd.Series) -> NDArray[np.int64]:
    """Return times with a zone as µs since 1970 UTC, :data:`NO_TIME` where missing."""
    index = pd.DatetimeIndex(column, copy=False)
    # Times that are in microseconds as they are cost nothing.
    instants: NDArray[np.int64] = (index if index.unit == "us" else index.as_unit("us")).asi8
    return instants


def read_range(
    instants: NDArray[np.int64], *, freq: str | None, start: Any, end: Any, zone: Any
) -> PeriodRange:
    """Return the periods from `start` to `end`, or those that hold the instants.

    Parameters
    ----------
    instants
        Times of the incidents that could be counted, µs since 1970 UTC, none missing.
    freq
        A period that :func:`check_period` accepts, or None for one period without name.
    start, end
        First instant counted, first instant no longer counted; None for no limit.
    zone
        Time zone of the calendar.

    Returns
    -------
    PeriodRange
        The first period holds `start` (or else the first instant counted), the last one
        the last microsecond before `end` (or else the last instant counted).

    Raises
    ------
    InputError
        If periods are asked for and nothing says from when to when.
    OptionError
        If `start` or `end` cannot be read, or `start` is not before `end`.

    Examples
    --------
    >>> import numpy as np
    >>> found = read_range(np.array([], np.int64), freq="MS", start="2017-01-15",
    ...                    end="2017-03-01", zone="Asia/Shanghai")
    >>> [str(start.date()) for start in found.starts]
    ['2017-01-01', '2017-02-01']
    """
    first = _EARLIEST if start is None else _read_instant(start, "start", zone)
    last = _LATEST if end is None else _read_instant(end, "end", zone)
    if first >= last:
        raise OptionError(
            f"start must be before end. Found: start {start!r} and end {end!r}. The range is "
            "half-open: end is the first instant no longer counted."
        )
    if freq is None:
        nameless = pd.DatetimeIndex([pd.NaT]).tz_localize(zone).as_unit("us")
        return PeriodRange(nameless, first, last)

    counted = instants[(instants >= first) & (instants < last)]
    if len(counted) == 0 and (start is None or end is None):
        raise InputError(
            "Periods run from the first to the last incident counted. Found: no incident to "
            "count in the range. Give start and end to list empty periods."
        )
    from_ = first if start is not None else int(counted.min())
    to = last - 1 if end is not None else int(counted.max())
    return PeriodRange(_starts(from_, to, freq, zone), first, last)


def period_end(start: pd.Timestamp, freq: str) -> pd.Timestamp:
    """Return the first instant after the period that begins at `start`.

    Parameters
    ----------
    start
        Start of a period, with a zone.
    freq
        A period that :func:`check_period` accepts.

    Raises
    ------
    ValueError
        If `freq` is no period.

    Examples
    --------
    >>> import pandas as pd
    >>> print(period_end(pd.Timestamp("2017-02-01", tz="Asia/Shanghai"), "MS"))
    2017-03-01 00:00:00+08:00
    """
    # A midnight that the clocks skip is shifted; its date still names the period.
    day = start.tz_localize(None).normalize()
    after = day + pd.tseries.frequencies.to_offset(freq)
    return after.tz_localize(start.tzinfo, ambiguous=True, nonexistent="shift_forward")


def _starts(from_: int, to: int, freq: str, zone: Any) -> pd.DatetimeIndex:
    """Return the starts from the period that holds one instant to the one that holds another."""
    ends = pd.DatetimeIndex(np.array([from_, to], dtype="datetime64[us]"), tz="UTC")
    dates = ends.tz_convert(zone).tz_localize(None).normalize()
    offset = pd.tseries.frequencies.to_offset(freq)
    listed = pd.date_range(offset.rollback(dates[0]), dates[1], freq=offset)
    first_instants = listed.tz_localize(
        zone, ambiguous=np.ones(len(listed), dtype=bool), nonexistent="shift_forward"
    )
    # A date that the zone left out altogether, as Samoa did on crossing the date line, is
    # shifted past the start of the next one and beyond: it has no instant and is no period.
    instants = first_instants.as_unit("us").asi8
    begun = np.unique(np.minimum.accumulate(instants[::-1]))
    return pd.DatetimeIndex(begun.view("datetime64[us]"), tz="UTC").tz_convert(zone)


def read_moment(value: Any, option: str, zone: Any) -> pd.Timestamp:
    """Return a date or Timestamp as a moment, in the zone when it carries none.

    Parameters
    ----------
    value
        Text such as ``"2017-09-01"``, a date or a Timestamp.
    option
        What the error calls it.
    zone
        Time zone of the calendar.

    Raises
    ------
    OptionError
        If it cannot be read.

    Examples
    --------
    >>> print(read_moment("2017-09-01", "start", "Asia/Shanghai"))
    2017-09-01 00:00:00+08:00
    """
    try:
        moment = pd.Timestamp(value)
        if moment is pd.NaT:
            raise ValueError("missing")
        if moment.tzinfo is None:
            moment = moment.tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
    except (TypeError, ValueError, OverflowError) as error:
        raise OptionError(
            f"{option} must be a date such as '2017-09-01' or a Timestamp. Found: {value!r}."
        ) from error
    return moment


def _read_instant(value: Any, option: str, zone: Any) -> int:
    """Return a date as microseconds since 1970 UTC, in the zone when it carries none."""
    moment = read_moment(value, option, zone)
    # Timestamp.value counts nanoseconds whatever the unit, and overflows in 2262.
    return int(pd.DatetimeIndex([moment]).as_unit("us").asi8[0])
