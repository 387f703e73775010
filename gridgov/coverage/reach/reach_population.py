"""Inhabitants of pieces of land: from a census by street, or from a table of cells.

Both are spread evenly over land, a street's over the street and a cell's over the part of
the cell in the study area. That is a model: parks get inhabitants, towers too few.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgov.coverage.reach.reach_land import Pieces
from gridgov.errors import ColumnsError
from gridgov.geo.hexgrid import text_to_cells
from gridgov.geo.projection import areas_m2

__all__ = ["Population", "piece_population"]

Floats = NDArray[np.float64]

Population = str | Mapping[Any, float] | pd.Series | pd.DataFrame
"""A column of the jurisdictions, or every cell's inhabitants."""

# Degrees, as in the crosswalk: lines straight in degrees hardly bend over so little.
_STEP = 0.00025


def piece_population(
    population: Any, cells: NDArray[np.uint64], pieces: Pieces, jurisdictions: Any
) -> Floats:
    """Return the inhabitants of every piece of land, NaN where unknown.

    Raises
    ------
    ColumnsError
        If there is no such column, no jurisdictions to have it, a cell is repeated, or a
        number is negative or none.
    """
    if isinstance(population, str):
        if jurisdictions is None or population not in jurisdictions.columns:
            found = (
                "no jurisdictions"
                if jurisdictions is None
                else f"{population!r} among {', '.join(map(str, jurisdictions.columns))}"
            )
            raise ColumnsError(
                "population must name a column of jurisdictions, or give every cell its "
                f"inhabitants. Found: {found}. Pass jurisdictions= that have the column."
            )
        people = _numbers(jurisdictions[population], f"jurisdictions.{population}")
        shapes = np.asarray(jurisdictions.geometry.array, dtype=object)
        area = np.asarray(areas_m2(shapely.segmentize(shapes, _STEP)), dtype=np.float64)
        per_m2: Floats = (people / area)[pieces.street]
        return per_m2 * pieces.area_m2
    keys, values = _pairs(population)
    people = _numbers(values, "population")
    order = np.argsort(keys)
    keys, people = keys[order], people[order]
    twice = np.flatnonzero(keys[1:] == keys[:-1])
    if twice.size:
        raise ColumnsError(
            f"population must give every cell one number. Found: cell {int(keys[twice[0]]):x} more "
            "than once. Add the numbers up first."
        )
    wanted = cells[pieces.cell]
    place = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
    if not len(keys):
        return np.full(len(wanted), np.nan)
    of_cell = np.where(keys[place] == wanted, people[place], np.nan)
    land = np.bincount(pieces.cell, weights=pieces.area_m2, minlength=len(cells))
    result: Floats = of_cell * pieces.area_m2 / land[pieces.cell]
    return result


def _pairs(population: Any) -> tuple[NDArray[np.uint64], Any]:
    """Return the cells and the numbers of a mapping, Series or table."""
    if isinstance(population, pd.DataFrame):
        missing = [name for name in ("cell", "population") if name not in population.columns]
        if missing:
            raise ColumnsError(
                "population must be a table with the columns cell and population. Found: "
                f"{', '.join(map(str, population.columns)) or 'no columns'}."
            )
        keys, values = population["cell"], population["population"]
    elif isinstance(population, pd.Series):
        keys, values = population.index.to_series(), population
    elif isinstance(population, Mapping):
        keys, values = pd.Series(list(population)), pd.Series(list(population.values()))
    else:
        raise ColumnsError(
            "population must be the name of a column of jurisdictions, a mapping or Series from "
            "cell to inhabitants, or a table with the columns cell and population. Found: "
            f"{type(population).__name__}."
        )
    if len(keys) and keys.map(lambda key: isinstance(key, str)).all():
        return text_to_cells(keys.tolist()), values
    try:
        return keys.to_numpy(dtype=np.uint64), values
    except (TypeError, ValueError, OverflowError) as error:
        raise ColumnsError(
            "population must be keyed by H3 cells, as numbers or hexadecimal text. Found: "
            f"{keys.iloc[0]!r}."
        ) from error


def _numbers(column: Any, name: str) -> Floats:
    """Return a column as numbers, NaN where missing, all others from 0 on."""
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    unread = np.isnan(numbers) & column.notna().to_numpy()
    wrong = np.flatnonzero(unread | np.isinf(numbers) | (numbers < 0))
    if wrong.size:
        raise ColumnsError(
            f"{name} must hold inhabitants, 0 or more, or be missing where unknown. Found: "
            f"{wrong.size} other, the first is {column.iloc[[int(wrong[0])]].tolist()[0]!r} in row "
            f"{column.index[[int(wrong[0])]].tolist()[0]!r}.",
            problems=[{"row": column.index[row], "problem": "no number"} for row in wrong],
        )
    return np.asarray(numbers, dtype=np.float64)
