"""Local clock times as moments in a time zone.

A time that a change of the clocks skipped moves forward to the end of the gap, one that it
repeated is the first. pandas defines what that is for every time alone; most days have no
change, and on those one difference to UTC serves all their times.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.arrays.compiled import each_piece
from gridgov.sources.plain_times import MISSING

__all__ = ["LAST_US", "beyond", "in_zone"]

Moments = NDArray[np.int64]

LAST_US = int(np.datetime64("9999-12-31T23:59:59.999999", "us").astype(np.int64))
"""The last microsecond that has a date."""

_HOUR_US = 3_600_000_000
_DAY_US = 24 * _HOUR_US

# Years of which every day and its neighbors can be asked for.
_FIRST_US = int(np.datetime64("0002-01-01", "us").astype(np.int64))
_YEARS_END_US = int(np.datetime64("9998-01-01", "us").astype(np.int64))

# A day that is looked up is asked for every hour; more rows a day than that pay for it.
_ROWS_A_DAY = 50
_BLOCK = 1 << 16

# No difference between a clock and UTC is as long.
_UNSTEADY = 1 << 62


def beyond(local: Moments, zone: str) -> NDArray[np.bool_] | None:
    """Return which local clock times fall past the year 9999, where no zone is defined.

    None if none does.
    """
    if not len(local) or local.max() <= LAST_US - _DAY_US:
        return None
    late = local > LAST_US - _DAY_US
    try:
        pd.DatetimeIndex(local[late].view("datetime64[us]")).tz_localize(zone)
    except NotImplementedError:
        return late
    return None


def in_zone(local: Moments, instant: Moments | None, zone: str) -> pd.Series:
    """Return local clock times and known instants, if there are any, as moments in a zone.

    Parameters
    ----------
    local
        Microseconds since 1970 on the clock, missing ones as
        :data:`gridgov.sources.plain_times.MISSING`. May be written over.
    instant
        Microseconds since 1970 in UTC where that is known, else missing.
    zone
        The time zone.

    Returns
    -------
    Series
        datetime64[us, zone], rows numbered from 0.

    Examples
    --------
    >>> moments = in_zone(np.array([0]), None, "Asia/Shanghai")
    >>> moments.astype(str).tolist()
    ['1970-01-01 00:00:00+08:00']
    """
    moment = _by_day(local, zone)
    if moment is None:
        moment = _one_by_one(local, zone)
    if instant is not None:
        moment = np.where(instant == MISSING, moment, instant)
    return pd.Series(moment, dtype=pd.DatetimeTZDtype("us", zone))


def _one_by_one(local: Moments, zone: str) -> Moments:
    """Return local clock times as microseconds since 1970 in UTC, as pandas finds them."""
    clock = pd.DatetimeIndex(local.view("datetime64[us]"))
    try:
        found = clock.tz_localize(zone)
    except ValueError:
        # Some fall into a change of the clocks; asking for each takes four times as long.
        found = clock.tz_localize(
            zone, ambiguous=np.ones(len(local), bool), nonexistent="shift_forward"
        )
    return np.asarray(found.asi8)


def _by_day(local: Moments, zone: str) -> Moments | None:
    """Return the same by what each day's clock differs from UTC; None if that does not pay."""
    if not len(local):
        return None
    last, first = int(local.max()), int(local.min())
    if last == MISSING:
        return local
    holes = first == MISSING
    if holes:
        first = int(np.min(local, where=local != MISSING, initial=last))
    if first < _FIRST_US or last > _YEARS_END_US:
        return None
    day, end = first // _DAY_US, last // _DAY_US + 1
    if (end - day) * _ROWS_A_DAY > len(local):
        return None
    ahead = _clock_ahead(zone, day, end)
    only = int(ahead[0]) if (ahead == ahead[0]).all() else _UNSTEADY
    if only == 0:
        return local

    def shift(begin: int, stop: int) -> NDArray[np.intp]:
        part = local[begin:stop]
        gone = part == MISSING if holes else None
        if only != _UNSTEADY:
            part -= only
            if gone is not None:
                part[gone] = MISSING
            return np.empty(0, np.intp)
        place = part // _DAY_US - day
        if holes:
            np.maximum(place, 0, out=place)
        found = ahead[place]
        odd = found == _UNSTEADY
        if gone is not None:
            odd |= gone
        # Those whose day does not say are left as they are.
        found[odd] = 0
        part -= found
        return begin + np.flatnonzero(odd if gone is None else odd & ~gone)

    odd = np.concatenate(each_piece(len(local), shift, size=_BLOCK))
    if len(odd):
        local[odd] = _one_by_one(local[odd], zone)
    return local


@lru_cache(maxsize=64)
def _clock_ahead(zone: str, day: int, end: int) -> Moments:
    """Return how far the clock is ahead of UTC on days since 1970, if all day long the same.

    Clocks do not change there and back within an hour, so one asked for every hour and
    found steady is. In no zone lie two changes within three days.
    """
    hours = np.arange(day * 24, end * 24 + 1) * _HOUR_US
    clock = pd.DatetimeIndex(hours.view("datetime64[us]"))
    # Hours that a change skips or repeats come back as missing.
    found = clock.tz_localize(zone, ambiguous="NaT", nonexistent="NaT").asi8
    ahead = np.where(found == MISSING, _UNSTEADY, hours - found)
    start, days = ahead[:-1:24], ahead[:-1].reshape(-1, 24)
    steady = (days == start[:, None]).all(axis=1) & (ahead[24::24] == start)
    return np.where(steady, start, _UNSTEADY)
