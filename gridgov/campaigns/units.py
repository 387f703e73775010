"""Incidents counted by unit before and after, and the units to compare with chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgov.campaigns.matching import match_cells
from gridgov.campaigns.roles import (
    BUFFER,
    BUFFER_CONTROL,
    CONTROL,
    TREATED,
    Layout,
    lay_out,
)
from gridgov.campaigns.treated_area import Treated, read_cells
from gridgov.campaigns.windows import Windows
from gridgov.checks import check_table
from gridgov.errors import InputError, OptionError
from gridgov.geo.hexgrid import cell_centers
from gridgov.place.area_index import OWNED_MATCHES
from gridgov.place.cell_places import index_cells
from gridgov.place.coding import grid_cells
from gridgov.place.periods import read_instants

__all__ = ["Records", "Units", "count_units", "read_records"]

_DAY_US = 86_400_000_000
_WEEK_US = 7 * _DAY_US
_LEAST_WEEKS = 8

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Records:
    """The grid in order, and the incidents on it.

    Attributes
    ----------
    cells, order
        Cells ascending, and the rows of the grid they stand in.
    area_km2
        Their areas in the study area.
    outlines
        Their outlines; None when the grid carries none.
    place, instants, points
        Cell, time and point of every incident that counts; no points without geometries.
    first, last
        First and last instant of all incidents on the grid, whatever their category.
    """

    cells: NDArray[np.uint64]
    order: Ints
    area_km2: Floats
    outlines: Any
    place: Ints
    instants: Ints
    points: Any
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Units:
    """Units with their roles and counts.

    Attributes
    ----------
    place, role, size
        Cell, role and share of the cell of every unit, shape (n,).
    area_km2
        Area in the study area.
    before, after, earlier
        Incidents before, after, and at any time earlier than before.
    baseline
        Incidents of the part of the time before by which no control was chosen.
    baseline_days
        Days of that part.
    measured
        Which incidents of the time before fall in that part.
    all_days
        Days of the whole time before.
    free
        Units that nothing was done to or near.
    unit
        Unit of every incident.
    compared_with
        ``"matched"``, ``"given"``, ``"all"`` or ``"none"``.
    """

    place: Ints
    role: Ints
    size: Floats
    area_km2: Floats
    before: Floats
    after: Floats
    earlier: Floats
    baseline: Floats
    baseline_days: float
    measured: NDArray[np.bool_]
    all_days: float
    free: NDArray[np.bool_]
    unit: Ints
    compared_with: str

    def counts(self, role: int) -> tuple[Floats, Floats]:
        """Return the counts of every unit of a role, before and after.

        Matched controls count in the part of the time before by which none was chosen.
        """
        here = self.role == role
        return (self.baseline if self.split(role) else self.before)[here], self.after[here]

    def days_before(self, role: int) -> float:
        """Return over how many days a role counts before."""
        return self.baseline_days if self.split(role) else self.all_days

    def split(self, role: int) -> bool:
        """Return whether a role was chosen by a part of the time and measured in the other."""
        return role == BUFFER_CONTROL or (role == CONTROL and self.compared_with == "matched")


def read_records(located: Any, grid: Any, *, category: Any, times: str) -> Records:
    """Return the incidents of a category on a grid, as numbers.

    Raises
    ------
    ColumnsError, EmptyTableError
        If a column is missing, times have no zone, or the grid has no rows.
    InputError
        If the grid repeats a cell, no incident has the category, or none lies on the grid.
    """
    check_table(grid, "grid", columns=["cell", "area_km2"])
    needed = ["cell", "match", times, *(["category"] if category is not None else [])]
    check_table(located, "located", columns=needed)
    cells, order = grid_cells(grid)
    instants, no_time, _ = read_instants(located, times)
    column = located["cell"]
    found = column.to_numpy(dtype=np.uint64, na_value=0)
    place = index_cells(cells).find(found)
    on_grid = located["match"].isin(OWNED_MATCHES).to_numpy(dtype=bool) & (place >= 0) & ~no_time
    if not on_grid.any():
        raise InputError(
            f"located must have incidents on the grid. Found: none of {len(located):,} with a "
            "time lies in a cell of it. Make both with the same resolution and jurisdictions."
        )
    held = on_grid & _of_category(located, category)
    rows = np.flatnonzero(held)
    points = located["geometry"].to_numpy()[rows] if "geometry" in located.columns else None
    return Records(
        cells=cells,
        order=order,
        area_km2=grid["area_km2"].to_numpy(dtype=np.float64)[order],
        outlines=grid["geometry"].to_numpy()[order] if "geometry" in grid.columns else None,
        place=place[rows],
        instants=instants[rows],
        points=points,
        first=int(instants[on_grid].min()),
        last=int(instants[on_grid].max()),
    )


def count_units(
    records: Records,
    treated: Treated,
    windows: Windows,
    *,
    buffer_rings: int,
    controls: Any,
    exclude: Any,
    match_on: Sequence[str],
) -> Units:
    """Return the units of a campaign with their roles and counts; errors are the campaign's."""
    index = index_cells(records.cells)
    layout = lay_out(
        records.cells,
        index,
        records.outlines,
        treated,
        buffer_rings=buffer_rings,
        exclude=exclude,
    )
    unit = _unit_of(records, layout, treated)
    before, after = windows.holds(records.instants)
    number = layout.place.size
    first, second = windows.instants[:2]
    half = records.instants < first + (second - first) // 2
    chosen_by, days = _turns(records.instants, first, second)

    def count(rows: NDArray[np.bool_]) -> Floats:
        return np.bincount(unit[rows], minlength=number).astype(np.float64)

    halves = np.column_stack([count(before & chosen_by & half), count(before & chosen_by & ~half)])
    role, compared_with = _with_controls(records, layout, halves, controls, match_on)
    measured = before & ~chosen_by
    return Units(
        place=layout.place,
        role=role,
        size=layout.size,
        area_km2=layout.size * records.area_km2[layout.place],
        before=count(before),
        after=count(after),
        earlier=count(records.instants < first),
        baseline=count(measured),
        baseline_days=days,
        measured=measured,
        all_days=windows.days[0],
        free=layout.free,
        unit=unit,
        compared_with=compared_with,
    )


