"""Which cell, period and group each located incident counts in, as one whole number.

Both ways to count, with every zero and without any, read the same codes, so that they
cannot differ in what they count. An incident that is not counted has the first fate
that applies; see :data:`FATES`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.checks import check_table
from gridgov.errors import ColumnsError, InputError, OptionError
from gridgov.geo.compiled import in_pieces
from gridgov.place.area_index import OWNED_MATCHES
from gridgov.place.cell_places import index_cells
from gridgov.place.distinct import distinct
from gridgov.place.periods import PeriodRange, check_period, read_instants, read_range

__all__ = ["FATES", "Coded", "code_incidents", "grid_cells"]

FATES = ("counted", "no_point", "outside", "off_grid", "no_time", "outside_period")
"""What can become of an incident, each is the first that applies after ``counted``."""

_MOST_CODES = 1 << 62

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Coded:
    """Incidents as whole numbers, and what the numbers stand for.

    Attributes
    ----------
    codes
        One number a counted incident, ``(group * periods + period) * cells + cell``.
    cells, order
        Cells of the grid, ascending, and the rows of the grid they stand in.
    starts
        Start of every period with its zone; one missing time without periods.
    names
        Name of every group; the missing one comes last.
    fates
        How many incidents met each fate.
    span
        ``period``, ``start`` and ``end`` of what was counted, as text.
    """

    codes: Ints
    cells: NDArray[np.uint64]
    order: NDArray[np.intp]
    starts: pd.DatetimeIndex
    names: Any
    fates: dict[str, int]
    span: dict[str, str | None]

    @property
    def rows(self) -> int:
        """How many rows a table of all cells, periods and groups has."""
        return len(self.cells) * len(self.starts) * len(self.names)

    def size(self) -> str:
        """Return the size of that table in words."""
        return (
            f"{len(self.cells):,} cells × {len(self.starts):,} periods × "
            f"{len(self.names):,} groups = {self.rows:,}"
        )


def code_incidents(
    located: Any, grid: Any, *, period: Any, by: Any, start: Any, end: Any, times: str
) -> Coded:
    """Return every counted incident as one number; parameters and errors are the tally's."""
    freq = check_period(period)
    dated = freq is not None or start is not None or end is not None
    check_table(grid, "grid", columns=["cell", "street_id", "area_km2"])
    needed = ["cell", "match", *([times] if dated else [])]
    check_table(located, "located", columns=needed, allow_empty=True)
    cells, order = grid_cells(grid)

    place, lost = _places_on_grid(located, cells)
    counted = place >= 0
    # The groups are those on the grid at any time, counted or not.
    group_of, names = _groups(located, by, counted)
    moments = _moments(located, times)
    range_ = None
    starts = _no_period("UTC" if moments is None else moments[2])
    instants = np.empty(0, dtype=np.int64)
    lost |= {"no_time": 0, "outside_period": 0}
    if dated:
        instants, missing, zone = read_instants(located, times) if moments is None else moments
        on_grid = int(counted.sum())
        counted &= ~missing
        known = int(counted.sum())
        ends = _ends(instants, counted)
        range_ = read_range(ends, freq=freq, start=start, end=end, zone=zone)
        counted &= range_.holds(instants)
        lost["no_time"], lost["outside_period"] = on_grid - known, known - int(counted.sum())
        starts = range_.starts

    n_cells, n_periods = len(cells), len(starts)
    if n_cells * n_periods * len(names) >= _MOST_CODES:
        raise OptionError(
            "The cells × periods × groups of a tally must be countable. Found: "
            f"{n_cells:,} × {n_periods:,} × {len(names):,}. Choose a column with fewer values."
        )

    def code(first: int, last: int) -> Ints:
        numbers = group_of(first, last) * n_periods
        if range_ is not None and n_periods > 1:
            numbers += range_.places(instants[first:last])
        numbers *= n_cells
        numbers += place[first:last]
        return numbers[counted[first:last]]

    codes = in_pieces(len(place), code)
    return Coded(
        codes=codes,
        cells=cells,
        order=order,
        starts=starts,
        names=names,
        fates={"counted": len(codes), **lost},
        span={"period": freq, **_span(moments, counted, range_)},
    )


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
    _check_resolution(ascending, ascending, "grid")
    return ascending, order


