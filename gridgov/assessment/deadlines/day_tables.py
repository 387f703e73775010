"""Dates on which a calendar departs from its weekends: holidays and swapped working days."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gridgov.errors import ColumnsError, InputError, OptionError, ReadError

__all__ = ["ZONES", "read_day_tables"]

ZONES = {"china": "Asia/Shanghai"}
"""The calendars that gridgov carries, and their time zones."""

_FILES = {"china": "holidays_cn.csv"}
_KINDS = {
    **dict.fromkeys(("holiday", "放假", "休假", "休", "节假日", "休息日"), False),
    **dict.fromkeys(("workday", "working day", "上班", "补班", "班", "工作日", "调休上班"), True),
}
_COLUMNS = {"日期": "date", "类型": "kind"}


def read_day_tables(days: Any) -> tuple[pd.Series, tuple[pd.Timestamp, pd.Timestamp] | None]:
    """Return which listed dates are worked, and the whole years that the first list covers.

    Parameters
    ----------
    days
        None, ``"china"``, a table or CSV file with ``date`` and ``kind``, a mapping from
        holidays to their names, or a list of these.

    Returns
    -------
    worked : Series of bool
        Indexed by date, ascending; where lists disagree the later one holds.
    years : pair of Timestamps or None
        1 January of the first year and 31 December of the last one; None without a list.

    Raises
    ------
    OptionError
        If a calendar of that name does not exist.
    ReadError
        If a file cannot be read.
    ColumnsError
        If a table lacks a column.
    InputError
        If a date cannot be read, a kind is unknown, or a date is of both kinds.

    Examples
    --------
    >>> worked, years = read_day_tables("china")
    >>> bool(worked["2016-10-08"]), bool(worked["2016-10-07"])
    (True, False)
    >>> [str(day.date()) for day in years]
    ['2015-01-01', '2026-12-31']
    """
    if days is None:
        return pd.Series(dtype=bool, index=pd.DatetimeIndex([])), None
    several = days if isinstance(days, (list, tuple)) else [days]
    lists = [_one(each) for each in several]
    if not lists or len(lists[0]) == 0:
        raise InputError(
            "The first list of days says which years the calendar knows. Found: no date in it. "
            "Give None for a calendar of weekends alone."
        )
    dates = lists[0].index
    years = (
        pd.Timestamp(year=dates[0].year, month=1, day=1),
        pd.Timestamp(year=dates[-1].year, month=12, day=31),
    )
    together = pd.concat(lists)
    return together[~together.index.duplicated(keep="last")].sort_index(), years


def _one(days: Any) -> pd.Series:
    """Return one list: whether each of its dates is worked."""
    if isinstance(days, pd.DataFrame):
        table = days
    elif isinstance(days, Mapping):
        # As the package holidays keeps them: the date, and what is kept on it.
        kinds = [
            kind if str(kind).strip().lower() in _KINDS else "holiday" for kind in days.values()
        ]
        table = pd.DataFrame({"date": [str(date) for date in days], "kind": kinds}, dtype=str)
    elif isinstance(days, str) and days in _FILES:
        with files(__package__).joinpath(_FILES[days]).open(encoding="utf-8") as page:
            table = pd.read_csv(page, dtype=str)
    elif isinstance(days, Path) or (isinstance(days, str) and days.lower().endswith(".csv")):
        try:
            table = pd.read_csv(days, dtype=str, encoding="utf-8-sig")
        except (OSError, ValueError) as error:
            raise ReadError(
                f"A list of days must be a CSV file in UTF-8. Found: {str(days)!r}, {error}. "
                "Check its name and save it as CSV (UTF-8)."
            ) from error
    else:
        raise OptionError(
            "days must be None, 'china', a table with date and kind, a CSV file of one, a mapping "
            f"from holidays to their names, or a list of these. Found: {days!r}."
        )
    table = table.rename(columns=lambda name: _COLUMNS.get(str(name).strip(), name))
    missing = [name for name in ("date", "kind") if name not in table.columns]
    if missing:
        raise ColumnsError(
            f"A list of days must have the columns date and kind. Found: "
            f"{', '.join(map(str, table.columns)) or 'no columns'}; {', '.join(missing)} missing."
        )
    return _checked(table)


def _checked(table: pd.DataFrame) -> pd.Series:
    """Return whether each date is worked, after checking every row."""
    dates = pd.to_datetime(table["date"], errors="coerce", format="ISO8601")
    said = table["kind"].astype(str).str.strip().str.lower()
    kinds = said.map(_KINDS)
    problems = [
        {"row": table.index[row], "date": table["date"].iloc[row], "kind": table["kind"].iloc[row]}
        for row in np.flatnonzero(dates.isna() | kinds.isna())
    ]
    if problems:
        raise InputError(
            "Every row of a list of days has a date such as 2017-10-01 and the kind 'holiday' "
            f"or 'workday'. Found: {len(problems)} others, the first {problems[0]}. Mend or "
            "drop these rows.",
            problems=problems,
        )
    plain = pd.DatetimeIndex(dates).tz_localize(None).normalize().as_unit("us")
    worked = pd.Series(kinds.to_numpy(dtype=bool), index=plain)
    both = worked.groupby(level=0).nunique()
    if (both > 1).any():
        raise InputError(
            "A date is a holiday or a workday, not both. Found: "
            f"{int((both > 1).sum())} dates of both kinds, the first "
            f"{both.index[both > 1][0].date()}. Keep one row a date."
        )
    return worked[~worked.index.duplicated()].sort_index()
