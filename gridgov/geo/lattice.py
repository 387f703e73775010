"""The city lattice: points to H3 cells by array arithmetic, with the library's answers.

On one face of H3's icosahedron the cells of a resolution are a regular hexagonal
lattice in the gnomonic plane, so a point's unit vector v has the lattice coordinates
(m0·v / m2·v, m1·v / m2·v) for one 3 × 3 matrix (:func:`gridgov.geo.faces.face_planes`).
Within a box a few degrees wide short series take the place of sines and cosines.

1. A point is answered here only when it lies on the face and farther from the edge
   of its hexagon than rounding can reach: 1e-5 of the way from the edge to the center,
   where both computations are good to better than 1e-7.
2. Its digits follow from the coordinates exactly (:mod:`gridgov.geo.cell_digits`); which
   base cell and turn they stand for was learned from points that the library answers
   (:mod:`gridgov.geo.base_frames`).
3. All other points (another face, near an edge, outside the box, missing, out of range)
   go to the library, and so does everything where a check fails.

The model says nothing about areas or distances.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridgov.geo.base_frames import nearest_cells
from gridgov.geo.faces import about_meridian, face_limits, face_planes, facing

__all__ = ["EDGE", "WIDEST", "Lattice", "fit_lattice"]

Ints = NDArray[np.int64]
Cells = NDArray[np.uint64]
Floats = NDArray[np.float64]

EDGE = 1e-5
"""How near a hexagon's edge a point is the library's, as a share of the way to its center."""

# Half the side of the widest box, degrees: the series below hold to 1e-17 up to 2.6°.
WIDEST = 2.5
_RAD = np.pi / 180
_PROBES = 9


@dataclass(frozen=True, slots=True)
class Lattice:
    """The cells of one resolution on one face, about a city.

    Attributes
    ----------
    resolution
        H3 resolution.
    face
        Face of the icosahedron, as :func:`gridgov.geo.faces.facing` numbers them.
    longitude, latitude
        Center of the box, degrees.
    half_width, half_height
        Half the sides of the box, degrees; points outside are not answered.
    matrix
        Rows m0, m1, m2, and then one row for every limit, about the meridian of the
        center: shape (3 + limits, 3).
    offsets
        What each limit's row times v must exceed for a point to be on the face.
    """

    resolution: int
    face: int
    longitude: float
    latitude: float
    half_width: float
    half_height: float
    matrix: Floats
    offsets: tuple[float, ...]

    def place(
        self, longitude: Floats, latitude: Floats
    ) -> tuple[Floats, Floats, NDArray[np.bool_]]:
        """Return the lattice coordinates of points as whole floats, and where not to trust them.

        Parameters
        ----------
        longitude, latitude
            Degrees, shape (n,); a few thousand at once stay in the processor's cache.

        Returns
        -------
        i, j : float64 arrays
            The cell that the point lies in; 0 where in doubt.
        doubt : bool array
            Whether the H3 library must answer.
        """
        with np.errstate(all="ignore"):
            x = longitude - self.longitude
            y = latitude - self.latitude
            trusted = np.abs(x) <= self.half_width
            trusted &= np.abs(y) <= self.half_height
            x *= _RAD
            y *= _RAD
            u, v, limits = self.project(x, y)
            i, j, nearest = nearest_cells(u, v)
            trusted &= nearest > EDGE
            for limit, offset in zip(limits, self.offsets, strict=True):
                trusted &= limit > offset
        doubt = ~trusted
        if doubt.any():
            i[doubt] = 0
            j[doubt] = 0
        return i, j, doubt

    def project(self, x: Floats, y: Floats) -> tuple[Floats, Floats, Floats]:
        """Return unrounded lattice coordinates, and the limits, of offsets in radians."""
        sin_x, cos_x = _sine(x), _cosine(x)
        sin_y, cos_y = _sine(y), _cosine(y)
        middle_sin, middle_cos = np.sin(self.latitude * _RAD), np.cos(self.latitude * _RAD)
        vectors = np.empty((3, len(x)))
        parallel = middle_cos * cos_y
        parallel -= middle_sin * sin_y
        np.multiply(parallel, cos_x, out=vectors[0])
        np.multiply(parallel, sin_x, out=vectors[1])
        np.multiply(middle_sin, cos_y, out=vectors[2])
        sin_y *= middle_cos
        vectors[2] += sin_y
        projected = self.matrix @ vectors
        inverse = np.reciprocal(projected[2], out=projected[2])
        projected[0] *= inverse
        projected[1] *= inverse
        return projected[0], projected[1], projected[3:]

    def extent(self) -> tuple[int, int, int, int]:
        """Return the least and greatest i and j in the box: i0, i1, j0, j1, with a margin."""
        side = np.linspace(-1, 1, 33)
        edge = np.concatenate([side, side, np.full(33, -1.0), np.full(33, 1.0)])
        other = np.concatenate([np.full(33, -1.0), np.full(33, 1.0), side, side])
        i, j, _ = self.project(edge * self.half_width * _RAD, other * self.half_height * _RAD)
        # Between samples the image of a side bulges by less than a thousandth of its length.
        margin = 3 + max(np.ptp(i), np.ptp(j)) / 500
        return (
            int(np.floor(i.min() - margin)),
            int(np.ceil(i.max() + margin)),
            int(np.floor(j.min() - margin)),
            int(np.ceil(j.max() + margin)),
        )


def fit_lattice(
    longitude: float,
    latitude: float,
    half_width: float,
    half_height: float,
    *,
    resolution: int,
    face: int,
) -> Lattice | None:
    """Return the lattice of a box on one face, or None where the library must do the work.

    Parameters
    ----------
    longitude, latitude
        Center of the box, degrees.
    half_width, half_height
        Half the sides of the box, degrees, up to 2.5.
    resolution
        H3 resolution.
    face
        Face of the icosahedron, as :func:`gridgov.geo.faces.facing` numbers them.

    Returns
    -------
    Lattice or None
        None when the box is too wide or too near a pole, or none of it lies on the face.
    """
    if max(half_height, half_width) > WIDEST or abs(latitude) + half_height > 85:
        return None
    side = np.linspace(-1, 1, _PROBES)
    probe_x, probe_y = (axis.ravel() for axis in np.meshgrid(side, side))
    probe_lon, probe_lat = longitude + half_width * probe_x, latitude + half_height * probe_y
    if not (facing(probe_lon, probe_lat) == face).any():
        return None
    # The side of the box that is nearest the equator is the longest.
    lowest = max(abs(latitude) - half_height, 0.0)
    reach = max(half_height, half_width * float(np.cos(lowest * _RAD)))
    normals, offsets = face_limits(face, longitude, latitude, reach * _RAD)
    matrix = about_meridian(face_planes(resolution)[face], longitude)
    return Lattice(
        resolution,
        face,
        longitude,
        latitude,
        half_width,
        half_height,
        np.ascontiguousarray(np.vstack([matrix, *normals])),
        tuple(offsets),
    )


def _sine(x: Floats) -> Floats:
    """Return the sine of angles up to 2.6° by its series."""
    square = x * x
    result = square * (-1 / 5040)
    result += 1 / 120
    result *= square
    result -= 1 / 6
    result *= square
    result += 1
    result *= x
    return result


def _cosine(x: Floats) -> Floats:
    """Return the cosine of angles up to 2.6° by its series."""
    square = x * x
    result = square * (1 / 40320)
    result -= 1 / 720
    result *= square
    result += 1 / 24
    result *= square
    result -= 1 / 2
    result *= square
    result += 1
    return result
