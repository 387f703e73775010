"""Points that fill cells evenly, for integrals over cells."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gridgov.errors import OptionError

__all__ = ["cell_nodes"]

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

_MOST_NODES = 4_000_000


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
