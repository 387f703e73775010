"""Which cell and which street every incident belongs to.

An incident has exactly one owner: the first jurisdiction in table order that covers
it, edges included. ``match`` says how sure that is, so that a meeting can settle the
incidents on borders and in overlaps instead of finding them counted twice. Nothing
is snapped: an incident a meter outside every jurisdiction is outside.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.arrays.compiled import use_loops
from gridgov.checks import check_resolution, check_table, conform
from gridgov.geo.hexgrid import points_to_cells
from gridgov.place.area_index import MATCHES, AreaIndex, Owners, index_areas
from gridgov.place.areas import check_points
from gridgov.place.word_columns import word_column

__all__ = ["locate"]

Floats = NDArray[np.float64]

# Rows that plain NumPy answers at once: what is needed on the way stays small beside the
# answers, and making ready for a block costs nothing beside its rows.
_BLOCK = 1 << 20


def locate(incidents: Any, jurisdictions: Any, *, resolution: int) -> gpd.GeoDataFrame:
    """Find the cell and the accountable street of every incident.

    Parameters
    ----------
    incidents
        GeoDataFrame of incidents: ``incident_id`` and ``geometry`` (Points in
        EPSG:4326, missing allowed); other columns travel along.
    jurisdictions
        GeoDataFrame with ``street_id`` and ``geometry`` (valid polygons in EPSG:4326), or
        what :func:`gridgov.index_areas` made of one. Where several cover a point, the
        first row wins.
    resolution
        H3 resolution, 0 to 15.

    Returns
    -------
    GeoDataFrame
        The same rows in the same order with the same index; ``cell``, ``street_id``
        and ``match`` are added, or replaced where they were there before:

        - ``cell``: the H3 cell that holds the point, missing without a point
        - ``street_id``: the owner, missing outside and without a point
        - ``match``: ``inside`` (in the interior of one jurisdiction, on no edge),
          ``border`` (on the edge of at least one), ``overlap`` (in the interior of
          several, on no edge), ``outside`` (covered by none) or ``no_point``

    Raises
    ------
    ColumnsError
        If a table is no GeoDataFrame or lacks a column, or street ids are not unique.
    DatumError
        If a table is not in EPSG:4326; nothing is reprojected here.
    EmptyTableError
        If there are no jurisdictions.
    GeometryError
        If an incident is no Point, or an outline is no valid polygon.
    OptionError
        If `resolution` is not a whole number from 0 to 15.

    Notes
    -----
    The five matches add up to the rows. Whether a point is on an edge is decided
    exactly, on the coordinates as they are: two neighbors drawn with different
    vertices leave slivers between them, which :func:`gridgov.check_responsibility`
    lists.

    The index of the jurisdictions is made at the first call and remembered. A row takes 13
    bytes for its cell, owner and match, before these become text. The coordinates of
    :func:`gridgov.read_incidents` are taken as they are; those of shapely's points are
    taken out of them, which takes longer than everything else, and 16 bytes a row on the
    way. Columns that stay as they are are not copied.

    Examples
    --------
    Two square streets side by side, and a point in each, on the shared edge, outside,
    and nowhere:

    >>> import geopandas as gpd
    >>> from shapely import Point, box
    >>> streets = gpd.GeoDataFrame(
    ...     {"street_id": ["A", "B"]},
    ...     geometry=[box(116.0, 39.0, 116.5, 40.0), box(116.5, 39.0, 117.0, 40.0)],
    ...     crs="EPSG:4326",
    ... )
    >>> places = [Point(116.2, 39.5), Point(116.7, 39.5), Point(116.5, 39.5), Point(118, 39), None]
    >>> incidents = gpd.GeoDataFrame(
    ...     {"incident_id": ["1", "2", "3", "4", "5"]}, geometry=places, crs="EPSG:4326"
    ... )
    >>> located = locate(incidents, streets, resolution=9)
    >>> located[["incident_id", "street_id", "match"]]
      incident_id street_id     match
    0           1         A    inside
    1           2         B    inside
    2           3         A    border
    3           4       NaN   outside
    4           5       NaN  no_point
    """
    resolution = check_resolution(resolution)
    check_table(incidents, "incidents", columns=["incident_id", "geometry"], allow_empty=True)
    longitude, latitude = check_points(incidents)
    index = index_areas(jurisdictions, points=len(longitude))
    cells, found = _cells_and_owners(index, longitude, latitude, resolution)
    new = {
        "cell": pd.arrays.IntegerArray(cells, cells == 0),
        "street_id": word_column(index.street_ids, found.owner),
        "match": word_column(MATCHES, found.match),
    }
    # As columns and not as arrays, of which pandas makes copies.
    columns = {
        name: pd.Series(values, index=incidents.index, copy=False) for name, values in new.items()
    }
    located: gpd.GeoDataFrame = conform(incidents.assign(**columns), "located")
    return located


def _cells_and_owners(
    index: AreaIndex, longitude: Floats, latitude: Floats, resolution: int
) -> tuple[NDArray[np.uint64], Owners]:
    """Return the cell and the owner of every point in one pass over the coordinates."""
    rows = len(longitude)
    # Compiled loops need next to nothing on the way.
    if rows <= _BLOCK or use_loops(rows):
        found = index.owners(longitude, latitude)
        return points_to_cells(longitude, latitude, resolution), found
    cells = np.empty(rows, dtype=np.uint64)
    owner, match = np.empty(rows, dtype=np.int32), np.empty(rows, dtype=np.int8)
    for begin in range(0, rows, _BLOCK):
        block = slice(begin, begin + _BLOCK)
        owner[block], match[block] = index.owners(longitude[block], latitude[block])
        cells[block] = points_to_cells(longitude[block], latitude[block], resolution)
    return cells, Owners(owner, match)
