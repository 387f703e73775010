"""Places by polynomials in a compiled loop, when numba is installed: same places.

The same model as :mod:`gridgov.geo.lattice_series`, whose bound covers the order of the
sums here as well.

Import this module only where numba pays (:mod:`gridgov.arrays.compiled`). Without numba
the loop is plain Python, for a look at a few points.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gridgov.arrays.loops import compile_loop

__all__ = ["look_up"]

_BLOCK = 512


@compile_loop
def look_up(
    lon: Any,
    lat: Any,
    box: Any,
    degree: int,
    coefficients: Any,
    offsets: Any,
    margin: Any,
    extent: Any,
    table: Any,
    out: Any,
) -> None:
    """Write what a table says at the places of points, and its last entry in doubt.

    Parameters
    ----------
    lon, lat
        Degrees, float64.
    box
        Center's longitude and latitude and half the sides, degrees.
    degree, coefficients, offsets, margin, extent
        As in :class:`gridgov.geo.lattice_series.LatticeSeries`, as arrays.
    table, out
        One entry a place and one more; written.
    """
    one = np.float32(1)
    third = np.float32(1 / 3)
    clon, clat = box[0], box[1]
    wide, high = 1 / box[2], 1 / box[3]
    i0, j0, width, size = extent[0], extent[1], extent[2], extent[3]
    x, y = np.empty(_BLOCK, dtype=np.float32), np.empty(_BLOCK, dtype=np.float32)
    inner = np.empty(_BLOCK, dtype=np.float32)
    value = np.empty((2, _BLOCK), dtype=np.float32)
    limit = np.empty(_BLOCK, dtype=np.float32)
    sure = np.empty(_BLOCK, dtype=np.bool_)
    place = np.empty(_BLOCK, dtype=np.int32)
    for start in range(0, len(lon), _BLOCK):
        count = min(_BLOCK, len(lon) - start)
        some_lon, some_lat = lon[start : start + count], lat[start : start + count]
        # Loops without branches, which the compiler turns into vector instructions.
        for k in range(count):
            x[k] = np.float32((some_lon[k] - clon) * wide)
            y[k] = np.float32((some_lat[k] - clat) * high)
            sure[k] = (abs(x[k]) < one) & (abs(y[k]) < one)
        for row in range(len(coefficients)):
            total = value[row] if row < 2 else limit
            for b in range(degree, -1, -1):
                # The sum of the powers of x that go with y to the b.
                highest = degree - b
                first = coefficients[row, (degree * (degree + 1)) // 2 + b]
                for k in range(count):
                    inner[k] = first
                for a in range(highest - 1, -1, -1):
                    next_ = coefficients[row, ((a + b) * (a + b + 1)) // 2 + b]
                    for k in range(count):
                        inner[k] = inner[k] * x[k] + next_
                if b == degree:
                    for k in range(count):
                        total[k] = inner[k]
                else:
                    for k in range(count):
                        total[k] = total[k] * y[k] + inner[k]
            if row >= 2:
                offset = offsets[row - 2]
                for k in range(count):
                    sure[k] &= limit[k] > offset
        u_, v_ = value[0], value[1]
        for k in range(count):
            # As gridgov.geo.base_frames.nearest_cells, which says why.
            u, v = u_[k], v_[k]
            i, j = np.floor(u), np.floor(v)
            u -= i
            v -= j
            s = u + v - one
            low = one if s < 0 else np.float32(0)
            middle = abs(u - v) - third
            p, q = u + (u - v) - low, v - (u - v) - low
            i += one if p > 0 else np.float32(0)
            j += one if q > 0 else np.float32(0)
            s, p, q = abs(s), abs(p), abs(q)
            nearest = s if s > middle else middle
            nearest = p if p < nearest else nearest
            nearest = q if q < nearest else nearest
            good = sure[k] & (nearest > margin)
            at_i = np.int32(i if good else np.float32(i0)) - np.int32(i0)
            at_j = np.int32(j if good else np.float32(j0)) - np.int32(j0)
            place[k] = at_i * np.int32(width) + at_j if good else np.int32(size)
        for k in range(count):
            out[start + k] = table[place[k]]
