"""Incidents of every unit of a table, all its periods added up, and when it was counted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.errors import ColumnsError, InputError
from gridgov.hotspots.count_maps import checked_counts
from gridgov.place.periods import period_end

__all__ = ["check_one_group", "first_instant", "last_instant", "unit_totals"]

Whole = NDArray[np.int64]


def unit_totals(table: pd.DataFrame, unit: str, name: str) -> tuple[Any, Whole]:
    """Return every unit once, ascending, and its incidents over all periods.

    Parameters
    ----------
    table
        Table with the column `unit` and ``incidents``, of one group.
    unit
        ``"cell"`` or ``"street_id"``.
    name
        What errors call the table.

    Raises
    ------
    ColumnsError
        If a unit is missing, a count is no whole number, or a unit stands twice in one
        period.
    InputError
        If there are several groups.
    """
    check_one_group(table, name)
    if unit == "cell":
        units, incidents = checked_counts(table)
    else:
        units = table[unit].astype("str")
        absent = int(units.isna().sum())
        if absent:
            raise ColumnsError(
                f"{name}.{unit} must name a unit in every row. Found: {absent} missing. Drop "
                "these rows first, and say so where the result is shown."
            )
        units = units.to_numpy(dtype=object)
        # The check of counts needs cells as well; streets have none.
        _, incidents = checked_counts(table.assign(cell=np.uint64(1)))
    codes, found = pd.factorize(units, sort=True)
    periods = table["period"] if "period" in table.columns else pd.Series(pd.NaT, table.index)
    when = pd.factorize(periods, use_na_sentinel=False)[0]
    rows = codes * (int(when.max()) + 1) + when
    twice = len(rows) - len(np.unique(rows))
    if twice:
        raise ColumnsError(
            f"{name} must have one row a {unit} and period. Found: {twice} "
            f"{'rows' if twice > 1 else 'row'} too many. gridgov.tally(...) makes such a table."
        )
    totals = np.bincount(codes, weights=incidents, minlength=len(found))
    return found, totals.astype(np.int64)


def check_one_group(table: pd.DataFrame, name: str) -> None:
    """Raise if a table holds several groups.

    Raises
    ------
    InputError
        If it does.
    """
    if "group" in table.columns and table["group"].nunique(dropna=False) > 1:
        groups = table["group"].drop_duplicates()
        raise InputError(
            f"{name} must hold one group. Found: {len(groups):,} groups, such as "
            f"{groups.iloc[0]!s} and {groups.iloc[1]!s}. Pass {name}[{name}['group'] == ...]."
        )


def first_instant(table: pd.DataFrame) -> pd.Timestamp | None:
    """Return the first instant a table counts, None where it does not say."""
    start, period = _limit(table, "start"), _periods(table)
    if period is None:
        return start
    first = period.min()
    return first if start is None else max(first, start)


def last_instant(table: pd.DataFrame) -> pd.Timestamp | None:
    """Return the first instant a table no longer counts, None where it does not say."""
    end, period = _limit(table, "end"), _periods(table)
    if period is None:
        return end
    freq = (table.attrs.get("range") or {}).get("period")
    if freq is None:
        # Without its length a period has a start only, and the whole range is too long.
        return None
    last = period_end(period.max(), freq)
    return last if end is None else min(last, end)


def _limit(table: pd.DataFrame, name: str) -> pd.Timestamp | None:
    """Return a limit of the tally's range, in the zone of the table."""
    text = (table.attrs.get("range") or {}).get(name)
    if text is None:
        return None
    moment = pd.Timestamp(text)
    # ISO text has an offset and no zone; the column of periods has one even when empty.
    dtype = table["period"].dtype if "period" in table.columns else None
    return moment.tz_convert(dtype.tz) if isinstance(dtype, pd.DatetimeTZDtype) else moment


def _periods(table: pd.DataFrame) -> Any:
    """Return the periods of a table, None where it has none."""
    if "period" not in table.columns:
        return None
    column = table["period"]
    if not isinstance(column.dtype, pd.DatetimeTZDtype) or column.isna().any():
        return None
    return column
