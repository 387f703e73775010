"""Which incidents a brief is about: a month, and categories, in numbers that add up."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gridgov.errors import EmptyTableError, OptionError

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

__all__ = ["Selection", "check_month", "select_incidents"]


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
        The month's first instant and the first one after it; None for all times.
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


def select_incidents(
    incidents: gpd.GeoDataFrame, *, month: str | None = None, categories: Sequence[str] = ()
) -> Selection:
    """Return the incidents of a month and of some categories.

    Parameters
    ----------
    incidents
        Table "incidents".
    month
        ``YYYY-MM``, from midnight of its first day to before midnight of the next
        month's, in the zone of ``reported_at``. All times when None.
    categories
        Categories to keep, as read; all when empty.

    Returns
    -------
    Selection
        The incidents, and how many were left out for which reason: another category is
        the first that counts, then no report time, then another month.

    Raises
    ------
    OptionError
        If `month` cannot be read.
    EmptyTableError
        If no incident is left; the first and last month that have any are named.
    """
    import pandas as pd

    month = check_month(month)
    times = incidents["reported_at"]
    zone = times.dt.tz
    wanted = np.ones(len(incidents), dtype=bool)
    if categories:
        wanted = incidents["category"].isin(list(categories)).to_numpy()
    numbers = {"other_category": int((~wanted).sum())}
    undated, outside = np.zeros_like(wanted), np.zeros_like(wanted)
    start = end = None
    if month is not None:
        start = pd.Timestamp(f"{month}-01").tz_localize(
            zone, ambiguous=True, nonexistent="shift_forward"
        )
        after = pd.Timestamp(f"{month}-01") + pd.DateOffset(months=1)
        end = after.tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
        undated = wanted & times.isna().to_numpy()
        outside = wanted & ~undated & ~((times >= start) & (times < end)).to_numpy()
    kept = wanted & ~undated & ~outside
    if not kept.any():
        raise EmptyTableError(_nothing_left(times[wanted], month))
    numbers = {
        "in_brief": int(kept.sum()),
        "outside_month": int(outside.sum()),
        "no_time": int(undated.sum()),
        **numbers,
    }
    chosen = incidents if kept.all() else incidents[kept]
    return Selection(chosen, numbers, start, end, str(zone))


def _nothing_left(times: pd.Series, month: str | None) -> str:
    """Return the message for a brief without incidents."""
    known = times.dropna()
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
