"""The H3 library, one call a point or cell: the answers every quick path must equal.

The only module that talks to an H3 binding. Nothing is clever here; what is quick
lies in :mod:`gridgov.geo.lattice` and is held to these answers by tests.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any, Literal

import h3.api.basic_int as h3
import numpy as np
import shapely
from h3 import H3BaseException
from numpy.typing import ArrayLike, NDArray

from gridgov.errors import InputError

__all__ = [
    "Cells",
    "Containment",
    "Floats",
    "cell_areas_m2",
    "cell_centers",
    "cell_outlines",
    "cells_over",
    "cells_to_text",
    "children",
    "disks",
    "grid_disk",
    "local_coordinates",
    "parents",
    "pentagons",
    "points_to_cells",
    "text_to_cells",
]

Cells = NDArray[np.uint64]
Floats = NDArray[np.float64]
Containment = Literal["center", "full", "overlap", "overlap_bbox"]


def points_to_cells(longitude: ArrayLike, latitude: ArrayLike, resolution: int) -> Cells:
    """Return the cell of every point, 0 where a coordinate is missing or out of range."""
    lon = np.ascontiguousarray(longitude, dtype=np.float64)
    lat = np.ascontiguousarray(latitude, dtype=np.float64)
    # H3 takes a latitude of 95 without a word, and raises on NaN.
    usable = (np.abs(lat) <= 90) & (np.abs(lon) <= 180)
    cells = np.zeros(lon.shape, dtype=np.uint64)
    to_cell = h3.latlng_to_cell
    pairs = zip(lat[usable].tolist(), lon[usable].tolist(), strict=True)
    cells[usable] = np.fromiter(
        (to_cell(y, x, resolution) for y, x in pairs),
        dtype=np.uint64,
        count=int(usable.sum()),
    )
    return cells


def cells_to_text(cells: ArrayLike) -> NDArray[np.object_]:
    """Return the 15-digit hexadecimal text of every cell."""
    return np.array([format(cell, "x") for cell in np.asarray(cells).tolist()], dtype=object)


def text_to_cells(texts: Iterable[Any]) -> Cells:
    """Return the cells that hexadecimal texts name.

    Raises
    ------
    InputError
        If a text is no H3 cell; the first one is named.
    """
    cells = []
    for text in texts:
        try:
            cell = int(text, 16)
        except (TypeError, ValueError):
            cell = 0
        if not 0 < cell < 1 << 63 or not h3.is_valid_cell(cell):
            raise InputError(f"cell must be a 15-digit hexadecimal H3 cell. Found: {text!r}.")
        cells.append(cell)
    return np.array(cells, dtype=np.uint64)


def cell_centers(cells: ArrayLike) -> tuple[Floats, Floats]:
    """Return the longitude and latitude of every cell's center, degrees, EPSG:4326."""
    pairs = np.array(
        [h3.cell_to_latlng(cell) for cell in np.asarray(cells).tolist()], dtype=np.float64
    ).reshape(-1, 2)
    return pairs[:, 1].copy(), pairs[:, 0].copy()


def cell_outlines(cells: ArrayLike) -> NDArray[np.object_]:
    """Return the outline of every cell as a shapely Polygon, EPSG:4326."""
    rings = [h3.cell_to_boundary(cell) for cell in np.asarray(cells).tolist()]
    if not rings:
        return np.empty(0, dtype=object)
    sizes = [len(ring) for ring in rings]
    numbers = chain.from_iterable(chain.from_iterable(rings))
    vertices = np.fromiter(numbers, dtype=np.float64, count=2 * sum(sizes)).reshape(-1, 2)
    ring_of = np.repeat(np.arange(len(rings)), sizes)
    polygons: NDArray[np.object_] = shapely.polygons(
        shapely.linearrings(vertices[:, ::-1], indices=ring_of)
    )
    return polygons


def cell_areas_m2(cells: ArrayLike) -> Floats:
    """Return the area of every whole cell on H3's sphere, m²."""
    return np.array(
        [h3.cell_area(cell, unit="m^2") for cell in np.asarray(cells).tolist()], dtype=np.float64
    )


def grid_disk(cell: int, rings: int) -> Cells:
    """Return the cells within `rings` steps of `cell`, itself included, in ascending order."""
    return np.sort(np.array(h3.grid_disk(int(cell), rings), dtype=np.uint64))


def disks(cells: ArrayLike, rings: int) -> tuple[NDArray[np.intp], Cells]:
    """Return the cells within `rings` steps of every cell, itself included.

    Returns
    -------
    row : intp array, ascending
        The place in `cells` that the disk is around.
    found : uint64 array, same length
        A cell of that disk; those of one disk ascend.
    """
    return _rows_of(sorted(h3.grid_disk(cell, rings)) for cell in np.asarray(cells).tolist())


def children(cells: ArrayLike, resolution: int) -> tuple[NDArray[np.intp], Cells]:
    """Return the children of every cell at a finer resolution.

    Returns
    -------
    row : intp array, ascending
        The place in `cells` of the parent.
    found : uint64 array, same length
        A child; those of one parent ascend.
    """
    table = np.asarray(cells).tolist()
    return _rows_of(sorted(h3.cell_to_children(cell, resolution)) for cell in table)


def _rows_of(lists: Iterable[list[int]]) -> tuple[NDArray[np.intp], Cells]:
    """Return the numbers of all lists in one array, and the list that each is from."""
    held = list(lists)
    sizes = [len(one) for one in held]
    row = np.repeat(np.arange(len(held)), sizes)
    return row, np.fromiter(chain.from_iterable(held), dtype=np.uint64, count=sum(sizes))


def parents(cells: ArrayLike, resolution: int) -> Cells:
    """Return the parent of every cell at a coarser resolution, by id."""
    return np.array(
        [h3.cell_to_parent(cell, resolution) for cell in np.asarray(cells).tolist()],
        dtype=np.uint64,
    )


def pentagons() -> Cells:
    """Return the twelve pentagons of resolution 0; their centers span the icosahedron."""
    return np.sort(np.array(h3.get_pentagons(0), dtype=np.uint64))


def local_coordinates(origin: int, cells: ArrayLike) -> NDArray[np.int64] | None:
    """Return H3's local i, j of cells about an origin, shape (n, 2); None where it has none."""
    try:
        pairs = [h3.cell_to_local_ij(int(origin), cell) for cell in np.asarray(cells).tolist()]
    # Too far, or a pentagon between: the library names several reasons, all end the same.
    except H3BaseException:
        return None
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def cells_over(area: Any, resolution: int, *, containment: Containment = "overlap") -> Cells:
    """Return the cells over a Polygon or MultiPolygon in ascending order.

    Parameters
    ----------
    area
        Polygon or MultiPolygon, EPSG:4326.
    resolution
        H3 resolution.
    containment
        ``overlap`` any cell that touches the area, ``center`` cells whose center lies in
        it, ``full`` cells that lie in it entirely, ``overlap_bbox`` cells whose box does.

    Returns
    -------
    uint64 array, shape (n,)
        Empty in the modes ``center`` and ``full`` when no cell qualifies.
    """
    found: set[int] = set()
    for part in shapely.get_parts(area):
        shape = h3.geo_to_h3shape(part)
        found.update(
            h3.h3shape_to_cells_experimental(shape, resolution, contain=_CONTAIN[containment])
        )
    return np.sort(np.array(list(found), dtype=np.uint64))


_CONTAIN = {
    "center": "center",
    "full": "full",
    "overlap": "overlap",
    "overlap_bbox": "bbox_overlap",
}
