"""How many meters of road lie in every cell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from gridgov.checks import check_table
from gridgov.coverage.patrol.patrol_segments import cut_ways
from gridgov.errors import GeometryError
from gridgov.place.areas import check_crs
from gridgov.place.cell_places import CellPlaces

__all__ = ["line_lengths"]

Floats = NDArray[np.float64]

_LINE_KINDS = (1, 5)


def line_lengths(
    lines: Any, cells: NDArray[np.uint64], index: CellPlaces, resolution: int
) -> Floats:
    """Return the length of line in every cell, m on the ellipsoid.

    Parameters
    ----------
    lines
        GeoDataFrame of LineStrings or MultiLineStrings, EPSG:4326. What lies on each other
        counts each time.
    cells, index, resolution
        The cells, what finds them, and their resolution.

    Raises
    ------
    ColumnsError
        If it is no GeoDataFrame.
    DatumError
        If it is not in EPSG:4326.
    EmptyTableError
        If it has no rows.
    GeometryError
        If a geometry is missing or no line.
    """
    check_table(lines, "lines", columns=["geometry"])
    check_crs(lines, "lines", "gridgov.read_lines")
    shapes = np.asarray(lines.geometry.array, dtype=object)
    wrong = np.flatnonzero(~np.isin(shapely.get_type_id(shapes), _LINE_KINDS))
    if wrong.size:
        first = shapes[wrong[0]]
        raise GeometryError(
            "Every line must be a LineString or MultiLineString. Found: "
            f"{wrong.size} that {'is' if wrong.size == 1 else 'are'} not, the first, in row "
            f"{lines.index[wrong[0]]!r}, is {'missing' if first is None else first.geom_type}."
        )
    at, part = shapely.get_coordinates(shapely.get_parts(shapes), return_index=True)
    step = np.flatnonzero(part[1:] == part[:-1])
    longitude, latitude = at[:, 0], at[:, 1]
    _, _, length = pyproj.Geod(ellps="WGS84").inv(
        longitude[step], latitude[step], longitude[step + 1], latitude[step + 1]
    )
    cuts = cut_ways(
        (longitude[step], longitude[step + 1]), (latitude[step], latitude[step + 1]), resolution
    )
    place = index.find(cuts.cell)
    on = place >= 0
    meters = np.asarray(length, dtype=np.float64)[cuts.way] * (cuts.end - cuts.start)
    return np.asarray(np.bincount(place[on], weights=meters[on], minlength=len(cells)), np.float64)
