"""The cells over the jurisdictions, with the exact land that each has inside.

A cell at the rim is only partly inside the study area: a rate over its nominal area
would be too low there, so ``area_km2`` is what lies inside, on the ellipsoid, and
``inside_share`` says how much of the cell that is. Land that two jurisdictions claim
counts once.
"""

from __future__ import annotations

from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from gridgov.checks import check_choice, check_resolution, conform
from gridgov.errors import OptionError
from gridgov.geo.hexgrid import cell_centers, cell_outlines
from gridgov.geo.projection import areas_m2
from gridgov.place.areas import check_areas
from gridgov.place.cover import cell_scale, cell_shapes, cells_touching
from gridgov.place.crosswalk import shared_areas

__all__ = ["estimate_cells", "make_grid"]

_MOST_CELLS = 5_000_000

# Shares closer than this are a tie: the rounding of areas is far smaller.
_TIE_DIGITS = 9


def make_grid(
    jurisdictions: Any,
    *,
    resolution: int,
    containment: Literal["overlap", "center", "full"] = "overlap",
) -> gpd.GeoDataFrame:
    """Lay the grid of H3 cells over the jurisdictions.

    Parameters
    ----------
    jurisdictions
        GeoDataFrame with ``street_id`` and ``geometry`` (valid polygons in EPSG:4326).
    resolution
        H3 resolution, 0 to 15; :func:`gridgov.suggest_resolution` advises.
    containment
        Which cells belong to the grid: ``"overlap"`` every cell that has more than a
        square millimeter in common with the jurisdictions, so that no incident is off
        the grid; ``"center"`` those whose center is in one (edges included); ``"full"``
        those that lie wholly inside their union. When no cell qualifies, the one with
        the largest share inside is taken: the grid is never empty.

    Returns
    -------
    GeoDataFrame, one row a cell, sorted by cell
        - ``cell``: the H3 cell, uint64
        - ``resolution``: as given
        - ``street_id``: the jurisdiction with the largest share of the cell, the first
          in table order on a tie; for display only, use
          :func:`gridgov.place.crosswalk.area_shares` or the incidents' own street to
          measure by street
        - ``inside_share``: share of the cell's area inside the union of the
          jurisdictions, 0 to 1; an overlap counts once
        - ``area_km2``: the area inside, km² on the ellipsoid
        - ``geometry``: outline of the whole cell, EPSG:4326

    Raises
    ------
    ColumnsError
        If `jurisdictions` is no GeoDataFrame or lacks a column, or ids are not unique.
    DatumError
        If `jurisdictions` is not in EPSG:4326.
    EmptyTableError
        If there are no jurisdictions.
    GeometryError
        If an outline is missing, empty or no valid polygon.
    OptionError
        If an option has no such value, or the grid would have more than 5 million cells.

    Notes
    -----
    Under ``"overlap"``, ``area_km2`` adds up to the area of the union of the jurisdictions.
    Areas that hold a pole are not supported.

    Examples
    --------
    A street of about one square kilometer, mostly at the rim of its cells:

    >>> import geopandas as gpd
    >>> from shapely import box
    >>> street = box(116.200, 39.900, 116.212, 39.909)
    >>> streets = gpd.GeoDataFrame({"street_id": ["A"]}, geometry=[street], crs="EPSG:4326")
    >>> grid = make_grid(streets, resolution=8)
    >>> grid["inside_share"].round(2).tolist()
    [0.34, 0.13, 0.4, 0.03, 0.96, 0.03, 0.05]
    >>> round(float(grid["area_km2"].sum()), 4)
    1.0254
    """
    resolution = check_resolution(resolution)
    check_choice(containment, option="containment", choices=("overlap", "center", "full"))
    street_ids, polygons = check_areas(jurisdictions)
    area = shapely.union_all(polygons)
    _check_size(area, resolution)

    cells = cells_touching(area, resolution)
    shapes = cell_shapes(cells)
    inside = shared_areas(shapes, np.array([area], dtype=object))
    area_m2 = np.zeros(len(cells))
    area_m2[inside.shape] = inside.area_m2
    share = np.minimum(area_m2 / inside.whole_m2, 1.0)
    chosen = _chosen(cells, shapes, area, share, containment)
    owner = _display_owner(shapes[chosen], polygons)

    outlines = cell_outlines(cells[chosen])
    grid = gpd.GeoDataFrame(
        {
            "cell": cells[chosen],
            "resolution": np.full(len(chosen), resolution, dtype=np.int64),
            "street_id": pd.array(street_ids, dtype="str").take(owner),
            "inside_share": share[chosen],
            "area_km2": area_m2[chosen] / 1e6,
        },
        geometry=outlines,
        crs="EPSG:4326",
    )
    result: gpd.GeoDataFrame = conform(grid, "grid")
    return result


