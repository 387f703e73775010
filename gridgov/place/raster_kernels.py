"""Points to owners in one compiled loop, when numba is installed: same answers, fewer passes.

The same model as :mod:`gridgov.place.area_raster` and :mod:`gridgov.place.border`: the
pixel's code, the part's, then the edges in it. Every side is held to the same bound of
rounding, so that a point is either answered as exact arithmetic would or left to
shapely.

Import this module only where numba pays (:mod:`gridgov.arrays.compiled`). Without numba
the loop is plain Python, for a look at a few points.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gridgov.arrays.loops import compile_loop
from gridgov.place.border import SIDE_ERROR, TINY
from gridgov.place.owners import INSIDE, NO_POINT, OUTSIDE, OVERLAP

__all__ = ["PIXEL_BITS", "find_owners"]

PIXEL_BITS = 28
"""A doubt is a row and, in so many low bits, which of the border's pixels it is in."""


@compile_loop
def _side(right: float, up: float, right_end: float, up_end: float) -> int:
    """Return the side of an edge, 1 or -1, 0 where rounding may decide."""
    left, other = right * up_end, up * right_end
    determinant = left - other
    if abs(determinant) <= SIDE_ERROR * (abs(left) + abs(other)) + TINY:
        return 0
    return 1 if determinant > 0 else -1


@compile_loop
def find_owners(
    x: Any,
    y: Any,
    frame: Any,
    codes: Any,
    splits: int,
    parts: Any,
    whole: Any,
    border: Any,
    owner: Any,
    match: Any,
    doubts: Any,
) -> int:
    """Write the owners of points; return how many are in doubt.

    Parameters
    ----------
    x, y
        Coordinates, float64.
    frame
        A :class:`gridgov.place.raster.Frame` as a plain tuple.
    codes, splits, parts
        As in :class:`gridgov.place.area_raster.AreaRaster`.
    whole
        ``first``, ``interiors``, ``candidates`` and ``candidate_start`` of the border.
    border
        ``state``, ``doubtful``, ``middle``, ``edges``, ``edge_start``, ``flips`` and
        ``upright`` of the border.
    owner, match
        Written: int32 and int8, not where in doubt.
    doubts
        Written from the front, int64: see :data:`PIXEL_BITS`.
    """
    west, south, per_column, per_row, columns, rows = frame
    first, interiors, candidates, candidate_start = whole
    state, doubtful, middle, edges, edge_start, flips, upright = border
    number = 0
    for k in range(len(x)):
        if not (np.isfinite(x[k]) and np.isfinite(y[k])):
            owner[k], match[k] = -1, NO_POINT
            continue
        column = min(max((x[k] - west) * per_column, 0.0), columns - 1.0)
        row = min(max((y[k] - south) * per_row, 0.0), rows - 1.0)
        i, j = np.int64(row), np.int64(column)
        code = np.int64(codes[i * columns + j])
        if code < 0 and splits > 1:
            part_i, part_j = np.int64((row - i) * splits), np.int64((column - j) * splits)
            code = np.int64(parts[((-1 - code) * splits + part_i) * splits + part_j])
        if code == 0:
            owner[k], match[k] = -1, OUTSIDE
            continue
        if code > 0:
            owner[k] = (code - 1) >> 1
            match[k] = INSIDE if code & 1 else OVERLAP
            continue
        b = -1 - code
        # Which candidates hold the point, bit by bit, beginning with those of the center.
        held = np.int64(-1) if doubtful[b] else np.int64(state[b])
        first_edge, end = (edge_start[b], edge_start[b + 1]) if held >= 0 else (0, 0)
        for e in range(first_edge, end):
            up, up_end = edges[e, 1] - y[k], edges[e, 3] - y[k]
            if up == 0 or up_end == 0:
                held = np.int64(-1)
                break
            level = (up < 0) != (up_end < 0)
            if not level and upright[e] == 0:
                continue
            corner = _side(edges[e, 0] - middle[b], up, edges[e, 2] - middle[b], up_end)
            side = _side(edges[e, 0] - x[k], up, edges[e, 2] - x[k], up_end) if level else 1
            if corner == 0 or side == 0:
                held = np.int64(-1)
                break
            crossed = upright[e] != 0 and corner != upright[e]
            if level and side != corner:
                crossed = not crossed
            if crossed:
                held ^= np.int64(flips[e])
        if held < 0:
            doubts[number] = (k << PIXEL_BITS) | b
            number += 1
            continue
        times = np.int64(interiors[b])
        one = np.int64(first[b])
        if held != 0:
            lowest = 0
            while (held >> lowest) & 1 == 0:
                lowest += 1
            one = min(one, np.int64(candidates[candidate_start[b] + lowest]))
            times += 1 if held & (held - 1) == 0 else 2
        if times == 0:
            owner[k], match[k] = -1, OUTSIDE
        else:
            owner[k] = one
            match[k] = INSIDE if times == 1 else OVERLAP
    return number
