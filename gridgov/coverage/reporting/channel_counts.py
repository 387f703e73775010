"""How many incidents came through each channel in each cell or street and period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_choice, check_table
from gridgov.errors import InputError, OptionError
from gridgov.place.area_index import OWNED_MATCHES
from gridgov.place.coding import grid_cells
from gridgov.place.periods import check_period, read_instants, read_range

__all__ = ["ChannelCounts", "Unit", "count_channels", "unit_columns"]

Unit = Literal["cell", "street_id"]

Whole = NDArray[np.int64]
_MOST = 100_000_000


@dataclass(frozen=True, slots=True)
class ChannelCounts:
    """Counts by unit, period and channel.

    Attributes
    ----------
    cells
        Cell of every unit, missing when units are no cells.
    streets
        Street of every unit, missing for the whole.
    starts
        Start of every period; one missing time without periods.
    names
        Every channel, in order of its text.
    counts
        Shape (units, periods, channels).
    unmarked
        Incidents without a channel, shape (units, periods).
    left_out
        Incidents that are not counted and why.
    """

    cells: Any
    streets: Any
    starts: pd.DatetimeIndex
    names: list[str]
    counts: Whole
    unmarked: Whole
    left_out: dict[str, int]


def count_channels(
    located: Any,
    grid: Any,
    *,
    by: Unit | None,
    column: str,
    period: str | None,
    start: Any,
    end: Any,
    times: str,
) -> ChannelCounts:
    """Count located incidents by cell or street, period and channel.

    Parameters
    ----------
    located
        Table of :func:`gridgov.locate`.
    grid
        Table of :func:`gridgov.make_grid`, or None: then the units are those with incidents.
    by
        ``"cell"``, ``"street_id"`` or None for the whole.
    column
        Column of the channel.
    period, start, end, times
        As for :func:`gridgov.tally`.

    Raises
    ------
    ColumnsError
        If a column is missing.
    InputError
        If no incident has a channel.
    OptionError
        If an option does not exist, or the table would be too large.
    """
    check_choice(by, option="by", choices=("cell", "street_id", None))
    freq = check_period(period)
    dated = freq is not None or start is not None or end is not None
    needed = ["cell", "street_id", "match", column, *([times] if dated else [])]
    check_table(located, "located", columns=needed, allow_empty=True)
    owned = located["match"].isin(OWNED_MATCHES).to_numpy(dtype=bool)
    held = owned & located["cell"].notna().to_numpy()
    left_out = {"outside": int((~held).sum()), "off_grid": 0, "no_time": 0, "outside_period": 0}
    ids = located["cell"].fillna(0).to_numpy(dtype=np.uint64)
    cells = order = None
    if grid is not None:
        check_table(grid, "grid", columns=["cell", "street_id"])
        cells, order = grid_cells(grid)
        _check_one_resolution(ids[held], cells)
        on_grid = np.isin(ids, cells)
        left_out["off_grid"] = int((held & ~on_grid).sum())
        held &= on_grid

    marks = located[column].astype("str").where(located[column].notna())
    code, values = pd.factorize(marks, sort=True)
    present = np.unique(code[held & (code >= 0)])
    names = [str(values[at]) for at in present]
    if not names:
        raise InputError(
            f"At least one incident must have a {column}. Found: none of {len(located):,} rows in "
            "a street and on the grid. read_incidents(..., columns=...) names the column to read."
        )
    code = np.searchsorted(present, code)
    code[marks.isna().to_numpy()] = len(names)

    starts = pd.DatetimeIndex([pd.NaT]).tz_localize("UTC").as_unit("us")
    when = np.zeros(len(located), dtype=np.int64)
    if dated:
        instants, absent, zone = read_instants(located, times)
        left_out["no_time"] = int((held & absent).sum())
        held &= ~absent
        range_ = read_range(instants[held], freq=freq, start=start, end=end, zone=zone)
        within = range_.holds(instants)
        left_out["outside_period"] = int((held & ~within).sum())
        held &= within
        starts, when = range_.starts, range_.places(instants)

    unit, unit_cells, streets = _units(located, grid, cells, order, by, ids, owned)
    shape = (len(streets), len(starts), len(names) + 1)
    if np.prod(shape, dtype=float) > _MOST:
        raise OptionError(
            f"A table of channels may have up to {_MOST:,} numbers. Found: {shape[0]:,} units × "
            f"{shape[1]:,} periods × {len(names):,} channels. Choose a longer period."
        )
    flat = (unit[held] * shape[1] + when[held]) * shape[2] + code[held]
    counts = np.bincount(flat, minlength=int(np.prod(shape))).reshape(shape)
    return ChannelCounts(
        unit_cells, streets, starts, names, counts[..., :-1], counts[..., -1], left_out
    )


def unit_columns(counted: ChannelCounts, *, repeats: int = 1) -> dict[str, Any]:
    """Return cell, street and period of every unit and period, each so many times."""
    units, periods = len(counted.streets), len(counted.starts)
    row = np.arange(units).repeat(periods * repeats)
    when = np.tile(np.arange(periods).repeat(repeats), units)
    return {
        "cell": counted.cells.take(row),
        "street_id": counted.streets.take(row),
        "period": counted.starts.take(when),
    }


def _units(
    located: Any, grid: Any, cells: Any, order: Any, by: Unit | None, ids: Any, owned: Any
) -> tuple[Whole, Any, Any]:
    """Return each row's unit, and the cell and street of every unit."""
    if by is None:
        nothing = pd.array([None], dtype="str")
        return np.zeros(len(ids), dtype=np.int64), pd.array([pd.NA], dtype="UInt64"), nothing
    if by == "cell":
        if cells is None:
            cells = np.unique(ids[owned & (ids != 0)])
            streets = pd.array([None] * len(cells), dtype="str")
        else:
            streets = grid["street_id"].array.take(order)
        return np.searchsorted(cells, ids), pd.array(cells, dtype="UInt64"), streets
    own = located["street_id"].astype("str").where(located["street_id"].notna())
    listed = set(own[owned].dropna())
    if grid is not None:
        listed |= set(grid["street_id"].dropna().astype("str"))
    names = pd.Index(sorted(listed), dtype="str")
    streets = pd.array(names, dtype="str")
    return names.get_indexer(own), pd.array([pd.NA] * len(names), dtype="UInt64"), streets


def _check_one_resolution(ids: NDArray[np.uint64], cells: NDArray[np.uint64]) -> None:
    """Refuse cells of another resolution than the grid's."""
    shift, mask = np.uint64(52), np.uint64(15)
    other = (ids >> shift) & mask != (cells[0] >> shift) & mask
    if other.any():
        raise InputError(
            "located and grid must have one resolution. Found: resolution "
            f"{int((cells[0] >> shift) & mask)} in the grid and "
            f"{int((ids[other][0] >> shift) & mask)} in {int(other.sum())} rows of located. Make "
            "both with the same resolution."
        )
