"""Points anywhere to H3 cells by array arithmetic: every face at once, no box.

As :mod:`gridgov.geo.lattice` and with the same doubts, but with true sines and cosines
and a face for every point, which takes about four times as long. For a country, a
continent or the whole globe this is still several times as quick as the library.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from gridgov.geo.base_frames import nearest_cells
from gridgov.geo.digit_tables import cells_at
from gridgov.geo.faces import (
    BLIND,
    CENTERS,
    MARGIN,
    NEIGHBORS,
    face_planes,
    facing,
    unit_vectors,
)

__all__ = ["cells_anywhere", "first_faces", "whole_squares"]

Ints = NDArray[np.int64]
Cells = NDArray[np.uint64]
Floats = NDArray[np.float64]


def cells_anywhere(longitude: Floats, latitude: Floats, resolution: int, edge: float) -> Cells:
    """Return the cell of every point, 0 where the library must answer.

    Parameters
    ----------
    longitude, latitude
        Degrees, shape (n,); a few thousand at once stay in the processor's cache.
    resolution
        H3 resolution.
    edge
        How near an edge a point is the library's, as a share of the way to its center.
    """
    cells = np.zeros(len(longitude), dtype=np.uint64)
    rows = np.flatnonzero((np.abs(latitude) <= 90) & (np.abs(longitude) <= 180))
    vectors = unit_vectors(longitude[rows], latitude[rows])
    toward = vectors @ CENTERS.T
    face = np.argmax(toward, axis=1)
    each = np.arange(len(rows))
    own = toward[each, face]
    toward[each, face] = -1
    second = toward.max(axis=1, initial=-1)
    sure = (own - second > MARGIN) & (own < np.cos(BLIND))
    u, v = np.empty(len(rows)), np.empty(len(rows))
    planes = face_planes(resolution)
    for one in np.flatnonzero(np.bincount(face, minlength=20)):
        of = np.flatnonzero(face == one)
        projected = planes[one] @ vectors[of].T
        u[of] = projected[0] / projected[2]
        v[of] = projected[1] / projected[2]
    i, j, nearest = nearest_cells(u, v)
    sure &= nearest > edge
    found = cells_at(face[sure], i[sure], j[sure], resolution)
    cells[rows[sure]] = found
    return cells


@cache
def first_faces() -> NDArray[np.int8]:
    """Return the face at the center of every square degree, from the south-west, row by row."""
    lon, lat = np.meshgrid(np.arange(-179.5, 180), np.arange(-89.5, 90))
    return _frozen(facing(lon.ravel(), lat.ravel()).astype(np.int8))


@cache
def whole_squares() -> NDArray[np.int8]:
    """Return the face of every square degree that lies surely on one, -1 for the others."""
    lon, lat = np.meshgrid(np.arange(-179.5, 180), np.arange(-89.5, 90))
    toward = unit_vectors(lon.ravel(), lat.ravel()) @ CENTERS.T
    faces = first_faces().astype(np.int64)
    own = toward[np.arange(len(faces)), faces]
    # The difference to the next face changes by less than the distance of the centers
    # along a radian, and no part of a square is farther from its middle than this.
    reach = np.radians(0.7072) + 1e-6
    near = NEIGHBORS[faces]
    apart = np.sqrt(((CENTERS[faces][:, None] - CENTERS[near]) ** 2).sum(axis=2))
    ahead = own[:, None] - np.take_along_axis(toward, near, axis=1)
    whole = (ahead > apart * reach + 2 * MARGIN).all(axis=1) & (own < np.cos(reach + BLIND))
    return _frozen(np.where(whole, faces, -1).astype(np.int8))


def _frozen(faces: NDArray[np.int8]) -> NDArray[np.int8]:
    """Return faces that several callers may share, as none can change them."""
    faces.flags.writeable = False
    return faces
