"""From the ways in which times are written to moments with a time zone.

Several ways may be mixed in one column. Read are

1. year first: ``2016-03-05``, ``2016/3/5 14:20``, ``2016.3.5``, ``2016年3月5日 14时20分``,
   ``2016-03-05T14:20:00.5+08:00``, ``2016-03-05 下午 2:20``;
2. digits only: ``20160305``, ``201603051420``, ``20160305142000``, ``20160305 14:20``;
3. year last: ``03/05/2016 02:20:00 PM``, the month first unless told otherwise;
4. day numbers of a spreadsheet: ``42434.6``, 1927 to 2173.

Not read are years of two digits and seconds since 1970: both can be taken for something
else. A date without a time is midnight. A time without a zone is local; one that a clock
change skipped moves forward to the end of the gap, one that it repeated is the first.
"""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.errors import OptionError
from gridgov.sources.local_times import beyond, in_zone
from gridgov.sources.plain_times import MISSING, plain_times
from gridgov.sources.text_values import unique_text
from gridgov.sources.time_spellings import read_spellings

__all__ = ["ParsedTimes", "check_timezone", "parse_times"]

# What people write for a zone, and the name that the zone has.
_MEANT = {"beijing": "Asia/Shanghai", "peking": "Asia/Shanghai", "china": "Asia/Shanghai"}


@dataclass(frozen=True, slots=True)
class ParsedTimes:
    """The times of one column, row by row, and what was noticed about them.

    Attributes
    ----------
    times
        datetime64[us, zone]; missing where there is none or it cannot be read.
    missing
        Where the source says nothing.
    unreadable
        Where it says something that is no time.
    ambiguous
        Rows whose day and month can be exchanged, if nothing else in the column tells
        which comes first.
    other_order
        Rows that are a date only in the other order of day and month, and so unreadable.
    without_zone
        Rows whose time names no zone and was taken as local.
    """

    times: pd.Series
    missing: NDArray[np.bool_]
    unreadable: NDArray[np.bool_]
    ambiguous: int
    other_order: int
    without_zone: int


def check_timezone(timezone: Any) -> str:
    """Return `timezone` if it is the name of a time zone.

    Raises
    ------
    OptionError
        If it is not; the message has the nearest names.

    Examples
    --------
    >>> check_timezone("Asia/Shanghai")
    'Asia/Shanghai'
    """
    known = _known_zones()
    if isinstance(timezone, str) and timezone in known:
        return timezone
    asked = str(timezone).casefold().replace(" ", "_")
    by_city = {name.rsplit("/", 1)[-1].casefold(): name for name in sorted(known, reverse=True)}
    by_name = {name.casefold(): name for name in known}
    near = [_MEANT[asked]] if asked in _MEANT else []
    near += [by_name[name] for name in get_close_matches(asked, by_name, n=2, cutoff=0.75)]
    near += [by_city[name] for name in get_close_matches(asked, by_city, n=2, cutoff=0.75)]
    hint = ", ".join(repr(name) for name in dict.fromkeys(near)) or "'Asia/Shanghai' or 'UTC'"
    raise OptionError(
        f"timezone must be the name of a time zone. Found: {timezone!r}. Did you mean {hint}?"
    )


@cache
def _known_zones() -> frozenset[str]:
    """Return the names of all time zones; collecting them walks through a folder."""
    return frozenset(zoneinfo.available_timezones())


def parse_times(
    values: pd.Series, *, timezone: str, day_first: bool = False, order_known: bool = False
) -> ParsedTimes:
    """Read a column of times.

    Parameters
    ----------
    values
        The column: text, numbers, dates or a mix.
    timezone
        Zone of the times that name none; all results are in it.
    day_first
        Whether ``03/05/2016`` is the 3rd of May and not March 5.
    order_known
        Whether the order of day and month is documented for this source, so that no
        date is ambiguous.

    Returns
    -------
    ParsedTimes
        One time a row, and what was noticed.

    Raises
    ------
    OptionError
        If `timezone` is not the name of a time zone.

    Examples
    --------
    >>> import pandas as pd
    >>> column = pd.Series(["2016年3月5日 14时20分", "03/05/2016 02:20:00 PM", "soon", None])
    >>> parsed = parse_times(column, timezone="Asia/Shanghai")
    >>> parsed.times.astype(str).tolist()[:2]
    ['2016-03-05 14:20:00+08:00', '2016-03-05 14:20:00+08:00']
    >>> parsed.unreadable.tolist()
    [False, False, True, False]
    """
    zone = check_timezone(timezone)
    if isinstance(values.dtype, pd.DatetimeTZDtype) or values.dtype.kind == "M":
        return _already_times(values, zone)
    # The usual spelling in one pass; what it refuses takes the way of all others.
    clock, missing, rest, slashed = plain_times(values, day_first=day_first)
    unreadable, instant = np.zeros(len(values), bool), None
    first_over, second_over, ambiguous = slashed
    other_order = 0
    if len(rest):
        codes, texts = unique_text(values if len(rest) == len(values) else values.iloc[rest])
        spelled = read_spellings(texts, day_first=day_first)
        bad = (spelled.local == MISSING) & (spelled.instant == MISSING) & ~spelled.nothing
        clock[rest], missing[rest] = spelled.local[codes], spelled.nothing[codes]
        unreadable[rest] = bad[codes]
        if (spelled.instant != MISSING).any():
            instant = np.full(len(values), MISSING)
            instant[rest] = spelled.instant[codes]
        first_over |= spelled.first_over
        second_over |= spelled.second_over
        ambiguous += int(spelled.ambiguous[codes].sum())
        other_order = int(spelled.other_order[codes].sum())
    # One date that fits only the order used, and none that fits only the other,
    # settle the order for the whole column.
    settled = (first_over and not second_over) if day_first else (second_over and not first_over)
    lost = beyond(clock, zone)
    if lost is not None:
        clock[lost], unreadable[lost] = MISSING, True
    return ParsedTimes(
        times=in_zone(clock, instant, zone).set_axis(values.index),
        missing=missing,
        unreadable=unreadable,
        ambiguous=0 if settled or order_known else ambiguous,
        other_order=other_order,
        without_zone=int(np.count_nonzero(clock != MISSING)),
    )


def _already_times(values: pd.Series, zone: str) -> ParsedTimes:
    """Return a column that holds times already, in the zone."""
    missing = np.asarray(values.isna())
    without_zone = 0
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        times = values.dt.tz_convert(zone).dt.as_unit("us")
    else:
        local = values.dt.as_unit("us").to_numpy().view(np.int64).copy()
        times = in_zone(local, None, zone).set_axis(values.index)
        without_zone = int((~missing).sum())
    return ParsedTimes(times, missing, np.zeros(len(values), bool), 0, 0, without_zone)