def _turns(instants: Ints, first: int, second: int) -> tuple[NDArray[np.bool_], float]:
    """Return which instants fall in a week by which controls are chosen, and the other days.

    A cell that is chosen for its high count falls by itself. Controls are therefore chosen by
    every second week and measured in the weeks between; days where there are few weeks.
    """
    turn = _WEEK_US if second - first >= _LEAST_WEEKS * _WEEK_US else _DAY_US
    turn = min(turn, (second - first) // 2)
    ends = np.arange(first, second, turn)
    lengths = np.minimum(ends + turn, second) - ends
    return (instants - first) // turn % 2 == 0, float(lengths[1::2].sum()) / _DAY_US


def _of_category(located: Any, category: Any) -> NDArray[np.bool_]:
    """Return which incidents have the category, or one of several."""
    if category is None:
        return np.ones(len(located), dtype=bool)
    wanted = [category] if isinstance(category, str) else list(category)
    column = located["category"]
    held: NDArray[np.bool_] = column.isin(wanted).to_numpy(dtype=bool)
    if not held.any():
        there = [str(value) for value in pd.unique(column.dropna())]
        near = get_close_matches(str(wanted[0]) if wanted else "", there, n=1, cutoff=0.4)
        hint = f" Did you mean {near[0]!r}?" if near else f" There are {', '.join(there[:8])}."
        raise InputError(
            f"category must name a category of the incidents. Found: {category!r}.{hint}"
        )
    return held


def _unit_of(records: Records, layout: Layout, treated: Treated) -> Ints:
    """Return the unit of every incident: its cell, or the treated part of it."""
    unit = records.place.copy()
    may = np.flatnonzero(layout.part[records.place] >= 0)
    if not may.size:
        return unit
    if records.points is None:
        raise InputError(
            "An outline counts the points inside it. Found: located without geometry. Keep the "
            "geometry, or give treated as cells."
        )
    inside = may[shapely.intersects(treated.outline, records.points[may])]
    unit[inside] = layout.part[records.place[inside]]
    return unit


def _with_controls(
    records: Records, layout: Layout, halves: Floats, controls: Any, match_on: Sequence[str]
) -> tuple[Ints, str]:
    """Return the roles with control units, and how these were chosen."""
    role = layout.role.copy()
    if controls is None:
        return role, "none"
    if isinstance(controls, str) and controls == "all":
        role[layout.free] = CONTROL
        return role, "all" if layout.free.any() else "none"
    whole = isinstance(controls, int | np.integer) and not isinstance(controls, bool)
    if whole and int(controls) < 1000:
        if int(controls) < 1:
            raise OptionError(
                "controls must be a number of matched cells from 1 on, cells, 'all', or None. "
                f"Found: {controls!r}."
            )
        number, how = int(controls), "matched"
    else:
        number, how = 5, "given"
        wanted = read_cells(controls, "controls")
        places = index_cells(records.cells).find(wanted)
        lost = places < 0
        near = ~lost & ~layout.free[np.where(lost, 0, places)]
        if lost.any() or near.any():
            raise OptionError(
                "controls must be cells of the grid outside of what is treated, buffer and "
                f"excluded. Found: {int(lost.sum())} outside the grid and {int(near.sum())} that "
                "are not free."
            )
        role[places] = CONTROL
    longitude, latitude = cell_centers(records.cells)
    at = np.column_stack([longitude, latitude])[layout.place]
    for of, to in ((TREATED, CONTROL), (BUFFER, BUFFER_CONTROL)):
        if of == TREATED and how == "given":
            continue
        candidates = np.flatnonzero(layout.free & (role == layout.role))
        here = np.flatnonzero((role == of) & (layout.size > 0))
        chosen = match_cells(
            halves[here],
            at[here],
            halves[candidates],
            at[candidates],
            number=number,
            match_on=match_on,
        )
        role[candidates[chosen]] = to
    return role, how if (role == CONTROL).any() else "none"
