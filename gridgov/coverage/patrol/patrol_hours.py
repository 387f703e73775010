"""When somebody is on the street: patrol by hour of the week, for round-the-clock duty.

Every hour of the week comes once a week; the question is in how many of the weeks anybody
was there. An hour in which no device reported counts as one without a patrol, which it
need not have been: look at the unobserved time of :func:`gridgov.measure_patrol_time`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import conform
from gridgov.coverage.patrol.patrol_fixes import TrackTables, read_seconds, span_of
from gridgov.coverage.patrol.patrol_grid import (
    MINUTE_US,
    StreetShares,
    read_grid,
    street_shares,
    to_times,
)
from gridgov.coverage.patrol.patrol_stays import Stays, find_stays
from gridgov.errors import InputError

__all__ = ["measure_patrol_hours"]

Ints = NDArray[np.int64]

# Every zone has been a whole number of quarters of an hour from UTC since 1972.
_QUARTER_US = 15 * MINUTE_US
_WEEK = 168


class _Hours(NamedTuple):
    """Hours of a clock: when each begins, where the last ends, its hour of the week."""

    edges: Ints
    week_hour: Ints


class _Spent(NamedTuple):
    """Time in cells by hour: when the hour begins, its hour of the week, cell, times, µs."""

    hour: Ints
    week_hour: Ints
    place: Ints
    dwell: Ints
    person: Ints


def measure_patrol_hours(
    tracks: Any,
    grid: Any,
    jurisdictions: Any = None,
    *,
    start: Any = None,
    end: Any = None,
    max_gap_s: float = 120,
    min_presence_s: float = 60,
) -> pd.DataFrame:
    """Measure patrol in every hour of the week, by street.

    Parameters
    ----------
    tracks, grid, max_gap_s
        As for :func:`gridgov.find_visits`.
    jurisdictions
        GeoDataFrame with ``street_id`` and ``geometry`` (valid polygons in EPSG:4326) for
        rows by street; None for the whole grid only.
    start, end
        First instant of the period and first instant after it, in the zone of the fixes;
        when None, the beginning of the day of the first fix and the end of the day of the
        last.
    min_presence_s
        Least time observed in an hour that counts as presence, seconds.

    Returns
    -------
    DataFrame, 168 rows for the whole grid, then 168 a street
        - ``street_id``: missing for the whole grid
        - ``weekday``: 1 Monday to 7 Sunday
        - ``hour``: 0 to 23, by the clock of the zone of the fixes
        - ``weeks``: how often this hour came in the period, in part or whole
        - ``weeks_present``: in how many of them somebody was there
        - ``presence_share``: ``weeks_present / weeks``; missing when it never came
        - ``dwell_min``, ``person_min``: time observed, minutes and person-minutes
        - ``cells``: cells with any dwell in this hour of the week, counted by their shares

    Raises
    ------
    ColumnsError
        If a table lacks a column, a fix lacks id, time or point, or times have no zone.
    DatumError
        If `tracks` or `jurisdictions` is not in EPSG:4326.
    EmptyTableError
        If `grid` or `jurisdictions` has no rows.
    GeometryError
        If a fix is no Point, or an outline no valid polygon.
    InputError
        If there are no fixes and no period, or as in :func:`gridgov.find_visits`.
    OptionError
        If an option is no number of seconds, or `start` or `end` cannot be read.

    Notes
    -----
    The time in a cell that streets share is split by the shares of its area; so is the
    presence, so that a patrol that passes at the border for a moment is not presence on
    the far side. The rows of the whole grid count all time in its cells.

    Examples
    --------
    Half an hour on a Monday morning, in one of two weeks:

    >>> import geopandas as gpd
    >>> import pandas as pd
    >>> from shapely import Point, box
    >>> from gridgov.place.grid import make_grid
    >>> area = box(116.19, 39.89, 116.21, 39.91)
    >>> streets = gpd.GeoDataFrame({"street_id": ["A"]}, geometry=[area], crs="EPSG:4326")
    >>> at = pd.date_range("2017-09-04 09:10", periods=31, freq="min", tz="Asia/Shanghai")
    >>> tracks = gpd.GeoDataFrame(
    ...     {"track_id": "P1", "fix_at": at}, geometry=[Point(116.2, 39.9)] * 31, crs="EPSG:4326"
    ... )
    >>> hours = measure_patrol_hours(
    ...     tracks, make_grid(streets, resolution=9), start="2017-09-04", end="2017-09-18"
    ... )
    >>> hours[hours["dwell_min"] > 0].iloc[0, 1:7].tolist()
    [1.0, 9.0, 2.0, 1.0, 0.5, 30.0]
    """
    places = read_grid(grid)
    enough = read_seconds(min_presence_s, option="min_presence_s", meaning="least presence")
    shares = street_shares(places, grid, jurisdictions)
    # All time in a cell of the grid is the whole's, however little of it lies inside.
    by_time = shares._replace(share=np.where(shares.street == 0, 1.0, shares.share))
    tables = TrackTables(tracks, max_gap_s=max_gap_s, resolution=places.resolution)
    spent: list[_Spent] = []
    for fixes in tables:
        span = span_of(start, end, tables.zone)
        hours = _hours(int(fixes.at.min()), int(fixes.at.max()) + 1, tables.zone)
        for stays in find_stays(fixes, places.resolution, span):
            spent.append(_by_hour(stays, places.lookup.find(stays.cell), hours))
        spent = [_summed(spent)] if spent else []
    every = _summed(spent) if spent else _Spent(*([np.empty(0, dtype=np.int64)] * 5))
    period = _hours(*_period(tables, start, end), tables.zone)

    rows = len(shares.street_ids)
    row, street, share = _expanded(every.place, by_time)
    key = street * _WEEK + every.week_hour[row]
    size = rows * _WEEK
    dwell = np.bincount(key, weights=every.dwell[row] * share, minlength=size)
    person = np.bincount(key, weights=every.person[row] * share, minlength=size)

    moment, hour = np.unique(every.hour, return_inverse=True)
    in_hour = np.bincount(
        street * len(moment) + hour.ravel()[row],
        weights=every.dwell[row] * share,
        minlength=rows * len(moment),
    ).reshape(rows, len(moment))
    # Shares that add up to 1 in decimals need not do so in binary.
    present = in_hour >= enough * (1 - 1e-9)
    at_street, at_moment = np.nonzero(present)
    week_hour_of = np.zeros(len(moment), dtype=np.int64)
    week_hour_of[hour.ravel()] = every.week_hour
    weeks_present = np.bincount(at_street * _WEEK + week_hour_of[at_moment], minlength=size)

    seen = np.unique(every.place * _WEEK + every.week_hour)
    row, street, share = _expanded(seen // _WEEK, shares)
    cells = np.bincount(street * _WEEK + seen[row] % _WEEK, weights=share, minlength=size)
    weeks = np.tile(np.bincount(period.week_hour, minlength=_WEEK), rows)
    frame = pd.DataFrame(
        {
            "street_id": pd.array(shares.street_ids, dtype="str").repeat(_WEEK),
            "weekday": np.tile(np.arange(_WEEK) // 24 + 1, rows),
            "hour": np.tile(np.arange(_WEEK) % 24, rows),
            "weeks": weeks,
            "weeks_present": weeks_present,
            "presence_share": np.divide(
                weeks_present, weeks, out=np.full(size, np.nan), where=weeks > 0
            ),
            "dwell_min": dwell / MINUTE_US,
            "person_min": person / MINUTE_US,
            "cells": cells,
        }
    )
    return conform(frame, "patrol_hours")


def _hours(first: int, last: int, zone: Any) -> _Hours:
    """Return the hours of a zone's clock that meet the time from `first` to before `last`."""
    # From three hours before, so that the first hour is known from its beginning.
    quarters = np.arange(first // _QUARTER_US - 12, -(-last // _QUARTER_US) + 1) * _QUARTER_US
    clock = to_times(quarters, zone)
    week_hour = np.asarray(clock.day_of_week, np.int64) * 24 + np.asarray(clock.hour, np.int64)
    # An hour that the clocks repeat is one long hour.
    new = np.diff(week_hour, prepend=-1) != 0
    new[-1] = True
    begin = np.flatnonzero(new)
    begin = begin[np.searchsorted(quarters[begin], first, side="right") - 1 :]
    return _Hours(quarters[begin], week_hour[begin[:-1]])


def _by_hour(stays: Stays, place: Ints, hours: _Hours) -> _Spent:
    """Return the time in the cells of the grid, cut at the hours."""
    on = place >= 0
    place, start, end, persons = place[on], stays.start[on], stays.end[on], stays.persons[on]
    first = np.searchsorted(hours.edges, start, side="right") - 1
    last = np.searchsorted(hours.edges, end, side="left") - 1
    many = last - first + 1
    row = np.repeat(np.arange(len(place)), many)
    hour = first[row] + np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many)
    begin = np.maximum(start[row], hours.edges[hour])
    length = np.minimum(end[row], hours.edges[hour + 1]) - begin
    return _Spent(
        hours.edges[hour], hours.week_hour[hour], place[row], length, length * persons[row]
    )


