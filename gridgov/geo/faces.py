"""The twenty faces of H3's icosahedron and the planes in which their cells are regular.

H3 projects every point on the face whose center is nearest, from the center of the
globe, and lays one hexagonal lattice a resolution in the plane of each face. A
point's unit vector v therefore has the lattice coordinates (m0·v / m2·v, m1·v / m2·v)
for one 3 × 3 matrix a face and resolution. Whoever needs the exact face stays
:data:`MARGIN` away from where two meet.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "CENTERS",
    "MARGIN",
    "NEIGHBORS",
    "face_limits",
    "face_planes",
    "face_steps",
    "facing",
    "unit_vectors",
]

Floats = NDArray[np.float64]

MARGIN = 1e-6
"""How far from the edge of a face a point counts as on it, radians (about 6 m)."""

# Within this angle of a face's center H3's arc cosine loses digits, radians (about 13 km):
# its error there is 1e-16 / angle, which at resolution 15 is 5e-7 of a cell's distance.
BLIND = 2e-3

# Latitude and longitude of the center of every face and the azimuth of its first axis,
# radians: faceCenterGeo and faceAxesAzRadsCII of H3's faceijk.c, frozen with its ids.
_FACES = (
    (0.803582649718989942, 1.248397419617396099, 5.619958268523939882),
    (1.307747883455638156, 2.536945009877921159, 5.760339081714187279),
    (1.054751253523952054, -1.347517358900396623, 0.780213654393430055),
    (0.600191595538186799, -0.450603909469755746, 0.430469363979999913),
    (0.491715428198773866, 0.401988202911306943, 6.130269123335111400),
    (0.172745327415618701, 1.678146885280433686, 2.692877706530642877),
    (0.605929321571350690, 2.953923329812411617, 2.982963003477243874),
    (0.427370518328979641, -1.888876200336285401, 3.532912002790141181),
    (-0.079066118549212831, -0.733429513380867741, 3.494305004259568154),
    (-0.230961644455383637, 0.506495587332349035, 3.003214169499538391),
    (0.079066118549212831, 2.408163140208925497, 5.930472956509811562),
    (0.230961644455383637, -2.635097066257444203, 0.138378484090254847),
    (-0.172745327415618701, -1.463445768309359553, 0.448714947059150361),
    (-0.605929321571350690, -0.187669323777381622, 0.158629650112549365),
    (-0.427370518328979641, 1.252716453253507838, 5.891865957979238535),
    (-0.600191595538186799, 2.690988744120037492, 2.711123289609793325),
    (-0.491715428198773866, -2.739604450678486295, 3.294508837434268316),
    (-0.803582649718989942, -1.893195233972397139, 3.804819692245439833),
    (-1.307747883455638156, -0.604647643711872080, 3.664438879055192436),
    (-1.054751253523952054, 1.794075294689396615, 2.361378999196363184),
)
# Distance of cells of resolution 0 in the gnomonic plane, radians (RES0_U_GNOMONIC of H3),
# and the turn of the axes at odd resolutions, which is the arc sine of √(3 / 28).
_SPACING_0 = 0.38196601125010500003
_ODD_TURN = 0.333473172251832115336


def unit_vectors(longitude: ArrayLike, latitude: ArrayLike) -> Floats:
    """Return the unit vectors of points in degrees, shape (n, 3)."""
    return _on_ball(np.radians(longitude), np.radians(latitude))


def _on_ball(lon: Floats, lat: Floats) -> Floats:
    """Return the unit vectors of points in radians, shape (n, 3)."""
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


_LAT, _LON, _AZIMUTH = np.array(_FACES).T
CENTERS = _on_ball(_LON, _LAT)
"""Unit vectors of the centers of the faces in H3's order, shape (20, 3)."""

NEIGHBORS = np.argsort(-(CENTERS @ CENTERS.T), axis=1)[:, 1:4].astype(np.int64)
"""The three faces that share an edge with every face, shape (20, 3)."""


def _axes(resolution: int) -> tuple[Floats, Floats, float]:
    """Return the first axis of every face, the one a quarter turn on, and cells a radian."""
    azimuth = _AZIMUTH - (_ODD_TURN if resolution % 2 else 0.0)
    east = np.stack([-np.sin(_LON), np.cos(_LON), np.zeros(20)], axis=-1)
    north = np.cross(CENTERS, east)
    cos, sin = np.cos(azimuth)[:, None], np.sin(azimuth)[:, None]
    scale = float(np.sqrt(7.0) ** resolution / _SPACING_0)
    return cos * north + sin * east, sin * north - cos * east, scale


@cache
def face_planes(resolution: int) -> Floats:
    """Return the matrices from unit vectors to lattice coordinates, shape (20, 3, 3)."""
    x, y, scale = _axes(resolution)
    # Cell (1, 0) lies at x = 1, and cell (0, 1) lies 120° on from it.
    i, j = (x + y / np.sqrt(3)) * scale, y * (2 / np.sqrt(3)) * scale
    planes = np.ascontiguousarray(np.stack([i, j, CENTERS], axis=1))
    planes.flags.writeable = False
    return planes


@cache
def face_steps(resolution: int) -> Floats:
    """Return what a step of i, a step of j and the face's center add to a vector, (20, 3, 3).

    The way back from lattice coordinates: (i, j, 1) times this is a vector, of length 1
    at the center of the face, that points to the place.
    """
    x, y, scale = _axes(resolution)
    steps = np.ascontiguousarray(
        np.stack([x / scale, (np.sqrt(3) * y - x) / (2 * scale), CENTERS], axis=1)
    )
    steps.flags.writeable = False
    return steps


def facing(longitude: ArrayLike, latitude: ArrayLike) -> NDArray[np.intp]:
    """Return the face that every point lies on, 0 to 19 in H3's order."""
    return np.asarray(np.argmax(unit_vectors(longitude, latitude) @ CENTERS.T, axis=-1))


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
    turned = about_meridian(CENTERS, longitude)
    middle = unit_vectors(0.0, latitude)
    circle = 1.5 * reach
    normals: list[Floats] = []
    offsets: list[float] = []
    for other in NEIGHBORS[face].tolist():
        normal = turned[face] - turned[other]
        # normal · v changes by at most |normal| along a radian.
        if middle @ normal < np.linalg.norm(normal) * circle + MARGIN:
            normals.append(normal)
            offsets.append(MARGIN)
    if np.arccos(np.clip(middle @ turned[face], -1, 1)) < circle + BLIND:
        normals.append(-turned[face])
        offsets.append(-float(np.cos(BLIND)))
    return normals, offsets


def about_meridian(vectors: Floats, longitude: float) -> Floats:
    """Return vectors turned with the globe so that `longitude` comes to lie at 0°."""
    angle = np.radians(longitude)
    cos, sin = np.cos(angle), np.sin(angle)
    return np.asarray(vectors @ np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]]))
