"""The twenty faces of H3's icosahedron, from the centers of its twelve pentagons.

H3 projects every point on the face whose center is nearest. The vertices of the
icosahedron are the centers of the pentagons; a face is three vertices that neighbor
each other, and its center lies in their middle. The library does not publish its
own numbers, and the centers found here agree with them to about 1e-8, so whoever
needs the exact face stays :data:`MARGIN` away from where two meet.
"""

from __future__ import annotations

from functools import cache
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gridgov.geo import h3_plain

__all__ = ["MARGIN", "face_limits", "facing", "unit_vectors"]

Floats = NDArray[np.float64]

MARGIN = 1e-6
"""How far from the edge of a face a point counts as on it, radians (about 6 m)."""

# Within this angle of a face's center H3's arc cosine loses digits, radians (about 13 km):
# its error there is 1e-16 / angle, which at resolution 15 is 5e-7 of a cell's distance.
_BLIND = 2e-3


def unit_vectors(longitude: ArrayLike, latitude: ArrayLike) -> Floats:
    """Return the unit vectors of points in degrees, shape (n, 3)."""
    lon, lat = np.radians(longitude), np.radians(latitude)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


@cache
def _centers() -> Floats:
    """Return the unit vectors of the face centers, shape (20, 3)."""
    vertices = unit_vectors(*h3_plain.cell_centers(h3_plain.pentagons()))
    # Vertices that share an edge are 63.4° apart, all others 116.6° or more.
    near = vertices @ vertices.T > 0
    faces = [
        trio
        for trio in combinations(range(12), 3)
        if all(near[a, b] for a, b in combinations(trio, 2))
    ]
    middles = np.array([vertices[list(trio)].sum(axis=0) for trio in faces])
    return np.asarray(middles / np.linalg.norm(middles, axis=1, keepdims=True))


def facing(longitude: ArrayLike, latitude: ArrayLike) -> NDArray[np.intp]:
    """Return the face that every point lies on, 0 to 19 in an order of our own."""
    return np.asarray(np.argmax(unit_vectors(longitude, latitude) @ _centers().T, axis=-1))


def face_limits(
    face: int, longitude: float, latitude: float, reach: float
) -> tuple[list[Floats], list[float]]:
    """Return what to check so that a point within reach is surely on a face.

    Parameters
    ----------
    face
        Face, as :func:`facing` numbers them.
    longitude, latitude
        Middle of the points, degrees.
    reach
        Half the side of the square that holds the points, radians.

    Returns
    -------
    normals : list of arrays, shape (3,)
        About the meridian of the middle; empty when the whole square is on the face.
    offsets : list of floats
        What normal · v must exceed.
    """
    angle = np.radians(longitude)
    # Turn the globe so that the middle's meridian has longitude 0.
    turned = _centers() @ np.array(
        [
            [np.cos(angle), -np.sin(angle), 0.0],
            [np.sin(angle), np.cos(angle), 0.0],
            [0.0, 0.0, 1.0],
        ]
    )
    middle = unit_vectors(0.0, latitude)
    circle = 1.5 * reach
    normals: list[Floats] = []
    offsets: list[float] = []
    for other in range(20):
        normal = turned[face] - turned[other]
        # normal · v changes by at most |normal| along a radian.
        if other != face and middle @ normal < np.linalg.norm(normal) * circle + MARGIN:
            normals.append(normal)
            offsets.append(MARGIN)
    if np.arccos(np.clip(middle @ turned[face], -1, 1)) < circle + _BLIND:
        normals.append(-turned[face])
        offsets.append(-float(np.cos(_BLIND)))
    return normals, offsets
