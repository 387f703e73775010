"""Points that fill cells, or the part of them in the study area, for integrals over both."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from gridgov.errors import OptionError
from gridgov.geo.projection import local_equal_area, to_plane
from gridgov.place.areas import check_areas

__all__ = ["CellNodes", "area_nodes", "cell_nodes"]

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

_MOST_NODES = 4_000_000
# Points of a rim cell at least, of which those outside the study area are left out.
_FEWEST_ON_RIM = 54


class CellNodes(NamedTuple):
    """Points that stand for the land of cells.

    Attributes
    ----------
    at
        Where, meters, shape (k, 2).
    cell
        The cell of each, ascending, shape (k,).
    share
        The share of its cell's land that each stands for.
    area_m2
        The same in square meters.
    """

    at: Floats
    cell: Places
    share: Floats
    area_m2: Floats


def area_nodes(
    outlines: Any,
    planar: Any,
    area_m2: Floats,
    spacing: float,
    jurisdictions: Any,
    center: tuple[float, float],
) -> CellNodes:
    """Return points that fill the land of cells evenly.

    Parameters
    ----------
    outlines, planar
        The cells in EPSG:4326 and in a plane, shape (n,).
    area_m2
        Land of every cell, shape (n,).
    spacing
        How far apart the points may be, meters.
    jurisdictions
        GeoDataFrame of the outlines of the study area; None spreads the land of a rim cell
        evenly over the cell.
    center
        The plane's center, longitude and latitude.

    Raises
    ------
    OptionError
        If that takes more than four million points.
    """
    at, cell, share = cell_nodes(planar, spacing)
    if jurisdictions is not None:
        _, polygons = check_areas(jurisdictions)
        area = shapely.union_all(polygons)
        shapely.prepare(area)
        rim = np.flatnonzero(~shapely.covers(area, outlines))
        inner = ~np.isin(cell, rim)
        finer = min(spacing, float(np.sqrt(np.median(shapely.area(planar)) / _FEWEST_ON_RIM)))
        rim_at, rim_cell, rim_share = _on_land(outlines[rim], planar[rim], area, finer, center)
        at = np.concatenate([at[inner], rim_at])
        cell = np.concatenate([cell[inner], rim[rim_cell]])
        share = np.concatenate([share[inner], rim_share])
        order = np.argsort(cell, kind="stable")
        at, cell, share = at[order], cell[order], share[order]
    return CellNodes(at, cell, share, area_m2[cell] * share)


def _on_land(
    outlines: Any, planar: Any, area: Any, spacing: float, center: tuple[float, float]
) -> tuple[Floats, Places, Floats]:
    """Return the points of rim cells that lie in the study area, one at least for each."""
    at, cell, share = cell_nodes(planar, spacing)
    to_degrees = Transformer.from_crs(local_equal_area(*center), "EPSG:4326", always_xy=True)
    inside = shapely.contains_xy(area, *to_degrees.transform(*at.T))
    at, cell, share = at[inside], cell[inside], share[inside]
    # Land that lies between all points stands at one of its own.
    bare = np.setdiff1d(np.arange(len(planar)), cell)
    land = shapely.point_on_surface(shapely.intersection(outlines[bare], area))
    # Nothing in common but for rounding: the cell's own middle.
    land = np.where(shapely.is_empty(land), shapely.centroid(outlines[bare]), land)
    own, _ = to_plane(land, center=center)
    at = np.concatenate([at, shapely.get_coordinates(own).reshape(-1, 2)])
    cell = np.concatenate([cell, bare])
    share = np.concatenate([share, np.ones(len(bare))])
    return at, cell, share / np.bincount(cell, weights=share, minlength=len(planar))[cell]


def cell_nodes(planar: Any, spacing: float) -> tuple[Floats, Places, Floats]:
    """Return points that fill every cell evenly.

    Parameters
    ----------
    planar
        Outlines in a plane, meters, shape (n,).
    spacing
        How far apart the points may be, meters.

    Returns
    -------
    nodes : shape (k, 2)
    cell : shape (k,)
        The outline each lies in.
    share : shape (k,)
        The share of its outline each stands for.

    Raises
    ------
    OptionError
        If that takes more than four million points.

    Notes
    -----
    One point a cell is the centroid. Otherwise a cell is cut into triangles from the
    centroid to its edges, and each triangle into m² equal ones, whose centroids are taken.
    """
    area = shapely.area(planar)
    centers = shapely.get_coordinates(shapely.centroid(planar))
    count = len(planar)
    # A node stands for a patch whose width is the root of its area.
    patches = float(np.median(area)) / spacing**2
    if patches <= 1:
        return centers, np.arange(count, dtype=np.int64), np.ones(count)
    cuts = int(np.ceil(np.sqrt(patches / 6)))
    if 6 * cuts**2 * count > _MOST_NODES:
        wide = f"{np.sqrt(np.median(area)):.0f} m"
        raise OptionError(
            "bandwidth_m must not be much smaller than a cell: what is narrower than the cells "
            f"cannot be seen on them. Found: {count:,} cells {wide} wide, which "
            f" the bandwidth would divide into {6 * cuts**2:,} pieces each. Choose a "
            "larger bandwidth or a finer resolution."
        )
    corners, cell = shapely.get_coordinates(planar, return_index=True)
    same = cell[1:] == cell[:-1]
    first, second, cell = corners[:-1][same], corners[1:][same], cell[1:][same]
    to_first, to_second = first - centers[cell], second - centers[cell]
    share = np.abs(to_first[:, 0] * to_second[:, 1] - to_first[:, 1] * to_second[:, 0]) / 2
    share /= np.bincount(cell, weights=share, minlength=count)[cell]

    i, j = (steps.ravel() for steps in np.meshgrid(np.arange(cuts), np.arange(cuts)))
    upright, turned = i + j < cuts, i + j < cuts - 1
    along = np.concatenate([i[upright] + 1 / 3, i[turned] + 2 / 3]) / cuts
    across = np.concatenate([j[upright] + 1 / 3, j[turned] + 2 / 3]) / cuts
    nodes = (
        centers[cell][:, None]
        + along[:, None] * to_first[:, None]
        + across[:, None] * to_second[:, None]
    )
    return (
        nodes.reshape(-1, 2),
        cell.repeat(cuts**2).astype(np.int64),
        share.repeat(cuts**2) / cuts**2,
    )
