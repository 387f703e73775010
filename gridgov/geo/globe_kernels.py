"""Points anywhere to cells in a compiled loop, when numba is installed: same cells.

The same model as :mod:`gridgov.geo.globe`, one pass over the points instead of one a step
of arithmetic. Rounding may differ from its in the last digit, which only moves points in
and out of doubt: those go to the H3 library.

Import this module only where numba pays (:mod:`gridgov.arrays.compiled`). Without numba
the loop is plain Python, for a look at a few points.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gridgov.arrays.loops import compile_loop
from gridgov.geo.kernels import cells_of, rounded

__all__ = ["cells_on_globe"]

_BLOCK = 512
_RAD = np.pi / 180


@compile_loop
def _sine(x: float) -> float:
    """Return the sine of an angle up to 45° by its series, to 1e-16."""
    q = x * x
    high = -1 / 39916800 + q * (1 / 6227020800 + q * (-1 / 1307674368000))
    return x * (1 + q * (-1 / 6 + q * (1 / 120 + q * (-1 / 5040 + q * (1 / 362880 + q * high)))))


@compile_loop
def _cosine(x: float) -> float:
    """Return the cosine of an angle up to 45° by its series, to 1e-16."""
    q = x * x
    high = 1 / 479001600 + q * (-1 / 87178291200 + q * (1 / 20922789888000))
    high = 1 / 40320 + q * (-1 / 3628800 + q * high)
    return 1 + q * (-1 / 2 + q * (1 / 24 + q * (-1 / 720 + q * high)))


@compile_loop
def cells_on_globe(
    lon: Any,
    lat: Any,
    planes: Any,
    neighbors: Any,
    first_face: Any,
    second_face: Any,
    limits: Any,
    edge: float,
    resolution: int,
    tables: Any,
    cells: Any,
    doubts: Any,
) -> int:
    """Write the cells of points anywhere; return how many are in doubt.

    Parameters
    ----------
    lon, lat
        Degrees, float64.
    planes, neighbors
        ``face_planes(resolution)``, one row a face, and ``NEIGHBORS`` of
        :mod:`gridgov.geo.faces`.
    first_face, second_face
        What :func:`gridgov.geo.globe.square_faces` returns.
    limits
        How far from the edge of its face a point must be, and the cosine of how far
        from the face's center.
    edge
        How near an edge a point is the library's.
    resolution
        H3 resolution.
    tables
        What :func:`gridgov.geo.digit_tables.all_tables` returns for all faces.
    cells
        Written: the cells as int64, 0 where in doubt.
    doubts
        Written from the front: the rows in doubt.
    """
    vx, vy, vz = np.empty(_BLOCK), np.empty(_BLOCK), np.empty(_BLOCK)
    at_i, at_j = np.empty(_BLOCK), np.empty(_BLOCK)
    on_face, at_top = np.empty(_BLOCK, dtype=np.int64), np.empty(_BLOCK, dtype=np.int64)
    square = np.empty(_BLOCK, dtype=np.int32)
    met = np.empty((3, _BLOCK), dtype=np.int32)
    sure = np.empty(_BLOCK, dtype=np.bool_)
    margin, blind = limits[0], limits[1]
    doubtful = 0
    for start in range(0, len(lon), _BLOCK):
        count = min(_BLOCK, len(lon) - start)
        some_lon, some_lat = lon[start : start + count], lat[start : start + count]
        # Loops without branches, which the compiler turns into vector instructions.
        for k in range(count):
            good = (abs(some_lat[k]) <= 90) & (abs(some_lon[k]) <= 180)
            sure[k] = good
            x, y = some_lon[k] if good else 0.0, some_lat[k] if good else 0.0
            row, column = np.floor(y + 90), np.floor(x + 180)
            row, column = row if row < 179 else 179.0, column if column < 359 else 359.0
            square[k] = np.int32(row * 360 + column)
            # Whole quarter turns come off in degrees, without rounding.
            quarter = np.rint(x * (1 / 90))
            x = (x - 90 * quarter) * _RAD
            # Latitudes reach 90°, so by the half angle, which stays below 45°.
            y *= 0.5 * _RAD
            sin, cos = _sine(x), _cosine(x)
            half_sin, half_cos = _sine(y), _cosine(y)
            odd = abs(quarter) == 1
            cos_x = sin if odd else cos
            sin_x = cos if odd else sin
            cos_x = -cos_x if (quarter == 1) | (abs(quarter) == 2) else cos_x
            sin_x = -sin_x if (quarter == -1) | (abs(quarter) == 2) else sin_x
            parallel = (half_cos - half_sin) * (half_cos + half_sin)
            vx[k] = parallel * cos_x
            vy[k] = parallel * sin_x
            vz[k] = 2 * half_sin * half_cos
        for k in range(count):
            face, other = np.int64(first_face[square[k]]), np.int64(second_face[square[k]])
            x, y, z = vx[k], vy[k], vz[k]
            if other >= 0 and other != face:
                one, two = planes[face], planes[other]
                ahead = (one[6] - two[6]) * x + (one[7] - two[7]) * y + (one[8] - two[8]) * z
                face = face if ahead > 0 else other
                sure[k] &= abs(ahead) > margin
            elif other < 0:
                # Step to a neighbor while one is nearer.
                settled = False
                own, second = 0.0, 0.0
                for _ in range(6):
                    own = planes[face, 6] * x + planes[face, 7] * y + planes[face, 8] * z
                    best, ahead = face, own
                    second = -2.0
                    for n in range(3):
                        other = neighbors[face, n]
                        toward = planes[other, 6] * x + planes[other, 7] * y + planes[other, 8] * z
                        second = max(second, toward)
                        if toward > ahead:
                            best, ahead = other, toward
                    if best == face:
                        settled = True
                        break
                    face = best
                sure[k] &= settled & (own - second > margin) & (own < blind)
            on_face[k] = face
        for k in range(count):
            m = planes[on_face[k]]
            x, y, z = vx[k], vy[k], vz[k]
            own = 1 / (m[6] * x + m[7] * y + m[8] * z)
            at_i[k] = (m[0] * x + m[1] * y + m[2] * z) * own
            at_j[k] = (m[3] * x + m[4] * y + m[5] * z) * own
        for k in range(count):
            i, j, nearest = rounded(at_i[k], at_j[k])
            good = sure[k] & (nearest > edge)
            sure[k] = good
            at_i[k], at_j[k] = i if good else 0.0, j if good else 0.0
            at_top[k] = on_face[k] * 9604
        cells_of(at_i, at_j, at_top, met, count, resolution, tables, cells[start : start + count])
        for k in range(count):
            if not sure[k]:
                cells[start + k] = 0
            if cells[start + k] == 0:
                doubts[doubtful] = start + k
                doubtful += 1
    return doubtful
