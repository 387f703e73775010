"""What was treated: cells, or an outline such as a market, a road or a disc around a place.

With an outline the incidents inside it are counted exactly, wherever the edges of cells
run, and what is left of the cells it touches belongs to the surroundings. With cells
the whole of them counts, and a small place in a large cell is diluted by what else
lies there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgov.errors import GeometryError, OptionError
from gridgov.geo.hexgrid import text_to_cells
from gridgov.place.areas import check_crs

__all__ = ["Treated", "read_cells", "read_treated"]

Cells = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Treated:
    """What was treated, as cells or as an outline.

    Attributes
    ----------
    cells
        Treated cells, ascending, each once; empty with an outline.
    outline
        Polygon or MultiPolygon, EPSG:4326; None with cells.
    """

    cells: Cells
    outline: Any


def read_treated(treated: Any, option: str = "treated") -> Treated:
    """Return what was treated, from cells or an outline.

    Parameters
    ----------
    treated
        Cells (numbers or 15-digit texts, one or a list, a column, or a table with the column
        cell), or an outline: a shapely Polygon or MultiPolygon in degrees, WGS-84, or a
        GeoSeries or GeoDataFrame, whose outlines are taken together.
    option
        What the error calls it.

    Returns
    -------
    Treated
        Either cells or an outline.

    Raises
    ------
    OptionError
        If it is neither, or nothing.
    InputError
        If a text is no cell.
    GeometryError
        If the outline is empty, invalid or no area.
    DatumError
        If a GeoDataFrame or GeoSeries is not in EPSG:4326.

    Examples
    --------
    >>> read_treated(["8931aa50e27ffff"]).cells.tolist() == [0x8931AA50E27FFFF]
    True
    """
    nothing = np.empty(0, dtype=np.uint64)
    if isinstance(treated, shapely.Geometry):
        return Treated(nothing, _area(treated, option))
    if isinstance(treated, gpd.GeoSeries):
        check_crs(treated.to_frame("geometry"), option, "gridgov.read_jurisdictions")
        return Treated(nothing, _area(shapely.union_all(treated.to_numpy()), option))
    if isinstance(treated, gpd.GeoDataFrame) and "cell" not in treated.columns:
        check_crs(treated, option, "gridgov.read_jurisdictions")
        return Treated(nothing, _area(shapely.union_all(treated.geometry.to_numpy()), option))
    return Treated(read_cells(treated, option), None)


def read_cells(cells: Any, option: str) -> Cells:
    """Return cells in ascending order, each once, from numbers or texts.

    Parameters
    ----------
    cells
        One cell, a list, an array, a column, or a table with the column cell.
    option
        What the error calls it.

    Raises
    ------
    OptionError
        If there is no cell, or something else.
    InputError
        If a text is no cell.

    Examples
    --------
    >>> read_cells([5, 3, 5], "treated").tolist()
    [3, 5]
    """
    if isinstance(cells, pd.DataFrame) and "cell" in cells.columns:
        cells = cells["cell"]
    whole = isinstance(cells, int | np.integer) and not isinstance(cells, bool)
    if isinstance(cells, str) or whole:
        cells = [cells]
    try:
        listed = [] if cells is None else list(cells)
    except TypeError:
        listed = []
    if listed and all(isinstance(cell, str) for cell in listed):
        return np.unique(text_to_cells(listed))
    wrong = [cell for cell in listed if not _is_cell_number(cell)]
    if not listed or wrong:
        found = repr(wrong[0]) if wrong else f"{type(cells).__name__} without any cell"
        raise OptionError(
            f"{option} must be H3 cells, as numbers or as 15-digit texts, or an outline in "
            f"EPSG:4326. Found: {found}."
        )
    return np.unique(np.asarray(listed, dtype=np.uint64))


def _is_cell_number(cell: Any) -> bool:
    """Return whether a value is a whole number above 0."""
    return isinstance(cell, int | np.integer) and not isinstance(cell, bool) and int(cell) > 0


def _area(outline: Any, option: str) -> Any:
    """Return an outline if it is an area in degrees."""
    kind = shapely.get_type_id(outline)
    if kind not in (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON):
        raise GeometryError(
            f"{option} must be an area: Polygon or MultiPolygon. Found: {outline.geom_type}. Give "
            "a point or a line a width first, in meters."
        )
    if shapely.is_empty(outline) or not shapely.is_valid(outline):
        found = "an empty one" if shapely.is_empty(outline) else shapely.is_valid_reason(outline)
        raise GeometryError(
            f"{option} must be a valid outline. Found: {found}. shapely.make_valid mends most."
        )
    west, south, east, north = shapely.bounds(outline)
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise GeometryError(
            f"{option} must be in degrees, EPSG:4326. Found: bounds {west:.0f}, {south:.0f}, "
            f"{east:.0f}, {north:.0f}. Convert it with to_crs('EPSG:4326')."
        )
    return outline
