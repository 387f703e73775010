"""Points to cells in compiled loops, when numba is installed: same cells, fewer passes.

The same model as :mod:`gridgov.geo.lattice` and :mod:`gridgov.geo.globe`, one pass over
the points instead of one a step of arithmetic. Rounding may differ from theirs in the
last digit, which only moves points in and out of doubt: those go to the H3 library.

Import this module only where numba pays (:mod:`gridgov.geo.compiled`): the import
takes half a second. Without numba the loops are plain Python, for a look at a few points.

Ids are int64 here. An H3 id is below 2**63, and numba turns a uint64 that meets a
signed number into a float64, which cannot hold it.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

try:
    numba: Any = import_module("numba")
except ImportError:
    numba = None

__all__ = ["cells_in_box", "cells_on_globe", "compile_loop"]

_BLOCK = 512
_RAD = np.pi / 180


def compile_loop(function: Any) -> Any:
    """Compile a loop that lets other threads run; keep the machine code where possible."""
    if numba is None:
        return function
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
    try:
        return numba.njit(cache=True, **options)(function)
    # Nowhere to keep it: site-packages and the home directory cannot be written.
    except RuntimeError:
        return numba.njit(**options)(function)


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
def _rounded(u: float, v: float) -> tuple[float, float, float]:
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
def _digits(at_i: Any, at_j: Any, word: Any, lead: Any, count: int, resolution: int) -> None:
    """Write the digits of a block of coordinates; these become the rest at resolution 0.

    In floats, which hold the numbers exactly and divide in vector instructions.
    """
    for k in range(count):
        word[k] = 0
        lead[k] = 0
    # As gridgov.geo.cell_digits.encode. The octal number holds the digit of every step.
    for level in range(resolution, 0, -1):
        shift = 3 * (15 - level)
        if level % 2:
            for k in range(count):
                i, j = at_i[k], at_j[k]
                up_i, up_j = np.rint((3 * i - j) * (1 / 7)), np.rint((i + 2 * j) * (1 / 7))
                step = 3 * (i - 2 * up_i - up_j) + (j - 3 * up_j + up_i)
                digit = (0o647205731 >> np.int64(np.int32(3 * step + 12))) & 7
                word[k] |= digit << shift
                lead[k] = digit if digit else lead[k]
                at_i[k], at_j[k] = up_i, up_j
        else:
            for k in range(count):
                i, j = at_i[k], at_j[k]
                up_i, up_j = np.rint((2 * i + j) * (1 / 7)), np.rint((3 * j - i) * (1 / 7))
                step = 3 * (i - 3 * up_i + up_j) + (j - up_i - 2 * up_j)
                digit = (0o647205731 >> np.int64(np.int32(3 * step + 12))) & 7
                word[k] |= digit << shift
                lead[k] = digit if digit else lead[k]
                at_i[k], at_j[k] = up_i, up_j


@compile_loop
def _whole(
    word: int, lead: int, i: int, j: int, face: int, rest: int, head: Any, turns: Any, turned: Any
) -> Any:
    """Return the cell of digits in a face's frame, 0 where the library must answer."""
    if i < -2 or i > 2 or j < -2 or j > 2:
        return 0
    place = ((face * 5 + i + 2) * 5 + j + 2) * 8 + lead
    if head[place] == 0:
        return 0
    start = turns[place] * 4096
    if start:
        word = (
            turned[start + (word & 4095)]
            | (turned[start + ((word >> 12) & 4095)] << 12)
            | (turned[start + ((word >> 24) & 4095)] << 24)
            | (turned[start + ((word >> 36) & 4095)] << 36)
        )
    return word | head[place] | rest


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
    head: Any,
    turns: Any,
    turned: Any,
    cells: Any,
    doubts: Any,
) -> int:
    """Write the cells of points near a city; return how many are in doubt.

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
    head, turns, turned
        :mod:`gridgov.geo.base_frames`, for one face, and ``cell_digits.turned_fours()``.
    cells
        Written: the cells as int64, 0 where in doubt.
    doubts
        Written from the front: the rows in doubt.
    """
    vx, vy, vz = np.empty(_BLOCK), np.empty(_BLOCK), np.empty(_BLOCK)
    at_i, at_j = np.empty(_BLOCK), np.empty(_BLOCK)
    word, lead = np.empty(_BLOCK, dtype=np.int64), np.empty(_BLOCK, dtype=np.int64)
    row, at = np.empty(_BLOCK, dtype=np.int64), np.empty(_BLOCK, dtype=np.int64)
    sure = np.empty(_BLOCK, dtype=np.bool_)
    rest = (resolution << 52) | ((1 << (3 * (15 - resolution))) - 1)
    clon, clat, half_width, half_height = box[0], box[1], box[2], box[3]
    sin0, cos0 = np.sin(clat * _RAD), np.cos(clat * _RAD)
    a0, a1, a2 = matrix[0, 0], matrix[0, 1], matrix[0, 2]
    b0, b1, b2 = matrix[1, 0], matrix[1, 1], matrix[1, 2]
    c0, c1, c2 = matrix[2, 0], matrix[2, 1], matrix[2, 2]
    i0, j0, width = extent[0], extent[1], extent[2]
    tabled = len(table) > 0
    doubtful = 0
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
            i, j, nearest = _rounded(u, v)
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
            else:
                doubts[doubtful] = start + k
                doubtful += 1
            cells[start + k] = cell
        if missing == 0:
            continue
        _digits(at_i, at_j, word, lead, missing, resolution)
        for k in range(missing):
            i_, j_ = np.int64(at_i[k]), np.int64(at_j[k])
            cell = _whole(word[k], lead[k], i_, j_, 0, rest, head, turns, turned)
            cells[start + row[k]] = cell
            if cell == 0:
                doubts[doubtful] = start + row[k]
                doubtful += 1
            elif tabled:
                table[at[k]] = cell
    return doubtful


