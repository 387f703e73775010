"""What siting is given: demand and sites as arrays in the order of their ids, all checked.

Both are put in the order of their ids before anything is solved, so that the order of
rows never decides between placements that are equally good.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgov.errors import ColumnsError, EmptyTableError, GeometryError, InputError
from gridgov.geo.hexgrid import cell_centers, cells_to_text, text_to_cells
from gridgov.place.areas import check_crs

__all__ = ["Demand", "Places", "Sites", "keys_as_text", "read_demand", "read_sites"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# No H3 cell is a smaller number.
_LEAST_CELL = 1 << 56

_SITE_KEYS = ("site_id", "facility_id", "cell")
_DEMAND_KEYS = ("demand_id", "cell")


class Places(NamedTuple):
    """Named places, in the order of their ids.

    Attributes
    ----------
    ids
        Text.
    cells
        The H3 cell of each, 0 where it was not given as one.
    longitude, latitude
        Degrees; NaN where no place is known.
    rows
        The row of the table that each came from.
    """

    ids: NDArray[np.object_]
    cells: NDArray[np.uint64]
    longitude: Floats
    latitude: Floats
    rows: NDArray[np.intp]


class Demand(NamedTuple):
    """What is to be served: places and the weight of each."""

    places: Places
    weights: Floats


class Sites(NamedTuple):
    """Where posts stand or may stand: the existing ones first, then the candidates.

    Attributes
    ----------
    places
        Both, each in the order of the ids.
    existing
        Whether each stands already.
    capacity
        Most weight each can serve; None without limits.
    """

    places: Places
    existing: Bools
    capacity: Floats | None


def read_demand(demand: Any, *, weight: str | None, placed: bool) -> Demand:
    """Return the demand in the order of its ids; `placed` when it must say where it is."""
    places = _read_places(demand, "demand", keys=_DEMAND_KEYS, placed=placed)
    if weight is None:
        return Demand(places, np.ones(len(places.ids)))
    if weight not in demand.columns:
        raise ColumnsError(
            f"demand must have the column that weight names, {weight!r}. Found: "
            f"{', '.join(map(str, demand.columns))}. Name another with weight=, or pass "
            "weight=None to let every row weigh 1."
        )
    weights = _numbers(demand, weight, "demand")
    return Demand(places, weights[places.rows])


def read_sites(
    candidates: Any, existing: Any, *, capacity: float | str | None, placed: bool
) -> Sites:
    """Return existing posts and candidates, with the capacity of each."""
    new = _read_places(candidates, "candidates", keys=_SITE_KEYS, placed=placed)
    tables = [(candidates, "candidates", new)]
    if existing is not None and len(existing):
        old = _read_places(existing, "existing", keys=_SITE_KEYS, placed=placed)
        tables.insert(0, (existing, "existing", old))
        both = np.intersect1d(old.ids.astype(str), new.ids.astype(str))
        if both.size:
            raise InputError(
                "A site must be an existing post or a candidate, not both. Found: "
                f"{both.size} ids in both tables, the first {str(both[0])!r}. Take the existing "
                "posts out of candidates, or give them ids of their own.",
                problems=[{"site_id": name} for name in both.tolist()],
            )
    parts = [places for _, _, places in tables]
    joined = Places(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    stands = np.concatenate([np.full(len(p.ids), what == "existing") for _, what, p in tables])
    limits = None
    if capacity is not None:
        limits = np.concatenate(
            [_capacities(table, what, capacity)[p.rows] for table, what, p in tables]
        )
    return Sites(joined, stands, limits)


def keys_as_text(values: Any) -> NDArray[np.object_]:
    """Return ids as text, cells as their 15 digits."""
    column = pd.Series(values)
    if pd.api.types.is_integer_dtype(column.dtype) and len(column):
        numbers = column.to_numpy()
        if int(numbers.min()) >= _LEAST_CELL:
            return cells_to_text(numbers.astype(np.uint64))
    return np.asarray(column.astype("str"), dtype=object)


def _read_places(table: Any, what: str, *, keys: tuple[str, ...], placed: bool) -> Places:
    """Return the places of a table by id, each once, all of them where they are needed."""
    if not isinstance(table, pd.DataFrame):
        raise ColumnsError(
            f"{what} must be a table (pandas DataFrame) with one of the columns "
            f"{', '.join(keys)}. Found: {type(table).__name__}."
        )
    key = next((name for name in keys if name in table.columns), None)
    if key is None:
        raise ColumnsError(
            f"{what} must have one of the columns {', '.join(keys)}. Found: "
            f"{', '.join(map(str, table.columns)) or 'no columns'}."
        )
    if not len(table):
        raise EmptyTableError(
            f"{what} has no rows, and at least one is needed; check what was filtered out before."
        )
    missing = table[key].isna()
    if missing.any():
        raise ColumnsError(
            f"{what} must have a {key} in every row. Found: {int(missing.sum()):,} missing, the "
            f"first at row {table.index[missing][0]!r}."
        )
    has_points = isinstance(table, gpd.GeoDataFrame) and "geometry" in table.columns
    by_cell = key == "cell" or ("cell" in table.columns and not has_points)
    cells = _cells(table, what) if by_cell else np.zeros(len(table), dtype=np.uint64)
    ids = cells_to_text(cells) if key == "cell" else keys_as_text(table[key])
    again = pd.Series(ids).duplicated()
    if again.any():
        at = int(np.flatnonzero(again)[0])
        raise InputError(
            f"{what} must list every {key} once. Found: {int(again.sum()):,} rows that repeat "
            f"one, the first {ids[at]!r} at row {table.index[at]!r}. Add up the rows of each, or "
            "tally without a period and group.",
            problems=[{key: name} for name in pd.unique(ids[again.to_numpy()]).tolist()],
        )
    if by_cell:
        longitude, latitude = cell_centers(cells)
    elif has_points:
        longitude, latitude = _points(table, what, placed=placed)
    elif placed:
        raise ColumnsError(
            f"{what} must say where it is: Points in the column geometry (EPSG:4326), or a column "
            f"cell. Found: {', '.join(map(str, table.columns))}. Or pass distances=."
        )
    else:
        longitude = latitude = np.full(len(table), np.nan)
    order = np.argsort(ids.astype(str), kind="stable")
    return Places(ids[order], cells[order], longitude[order], latitude[order], order)


def _cells(table: pd.DataFrame, what: str) -> NDArray[np.uint64]:
    """Return the column cell as numbers; hexadecimal text is read."""
    column = table["cell"]
    if pd.api.types.is_integer_dtype(column.dtype):
        cells: NDArray[np.uint64] = column.to_numpy(dtype=np.uint64)
        if int(cells.min()) >= _LEAST_CELL:
            return cells
    elif not pd.api.types.is_numeric_dtype(column.dtype):
        return text_to_cells(column.tolist())
    raise ColumnsError(
        f"The column cell of {what} must hold H3 cells as uint64 or hexadecimal text. Found: "
        f"{column.dtype}, the first {column.iloc[0]!r}. Read spreadsheets with the column cell "
        "as text: its numbers are too long for them."
    )


def _points(table: Any, what: str, *, placed: bool) -> tuple[Floats, Floats]:
    """Return the coordinates of Points, NaN where there are none and none are needed."""
    check_crs(table, what, "gridgov.read_incidents")
    shapes = np.asarray(table.geometry.array, dtype=object)
    kinds = shapely.get_type_id(shapes)
    usable = (kinds == 0) & ~shapely.is_empty(shapes)
    longitude, latitude = np.full(len(shapes), np.nan), np.full(len(shapes), np.nan)
    longitude[usable], latitude[usable] = (
        shapely.get_x(shapes[usable]),
        shapely.get_y(shapes[usable]),
    )
    wrong = np.flatnonzero(~(np.isfinite(longitude) & np.isfinite(latitude)))
    if placed and wrong.size:
        at = int(wrong[0])
        kind = "missing" if shapes[at] is None else f"a {shapes[at].geom_type}"
        raise GeometryError(
            f"Every place in {what} must be a Point. Found: {wrong.size:,} that are not, the first "
            f"is {kind} at row {table.index[at]!r}. Take representative_point() of areas and "
            "lines, and leave out what has no place.",
            problems=[{"row": table.index[row]} for row in wrong.tolist()],
        )
    return longitude, latitude


def _numbers(table: pd.DataFrame, name: str, what: str) -> Floats:
    """Return a column as finite numbers from 0 on."""
    column = table[name]
    numbers: Floats = pd.to_numeric(column, errors="coerce").to_numpy(
        dtype=np.float64, na_value=np.nan
    )
    wrong = np.flatnonzero(~(np.isfinite(numbers) & (numbers >= 0)))
    if wrong.size:
        at = int(wrong[0])
        raise ColumnsError(
            f"The column {name} of {what} must hold numbers from 0 on. Found: {wrong.size:,} other "
            f"values (negative, missing or no number), the first {_shown(column.iloc[at])} at row "
            f"{table.index[at]!r}.",
            problems=[{"row": table.index[row], name: column.iloc[row]} for row in wrong.tolist()],
        )
    return numbers


def _shown(value: Any) -> str:
    """Return a value as a reader of a table knows it."""
    return repr(value.item() if isinstance(value, np.generic) else value)


def _capacities(table: pd.DataFrame, what: str, capacity: float | str) -> Floats:
    """Return the capacity of every row: a column of that name, or one number for all."""
    if isinstance(capacity, str):
        if capacity not in table.columns:
            raise ColumnsError(
                f"{what} must have the column that capacity names, {capacity!r}. Found: "
                f"{', '.join(map(str, table.columns))}. Pass a number to give every site the same."
            )
        return _numbers(table, capacity, what)
    same = np.full(len(table), float(capacity))
    if what == "existing" and "capacity" in table.columns:
        given = table["capacity"].notna().to_numpy()
        same[given] = _numbers(table[given], "capacity", what)
    return same
