"""Centers, outlines and areas of many cells at once, from their places on the lattice.

A cell that lies on one face of the icosahedron is a regular hexagon in the plane of the
face: its center, corners and area follow from two numbers. Pentagons, cells at an edge of
a face, and small tables are the H3 library's.

Coordinates agree with the library's to 1e-11 degrees (a micrometer; to 1e-12 but near the
centers of faces, where the library rounds), and areas to 1e-9 of themselves down to
resolution 10. At finer ones the library's own rounding shows, up to 1e-7 at resolution
15 and to 3e-7 across longitude 180, as it subtracts coordinates and this does not.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from gridgov.geo import cell_digits, h3_plain
from gridgov.geo.face_places import FacePlaces, face_places, lengthened
from gridgov.geo.faces import MARGIN, face_steps

__all__ = ["SMALL", "cell_areas_m2", "cell_centers", "cell_outlines"]

Ints = NDArray[np.int64]
Cells = NDArray[np.uint64]
Floats = NDArray[np.float64]

SMALL = 256
"""Fewer cells than this go to the library."""

# The corners of cell (0, 0) counterclockwise, from the one that H3 names first.
_CORNER_I = np.array([2, 1, -1, -2, -1, 1]) / 3
_CORNER_J = np.array([1, 2, 1, -1, -2, -1]) / 3
_BLOCK = 1 << 13
_FLAT_FROM = 5
# Radius of H3's sphere, the mean of the WGS-84 ellipsoid by area (EARTH_RADIUS_KM).
_RADIUS_M = 6371007.180918475


def cell_centers(cells: ArrayLike) -> tuple[Floats, Floats]:
    """Return the longitude and latitude of every cell's center, degrees, EPSG:4326."""
    table = _plain_table(cells)
    if table is None:
        return h3_plain.cell_centers(cells)
    lon, lat = np.empty(len(table)), np.empty(len(table))
    resolution = int(cell_digits.resolutions(table[:1])[0])
    steps = face_steps(resolution)
    for start in range(0, len(table), _BLOCK):
        block = slice(start, start + _BLOCK)
        face, i, j, _ = face_places(table[block], resolution)
        lon[block], lat[block] = _degrees(lengthened(steps, face, i, j))
        left = start + np.flatnonzero(face < 0)
        lon[left], lat[left] = h3_plain.cell_centers(table[left])
    return lon, lat


def cell_outlines(cells: ArrayLike) -> NDArray[np.object_]:
    """Return the outline of every cell as a shapely Polygon, EPSG:4326."""
    table = _plain_table(cells)
    if table is None:
        return h3_plain.cell_outlines(cells)
    outlines = np.empty(len(table), dtype=object)
    resolution = int(cell_digits.resolutions(table[:1])[0])
    steps = face_steps(resolution)
    for start in range(0, len(table), _BLOCK):
        some = table[start : start + _BLOCK]
        places = face_places(some, resolution)
        whole = _on_one_face(places, resolution)
        centers = lengthened(steps, places.face[whole], places.i[whole], places.j[whole])
        corners = centers[:, :, None] + _to_corners(steps, places.face[whole])
        lon, lat = _degrees(corners)
        rings = np.empty((len(lon), 7, 2))
        rings[:, :6, 0], rings[:, :6, 1] = lon, lat
        rings[:, 6] = rings[:, 0]
        block = outlines[start : start + _BLOCK]
        # Twice as quick as shapely.polygons, which makes the rings first.
        ends = np.arange(len(rings) + 1)
        block[whole] = shapely.from_ragged_array(
            shapely.GeometryType.POLYGON, rings.reshape(-1, 2), (7 * ends, ends)
        )
        block[~whole] = h3_plain.cell_outlines(some[~whole])
    return outlines


def cell_areas_m2(cells: ArrayLike) -> Floats:
    """Return the area of every whole cell on H3's sphere, m².

    Notes
    -----
    A place that is r from the middle of the gnomonic plane has f = (1 + r²)^(-3/2) as much
    area on the sphere. Over a hexagon of circumradius ρ the mean of f is f + 5ρ²/48 ∇²f, and
    what this leaves out is below 1e-11 from resolution 5 on; coarser cells are the
    library's.
    """
    table = _plain_table(cells)
    if table is None or cell_digits.resolutions(table[:1])[0] < _FLAT_FROM:
        return h3_plain.cell_areas_m2(cells)
    areas = np.empty(len(table))
    resolution = int(cell_digits.resolutions(table[:1])[0])
    steps = face_steps(resolution)
    # The parallelogram of i and j is as large as a cell.
    plane = float(np.linalg.norm(np.cross(steps[0, 0], steps[0, 1]))) * _RADIUS_M**2
    moment = 5 / 48 * _circumradius(resolution) ** 2
    for start in range(0, len(table), _BLOCK):
        some = table[start : start + _BLOCK]
        places = face_places(some, resolution)
        vectors = lengthened(steps, places.face, places.i, places.j)
        square = (vectors * vectors).sum(axis=0)
        slope = (15 * (square - 1) / square - 6) / square
        block = areas[start : start + _BLOCK]
        block[:] = plane * (1 + moment * slope) / (square * np.sqrt(square))
        left = np.flatnonzero(~_on_one_face(places, resolution))
        block[left] = h3_plain.cell_areas_m2(some[left])
    return areas


def _plain_table(cells: ArrayLike) -> Cells | None:
    """Return cells as an array, or None where the library is to answer."""
    table = np.asarray(cells)
    if table.ndim != 1 or len(table) < SMALL or table.dtype.kind not in "ui":
        return None
    table = table.astype(np.uint64, copy=False)
    resolution = cell_digits.resolutions(table)
    if (resolution != resolution[0]).any() or not cell_digits.valid_cells(table).all():
        return None
    return table


def _to_corners(steps: Floats, face: Ints) -> Floats:
    """Return the vectors from a cell's center to its corners, shape (3, n or 1, 6)."""
    every = np.einsum("fkv,kc->vfc", steps[:, :2], np.stack([_CORNER_I, _CORNER_J]))
    if len(face) and (face == face[0]).all():
        return np.asarray(every[:, face[:1]])
    return np.asarray(every[:, face])


def _circumradius(resolution: int) -> float:
    """Return how far a cell's corners are from its center in the plane of the face."""
    return float(np.linalg.norm(face_steps(resolution)[0, 0]) / np.sqrt(3))


def _on_one_face(places: FacePlaces, resolution: int) -> NDArray[np.bool_]:
    """Return which cells surely are hexagons with all corners on one face."""
    # Normals between neighboring faces are 0.714 long.
    whole = places.margin > MARGIN + 0.75 * _circumradius(resolution)
    # The middle of a pentagon's base cell is a pentagon at every resolution; it stands
    # around a corner of the faces, where no margin is that wide.
    return np.asarray(whole & (places.face >= 0))


def _degrees(vectors: Floats) -> tuple[Floats, Floats]:
    """Return the longitudes and latitudes of vectors of any length, shape (3, ...)."""
    x, y, z = vectors
    return np.degrees(np.arctan2(y, x)), np.degrees(np.arctan2(z, np.hypot(x, y)))
