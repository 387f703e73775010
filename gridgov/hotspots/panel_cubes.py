"""A table of counts with periods as cubes of numbers: cells by periods, one cube a group.

The cells of a cube are the cells of the whole table: what has a row anywhere is in the
study area, and a cell and period without a row is a zero there. That is said in a
warning, because a month in which nobody kept records is no month without incidents.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_table
from gridgov.errors import ColumnsError, DataWarning, InputError, OptionError
from gridgov.hotspots.count_maps import checked_counts
from gridgov.place.periods import read_range

__all__ = [
    "Cube",
    "bin_rows",
    "cell_rows",
    "check_share",
    "panel_cubes",
    "stack",
    "warn_about_few_periods",
]

Whole = NDArray[np.int64]

# Below this the normal tail of a trend test is poor and 90 % of the periods hardly
# differ from all of them; the customary least number of time steps.
_FEWEST_PERIODS = 10
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


class Cube(NamedTuple):
    """The counts of one group.

    Attributes
    ----------
    group
        Its name; None where there is none.
    cells
        The n cells in ascending order.
    periods
        Starts of the T periods in ascending order.
    incidents
        Counts, whole numbers, shape (n, T).
    street_id, area_km2
        One value a cell, missing where the table has none.
    """

    group: Any
    cells: NDArray[np.uint64]
    periods: pd.DatetimeIndex
    incidents: Whole
    street_id: Any
    area_km2: NDArray[np.float64]


def panel_cubes(panel: Any) -> list[Cube]:
    """Return the cubes of a table of counts, one a group in ascending order.

    Parameters
    ----------
    panel
        Table of counts with ``cell``, ``period`` and ``incidents``.

    Raises
    ------
    ColumnsError
        If a column is missing or of the wrong kind, or a cell stands twice in one period
        and group.
    EmptyTableError
        If there are no rows.
    InputError
        If there is only one period.

    Warns
    -----
    DataWarning
        If rows or whole periods are missing and count as zero.
    """
    check_table(panel, "counts", columns=["cell", "period", "incidents"])
    cells, incidents = checked_counts(panel)
    distinct, first, cell = np.unique(cells, return_index=True, return_inverse=True)
    periods, period, gaps = _periods(panel["period"])
    groups, names = _groups(panel)

    n, steps = len(distinct), len(periods)
    place = (groups * n + cell) * steps + period
    seen = np.bincount(place, minlength=len(names) * n * steps)
    twice = np.flatnonzero(seen[place] > 1)
    if twice.size:
        row = twice[0]
        raise ColumnsError(
            "counts must have one row a cell, period and group. Found: "
            f"{twice.size} rows that share theirs with another, the first is cell "
            f"{int(cells[row]):x}, period {periods[period[row]].isoformat()}"
            + (f", group {names[groups[row]]}" if pd.notna(names[groups[row]]) else "")
            + ". gridgov.tally(...) makes such a table."
        )
    _warn_about_zeros(int((seen == 0).sum()), seen.size, gaps)
    flat = np.zeros(seen.size, dtype=np.int64)
    flat[place] = incidents
    whole: Any = flat.reshape(len(names), n, steps)

    streets = (
        panel["street_id"].array.take(first)
        if "street_id" in panel.columns
        else pd.array([None], dtype="str").repeat(n)
    )
    areas = (
        panel["area_km2"].to_numpy(np.float64, na_value=np.nan)[first]
        if "area_km2" in panel.columns
        else np.full(n, np.nan)
    )
    return [
        Cube(name, distinct, periods, counts, streets, areas)
        for name, counts in zip(names, whole, strict=True)
    ]


def cell_rows(cube: Cube) -> pd.DataFrame:
    """Return one row a cell: what it is, its incidents in all periods, and how many periods."""
    return pd.DataFrame(
        {
            "cell": cube.cells,
            "group": _group_column(cube, len(cube.cells)),
            "street_id": cube.street_id,
            "incidents": cube.incidents.sum(axis=1),
            "area_km2": cube.area_km2,
            "periods": len(cube.periods),
        }
    )


def bin_rows(cube: Cube) -> pd.DataFrame:
    """Return one row a period and cell, in that order."""
    n, steps = cube.incidents.shape
    every = np.tile(np.arange(n), steps)
    return pd.DataFrame(
        {
            "cell": cube.cells[every],
            "period": cube.periods.repeat(n),
            "group": _group_column(cube, n * steps),
            "street_id": cube.street_id.take(every),
            "incidents": cube.incidents.T.ravel(),
            "area_km2": cube.area_km2[every],
        }
    )


def stack(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of all groups below one another."""
    return parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)


