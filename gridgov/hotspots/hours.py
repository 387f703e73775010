"""Incidents by hour of the week: when to be there.

168 hours, Monday 0:00 to Sunday 23:00 in the zone of the records. What it cannot say: when
things happen. Records tell when they were reported, and nobody reports at night what only
the morning shift sees.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_table, conform
from gridgov.errors import InputError
from gridgov.hotspots.periods import groups_of
from gridgov.hotspots.poisson_intervals import check_level, count_interval
from gridgov.place.periods import period_end, read_instants, read_range

__all__ = ["measure_hours"]

_HOUR_US = 3_600_000_000
_WEEK = 168


def measure_hours(
    incidents: pd.DataFrame,
    *,
    by: str | None = None,
    start: Any = None,
    end: Any = None,
    times: str = "reported_at",
    level: float = 0.95,
) -> pd.DataFrame:
    """Count incidents by weekday and hour of the day.

    Parameters
    ----------
    incidents
        Table "incidents" or "located": all rows with a time in the range are counted.
    by
        Column to count by, such as ``"category"``; rows without a value are left out.
    start, end
        First day counted, first day no longer counted; None: the days of the first and the
        last incident.
    times
        Column of times; hours are those of its zone.
    level
        Probability of the interval, 0.5 to below 1.

    Returns
    -------
    DataFrame
        168 rows a group, groups in alphabetic order, zeros kept.

        - ``group``: value of `by`; missing without `by`.
        - ``weekday``: 1 Monday to 7 Sunday.
        - ``hour``: 0 to 23.
        - ``weeks``: how often this hour of the week came in the range.
        - ``incidents``: number in those hours together.
        - ``incidents_per_week``, ``per_week_low``, ``per_week_high``: the mean a week and its
          exact Poisson interval; missing where the hour never came.

    Raises
    ------
    ColumnsError
        If a column is missing, or `times` holds no times with a zone.
    EmptyTableError
        If there are no incidents.
    InputError
        If no incident lies in an open range, or all times are midnight: dates without a
        time of day.
    OptionError
        If `level` does not exist or the range cannot be read.

    Notes
    -----
    An hour that the clocks skip did not come; one that they repeat came twice. The interval
    is that of independent incidents; bursts make it too narrow.

    Examples
    --------
    >>> import pandas as pd
    >>> at = pd.to_datetime(["2017-09-04 09:10", "2017-09-11 09:50", "2017-09-17 23:59"])
    >>> rows = pd.DataFrame({"reported_at": at.tz_localize("Asia/Shanghai")})
    >>> hours = measure_hours(rows)
    >>> hours[hours["incidents"] > 0].iloc[:, 1:6].values.tolist()
    [[1.0, 9.0, 2.0, 2.0, 1.0], [7.0, 23.0, 2.0, 1.0, 0.5]]
    """
    probability = check_level(level)
    check_table(incidents, "incidents", columns=[times, *([by] if by is not None else [])])
    instants, missing, zone = read_instants(incidents, times)
    names, group = groups_of(incidents, by)
    use = ~missing & (group >= 0)
    found = read_range(instants[use], freq="D", start=start, end=end, zone=zone)
    use &= found.holds(instants)
    clock = pd.DatetimeIndex(incidents[times])[use]
    seconds = clock.hour * 3600 + clock.minute * 60 + clock.second
    if len(clock) and not np.asarray(seconds).any():
        raise InputError(
            f"Hours of the week need times of day. Found: {len(clock):,} incidents, all at "
            f"midnight: {times} holds dates. gridgov.measure_periods(..., period='D') counts days."
        )
    code = group[use] * _WEEK + _week_hour(clock)
    counts = np.bincount(code, minlength=len(names) * _WEEK)
    first, last = found.limits()
    begin = int(found.starts.as_unit("us").asi8[0]) if first is None else first
    after = pd.DatetimeIndex([period_end(found.starts[-1], "D")]).as_unit("us")
    weeks = np.tile(
        _times_came(begin, int(after.asi8[0]) if last is None else last, zone), len(names)
    )
    low, high = count_interval(counts, level=probability)
    often = np.where(weeks > 0, weeks, np.nan)
    place = np.arange(len(names) * _WEEK)
    table = conform(
        pd.DataFrame(
            {
                "group": pd.Series(names, dtype="str").repeat(_WEEK).to_numpy(),
                "weekday": place % _WEEK // 24 + 1,
                "hour": place % 24,
                "weeks": weeks,
                "incidents": counts,
                "incidents_per_week": counts / often,
                "per_week_low": low / often,
                "per_week_high": high / often,
            }
        ),
        "incident_hours",
    )
    table.attrs["incident_hours"] = {"by": by, "level": probability, "zone": str(zone)}
    return table


def _week_hour(clock: pd.DatetimeIndex) -> NDArray[np.int64]:
    """Return the hour of the week, 0 to 167, of times on their own clock."""
    return np.asarray(clock.day_of_week, np.int64) * 24 + np.asarray(clock.hour, np.int64)


def _times_came(begin: int, end: int, zone: Any) -> NDArray[np.int64]:
    """Return how often every hour of the week began between two instants, or was under way."""
    # Zones differ from UTC by quarters of an hour; an hour that clocks repeat begins twice.
    quarters = np.arange(begin // _HOUR_US * 4, -(-end // _HOUR_US) * 4) * (_HOUR_US // 4)
    quarters = quarters[(quarters + _HOUR_US // 4 > begin) & (quarters < end)]
    clock = pd.DatetimeIndex(quarters.view("datetime64[us]"), tz="UTC").tz_convert(zone)
    begins = np.asarray(clock.minute == 0)
    begins[:1] = True
    return np.bincount(_week_hour(clock)[begins], minlength=_WEEK)