def _places_on_grid(
    located: Any, cells: NDArray[np.uint64]
) -> tuple[NDArray[np.int32], dict[str, int]]:
    """Return each row's place in `cells`, -1 if the place excludes it, and how often it does."""
    column = located["cell"]
    absent = column.isna().to_numpy(dtype=bool)
    found = column.to_numpy(dtype=np.uint64, na_value=0)
    match = located["match"]
    no_point = absent | (match == "no_point").to_numpy(dtype=bool, na_value=False)
    owned = match.isin(OWNED_MATCHES).to_numpy(dtype=bool) & ~no_point

    index = index_cells(cells)
    place = np.empty(len(found), dtype=np.int32)
    nothing = np.empty(0, dtype=np.int64)

    def find(first: int, last: int) -> Ints:
        place[first:last] = index.find(found[first:last])
        return nothing

    in_pieces(len(found), find)
    # A cell that is in the grid has the grid's resolution.
    _check_resolution(found[(place < 0) & ~absent], cells, "located")
    off_grid = int((owned & (place < 0)).sum())
    place[~owned] = -1
    without = int(no_point.sum())
    outside = len(place) - without - int(owned.sum())
    return place, {"no_point": without, "outside": outside, "off_grid": off_grid}


def _check_resolution(ids: NDArray[np.uint64], cells: NDArray[np.uint64], table: str) -> None:
    """Refuse cells of another resolution than the grid's: they would all count as off the grid."""
    shift, mask = np.uint64(52), np.uint64(15)
    resolution = (ids >> shift) & mask
    other = resolution != (cells[0] >> shift) & mask
    if other.any():
        raise InputError(
            "located and grid must have one resolution. Found: resolution "
            f"{int((cells[0] >> shift) & mask)} in the grid and {int(resolution[other][0])} "
            f"in {int(other.sum())} rows of {table}. Make both with the same resolution."
        )


def _groups(located: Any, by: str | None, on_grid: Flags) -> tuple[Callable[[int, int], Ints], Any]:
    """Return what tells the groups of some rows as places in the names, and the names.

    The missing name comes last.
    """
    if by is None:
        one = pd.array([None], dtype="str")
        return lambda first, last: np.zeros(last - first, dtype=np.int64), one
    if by not in located.columns or by == "geometry":
        found = ", ".join(str(name) for name in located.columns if name != "geometry")
        raise ColumnsError(
            f"by must name a column of located. Found: {by!r}; the columns are {found}.",
            problems=[{"table": "located", "column": by, "problem": "missing"}],
        )
    code, values = distinct(located[by])
    # The last entry serves code -1, the missing value.
    there = np.zeros(len(values) + 1, dtype=bool)
    there[code[on_grid]] = True
    # Text is made of the distinct values only, and 1 and "1" become one group.
    texts = [str(value) if used else None for value, used in zip(values, there[:-1], strict=True)]
    names: list[str | None] = [*sorted({text for text in texts if text is not None})]
    place_of = {name: place for place, name in enumerate(names)}
    if there[-1] or not names:
        names.append(None)
    of_value = np.array([*(place_of.get(text, 0) for text in texts), len(names) - 1], np.int64)
    return lambda first, last: of_value[code[first:last]], pd.array(names, dtype="str")


def _moments(located: Any, times: str) -> tuple[Ints, Flags, Any] | None:
    """Return the times of the incidents, None where they have none with a zone."""
    column = located[times] if times in located.columns else None
    if column is None or not isinstance(column.dtype, pd.DatetimeTZDtype):
        return None
    return read_instants(located, times)


def _ends(instants: Ints, rows: Flags) -> Ints:
    """Return the first and the last instant of some rows, nothing of none."""

    def ends(first: int, last: int) -> Ints:
        part = instants[first:last][rows[first:last]]
        return np.array([part.min(), part.max()]) if len(part) else part

    found = in_pieces(len(instants), ends)
    return np.array([found.min(), found.max()]) if len(found) else found


def _no_period(zone: Any) -> pd.DatetimeIndex:
    """Return the one missing period of a tally of all times."""
    return pd.DatetimeIndex([pd.NaT]).tz_localize(zone).as_unit("us")


def _span(
    moments: tuple[Ints, Flags, Any] | None, counted: Flags, range_: PeriodRange | None
) -> dict[str, str | None]:
    """Return from when to when was counted: the limits, or else the incidents themselves."""
    if moments is None:
        return {"start": None, "end": None}
    instants, missing, zone = moments
    first, last = (None, None) if range_ is None else range_.limits()
    if first is None or last is None:
        within = _ends(instants, counted & ~missing)
        if first is None and len(within):
            first = int(within[0])
        if last is None and len(within):
            last = int(within[1]) + 1
    texts = [
        None if at is None else pd.DatetimeIndex([np.datetime64(at, "us")], tz="UTC")
        for at in (first, last)
    ]
    start, end = [None if at is None else at.tz_convert(zone)[0].isoformat() for at in texts]
    return {"start": start, "end": end}
