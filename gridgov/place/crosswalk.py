"""How much of each cell lies in each street: fractional shares, by exact areas.

Cells and streets are cut in longitude and latitude, the same plane in which
:func:`gridgov.locate` decides owners, and the pieces are measured in a local
equal-area plane: m² on the ellipsoid. Nothing is lost or made up: the pieces of a
street over all cells add up to the street. Where two streets overlap, the land
counts for both, so the shares of a cell can add up to more than 1; they add up to
less where land has no owner.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from gridgov.geo.projection import areas_m2, middle
from gridgov.place.areas import check_areas
from gridgov.place.cover import cell_shapes

__all__ = ["SharedAreas", "area_shares", "shared_areas"]

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

# Degrees: a line that is straight in longitude and latitude bends in the plane by a
# hundredth of a millimeter at most between two points this close.
_STEP = 0.00025
_STEPS_ACROSS = 4000

# Streets are cut into pieces of at most this many vertices, as the cost of cutting a
# cell grows with the vertices of what it is cut from.
_VERTICES = 96

# A square millimeter: less is rounding at a common edge.
_LEAST_M2 = 1e-6


class SharedAreas(NamedTuple):
    """The land that shapes and polygons have in common, one entry a pair.

    Attributes
    ----------
    shape, polygon
        Positions, sorted by shape and then polygon.
    area_m2
        What they have in common, on the ellipsoid.
    whole_m2
        Area of every shape, shape (number of shapes,).
    """

    shape: Places
    polygon: Places
    area_m2: Floats
    whole_m2: Floats


def area_shares(cells: ArrayLike, jurisdictions: Any) -> pd.DataFrame:
    """Return the share of every cell's area that lies in every street.

    Parameters
    ----------
    cells
        H3 cells as uint64, in any order; repeats are dropped.
    jurisdictions
        GeoDataFrame with ``street_id`` and ``geometry`` (valid polygons in EPSG:4326).

    Returns
    -------
    DataFrame, one row a cell and street that share more than a square millimeter
        Sorted by cell and then by the table order of the streets.

        - ``cell``: uint64
        - ``street_id``: the street
        - ``share``: share of the WHOLE cell's area that lies in it, 0 to 1
        - ``area_m2``: the same in m² on the ellipsoid

    Raises
    ------
    ColumnsError
        If `jurisdictions` is no GeoDataFrame or lacks a column, or ids are not unique.
    DatumError
        If `jurisdictions` is not in EPSG:4326.
    EmptyTableError
        If there are no jurisdictions.
    GeometryError
        If an outline is no valid polygon.

    Notes
    -----
    Shares add up to 1 in a cell that is divided among streets without gap or overlap. An
    overlap counts for both streets, so there they add up to more.

    Examples
    --------
    A cell cut in two by a line through its center:

    >>> import geopandas as gpd
    >>> import numpy as np
    >>> from shapely import box
    >>> from gridgov.geo.hexgrid import cell_centers, points_to_cells
    >>> cells = points_to_cells(np.array([116.2]), np.array([39.9]), 9)
    >>> (x,), (y,) = cell_centers(cells)
    >>> streets = gpd.GeoDataFrame(
    ...     {"street_id": ["W", "E"]},
    ...     geometry=[box(x - 1, y - 1, x, y + 1), box(x, y - 1, x + 1, y + 1)],
    ...     crs="EPSG:4326",
    ... )
    >>> shares = area_shares(cells, streets)
    >>> shares["street_id"].tolist(), shares["share"].round(3).tolist()
    (['W', 'E'], [0.5, 0.5])
    """
    street_ids, polygons = check_areas(jurisdictions)
    wanted = np.unique(np.asarray(cells, dtype=np.uint64))
    found = shared_areas(cell_shapes(wanted), polygons)
    return pd.DataFrame(
        {
            "cell": wanted[found.shape],
            "street_id": pd.array(street_ids, dtype="str").take(found.polygon),
            "share": np.minimum(found.area_m2 / found.whole_m2[found.shape], 1.0),
            "area_m2": found.area_m2,
        }
    )


def shared_areas(shapes: NDArray[np.object_], polygons: NDArray[np.object_]) -> SharedAreas:
    """Return the area that every shape has in common with every polygon.

    Parameters
    ----------
    shapes
        Array of polygons in EPSG:4326, edges as dense as their areas ask for.
    polygons
        Array of valid polygons in EPSG:4326; their edges are straight in degrees.
    """
    center = middle(polygons)
    whole = np.asarray(areas_m2(shapes, center=center), dtype=np.float64)
    tree = shapely.STRtree(shapes)
    inside_of, inside = tree.query(polygons, predicate="covers")
    # Most pairs are settled by now; only what an edge runs through is cut.
    meets_of, meets = tree.query(polygons, predicate="intersects")
    cut = np.setdiff1d(
        meets_of * len(shapes) + meets, inside_of * len(shapes) + inside, assume_unique=True
    )
    cut_of, cut_shape = np.divmod(cut, max(len(shapes), 1))
    code, area = _cut_areas(shapes, polygons, cut_of, cut_shape, center)

    shape = np.concatenate([inside, code % max(len(shapes), 1)]).astype(np.int64)
    polygon = np.concatenate([inside_of, code // max(len(shapes), 1)]).astype(np.int64)
    area = np.concatenate([whole[inside], area])
    order = np.lexsort((polygon, shape))
    order = order[area[order] > _LEAST_M2]
    return SharedAreas(shape[order], polygon[order], area[order], whole)


def _cut_areas(
    shapes: NDArray[np.object_],
    polygons: NDArray[np.object_],
    cut_of: Places,
    cut_shape: Places,
    center: tuple[float, float],
) -> tuple[Places, Floats]:
    """Return codes (polygon x number of shapes + shape) and areas of pairs to be cut."""
    if not cut_of.size:
        return np.empty(0, dtype=np.int64), np.empty(0)
    needed = np.unique(cut_of)
    # By part: parts on both sides of the antimeridian do not span the globe.
    west, south, east, north = shapely.bounds(shapely.get_parts(polygons)).T
    step = max(_STEP, (east - west).max() / _STEPS_ACROSS, (north - south).max() / _STEPS_ACROSS)
    pieces, piece_of = _subdivided(polygons[needed])
    piece_of = needed[piece_of]
    rim = np.unique(cut_shape)
    at, piece = shapely.STRtree(pieces).query(shapes[rim], predicate="intersects")
    code = piece_of[piece] * len(shapes) + rim[at]
    wanted = np.isin(code, cut_of * len(shapes) + cut_shape)
    at, piece, code = at[wanted], piece[wanted], code[wanted]
    common = shapely.segmentize(shapely.intersection(shapes[rim[at]], pieces[piece]), step)
    codes, place = np.unique(code, return_inverse=True)
    areas = np.bincount(place, weights=areas_m2(common, center=center), minlength=len(codes))
    return codes.astype(np.int64), areas.astype(np.float64)


def _subdivided(polygons: NDArray[np.object_]) -> tuple[NDArray[np.object_], Places]:
    """Return polygons cut into pieces of few vertices, and the polygon each comes from."""
    waiting, waiting_of = polygons, np.arange(len(polygons))
    pieces, pieces_of = [], []
    while len(waiting):
        waiting, part_of = shapely.get_parts(waiting, return_index=True)
        waiting_of = waiting_of[part_of]
        polygonal = (shapely.get_type_id(waiting) == 3) & (shapely.area(waiting) > 0)
        waiting, waiting_of = waiting[polygonal], waiting_of[polygonal]
        small = shapely.get_num_coordinates(waiting) <= _VERTICES
        pieces.append(waiting[small])
        pieces_of.append(waiting_of[small])
        waiting, waiting_of = waiting[~small], waiting_of[~small]
        west, south, east, north = shapely.bounds(waiting).reshape(-1, 4).T
        wide = east - west > north - south
        x = np.where(wide, (west + east) / 2, east)
        y = np.where(wide, north, (south + north) / 2)
        low = shapely.intersection(waiting, shapely.box(west, south, x, y))
        x, y = np.where(wide, x, west), np.where(wide, south, y)
        high = shapely.intersection(waiting, shapely.box(x, y, east, north))
        waiting = np.concatenate([low, high])
        waiting_of = np.concatenate([waiting_of, waiting_of])
    return np.concatenate(pieces), np.concatenate(pieces_of).astype(np.int64)
