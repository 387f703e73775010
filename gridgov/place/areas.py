"""What every function of this floor asks of its areas and points, checked in one place.

Areas are valid Polygons or MultiPolygons in EPSG:4326 with a unique ``street_id``.
Nothing is mended or reprojected here: :func:`gridgov.read_jurisdictions` mends and
says so, and a silent change of coordinates would be a silent change of owner.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from gridgov.checks import check_table
from gridgov.errors import ColumnsError, DatumError, GeometryError
from gridgov.geo.point_array import coordinates_of

__all__ = ["Polygons", "check_areas", "check_crs", "check_points", "check_polygons"]

Polygons = NDArray[np.object_]
Floats = NDArray[np.float64]

_POINT = 0
_POLYGON_KINDS = (3, 6)

_BLOCK = 1 << 12


def check_areas(jurisdictions: Any) -> tuple[NDArray[np.object_], Polygons]:
    """Return the ids and polygons of a jurisdictions table, in table order.

    Parameters
    ----------
    jurisdictions
        GeoDataFrame with ``street_id`` and ``geometry`` (EPSG:4326).

    Returns
    -------
    street_ids : array of str, shape (k,)
    polygons : array of shapely Polygons or MultiPolygons, shape (k,)

    Raises
    ------
    ColumnsError
        If a column is missing, the table has no geometry, or an id is missing or doubled.
    EmptyTableError
        If there are no rows.
    DatumError
        If the CRS is missing or not EPSG:4326.
    GeometryError
        If an outline is missing, empty, invalid or no polygon; every such row is listed.
    """
    check_table(jurisdictions, "jurisdictions", columns=["street_id", "geometry"])
    check_crs(jurisdictions, "jurisdictions", "gridgov.read_jurisdictions")
    ids = jurisdictions["street_id"]
    if ids.isna().any() or ids.duplicated().any():
        wrong = ids[ids.isna() | ids.duplicated()]
        raise ColumnsError(
            "street_id must be given and unique. Found: "
            f"{len(wrong)} missing or repeated, the first at row {wrong.index[0]!r} "
            f"({wrong.iloc[0]!r}). Join the parts with jurisdictions.dissolve('street_id') "
            "or give each its own id.",
            problems=[{"row": row, "street_id": value} for row, value in wrong.items()],
        )
    shapes = np.asarray(jurisdictions.geometry.array, dtype=object)
    check_polygons(shapes, names=ids.astype(str).tolist(), what="jurisdictions")
    return ids.astype(str).to_numpy(dtype=object), shapes


def check_polygons(shapes: Any, *, names: list[str], what: str) -> None:
    """Check that every shape is a valid Polygon or MultiPolygon that is not empty.

    Raises
    ------
    GeometryError
        If one is not; all of them are listed, the first one is named.
    """
    kind = shapely.get_type_id(shapes)
    valid = shapely.is_valid(shapes)
    no_polygon = ~np.isin(kind, _POLYGON_KINDS)
    wrong = np.flatnonzero(no_polygon | shapely.is_empty(shapes) | ~valid)
    if not wrong.size:
        return
    problems = []
    for row in wrong.tolist():
        if shapes[row] is None:
            problem = "missing"
        elif shapely.is_empty(shapes[row]):
            problem = "empty"
        elif no_polygon[row]:
            problem = f"a {shapes[row].geom_type}"
        else:
            problem = f"invalid: {shapely.is_valid_reason(shapes[row])}"
        problems.append({"name": names[row], "problem": problem})
    raise GeometryError(
        f"Every outline of {what} must be a valid Polygon or MultiPolygon. Found: "
        f"{len(problems)} that {'is' if len(problems) == 1 else 'are'} not, the first "
        f"{problems[0]['name']!r} is {problems[0]['problem']}. "
        "gridgov.read_jurisdictions mends outlines and says what it changed.",
        problems=problems,
    )


def check_points(incidents: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the longitude and latitude of every incident, NaN where there is no point.

    Parameters
    ----------
    incidents
        GeoDataFrame with ``geometry``: Points in EPSG:4326; missing and empty ones allowed.

    Returns
    -------
    longitude, latitude : float64 arrays, shape (n,)
        Both NaN where the point is missing, empty or not finite. They may be those that
        the table itself holds, and cannot be written into.

    Raises
    ------
    ColumnsError
        If the table has no geometry column.
    DatumError
        If the CRS is missing or not EPSG:4326.
    GeometryError
        If something is no Point; the count and the first row are named.
    """
    check_table(incidents, "incidents", columns=["geometry"], allow_empty=True)
    check_crs(incidents, "incidents", "gridgov.read_incidents")
    held = coordinates_of(incidents.geometry.array)
    if held is not None:
        return held
    shapes = np.asarray(incidents.geometry.array, dtype=object)
    longitude, latitude, wrong = _coordinates(shapes)
    if wrong.size:
        first = int(wrong[0])
        raise GeometryError(
            "Every incident must be a Point or have none. Found: "
            f"{wrong.size} other geometr{'y' if wrong.size == 1 else 'ies'}, the first a "
            f"{shapes[first].geom_type} at row {incidents.index[first]!r}. "
            "Take representative_point() of areas and lines first.",
            problems=[
                {"row": incidents.index[row], "problem": shapes[row].geom_type}
                for row in wrong.tolist()
            ],
        )
    unusable = ~(np.isfinite(longitude) & np.isfinite(latitude))
    if unusable.any():
        longitude[unusable] = np.nan
        latitude[unusable] = np.nan
    longitude.flags.writeable = latitude.flags.writeable = False
    return longitude, latitude


def _coordinates(shapes: NDArray[np.object_]) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Return the coordinates of points, NaN where there is none, and the rows of no points."""
    longitude = np.empty(len(shapes))
    latitude = np.empty(len(shapes))
    wrong = []
    # The objects of a block are still in the processor's cache for the second question
    # and the third.
    for begin in range(0, len(shapes), _BLOCK):
        some = shapes[begin : begin + _BLOCK]
        kind = shapely.get_type_id(some)
        wrong.append(np.flatnonzero(kind > _POINT) + begin)
        x, y = longitude[begin : begin + _BLOCK], latitude[begin : begin + _BLOCK]
        try:
            shapely.get_x(some, out=x)
            shapely.get_y(some, out=y)
        except shapely.GEOSException:
            # GEOS refuses to tell the coordinates of an empty point.
            given = some.copy()
            given[shapely.is_empty(some)] = None
            shapely.get_x(given, out=x)
            shapely.get_y(given, out=y)
    rows = np.concatenate(wrong) if wrong else np.empty(0, dtype=np.int64)
    return longitude, latitude, rows


def check_crs(frame: Any, what: str, reader: str) -> None:
    """Check that `frame` is a GeoDataFrame whose active geometry is in EPSG:4326."""
    if not isinstance(frame, gpd.GeoDataFrame) or frame._geometry_column_name != "geometry":
        raise ColumnsError(
            f"{what} must be a GeoDataFrame whose geometry column is called geometry. "
            f"Found: {type(frame).__name__}. {reader}(...) makes one; "
            "rename_geometry('geometry') renames the column."
        )
    if frame.crs is None:
        raise DatumError(
            f"{what} must be in EPSG:4326 (longitude and latitude, WGS-84). Found: no CRS. "
            f"Say which it is with {what}.set_crs(...)."
        )
    if not frame.crs.equals("EPSG:4326", ignore_axis_order=True):
        raise DatumError(
            f"{what} must be in EPSG:4326 (longitude and latitude, WGS-84). "
            f"Found: {frame.crs.to_string()}. Call {what}.to_crs('EPSG:4326') first."
        )
