"""Points anywhere to H3 cells by array arithmetic: every face at once, no box.

As :mod:`gridgov.geo.lattice` and with the same doubts, but with true sines and cosines
and a face for every point, which takes about four times as long. For a country, a
continent or the whole globe this is still several times as quick as the library.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from gridgov.geo.base_frames import base_frames, cells_on_faces, nearest_cells
from gridgov.geo.faces import BLIND, CENTERS, MARGIN, face_planes, facing, unit_vectors

__all__ = ["cells_anywhere", "first_faces"]

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
    found = cells_on_faces(
        base_frames(),
        face[sure].astype(np.int64),
        i[sure].astype(np.int64),
        j[sure].astype(np.int64),
        resolution,
    )
    cells[rows[sure]] = found
    return cells


@cache
def first_faces() -> Ints:
    """Return the face at the center of every 5° square, shape (36, 72)."""
    lon, lat = np.meshgrid(np.arange(-177.5, 180, 5), np.arange(-87.5, 90, 5))
    faces = facing(lon, lat).astype(np.int64)
    faces.flags.writeable = False
    return faces