def _summed(spent: list[_Spent]) -> _Spent:
    """Return times of one hour and cell as one."""
    every = _Spent(*map(np.concatenate, zip(*spent, strict=True)))
    if not len(every.hour):
        return every
    order = np.lexsort((every.place, every.hour))
    hour, week_hour, place, dwell, person = (values[order] for values in every)
    begin = np.flatnonzero((np.diff(hour, prepend=-1) != 0) | (np.diff(place, prepend=-1) != 0))
    return _Spent(
        hour[begin],
        week_hour[begin],
        place[begin],
        np.add.reduceat(dwell, begin),
        np.add.reduceat(person, begin),
    )


def _expanded(place: Ints, shares: StreetShares) -> tuple[Ints, Ints, NDArray[np.float64]]:
    """Return, for every street that has a share of a row's cell: row, street and share."""
    order = np.argsort(shares.place, kind="stable")
    sorted_place = shares.place[order]
    begin = np.searchsorted(sorted_place, place, side="left")
    many = np.searchsorted(sorted_place, place, side="right") - begin
    row = np.repeat(np.arange(len(place)), many)
    at = order[begin[row] + np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many)]
    return row, shares.street[at], shares.share[at]


def _period(tables: TrackTables, start: Any, end: Any) -> tuple[int, int]:
    """Return the period: as given, else the whole days from the first fix to the last."""
    span = span_of(start, end, tables.zone)
    if not len(tables.first_at) and (start is None or end is None):
        raise InputError(
            "The period runs from the day of the first fix to that of the last unless it is "
            "given. Found: tracks without fixes. Pass start and end."
        )
    first, last = span.first, span.last
    if start is None:
        day = to_times(np.array([tables.first_at.min()]), tables.zone).tz_localize(None).normalize()
        first = int(_midnight(day, tables.zone))
    if end is None:
        day = to_times(np.array([tables.last_at.max()]), tables.zone).tz_localize(None).normalize()
        last = int(_midnight(day + pd.Timedelta(days=1), tables.zone))
    return first, last


def _midnight(day: pd.DatetimeIndex, zone: Any) -> int:
    """Return the first instant of a date in a zone, µs."""
    ambiguous = np.ones(len(day), dtype=bool)
    at = day.tz_localize(zone, ambiguous=ambiguous, nonexistent="shift_forward")
    return int(at.as_unit("us").asi8[0])
