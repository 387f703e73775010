"""Incidents by day, week, month: how many, how sure, and whether they rise or fall.

A count is one draw of what could have been; its interval says what a month like this one
could have brought. Zero periods are kept. What it cannot say: why numbers changed; a new
hotline raises them as well as new litter does.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_choice, check_table, conform
from gridgov.errors import ColumnsError, OptionError
from gridgov.hotspots.log_trend import fit_log_trend
from gridgov.hotspots.poisson_intervals import check_level, count_interval
from gridgov.place.periods import check_period, period_end, read_instants, read_range

__all__ = ["groups_of", "measure_periods"]

_DAY_US = 86_400_000_000
_YEAR_DAYS = 365.2425


def measure_periods(
    incidents: pd.DataFrame,
    *,
    period: str = "MS",
    by: str | None = None,
    start: Any = None,
    end: Any = None,
    times: str = "reported_at",
    interval: str = "quasi",
    level: float = 0.95,
) -> pd.DataFrame:
    """Count incidents by period, with intervals and the trend through them.

    Parameters
    ----------
    incidents
        Table "incidents" or "located": all rows with a time in the range are counted. Pass
        the rows of a street or category to count those.
    period
        ``"D"`` days, ``"W-MON"`` weeks, ``"MS"`` months, ``"QS"`` quarters, ``"YS"`` years,
        as in :func:`gridgov.tally`.
    by
        Column to count by, such as ``"category"``; rows without a value are left out.
    start, end
        First day counted, first day no longer counted; None: the periods of the first and
        the last incident, as if they were whole.
    times
        Column of times, in whose zone the periods begin.
    interval
        ``"quasi"``: as wide as the scatter about the trend asks, never narrower than the
        exact one. ``"exact"``: the exact Poisson interval, for counts without bursts.
    level
        Probability of the intervals, 0.5 to below 1.

    Returns
    -------
    DataFrame
        One row a period and group, groups in alphabetic order, zeros kept. Its
        ``attrs["period_counts"]`` says how it was made.

        - ``period``: its start.
        - ``group``: value of `by`; missing without `by`.
        - ``period_days``: how much of it lies between `start` and `end`, days.
        - ``incidents``, ``incidents_low``, ``incidents_high``: the count and its interval.
        - ``trend_incidents``, ``trend_low``, ``trend_high``: the trend and its interval;
          missing with fewer than three periods or fewer than two with incidents.
        - ``dispersion``: φ, variance about the trend over Poisson's, not below 1.
        - ``yearly_change``, ``yearly_change_low``, ``yearly_change_high``: change of the
          trend in a year as a share, with its interval.

    Raises
    ------
    ColumnsError
        If a column is missing, or `times` holds no times with a zone.
    EmptyTableError
        If there are no incidents.
    InputError
        If no incident lies in an open range.
    OptionError
        If `period`, `interval` or `level` does not exist, or the range cannot be read.

    Notes
    -----
    Exact interval: χ²(α/2; 2n)/2 to χ²(1 - α/2; 2n + 2)/2 [1]_. Quasi-Poisson: the same for
    n/φ, times φ. The trend is a quasi-Poisson regression of the counts on time with the
    days of the period as exposure, so that February is no dip. A season counts as scatter:
    it widens the intervals. Where no trend can be fitted the exact interval is given.

    References
    ----------
    .. [1] Garwood, F. (1936). Fiducial limits for the Poisson distribution. Biometrika
       28(3/4), 437-442. https://doi.org/10.1093/biomet/28.3-4.437

    Examples
    --------
    >>> import pandas as pd
    >>> at = pd.to_datetime(["2017-01-05"] * 4 + ["2017-03-02"] * 2).tz_localize("Asia/Shanghai")
    >>> table = measure_periods(pd.DataFrame({"reported_at": at}), interval="exact")
    >>> table["incidents"].tolist(), table["period_days"].tolist()
    ([4, 0, 2], [31.0, 28.0, 31.0])
    >>> table["incidents_high"].round(2).tolist()
    [10.24, 3.69, 7.22]
    """
    check_choice(interval, option="interval", choices=("quasi", "exact"))
    probability = check_level(level)
    if check_period(period) is None:
        raise OptionError("period must name a calendar start, such as 'MS'. Found: None.")
    check_table(incidents, "incidents", columns=[times, *([by] if by is not None else [])])
    instants, missing, zone = read_instants(incidents, times)
    names, group = groups_of(incidents, by)
    use = ~missing & (group >= 0)
    found = read_range(instants[use], freq=period, start=start, end=end, zone=zone)
    use &= found.holds(instants)
    starts = found.starts
    # One code a row: group by period.
    code = group[use] * len(starts) + found.places(instants[use])
    counts = np.bincount(code, minlength=len(names) * len(starts)).reshape(len(names), -1)
    days = _days(starts, period, found.limits())
    middle = (starts.as_unit("us").asi8 / _DAY_US + days / 2) / _YEAR_DAYS
    parts = [
        _with_intervals(row, middle, days, interval=interval, level=probability) for row in counts
    ]
    frame = pd.concat(parts, ignore_index=True)
    table = conform(
        frame.assign(
            period=np.tile(starts, len(names)),
            group=pd.Series(names, dtype="str").repeat(len(starts)).to_numpy(),
        ).assign(period=starts.append([starts] * (len(names) - 1))),
        "period_counts",
    )
    table.attrs["period_counts"] = {
        "period": period,
        "by": by,
        "interval": interval,
        "level": probability,
        "zone": str(zone),
        "without_time": int(missing.sum()),
    }
    return table


def groups_of(table: pd.DataFrame, by: str | None) -> tuple[list[Any], NDArray[np.int64]]:
    """Return the groups in alphabetic order and the group of every row, -1 without a value.

    Raises
    ------
    ColumnsError
        If no row has a value.
    """
    if by is None:
        return [None], np.zeros(len(table), dtype=np.int64)
    values = table[by].astype("str").where(table[by].notna())
    code, names = pd.factorize(values, sort=True)
    if len(names) == 0:
        raise ColumnsError(f"by must name a column with values. Found: {by!r} without any.")
    return [str(name) for name in names], np.asarray(code, dtype=np.int64)


def _days(
    starts: pd.DatetimeIndex, period: str, limits: tuple[int | None, int | None]
) -> NDArray[np.float64]:
    """Return how much of every period lies in the range counted, days."""
    last = pd.DatetimeIndex([period_end(starts[-1], period)]).as_unit("us").asi8
    edges = np.concatenate([starts.as_unit("us").asi8, last])
    first, end = limits
    low = edges[:-1] if first is None else np.maximum(edges[:-1], first)
    high = edges[1:] if end is None else np.minimum(edges[1:], end)
    return np.asarray((high - low) / _DAY_US, dtype=np.float64)


def _with_intervals(
    counts: NDArray[np.int64],
    years: NDArray[np.float64],
    days: NDArray[np.float64],
    *,
    interval: str,
    level: float,
) -> pd.DataFrame:
    """Return the rows of one group."""
    numbers = counts.astype(np.float64)
    trend = fit_log_trend(numbers, years, days, level=level)
    wide = trend.dispersion if trend is not None and interval == "quasi" else 1.0
    low, high = count_interval(numbers, level=level, dispersion=wide)
    rows = {
        "period_days": days,
        "incidents": counts,
        "incidents_low": low,
        "incidents_high": high,
    }
    if trend is not None:
        ends = (trend.slope, trend.slope_low, trend.slope_high)
        change, change_low, change_high = np.expm1(np.clip(ends, -700, 700)).tolist()
        rows |= {
            "trend_incidents": trend.fitted,
            "trend_low": trend.low,
            "trend_high": trend.high,
            "dispersion": np.full(len(counts), trend.dispersion),
            "yearly_change": np.full(len(counts), change),
            "yearly_change_low": np.full(len(counts), change_low),
            "yearly_change_high": np.full(len(counts), change_high),
        }
    return conform(pd.DataFrame(rows), "period_counts")
