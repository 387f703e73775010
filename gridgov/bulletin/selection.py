"""Which incidents a pack is about: a month or range, and categories, in numbers that add up."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from gridgov.errors import EmptyTableError, OptionError

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["Selection", "check_day", "check_month", "check_range", "select_incidents"]


@dataclass(frozen=True, slots=True)
class Selection:
    """The incidents of a brief and why the others are not in it.

    Attributes
    ----------
    incidents
        Table "incidents", rows in the order of the source.
    numbers
        ``in_brief``, ``outside_month``, ``no_time`` and ``other_category``; they add up to
        the incidents given.
    start, end
        The first instant asked for and the first one after; None for no limit.
    zone
        The zone in which months begin.
    """

    incidents: gpd.GeoDataFrame
    numbers: Mapping[str, int]
    start: pd.Timestamp | None
    end: pd.Timestamp | None
    zone: str


def check_month(month: str | None) -> str | None:
    """Return `month` if it is None or reads ``YYYY-MM``.

    Raises
    ------
    OptionError
        If it is anything else.

    Examples
    --------
    >>> check_month("2024-03")
    '2024-03'
    """
    if month is None:
        return None
    if not isinstance(month, str) or not re.fullmatch(r"(?!0000)\d{4}-(0[1-9]|1[0-2])", month):
        raise OptionError(f"month must be written YYYY-MM, such as 2024-03. Found: {month!r}.")
    return month


def check_day(day: str | None, *, option: str) -> str | None:
    """Return `day` if it is None or a date that reads ``YYYY-MM-DD``.

    Raises
    ------
    OptionError
        If it is anything else.

    Examples
    --------
    >>> check_day("2024-02-29", option="start")
    '2024-02-29'
    """
    if day is None:
        return None
    try:
        if not isinstance(day, str) or date.fromisoformat(day).isoformat() != day:
            raise ValueError
    except ValueError:
        raise OptionError(
            f"{option} must be a date written YYYY-MM-DD, such as 2024-03-01. Found: {day!r}."
        ) from None
    return day


def check_range(
    month: str | None, start: str | None, end: str | None
) -> tuple[str | None, str | None, str | None]:
    """Return a month, or the first day and the first no longer asked for, if they make sense.

    Raises
    ------
    OptionError
        If one cannot be read, a month stands beside a day, or the days are the wrong way round.

    Examples
    --------
    >>> check_range(None, "2024-03-01", "2024-03-08")
    (None, '2024-03-01', '2024-03-08')
    """
    month = check_month(month)
    start, end = check_day(start, option="start"), check_day(end, option="end")
    if month is not None and (start is not None or end is not None):
        raise OptionError(
            "Either a month or a range of days can be asked for. Found: both month and start or "
            "end. Leave one of them out."
        )
    if start is not None and end is not None and start >= end:
        raise OptionError(
            f"start must be before end, the first day that no longer counts. Found: {start} and "
            f"{end}."
        )
    return month, start, end


def select_incidents(
    incidents: gpd.GeoDataFrame,
    *,
    month: str | None = None,
    start: str | None = None,
    end: str | None = None,
    categories: Sequence[str] = (),
) -> Selection:
    """Return the incidents of a month, or of a range of days, and of some categories.

    Parameters
    ----------
    incidents
        Table "incidents".
    month
        ``YYYY-MM``, from midnight of its first day to before midnight of the next
        month's, in the zone of ``reported_at``.
    start, end
        ``YYYY-MM-DD``: from midnight of the first to before midnight of the second, in
        the same zone; no limit on a side that is None. Not together with `month`.
    categories
        Categories to keep, as read; all when empty.

    Returns
    -------
    Selection
        The incidents, and how many were left out for which reason: another category is
        the first that counts, then no report time, then another time.

    Raises
    ------
    OptionError
        If `month`, `start` or `end` cannot be read, or contradict each other.
    EmptyTableError
        If no incident is left; the first and last month that have any are named.
    """
    first, last = _limits(month, start, end)
    times = incidents["reported_at"]
    zone = times.dt.tz
    wanted = np.ones(len(incidents), dtype=bool)
    if categories:
        wanted = incidents["category"].isin(list(categories)).to_numpy()
    numbers = {"other_category": int((~wanted).sum())}
    undated, outside = np.zeros_like(wanted), np.zeros_like(wanted)
    since, until = (_midnight(day, zone) for day in (first, last))
    if since is not None or until is not None:
        undated = wanted & times.isna().to_numpy()
        early = False if since is None else (times < since).to_numpy()
        late = False if until is None else (times >= until).to_numpy()
        outside = wanted & ~undated & (early | late)
    kept = wanted & ~undated & ~outside
    if not kept.any():
        raise EmptyTableError(_nothing_left(times[wanted], month, first, last))
    numbers = {
        "in_brief": int(kept.sum()),
        "outside_month": int(outside.sum()),
        "no_time": int(undated.sum()),
        **numbers,
    }
    chosen = incidents if kept.all() else incidents[kept]
    return Selection(chosen, numbers, since, until, str(zone))


def _limits(
    month: str | None, start: str | None, end: str | None
) -> tuple[pd.Timestamp | None, pd.Timestamp | None]:
    """Return the first day asked for and the first one after, without a zone."""
    import pandas as pd

    month, start, end = check_range(month, start, end)
    if month is not None:
        first = pd.Timestamp(f"{month}-01")
        return first, first + pd.DateOffset(months=1)
    return (
        None if start is None else pd.Timestamp(start),
        None if end is None else pd.Timestamp(end),
    )


def _midnight(day: pd.Timestamp | None, zone: Any) -> pd.Timestamp | None:
    """Return the first instant of a day in a zone."""
    if day is None:
        return None
    return day.tz_localize(zone, ambiguous=True, nonexistent="shift_forward")


def _nothing_left(
    times: pd.Series,
    month: str | None,
    first: pd.Timestamp | None,
    last: pd.Timestamp | None,
) -> str:
    """Return the message for a pack without incidents."""
    known = times.dropna()
    if month is None and (first is not None or last is not None):
        since = "the first record" if first is None else f"{first:%Y-%m-%d}"
        until = "the last" if last is None else f"before {last:%Y-%m-%d}"
        if known.empty:
            return (
                f"The range from {since} to {until} needs incidents with a report time. Found: "
                "none with one. Leave --from and --to out (start=None, end=None), or name the "
                "time column in gridgov.toml."
            )
        return (
            f"The range from {since} to {until} needs at least one incident. Found: none; the "
            f"records run from {known.min():%Y-%m-%d} to {known.max():%Y-%m-%d}. Choose days "
            "between them with --from and --to (start=..., end=...)."
        )
    if month is None:
        return (
            "A brief needs at least one incident. Found: none that can be used. set_aside names "
            "the reasons; check the columns and the datum in gridgov.toml."
        )
    if known.empty:
        return (
            f"The brief of {month} needs incidents with a report time. Found: none with one. "
            "Leave --month out (month=None) for all incidents, or name the time column in "
            "gridgov.toml."
        )
    return (
        f"The brief of {month} needs at least one incident reported in that month. Found: none; "
        f"the records run from {known.min():%Y-%m} to {known.max():%Y-%m}. Choose a month between "
        "them with --month (month=...), or leave it out for all times."
    )
