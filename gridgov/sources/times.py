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
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gridgov.errors import OptionError
from gridgov.sources.text_values import matching_rows, says_nothing, unique_text

__all__ = ["ParsedTimes", "check_timezone", "parse_times"]

_CLOCK = (
    r"(?:[T\s]*(?P<before>上午|下午|AM|PM)?\s*"
    r"(?:(?P<h>\d{1,2}):(?P<mi>\d{1,2})(?::(?P<s>\d{1,2})(?:[.,](?P<f>\d{1,9}))?)?"
    r"|(?P<ch>\d{1,2})[时点時](?:(?P<cmi>\d{1,2})分?(?:(?P<cs>\d{1,2})秒?)?)?)"
    r"\s*(?P<after>AM|PM|A\.M\.|P\.M\.)?)?"
)
_ZONE = r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?"
_PLAIN = r"^\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2})?)?$"
_YEAR_FIRST = (
    r"(?i)^(?P<y>\d{4})\s*[-/.年]\s*(?P<mo>\d{1,2})\s*[-/.月]\s*(?P<d>\d{1,2})\s*[日号]?"
    + _CLOCK
    + _ZONE
    + "$"
)
_DIGITS = (
    r"(?i)^(?P<y>\d{4})(?P<mo>\d{2})(?P<d>\d{2})"
    r"(?:[T\s]?(?P<h>\d{2}):?(?P<mi>\d{2})(?::?(?P<s>\d{2}))?)?" + _ZONE + "$"
)
_YEAR_LAST = (
    r"(?i)^(?P<first>\d{1,2})[-/.](?P<second>\d{1,2})[-/.](?P<y>\d{4})" + _CLOCK + _ZONE + "$"
)
_SERIAL = r"^\d{5}(?:\.\d+)?$"

# Microseconds from 1970-01-01 back to 1899-12-30, day 0 of spreadsheets.
_SERIAL_ZERO_US = -25_569 * 86_400_000_000
_SERIAL_RANGE = (10_000, 100_000)
_MISSING = np.iinfo(np.int64).min
_LAST_US = int(np.datetime64("9999-12-31T23:59:59.999999", "us").astype(np.int64))
_YEAR_ONE_US = int(np.datetime64("0001-01-01", "us").astype(np.int64))

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
    plain, plain_local = _plain_rows(values)
    codes, texts = unique_text(values[~plain])
    local = np.full(len(texts), _MISSING)
    instant = local.copy()
    ambiguous = np.zeros(len(texts), bool)
    other_order = ambiguous.copy()
    first_over, second_over = False, False
    at = np.flatnonzero(np.asarray(pc.match_substring_regex(texts, _PLAIN)))
    local[at] = _from_plain(texts.take(pa.array(at)))
    rest = np.flatnonzero(local == _MISSING)
    others = texts.take(pa.array(rest))
    for pattern in (_YEAR_FIRST, _DIGITS, _YEAR_LAST):
        at, parts = _matches(others, pattern)
        at = rest[at]
        if not len(at):
            continue
        if pattern is _YEAR_LAST:
            first, second = parts["first"], parts["second"]
            day, month = (first, second) if day_first else (second, first)
            first_over, second_over = bool((first > 12).any()), bool((second > 12).any())
            ambiguous[at] = (first <= 12) & (second <= 12) & (first != second)
            other_order[at] = (month > 12) & (day <= 12)
        else:
            day, month = parts["d"], parts["mo"]
        moment = _moment(parts, month, day)
        aware = parts["aware"]
        local[at] = np.where(aware, _MISSING, moment)
        moment = np.where(aware & (moment != _MISSING), moment - parts["offset_us"], _MISSING)
        instant[at] = np.where(moment <= _LAST_US, moment, _MISSING)
    at = np.flatnonzero(np.asarray(pc.match_substring_regex(texts, _SERIAL)))
    local[at] = _from_serial(texts.take(pa.array(at)).cast(pa.float64()).to_numpy())
    nothing = says_nothing(texts)
    bad = (local == _MISSING) & (instant == _MISSING) & ~nothing
    missing, unreadable = np.zeros(len(values), bool), np.zeros(len(values), bool)
    missing[~plain], unreadable[~plain] = nothing[codes], bad[codes]
    clock, known_instant = np.full(len(values), _MISSING), None
    clock[plain], clock[~plain] = plain_local[plain], local[codes]
    lost = _beyond(clock, zone)
    clock[lost], unreadable[lost] = _MISSING, True
    if (instant != _MISSING).any():
        known_instant = np.full(len(values), _MISSING)
        known_instant[~plain] = instant[codes]
    # One date that fits only the order used, and none that fits only the other,
    # settle the order for the whole column.
    settled = (first_over and not second_over) if day_first else (second_over and not first_over)
    return ParsedTimes(
        times=pd.Series(_in_zone(clock, known_instant, zone), index=values.index),
        missing=missing,
        unreadable=unreadable,
        ambiguous=0 if settled or order_known else int(ambiguous[codes].sum()),
        other_order=int(other_order[codes].sum()),
        without_zone=int((clock != _MISSING).sum()),
    )


