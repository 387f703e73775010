"""Line jurisdictions: the line that an incident lies nearest to, and the strip beside a line.

An alley, a road or a river reach has an accountable person as a street has an office,
but no outline. What it answers for is what lies within a stated width on each side; an
incident near several lines belongs to the nearest, on a tie to the first in table order.
Distances are taken in a local plane, good to parts in a million within a city.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgov.checks import check_table, conform
from gridgov.errors import ColumnsError, GeometryError, OptionError
from gridgov.geo.projection import middle, to_plane
from gridgov.place.areas import check_crs, check_points

__all__ = ["check_lines", "check_width", "find_nearest", "line_strips", "nearest_lines"]

Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]

# Degrees, 111 m: a line that is straight in degrees leaves the plane's straight line by a
# third of a millimeter at most between two such points.
_STEP = 0.001
_STEP_M = 100.0

# Points on a quarter of the round end of a strip: the area of an end is right to 0.2 %.
_QUARTER = 16

_LINE_KINDS = (1, 5)


def nearest_lines(located: Any, lines: Any, *, max_distance_m: float) -> pd.DataFrame:
    """Find the line that every incident lies nearest to.

    Parameters
    ----------
    located
        GeoDataFrame of incidents: ``incident_id`` and ``geometry`` (Points in EPSG:4326,
        missing allowed).
    lines
        GeoDataFrame with ``line_id`` (unique) and ``geometry`` (LineStrings or
        MultiLineStrings, EPSG:4326), such as :func:`gridgov.read_lines` returns.
    max_distance_m
        Farther than this no line is found, meters; the distance itself still counts.

    Returns
    -------
    DataFrame, one row an incident, in the same order with the same index
        - ``incident_id``
        - ``line_id``: the nearest line; missing when none is within `max_distance_m` or
          the incident has no point
        - ``distance_m``: distance to it, meters; missing with it

    Raises
    ------
    ColumnsError
        If a table is no GeoDataFrame or lacks a column, or line ids are not unique.
    DatumError
        If a table is not in EPSG:4326.
    EmptyTableError
        If there are no lines.
    GeometryError
        If an incident is no Point, or a line is missing, empty or no line.
    OptionError
        If `max_distance_m` is not a positive number.

    Notes
    -----
    Distances go straight across, not along a network. Of lines that are equally near the
    first in table order is taken, so that a crossing has one answer.

    Examples
    --------
    Two alleys, and incidents 11 m north of the first, at neither, and nowhere:

    >>> import geopandas as gpd
    >>> from shapely import LineString, Point
    >>> alleys = gpd.GeoDataFrame(
    ...     {"line_id": ["A", "B"]},
    ...     geometry=[LineString([(116.20, 39.9), (116.21, 39.9)]),
    ...               LineString([(116.20, 39.8), (116.21, 39.8)])],
    ...     crs="EPSG:4326",
    ... )
    >>> incidents = gpd.GeoDataFrame(
    ...     {"incident_id": ["1", "2", "3"]},
    ...     geometry=[Point(116.205, 39.9001), Point(116.205, 39.85), None],
    ...     crs="EPSG:4326",
    ... )
    >>> nearest_lines(incidents, alleys, max_distance_m=50).round(1)
      incident_id line_id  distance_m
    0           1       A        11.1
    1           2     NaN         NaN
    2           3     NaN         NaN
    """
    most = check_width(max_distance_m, option="max_distance_m", meaning="how far a line may be")
    check_table(located, "located", columns=["incident_id", "geometry"], allow_empty=True)
    longitude, latitude = check_points(located)
    line_ids, shapes = check_lines(lines)
    line, distance = find_nearest(longitude, latitude, shapes, max_distance_m=most)
    frame = pd.DataFrame(
        {
            "incident_id": located["incident_id"],
            "line_id": pd.array(line_ids, dtype="str").take(line, allow_fill=True),
            "distance_m": distance,
        },
        index=located.index,
    )
    return conform(frame, "nearest_lines")


def find_nearest(
    longitude: Floats, latitude: Floats, shapes: Shapes, *, max_distance_m: float
) -> tuple[NDArray[np.intp], Floats]:
    """Return the position of the line nearest to every point, and how far it is, meters.

    Parameters
    ----------
    longitude, latitude
        Points in EPSG:4326, NaN for a missing one.
    shapes
        LineStrings or MultiLineStrings, EPSG:4326.
    max_distance_m
        Farther than this none is found.

    Returns
    -------
    line : int array, shape (n,)
        -1 where there is none; the first in order of those equally near.
    distance_m : float array, shape (n,)
        NaN where there is none.
    """
    center = middle(shapes)
    planar, _ = to_plane(shapely.segmentize(shapely.force_2d(shapes), _STEP), center=center)
    pieces, line_of = _segments(planar)
    given = np.flatnonzero(np.isfinite(longitude) & np.isfinite(latitude))
    points, _ = to_plane(shapely.points(longitude[given], latitude[given]), center=center)
    line = np.full(len(longitude), -1, dtype=np.intp)
    distance = np.full(len(longitude), np.nan)
    (at, piece), apart = shapely.STRtree(pieces).query_nearest(
        points,
        max_distance=max_distance_m * (1 + 1e-9),
        return_distance=True,
        all_matches=True,
    )
    near = apart <= max_distance_m
    # Descending, so that the first line in table order is written last.
    order = np.argsort(-line_of[piece[near]], kind="stable")
    row = given[at[near][order]]
    line[row], distance[row] = line_of[piece[near][order]], apart[near][order]
    return line, distance


def line_strips(shapes: Shapes, width_m: float, *, center: tuple[float, float]) -> Shapes:
    """Return the land within a width of each line, EPSG:4326, with round ends.

    Parameters
    ----------
    shapes
        LineStrings or MultiLineStrings, EPSG:4326.
    width_m
        Width on each side, meters.
    center
        Longitude and latitude of the middle of the data.
    """
    dense = shapely.segmentize(shapely.force_2d(shapes), _STEP)
    planar, to_degrees = to_plane(dense, center=center)
    strips = shapely.segmentize(shapely.buffer(planar, width_m, quad_segs=_QUARTER), _STEP_M)

    def back(at: Floats) -> Floats:
        return np.column_stack(to_degrees.transform(at[:, 0], at[:, 1]))

    result = np.asarray(shapely.transform(strips, back), dtype=object)
    broken = ~shapely.is_valid(result)
    result[broken] = shapely.make_valid(result[broken], method="structure", keep_collapsed=False)
    return result


def check_lines(lines: Any) -> tuple[NDArray[np.object_], Shapes]:
    """Return the ids and shapes of a table of lines, in table order.

    Raises
    ------
    ColumnsError
        If a column is missing, the table has no geometry, or an id is missing or doubled.
    EmptyTableError
        If there are no rows.
    DatumError
        If the CRS is missing or not EPSG:4326.
    GeometryError
        If a line is missing, empty, without length or no line; every such row is listed.
    """
    check_table(lines, "lines", columns=["line_id", "geometry"])
    check_crs(lines, "lines", "gridgov.read_lines")
    ids = lines["line_id"]
    if ids.isna().any() or ids.duplicated().any():
        wrong = ids[ids.isna() | ids.duplicated()]
        raise ColumnsError(
            "line_id must be given and unique. Found: "
            f"{len(wrong)} missing or repeated, the first at row {wrong.index[0]!r} "
            f"({wrong.iloc[0]!r}). Join the parts with lines.dissolve('line_id') "
            "or give each its own id.",
            problems=[{"row": row, "line_id": value} for row, value in wrong.items()],
        )
    shapes = np.asarray(lines.geometry.array, dtype=object)
    no_line = ~np.isin(shapely.get_type_id(shapes), _LINE_KINDS) | shapely.is_empty(shapes)
    no_line |= ~np.isfinite(shapely.bounds(shapes)).all(axis=1) | ~shapely.is_valid(shapes)
    if no_line.any():
        rows = np.flatnonzero(no_line)
        problems = [{"row": lines.index[row], "problem": _problem(shapes[row])} for row in rows]
        raise GeometryError(
            "Every line must be a LineString or MultiLineString. Found: "
            f"{len(rows)} that {'is' if len(rows) == 1 else 'are'} not, the first, at row "
            f"{problems[0]['row']!r}, is {problems[0]['problem']}. "
            "gridgov.read_lines sets such rows aside.",
            problems=problems,
        )
    return ids.astype(str).to_numpy(dtype=object), shapes


def check_width(value: Any, *, option: str, meaning: str) -> float:
    """Return a number of meters if it is one above 0.

    Raises
    ------
    OptionError
        If it is no finite number above 0; the message says what the option means.
    """
    number = isinstance(value, int | float | np.integer | np.floating)
    if isinstance(value, bool) or not number or not 0 < value < float("inf"):
        raise OptionError(
            f"{option} must be a number of meters above 0: {meaning}. Found: {value!r}."
        )
    return float(value)


def _segments(shapes: Shapes) -> tuple[Shapes, NDArray[np.intp]]:
    """Return every stretch between two vertices, and the line it is of."""
    # A tree of short stretches answers faster than one of long winding lines.
    parts, line_of = shapely.get_parts(shapes, return_index=True)
    at, part = shapely.get_coordinates(parts, return_index=True)
    start = np.flatnonzero(part[:-1] == part[1:])
    ends = np.stack([at[start], at[start + 1]], axis=1)
    return np.asarray(shapely.linestrings(ends), dtype=object), line_of[part[start]]


def _problem(shape: Any) -> str:
    """Return what is wrong with a shape that is no line."""
    if not isinstance(shape, shapely.Geometry):
        return "missing"
    if shape.is_empty:
        return "empty"
    if shape.geom_type not in ("LineString", "MultiLineString"):
        return f"a {shape.geom_type}"
    finite = np.isfinite(shapely.get_coordinates(shape)).all()
    return "without length, or has a part without" if finite else "not finite"