def estimate_cells(area: Any, resolution: int) -> float:
    """Return about how many cells of a resolution overlap an area, EPSG:4326.

    Notes
    -----
    The mean number over all positions and turns of the grid: a hexagon of area a and
    perimeter p meets a convex area A with perimeter P in (A + a + P p / 2π) / a cells
    on average. An outline that winds within a cell is straightened first.

    References
    ----------
    Santaló, L. A. (2004). Integral Geometry and Geometric Probability. Cambridge University
    Press, chapters 7 and 8. doi:10.1017/CBO9780511617331
    """
    scale = cell_scale(area, resolution)
    straight = shapely.simplify(area, scale.edge_m / 111_000.0)
    cos = np.cos(np.radians(shapely.bounds(straight)[[1, 3]].mean()))
    flat = shapely.transform(straight, lambda at: at * [111_320.0 * cos, 110_950.0])
    inside = float(areas_m2([area])[0])
    reach = float(shapely.length(flat)) * 6 * scale.edge_m / (2 * np.pi)
    parts = int(shapely.get_num_geometries(area))
    return (inside + reach) / scale.area_m2 + parts


def _check_size(area: Any, resolution: int) -> None:
    """Refuse a grid that would not fit, naming its size and a resolution that fits."""
    cells = estimate_cells(area, resolution)
    if cells <= _MOST_CELLS:
        return
    # Each coarser resolution has about a seventh of the cells.
    steps = int(np.ceil(np.log(cells / _MOST_CELLS) / np.log(7)))
    raise OptionError(
        f"A grid may have up to {_MOST_CELLS:,} cells. Found: about {cells:,.0f} cells of "
        f"resolution {resolution} over the jurisdictions. Try resolution "
        f"{max(resolution - steps, 0)} or fewer jurisdictions."
    )


def _chosen(
    cells: NDArray[np.uint64],
    shapes: NDArray[np.object_],
    area: Any,
    share: NDArray[np.float64],
    containment: str,
) -> NDArray[np.intp]:
    """Return the positions of the cells that qualify, at least one."""
    overlap = np.flatnonzero(share > 0)
    if containment == "center":
        x, y = cell_centers(cells[overlap])
        chosen = overlap[shapely.intersects_xy(area, x, y)]
    elif containment == "full":
        shapely.prepare(area)
        chosen = overlap[shapely.covers(area, shapes[overlap])]
    else:
        chosen = overlap
    return chosen if chosen.size else np.array([np.argmax(share)])


def _display_owner(shapes: NDArray[np.object_], polygons: NDArray[np.object_]) -> NDArray[np.intp]:
    """Return the polygon with the largest part of every shape, the first on a tie."""
    shares = shared_areas(shapes, polygons)
    part = np.round(shares.area_m2 / shares.whole_m2[shares.shape], _TIE_DIGITS)
    order = np.lexsort((shares.polygon, -part, shares.shape))
    shape, first = np.unique(shares.shape[order], return_index=True)
    owner = np.full(len(shapes), len(polygons), dtype=np.intp)
    owner[shape] = shares.polygon[order][first]
    # Polygons too small to measure still own the one cell of their grid.
    bare = np.flatnonzero(owner == len(polygons))
    at, polygon = shapely.STRtree(polygons).query(shapes[bare], predicate="intersects")
    np.minimum.at(owner, bare[at], polygon)
    return np.minimum(owner, len(polygons) - 1)
