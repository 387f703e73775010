"""Points to cells in compiled loops, when numba is installed: same cells, fewer passes.

The same model as :mod:`gridgov.geo.lattice`, one pass over
the points instead of one a step of arithmetic. Rounding may differ from theirs in the
last digit, which only moves points in and out of doubt: those go to the H3 library.

Import this module only where numba pays (:mod:`gridgov.arrays.compiled`): the import
takes half a second. Without numba the loops are plain Python, for a look at a few points.

Ids are int64 here. An H3 id is below 2**63, and numba turns a uint64 that meets a
signed number into a float64, which cannot hold it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gridgov.arrays.loops import compile_loop

__all__ = ["cells_in_box", "cells_of", "rounded"]

_BLOCK = 512
_RAD = np.pi / 180


@compile_loop
def rounded(u: float, v: float) -> tuple[float, float, float]:
    """Return the cell of lattice coordinates and how far its edge is.

    As :func:`gridgov.geo.base_frames.nearest_cells`, which says why.
    """
    i, j = np.floor(u), np.floor(v)
    u -= i
    v -= j
    s = u + v - 1
    low = 1.0 if s < 0 else 0.0
    middle = abs(u - v) - 1 / 3
    p, q = 2 * u - v - low, 2 * v - u - low
    i += 1.0 if p > 0 else 0.0
    j += 1.0 if q > 0 else 0.0
    s, p, q = abs(s), abs(p), abs(q)
    nearest = s if s > middle else middle
    nearest = p if p < nearest else nearest
    nearest = q if q < nearest else nearest
    return i, j, nearest


@compile_loop
def cells_of(
    at_i: Any, at_j: Any, at_top: Any, met: Any, count: int, resolution: int, tables: Any, out: Any
) -> None:
    """Write the cells at the front of a block of coordinates, 0 where the library must answer.

    As :func:`gridgov.geo.digit_tables.cells_at`, which says why. Coordinates are written
    over; `at_top` says where the face begins in the top cells.
    """
    digits, turned, top, head, turns, places_a_face = tables
    groups = resolution // 4
    bias = 49.0
    for _ in range(groups):
        bias *= 49.0
    for k in range(count):
        at_i[k] += bias
        at_j[k] += bias
    for group in range(groups):
        here = met[group]
        # Half a unit keeps whole quotients clear of rounding.
        for k in range(count):
            i, j = at_i[k], at_j[k]
            up_i, up_j = np.floor((i + 0.5) * (1 / 49)), np.floor((j + 0.5) * (1 / 49))
            here[k] = np.int32(49 * (i - 49 * up_i) + (j - 49 * up_j))
            at_i[k], at_j[k] = up_i, up_j
        for k in range(count):
            found = digits[here[k]]
            at_i[k] += (found >> 12) & 3
            at_j[k] += found >> 14
    fine = 3 * (15 - resolution)
    rest = (resolution << 52) | ((1 << fine) - 1)
    for k in range(count):
        cell = top[at_top[k] + np.int64(at_i[k] * 98 + at_j[k])]
        turn = cell & 7
        if turn == 7:
            # The middle of a pentagon turns with the first digit that is not 0.
            lead = np.int64(0)
            for group in range(groups - 1, -1, -1):
                if lead == 0:
                    lead = np.int64(digits[met[group, k]] & 4095)
            while lead > 7:
                lead >>= 3
            place = (cell >> 3) + lead + at_top[k] // 9604 * places_a_face
            cell, turn = head[place], turns[place]
        if cell == 0:
            out[k] = 0
            continue
        cell = (cell & ~7) | rest
        start = turn * 2401
        for group in range(groups):
            cell |= np.int64(turned[start + met[group, k]]) << (fine + 12 * group)
        out[k] = cell


@compile_loop
def cells_in_box(
    lon: Any,
    lat: Any,
    box: Any,
    matrix: Any,
    offsets: Any,
    edge: float,
    resolution: int,
    extent: Any,
    table: Any,
    tables: Any,
    cells: Any,
) -> None:
    """Write the cells of points near a city.

    Parameters
    ----------
    lon, lat
        Degrees, float64.
    box
        Center's longitude and latitude and half the sides, degrees.
    matrix, offsets
        As in :class:`gridgov.geo.lattice.Lattice`.
    edge
        How near an edge a point is the library's.
    resolution
        H3 resolution.
    extent
        Least i and j of the box and how many j there are, int64.
    table
        Cells met so far by place in the extent, int64, filled here; empty for no table.
        Threads may share it: they write the same number at the same place.
    tables
        What :func:`gridgov.geo.digit_tables.all_tables` returns for the face.
    cells
        Written: the cells as int64, 0 where in doubt.
    """
    vx, vy, vz = np.empty(_BLOCK), np.empty(_BLOCK), np.empty(_BLOCK)
    at_i, at_j = np.empty(_BLOCK), np.empty(_BLOCK)
    met = np.empty((3, _BLOCK), dtype=np.int32)
    at_top, out = np.zeros(_BLOCK, dtype=np.int64), np.empty(_BLOCK, dtype=np.int64)
    row, at = np.empty(_BLOCK, dtype=np.int64), np.empty(_BLOCK, dtype=np.int64)
    sure = np.empty(_BLOCK, dtype=np.bool_)
    clon, clat, half_width, half_height = box[0], box[1], box[2], box[3]
    sin0, cos0 = np.sin(clat * _RAD), np.cos(clat * _RAD)
    a0, a1, a2 = matrix[0, 0], matrix[0, 1], matrix[0, 2]
    b0, b1, b2 = matrix[1, 0], matrix[1, 1], matrix[1, 2]
    c0, c1, c2 = matrix[2, 0], matrix[2, 1], matrix[2, 2]
    i0, j0, width = extent[0], extent[1], extent[2]
    tabled = len(table) > 0
    for start in range(0, len(lon), _BLOCK):
        count = min(_BLOCK, len(lon) - start)
        some_lon, some_lat = lon[start : start + count], lat[start : start + count]
        # Loops without branches, which the compiler turns into vector instructions.
        for k in range(count):
            x, y = some_lon[k] - clon, some_lat[k] - clat
            sure[k] = (abs(x) <= half_width) & (abs(y) <= half_height)
            x *= _RAD
            y *= _RAD
            xx, yy = x * x, y * y
            sin_x = x * (1 + xx * (-1 / 6 + xx * (1 / 120 + xx * (-1 / 5040))))
            sin_y = y * (1 + yy * (-1 / 6 + yy * (1 / 120 + yy * (-1 / 5040))))
            cos_x = 1 + xx * (-1 / 2 + xx * (1 / 24 + xx * (-1 / 720 + xx * (1 / 40320))))
            cos_y = 1 + yy * (-1 / 2 + yy * (1 / 24 + yy * (-1 / 720 + yy * (1 / 40320))))
            parallel = cos0 * cos_y - sin0 * sin_y
            vx[k] = parallel * cos_x
            vy[k] = parallel * sin_x
            vz[k] = sin0 * cos_y + cos0 * sin_y
        for k in range(count):
            w = 1 / (c0 * vx[k] + c1 * vy[k] + c2 * vz[k])
            u = (a0 * vx[k] + a1 * vy[k] + a2 * vz[k]) * w
            v = (b0 * vx[k] + b1 * vy[k] + b2 * vz[k]) * w
            i, j, nearest = rounded(u, v)
            sure[k] &= nearest > edge
            at_i[k] = i
            at_j[k] = j
        for limit in range(len(offsets)):
            d0, d1, d2 = matrix[3 + limit, 0], matrix[3 + limit, 1], matrix[3 + limit, 2]
            offset = offsets[limit]
            for k in range(count):
                sure[k] &= d0 * vx[k] + d1 * vy[k] + d2 * vz[k] > offset
        # Cells not met before are gathered at the front of at_i and at_j.
        missing = 0
        for k in range(count):
            cell = 0
            if sure[k]:
                if tabled:
                    place = np.int64((at_i[k] - i0) * width + (at_j[k] - j0))
                    cell = table[place]
                    at[missing] = place
                if cell == 0:
                    row[missing] = k
                    at_i[missing], at_j[missing] = at_i[k], at_j[k]
                    missing += 1
            cells[start + k] = cell
        if missing == 0:
            continue
        cells_of(at_i, at_j, at_top, met, missing, resolution, tables, out)
        for k in range(missing):
            cell = out[k]
            cells[start + row[k]] = cell
            if tabled and cell != 0:
                table[at[k]] = cell
