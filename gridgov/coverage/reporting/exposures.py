"""What incidents could come from in each cell: people, road length, land, or several at once.

Several exposures are added with weights that the incidents themselves suggest: the sum
under which all counts together are likeliest as Poisson counts, no weight below 0. The
weights are a handful of numbers over hundreds of cells, so a cell has next to no say in
its own expectation. What they cannot say: why. A road that people report along and a
house that people report from are alike to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.errors import ColumnsError, InputError
from gridgov.geo.hexgrid import text_to_cells

__all__ = ["Exposure", "add_up", "read_exposures"]

Floats = NDArray[np.float64]
Cells = NDArray[np.uint64]

Exposure: TypeAlias = str | Mapping[Any, float] | list[str] | Any
"""A column of the grid, several columns, a mapping or Series from cell to number, or a table
with ``cell`` and one or more columns of numbers."""

_STEPS = 2000
_CLOSE = 1e-10


def read_exposures(exposure: Exposure, grid: Any, cells: Cells) -> tuple[Floats, list[str]]:
    """Return every cell's exposures, NaN where unknown, and what they are called.

    Parameters
    ----------
    exposure
        See :data:`Exposure`; None is the cell's area inside the study area.
    grid
        Table of the grid.
    cells
        Its cells, ascending.

    Returns
    -------
    values : float64 array, shape (cells, exposures)
    names : list of str

    Raises
    ------
    ColumnsError
        If a column is not there, a value is no finite number from 0 on, or a cell is
        named twice.
    """
    if exposure is None:
        exposure = "area_km2"
    columns = [exposure] if isinstance(exposure, str) else exposure
    if isinstance(columns, list | tuple):
        return _of_columns(list(columns), grid, cells)
    if isinstance(columns, Mapping):
        columns = pd.Series(dict(columns), dtype=object)
    if isinstance(columns, pd.Series):
        columns = pd.DataFrame({"cell": columns.index.to_numpy(), "exposure": columns.to_numpy()})
    if not isinstance(columns, pd.DataFrame) or "cell" not in columns.columns:
        raise ColumnsError(
            "exposure must be the name of a column of grid, a list of such names, a mapping or "
            "Series from cell to number, or a table with the column cell. Found: "
            f"{type(exposure).__name__}."
        )
    names = [str(name) for name in columns.columns if name not in ("cell", "geometry")]
    if not names:
        raise ColumnsError(
            "exposure must be a table with the column cell and at least one column of numbers. "
            "Found: cell alone."
        )
    keys = _keys(columns["cell"])
    twice = len(keys) - len(np.unique(keys))
    if twice:
        raise ColumnsError(
            f"exposure must give every cell one row. Found: {twice} too many. Add them up first."
        )
    place = pd.Index(keys).get_indexer(pd.Index(cells))
    if len(keys) and (place < 0).all():
        raise InputError(
            "exposure must name cells of the grid. Found: none of its "
            f"{len(keys):,} cells in the grid. Make both at one resolution."
        )
    values = np.full((len(cells), len(names)), np.nan)
    for at, name in enumerate(names):
        numbers = _numbers(columns[name], f"exposure.{name}")
        values[place >= 0, at] = numbers[place[place >= 0]]
    return values, names


def add_up(values: Floats, incidents: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return one exposure a cell, and the weight that each of several has in it.

    Parameters
    ----------
    values
        Exposures, shape (cells, exposures); NaN where unknown.
    incidents
        Counts of the cells.

    Returns
    -------
    exposure : float64 array, shape (cells,)
        The only exposure as it is, or the incidents that several together suggest; NaN
        where one of them is unknown.
    weights : float64 array, shape (exposures,)
        Incidents by unit of each exposure; 1 for an only one.
    """
    if values.shape[1] == 1:
        return values[:, 0].copy(), np.ones(1)
    known = ~np.isnan(values).any(axis=1)
    total = values[known].sum(axis=0)
    used = np.flatnonzero(total > 0)
    weights = np.zeros(values.shape[1])
    y = incidents[known].astype(np.float64)
    if used.size and y.sum() > 0:
        # Shares of each exposure: their weights are then incidents, whatever the units.
        share = values[known][:, used] / total[used]
        found = np.full(used.size, y.sum() / used.size)
        for _ in range(_STEPS):
            expected = share @ found
            rate = np.divide(y, expected, out=np.zeros(len(y)), where=expected > 0)
            following = found * (share.T @ rate)
            moved = np.abs(following - found).max()
            found = following
            if moved <= _CLOSE * y.sum():
                break
        weights[used] = found / total[used]
    return values @ weights, weights


def _of_columns(names: list[Any], grid: Any, cells: Cells) -> tuple[Floats, list[str]]:
    """Return columns of the grid in ascending order of cell."""
    missing = [name for name in names if name not in grid.columns or name == "geometry"]
    if missing or not names:
        found = ", ".join(str(name) for name in grid.columns if name != "geometry")
        raise ColumnsError(
            "exposure must name columns of grid, or give every cell its number. Found: "
            f"{', '.join(repr(name) for name in missing) or 'no name'}; grid has {found}.",
            problems=[{"table": "grid", "column": name, "problem": "missing"} for name in missing],
        )
    order = np.argsort(grid["cell"].to_numpy(dtype=np.uint64), kind="stable")
    values = [_numbers(grid[name], f"grid.{name}")[order] for name in names]
    return np.column_stack(values).reshape(len(cells), len(names)), [str(name) for name in names]


def _keys(column: Any) -> Cells:
    """Return cells given as numbers or as text."""
    keys = column.tolist()
    try:
        if any(isinstance(key, str) for key in keys):
            return text_to_cells([key if isinstance(key, str) else f"{int(key):x}" for key in keys])
        return np.array(keys, dtype=np.uint64)
    except (TypeError, ValueError, OverflowError) as error:
        if isinstance(error, InputError):
            raise
        raise ColumnsError(
            "exposure must be keyed by H3 cells, as numbers or hexadecimal text. Found: "
            f"{keys[0]!r}."
        ) from error


def _numbers(column: Any, name: str) -> Floats:
    """Return a column as float64, NaN where missing, after checking that all are from 0 on."""
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    unread = np.isnan(numbers) & column.notna().to_numpy()
    wrong = np.flatnonzero(unread | np.isinf(numbers) | (numbers < 0))
    if wrong.size:
        raise ColumnsError(
            f"{name} must hold finite numbers from 0 on, or be missing where unknown. Found: "
            f"{wrong.size} other, the first is {column.iloc[[int(wrong[0])]].tolist()[0]!r} in row "
            f"{column.index[[int(wrong[0])]].tolist()[0]!r}.",
            problems=[
                {
                    "table": name,
                    "column": "exposure",
                    "row": column.index[i],
                    "problem": "no number",
                }
                for i in wrong
            ],
        )
    return np.asarray(numbers, dtype=np.float64)