def _already_times(values: pd.Series, zone: str) -> ParsedTimes:
    """Return a column that holds times already, in the zone."""
    missing = np.asarray(values.isna())
    without_zone = 0
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        times = values.dt.tz_convert(zone).dt.as_unit("us")
    else:
        local = values.dt.as_unit("us").to_numpy().view(np.int64)
        moments = _in_zone(local, None, zone)
        times = pd.Series(moments, index=values.index)
        without_zone = int((~missing).sum())
    return ParsedTimes(times, missing, np.zeros(len(values), bool), 0, 0, without_zone)


def _matches(texts: pa.Array, pattern: str) -> tuple[NDArray[np.intp], dict[str, Any]]:
    """Return where a pattern matches, and the numbers that it finds there."""
    found = pc.extract_regex(texts, pattern=pattern)
    at = np.flatnonzero(np.asarray(found.is_valid()))
    found = found.take(pa.array(at))
    names = [field.name for field in found.type]
    fields = {name: found.field(name) for name in names}
    parts: dict[str, Any] = {}
    for name in ("y", "mo", "d", "first", "second", "h", "mi", "s", "ch", "cmi", "cs"):
        if name in fields:
            parts[name] = _integers(fields[name])
    hour = parts.get("h", 0) + parts.get("ch", 0)
    half = np.zeros(len(at), np.int64)
    for name in ("before", "after"):
        if name in fields:
            word = pc.utf8_lower(fields[name])
            half += 1 * np.asarray(pc.is_in(word, value_set=pa.array(["上午", "am", "a.m."])))
            half += 2 * np.asarray(pc.is_in(word, value_set=pa.array(["下午", "pm", "p.m."])))
    # 12 AM is midnight and 12 PM is noon; 下午14时 is said and means 14.
    parts["hour"] = np.where((half == 1) & (hour == 12), 0, hour)
    parts["hour"] = np.where((half == 2) & (hour < 12), hour + 12, parts["hour"])
    parts["bad"] = (half > 2) | ((half == 1) & (hour > 12))
    parts["minute"] = parts.get("mi", 0) + parts.get("cmi", 0)
    parts["second_us"] = (parts.get("s", 0) + parts.get("cs", 0)) * 1_000_000
    if "f" in fields:
        padded = pc.utf8_slice_codeunits(
            pc.utf8_rpad(fields["f"], width=6, padding="0"), start=0, stop=6
        )
        parts["second_us"] = parts["second_us"] + _integers(padded)
    parts["aware"] = np.asarray(pc.not_equal(fields["zone"], ""))
    digits = pc.replace_substring_regex(fields["zone"], pattern="[^0-9]", replacement="")
    digits = _integers(pc.utf8_slice_codeunits(pc.utf8_rpad(digits, 4, "0"), start=0, stop=4))
    sign = np.where(np.asarray(pc.starts_with(fields["zone"], "-")), -1, 1)
    parts["offset_us"] = sign * (digits // 100 * 60 + digits % 100) * 60_000_000
    return at, parts


def _integers(texts: pa.Array) -> NDArray[np.int64]:
    """Return digits as whole numbers, 0 where there are none."""
    return np.asarray(pc.if_else(pc.equal(texts, ""), "0", texts).cast(pa.int64()))


def _moment(
    parts: dict[str, Any], month: NDArray[np.int64], day: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return microseconds since 1970 as read on a clock, missing where there is no such time."""
    months = (parts["y"] - 1970) * 12 + month - 1
    dates = months.astype("datetime64[M]").astype("datetime64[D]") + (day - 1)
    exists = (month >= 1) & (month <= 12) & (day >= 1) & (parts["y"] >= 1)
    # The 31st of a shorter month has moved on into the next one.
    exists &= dates.astype("datetime64[M]").view(np.int64) == months
    hour, minute, second_us = parts["hour"], parts["minute"], parts["second_us"]
    # 24:00 is the end of its day.
    clock_us = (hour * 60 + minute) * 60_000_000 + second_us
    exists &= ~parts["bad"] & (minute < 60) & (second_us < 60_000_000)
    exists &= (hour < 24) | (clock_us == 86_400_000_000)
    moment: NDArray[np.int64] = dates.astype("datetime64[us]").view(np.int64) + clock_us
    return np.where(exists, moment, _MISSING)


def _plain_rows(values: pd.Series) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return which rows hold plain ISO 8601, and those as microseconds since 1970."""
    plain, texts = matching_rows(values, _PLAIN)
    local = np.full(len(values), _MISSING)
    try:
        local[plain] = np.asarray(texts.cast(pa.timestamp("us")).cast(pa.int64()))
    except pa.ArrowInvalid:
        # One date that does not exist: each is looked at by itself.
        local[plain] = _from_plain(texts)
    # There is no year 0, and what is missing here may be read in another way.
    return local >= _YEAR_ONE_US, local


def _from_plain(texts: pa.Array) -> NDArray[np.int64]:
    """Return microseconds since 1970 for plain ISO 8601, missing where there is no such time."""
    times = pd.to_datetime(
        pd.Series(texts.to_numpy(zero_copy_only=False)), format="ISO8601", errors="coerce"
    )
    result: NDArray[np.int64] = times.dt.as_unit("us").to_numpy().view(np.int64)
    return result


def _from_serial(days: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return microseconds since 1970 for day numbers of a spreadsheet, to the millisecond."""
    plausible = (days >= _SERIAL_RANGE[0]) & (days < _SERIAL_RANGE[1])
    milliseconds = np.round(np.where(plausible, days, 0) * 86_400_000).astype(np.int64)
    return np.where(plausible, milliseconds * 1000 + _SERIAL_ZERO_US, _MISSING)


def _beyond(local: NDArray[np.int64], zone: str) -> NDArray[np.bool_]:
    """Return which local clock times fall past the year 9999, where no zone is defined."""
    late = local > _LAST_US - 86_400_000_000
    if late.any():
        try:
            pd.DatetimeIndex(local[late].view("datetime64[us]")).tz_localize(zone)
        except NotImplementedError:
            return late
    return np.zeros(len(local), bool)


def _in_zone(
    local: NDArray[np.int64], instant: NDArray[np.int64] | None, zone: str
) -> pd.DatetimeIndex:
    """Return local clock times and known instants, if there are any, as moments in a zone."""
    clock = pd.DatetimeIndex(local.view("datetime64[us]"))
    try:
        from_clock = clock.tz_localize(zone)
    except ValueError:
        # Some fall into a change of the clocks; asking for each takes four times as long.
        from_clock = clock.tz_localize(
            zone, ambiguous=np.ones(len(local), bool), nonexistent="shift_forward"
        )
    if instant is None:
        return from_clock
    known = pd.DatetimeIndex(instant.view("datetime64[us]")).tz_localize("UTC").tz_convert(zone)
    return from_clock.where(instant == _MISSING, known)