def check_share(value: Any, option: str, *, closed: bool = False) -> float:
    """Return a number between 0 and 1; `closed` also allows 1 itself.

    Raises
    ------
    OptionError
        If it is none.
    """
    number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    if not (number and (0 < value < 1 or (closed and value == 1))):
        limits = "above 0 and up to 1" if closed else "above 0 and below 1"
        raise OptionError(f"{option} must be a number {limits}. Found: {value!r}.")
    return float(value)


def warn_about_few_periods(cubes: Sequence[Cube]) -> None:
    """Say that a series is short."""
    steps = len(cubes[0].periods)
    if steps < _FEWEST_PERIODS:
        warnings.warn(
            DataWarning(
                f"The panel has {steps} periods; with fewer than {_FEWEST_PERIODS} the p of a "
                "trend is rough and shares of periods are coarse. Use shorter periods or a longer "
                "time.",
                zh=f"计数表只有 {steps} 个时段；少于 {_FEWEST_PERIODS} 个时段时，趋势的 p 值较为"
                "粗略，时段占比也不够精细。请缩短时段，或延长统计时间。",
            ),
            stacklevel=3,
        )


def _group_column(cube: Cube, rows: int) -> Any:
    """Return the group of every row as text, missing where there is none."""
    name = None if pd.isna(cube.group) else str(cube.group)
    return pd.array([name], dtype="str").repeat(rows)


def _groups(panel: Any) -> tuple[Whole, list[Any]]:
    """Return each row's group as a place in the names, and the names, a missing one last."""
    if "group" not in panel.columns:
        return np.zeros(len(panel), dtype=np.int64), [None]
    codes, names = pd.factorize(panel["group"], sort=True, use_na_sentinel=False)
    return np.asarray(codes, dtype=np.int64), list(names)


def _periods(column: Any) -> tuple[pd.DatetimeIndex, Whole, list[str]]:
    """Return the periods, the place of each row's, and those that no row has."""
    if not isinstance(column.dtype, pd.DatetimeTZDtype) or column.isna().any():
        missing = int(column.isna().sum())
        found = f"{missing} missing" if missing else f"dtype {column.dtype}"
        raise ColumnsError(
            f"counts.period must hold the start of a period with a zone in every row. Found: "
            f"{found}. gridgov.tally(..., period='MS') counts by months.",
            problems=[{"table": "counts", "column": "period", "problem": found}],
        )
    codes, found = pd.factorize(pd.DatetimeIndex(column).as_unit("us"), sort=True)
    starts = pd.DatetimeIndex(found)
    if len(starts) < 2:
        raise InputError(
            f"A panel must have several periods. Found: one, {starts[0].isoformat()}. "
            "gridgov.tally(..., period='MS') counts by months."
        )
    calendar = _calendar(starts)
    place = calendar.get_indexer(starts)
    if (place < 0).any():
        return starts, np.asarray(codes, dtype=np.int64), []
    gaps = calendar[~np.isin(np.arange(len(calendar)), place)]
    return calendar, place[codes].astype(np.int64), [f"{gap:%Y-%m-%d}" for gap in gaps]


def _calendar(starts: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Return all periods from the first to the last, of the longest kind that they can be."""
    days = starts.tz_localize(None)
    months = np.unique(days.month)
    if (days.day == 1).all():
        if len(months) == 1:
            freq = f"YS-{_MONTHS[months[0] - 1]}"
        elif len(np.unique(months % 3)) == 1:
            freq = f"QS-{_MONTHS[months[0] - 1]}"
        else:
            freq = "MS"
    elif len(np.unique(days.day_of_week)) == 1:
        freq = f"W-{_DAYS[days.day_of_week[0]]}"
    else:
        freq = "D"
    return read_range(starts.asi8, freq=freq, start=None, end=None, zone=starts.tz).starts


def _warn_about_zeros(absent: int, bins: int, gaps: list[str]) -> None:
    """Say that rows are missing and count as zero."""
    if absent:
        more, more_zh = (", ...", "等") if len(gaps) > 3 else ("", "")
        named, named_zh = ", ".join(gaps[:3]) + more, "、".join(gaps[:3]) + more_zh
        whole = (
            f" {len(gaps)} {'periods have' if len(gaps) > 1 else 'period has'} no row at all "
            f"({named}); if nobody kept records then, leave that time out with start and end."
            if gaps
            else ""
        )
        whole_zh = (
            f"有 {len(gaps)} 个时段完全没有数据行（{named_zh}）；如当时无人记录，请用 start 和 "
            "end 排除这段时间。"
            if gaps
            else ""
        )
        warnings.warn(
            DataWarning(
                f"{absent:,} of {bins:,} combinations of cell, period and group have no row and "
                f"count as zero.{whole} gridgov.tally(...) keeps zeros.",
                zh=f"{bins:,} 个网格、时段与分组的组合中有 {absent:,} 个没有数据行，按零计。"
                f"{whole_zh}gridgov.tally(...) 会保留零值。",
            ),
            stacklevel=4,
        )