@compile_loop
def cells_on_globe(
    lon: Any,
    lat: Any,
    planes: Any,
    neighbors: Any,
    first_face: Any,
    limits: Any,
    edge: float,
    resolution: int,
    head: Any,
    turns: Any,
    turned: Any,
    cells: Any,
    doubts: Any,
) -> int:
    """Write the cells of points anywhere; return how many are in doubt.

    Parameters
    ----------
    lon, lat
        Degrees, float64.
    planes, neighbors
        ``face_planes(resolution)`` and ``NEIGHBORS`` of :mod:`gridgov.geo.faces`.
    first_face
        A face near every 5° square, to start looking from, shape (36, 72).
    limits
        How far from the edge of its face a point must be, and the cosine of how far
        from the face's center.
    edge, resolution, head, turns, turned, cells, doubts
        As for :func:`cells_in_box`, for all faces.
    """
    vx, vy, vz = np.empty(_BLOCK), np.empty(_BLOCK), np.empty(_BLOCK)
    at_i, at_j = np.empty(_BLOCK), np.empty(_BLOCK)
    word, lead = np.empty(_BLOCK, dtype=np.int64), np.empty(_BLOCK, dtype=np.int64)
    # The face of every point, -1 where in doubt.
    on_face = np.empty(_BLOCK, dtype=np.int64)
    rest = (resolution << 52) | ((1 << (3 * (15 - resolution))) - 1)
    margin, blind = limits[0], limits[1]
    doubtful = 0
    for start in range(0, len(lon), _BLOCK):
        count = min(_BLOCK, len(lon) - start)
        some_lon, some_lat = lon[start : start + count], lat[start : start + count]
        for k in range(count):
            # Whole quarter turns come off in degrees, without rounding.
            quarter = np.rint(some_lon[k] * (1 / 90))
            x = (some_lon[k] - 90 * quarter) * _RAD
            y = some_lat[k] * (0.5 * _RAD)
            sin, cos = _sine(x), _cosine(x)
            # Latitudes reach 90°, so by the half angle, which stays below 45°.
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
            on_face[k] = -1
            at_i[k], at_j[k] = 0.0, 0.0
            if (abs(some_lat[k]) <= 90) & (abs(some_lon[k]) <= 180):
                x, y, z = vx[k], vy[k], vz[k]
                row = min(int((some_lat[k] + 90) * 0.2), 35)
                column = min(int((some_lon[k] + 180) * 0.2), 71)
                face = first_face[row, column]
                # Step to a neighbor while one is nearer.
                settled = False
                for _ in range(6):
                    m = planes[face]
                    own = m[2, 0] * x + m[2, 1] * y + m[2, 2] * z
                    best, ahead = face, own
                    second = -2.0
                    for n in range(3):
                        other = neighbors[face, n]
                        m = planes[other]
                        toward = m[2, 0] * x + m[2, 1] * y + m[2, 2] * z
                        second = max(second, toward)
                        if toward > ahead:
                            best, ahead = other, toward
                    if best == face:
                        settled = True
                        break
                    face = best
                if settled & (own - second > margin) & (own < blind):
                    m = planes[face]
                    u = (m[0, 0] * x + m[0, 1] * y + m[0, 2] * z) / own
                    v = (m[1, 0] * x + m[1, 1] * y + m[1, 2] * z) / own
                    i, j, nearest = _rounded(u, v)
                    if nearest > edge:
                        on_face[k] = face
                        at_i[k], at_j[k] = i, j
        _digits(at_i, at_j, word, lead, count, resolution)
        for k in range(count):
            cell = 0
            if on_face[k] >= 0:
                i_, j_ = np.int64(at_i[k]), np.int64(at_j[k])
                cell = _whole(word[k], lead[k], i_, j_, on_face[k], rest, head, turns, turned)
            cells[start + k] = cell
            if cell == 0:
                doubts[doubtful] = start + k
                doubtful += 1
    return doubtful
