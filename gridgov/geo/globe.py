"""Points anywhere to H3 cells by array arithmetic: every face at once, no box.

As :mod:`gridgov.geo.lattice` and with the same doubts, but with longer series and a face
for every point, by the square degree where that lies on one. For a country, a continent
or the whole globe.
"""

from __future__ import annotations

from functools import cache
from math import factorial

import numpy as np
from numpy.typing import NDArray

from gridgov.geo.base_frames import nearest_cells
from gridgov.geo.digit_tables import cells_at
from gridgov.geo.faces import (
    BLIND,
    CENTERS,
    MARGIN,
    face_planes,
    unit_vectors,
)

__all__ = ["cells_anywhere", "square_faces"]

Ints = NDArray[np.int64]
Cells = NDArray[np.uint64]
Floats = NDArray[np.float64]

_RAD = np.pi / 180
_SINE = tuple((-1) ** k / factorial(2 * k + 1) for k in range(7, -1, -1))
_COSINE = tuple((-1) ** k / factorial(2 * k) for k in range(8, -1, -1))
# Of -2 to 2 quarter turns.
_QUARTER_COS = np.array([-1.0, 0.0, 1.0, 0.0, -1.0])
_QUARTER_SIN = np.array([0.0, -1.0, 0.0, 1.0, 0.0])


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
    lon, lat = longitude[rows], latitude[rows]
    square = np.minimum(np.floor(lat + 90), 179) * 360
    square += np.minimum(np.floor(lon + 180), 359)
    first, second = (one.take(square.astype(np.intp)) for one in square_faces())
    face = first.astype(np.int64)
    vectors = _vectors(lon, lat)
    sure = np.ones(len(rows), dtype=bool)
    mixed = np.flatnonzero(first != second)
    if len(mixed):
        face[mixed], sure[mixed] = _nearest_faces(vectors[:, mixed])
    planes = face_planes(resolution)
    if len(face) and (face == face[0]).all():
        u, v, w = planes[face[0]] @ vectors
    else:
        by_part = planes.reshape(20, 9).T
        x, y, z = vectors
        u, v, w = (
            part[0].take(face) * x + part[1].take(face) * y + part[2].take(face) * z
            for part in by_part.reshape(3, 3, 20)
        )
    w = 1 / w
    u *= w
    v *= w
    i, j, nearest = nearest_cells(u, v)
    sure &= nearest > edge
    found = cells_at(face[sure], i[sure], j[sure], resolution)
    cells[rows[sure]] = found
    return cells


def _nearest_faces(vectors: Floats) -> tuple[Ints, NDArray[np.bool_]]:
    """Return the face of vectors, shape (3, n), and whether H3 surely sees them on it."""
    toward = CENTERS @ vectors
    face = np.argmax(toward, axis=0)
    each = np.arange(len(face))
    own = toward[face, each]
    toward[face, each] = -1
    second = toward.max(axis=0, initial=-1)
    return face, (own - second > MARGIN) & (own < np.cos(BLIND))


def _vectors(longitude: Floats, latitude: Floats) -> Floats:
    """Return the unit vectors of points in degrees, shape (3, n), by series to 45°."""
    # Whole quarter turns come off in degrees, without rounding.
    quarter = np.rint(longitude * (1 / 90))
    x = longitude - 90 * quarter
    x *= _RAD
    # Latitudes reach 90°, so by the half angle, which stays below 45°.
    half_sin, half_cos = _sine_and_cosine(latitude * (0.5 * _RAD))
    sin, cos = _sine_and_cosine(x)
    # A quarter turn makes of (cos, sin) (-sin, cos): the turn's own cosine and sine.
    turn = quarter.astype(np.intp) + 2
    turn_cos, turn_sin = _QUARTER_COS.take(turn), _QUARTER_SIN.take(turn)
    parallel = half_cos - half_sin
    parallel *= half_cos + half_sin
    vectors = np.empty((3, len(x)))
    vectors[0] = (cos * turn_cos - sin * turn_sin) * parallel
    vectors[1] = (sin * turn_cos + cos * turn_sin) * parallel
    half_sin *= 2
    np.multiply(half_sin, half_cos, out=vectors[2])
    return vectors


def _sine_and_cosine(x: Floats) -> tuple[Floats, Floats]:
    """Return sine and cosine of angles up to 45° by their series, to 1e-16."""
    q = x * x
    sine = _series(q, _SINE)
    sine *= x
    return sine, _series(q, _COSINE)


def _series(q: Floats, factors: tuple[float, ...]) -> Floats:
    """Return a sum of powers, the highest first."""
    total = q * factors[0]
    for factor in factors[1:-1]:
        total += factor
        total *= q
    total += factors[-1]
    return total


@cache
def square_faces() -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """Return the faces that every square degree lies on, from the south-west, row by row.

    Returns
    -------
    first
        The face at its center.
    second
        The same where no other face has a part of it, and all of it keeps away from what
        counts as doubtful; the other face where there is one; else -1.
    """
    lon, lat = np.meshgrid(np.arange(-179.5, 180), np.arange(-89.5, 90))
    toward = unit_vectors(lon.ravel(), lat.ravel()) @ CENTERS.T
    first = np.argmax(toward, axis=1)
    own = toward[np.arange(len(first)), first]
    # The difference of two faces changes by no more than the distance of their centers
    # along a radian, and no part of a square is farther from its middle than this.
    reach = np.radians(0.7072) + 1e-6
    apart = np.sqrt(((CENTERS[:, None] - CENTERS) ** 2).sum(axis=2))
    near = own[:, None] - toward <= apart[first] * reach + 2 * MARGIN
    near[np.arange(len(first)), first] = False
    others = near.sum(axis=1)
    second = np.where(others == 0, first, np.where(others == 1, np.argmax(near, axis=1), -1))
    second[own >= np.cos(reach + BLIND)] = -1
    return _frozen(first.astype(np.int8)), _frozen(second.astype(np.int8))


def _frozen(faces: NDArray[np.int8]) -> NDArray[np.int8]:
    """Return faces that several callers may share, as none can change them."""
    faces.flags.writeable = False
    return faces
