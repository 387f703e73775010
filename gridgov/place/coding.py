"""Which cell, period and group each located incident counts in, as one whole number.

Both ways to count, with every zero and without any, start from the same panel and the
same rows, so that they cannot differ in what they count. An incident that is not counted
has the first fate that applies; see :data:`FATES`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_table
from gridgov.errors import InputError, OptionError
from gridgov.place.panel import FATES, Coded, Panel, Tallied
from gridgov.place.periods import check_period, instants_of, read_instants, read_range
from gridgov.place.row_codes import PanelRows, find_ends
from gridgov.place.row_groups import TextCoder, group_rows
from gridgov.place.row_places import Hook, check_one_resolution, place_rows

__all__ = ["FATES", "Coded", "Panel", "Tallied", "code_incidents", "grid_cells", "read_panel"]

_MOST_CODES = 1 << 62


def code_incidents(
    located: Any, grid: Any, *, period: Any, by: Any, start: Any, end: Any, times: str
) -> Coded:
    """Return every counted incident as one number; parameters and errors are the tally's."""
    return read_panel(
        located, grid, period=period, by=by, start=start, end=end, times=times
    ).coded()


def read_panel(
    located: Any, grid: Any, *, period: Any, by: Any, start: Any, end: Any, times: str
) -> PanelRows:
    """Return the incidents about to be counted; parameters and errors are the tally's."""
    freq = check_period(period)
    dated = freq is not None or start is not None or end is not None
    check_table(grid, "grid", columns=["cell", "street_id", "area_km2"])
    needed = ["cell", "match", *([times] if dated else [])]
    check_table(located, "located", columns=needed, allow_empty=True)
    cells, order = grid_cells(grid)

    column = located[times] if times in located.columns else None
    instants, zone = None, None
    if column is not None and isinstance(column.dtype, pd.DatetimeTZDtype):
        instants, zone = instants_of(column), column.dtype.tz
    hooks: list[Hook] = []
    coder = TextCoder.of(located, by)
    if coder is not None:
        hooks.append(coder.code)
    ends: list[NDArray[np.int64]] = []
    if instants is not None and freq is not None and (start is None or end is None):
        hooks.append(find_ends(instants, ends))
    placed = place_rows(located, cells, hooks)
    # The groups are those on the grid at any time, counted or not.
    groups = group_rows(located, by, placed.place, coder)

    range_ = None
    starts = pd.DatetimeIndex([pd.NaT]).tz_localize("UTC" if instants is None else zone)
    if dated:
        if instants is None:
            # Says what is wrong with the column.
            read_instants(located, times)
        known = np.concatenate([np.empty(0, dtype=np.int64), *ends])
        known = np.array([known.min(), known.max()]) if len(known) else known
        range_ = read_range(known, freq=freq, start=start, end=end, zone=zone)
        starts = range_.starts
    n_cells, n_periods, n_groups = len(cells), len(starts), len(groups.names)
    if n_cells * n_periods * n_groups >= _MOST_CODES:
        raise OptionError(
            "The cells × periods × groups of a tally must be countable. Found: "
            f"{n_cells:,} × {n_periods:,} × {n_groups:,}. Choose a column with fewer values."
        )
    return PanelRows(
        cells, order, starts.as_unit("us"), groups.names, placed, groups, instants, zone, freq,
        range_,
    )  # fmt: skip


def grid_cells(grid: Any) -> tuple[NDArray[np.uint64], NDArray[np.intp]]:
    """Return the cells of the grid in ascending order and the rows they stand in."""
    cells = grid["cell"].to_numpy(dtype=np.uint64)
    order = np.argsort(cells, kind="stable")
    ascending = cells[order]
    again = ascending[1:] == ascending[:-1]
    if again.any():
        raise InputError(
            f"grid must have one row a cell. Found: {int(again.sum())} rows repeat a cell, the "
            f"first is {int(ascending[1:][again][0]):x}. Use gridgov.make_grid(...) as it comes."
        )
    check_one_resolution(ascending, ascending, "grid")
    return ascending, order
