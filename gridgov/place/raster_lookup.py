"""Points looked up in a raster of areas.

The points of a pixel that no boundary can touch are answered by its code; those of the
others are set against the few edges in the pixel, see :mod:`gridgov.place.border`; and
the very few within rounding of an edge meet shapely. One compiled loop does the same
where numba pays.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gridgov.arrays.compiled import in_pieces, use_loops
from gridgov.place.area_raster import AreaRaster
from gridgov.place.border import SIDE_ERROR, TINY, Border
from gridgov.place.owners import NO_POINT, Owners, matches_of

__all__ = ["look_up"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Rows looked up at once, and pairs of points and edges: small enough for the cache.
_BLOCK = 1 << 14
_PAIRS = 1 << 15


def look_up(raster: AreaRaster, polygons: Any, x: Floats, y: Floats) -> Owners:
    """Return the owners of points; a coordinate that is not finite is no point."""
    if use_loops(len(x)):
        return _look_up_compiled(raster, polygons, x, y)
    frame, codes = raster.frame, raster.codes
    owner = np.empty(len(x), dtype=np.int32)
    match = np.empty(len(x), dtype=np.int8)
    hard_points: list[Ints] = []
    hard_pixels: list[NDArray[np.int32]] = []
    for begin in range(0, len(x), _BLOCK):
        block = slice(begin, begin + _BLOCK)
        # A coordinate of 1e308 is outside whichever way it overflows.
        with np.errstate(over="ignore", invalid="ignore"):
            column, row = frame.place(x[block], y[block])
            missing = ~np.isfinite(column + row)
        if missing.any():
            missing = ~(np.isfinite(x[block]) & np.isfinite(y[block]))
            column[missing] = row[missing] = 0
        np.clip(column, 0, frame.columns - 1, out=column)
        np.clip(row, 0, frame.rows - 1, out=row)
        np.floor(row, out=row)
        row *= frame.columns
        row += np.floor(column, out=column)
        code = codes.take(row.astype(np.intp), mode="clip")
        border = np.flatnonzero(code < 0)
        if raster.splits > 1 and border.size:
            rows = begin + border
            code[border] = part = _parts(raster, -1 - code[border], x[rows], y[rows])
            border = border[part < 0]
        hard_points.append(border + begin)
        hard_pixels.append(-1 - code[border])
        np.right_shift(code - 1, 1, out=owner[block])
        match[block] = (((code - 1) & 1) << 1) + (code == 0)
        match[block][missing] = NO_POINT
    points = np.concatenate(hard_points) if hard_points else np.empty(0, dtype=np.int64)
    if points.size:
        at = np.concatenate(hard_pixels)
        owner[points], match[points] = _at_border(raster.border, polygons, at, x[points], y[points])
    return Owners(owner, match)


def _look_up_compiled(raster: AreaRaster, polygons: Any, x: Floats, y: Floats) -> Owners:
    """Return the owners of points from the compiled loop, piece by piece in threads."""
    loop = import_module("gridgov.place.raster_kernels")
    # As views that cannot be written, so that numba compiles for one kind of array.
    x, y = np.ascontiguousarray(x).view(), np.ascontiguousarray(y).view()
    x.flags.writeable = y.flags.writeable = False
    border = raster.border
    whole = (border.first, border.interiors, border.candidates, border.candidate_start)
    inner = (
        border.state,
        border.doubtful,
        border.middle,
        border.edges,
        border.edge_start,
        border.flips,
        border.upright,
    )
    owner = np.empty(len(x), dtype=np.int32)
    match = np.empty(len(x), dtype=np.int8)

    def work(begin: int, end: int) -> Ints:
        piece = slice(begin, end)
        doubts = np.empty(end - begin, dtype=np.int64)
        number = loop.find_owners(
            x[piece],
            y[piece],
            tuple(raster.frame),
            raster.codes,
            raster.splits,
            raster.parts,
            whole,
            inner,
            owner[piece],
            match[piece],
            doubts,
        )
        there: Ints = doubts[:number] + (begin << loop.PIXEL_BITS)
        return there

    doubts = in_pieces(len(x), work)
    if doubts.size:
        points = doubts >> loop.PIXEL_BITS
        at = (doubts & ((1 << loop.PIXEL_BITS) - 1)).astype(np.int32)
        owner[points], match[points] = _ask_shapely(border, polygons, at, x[points], y[points])
    return Owners(owner, match)


def _parts(raster: AreaRaster, pixel: NDArray[np.int32], x: Floats, y: Floats) -> NDArray[np.int32]:
    """Return the codes of parts of pixels."""
    column, row = raster.frame.place(x, y)
    # The number is a power of two: the whole pixels come out as they did before.
    step = raster.splits
    part = pixel * (step * step) + np.floor((row - np.floor(row)) * step) * step
    part += np.floor((column - np.floor(column)) * step)
    codes: NDArray[np.int32] = raster.parts[part.astype(np.intp)]
    return codes


def _at_border(
    border: Border, polygons: Any, at: NDArray[np.int32], x: Floats, y: Floats
) -> Owners:
    """Return the owners of points in pixels that boundaries touch."""
    doubt = border.doubtful[at]
    state = border.state[at]
    plain = np.flatnonzero(~doubt)
    pairs = np.cumsum(border.edge_start[at[plain] + 1] - border.edge_start[at[plain]])
    cuts = np.flatnonzero(np.diff(pairs // _PAIRS)) + 1
    for mine in np.split(plain, cuts) if plain.size else ():
        state[mine], doubt[mine] = _cross(border, at[mine], x[mine], y[mine])
    owner, match = _read_state(border, at, state)
    hard = np.flatnonzero(doubt)
    if hard.size:
        owner[hard], match[hard] = _ask_shapely(border, polygons, at[hard], x[hard], y[hard])
    return Owners(owner, match)


def _cross(
    border: Border, at: NDArray[np.int32], px: Floats, py: Floats
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Return which candidates hold points, bit by bit, and whether that is in doubt."""
    start = border.edge_start[at].astype(np.int64)
    times = border.edge_start[at + 1] - start
    first = np.cumsum(times) - times
    pair = np.arange(first[-1] + times[-1]) + np.repeat(start - first, times)
    edges = border.edges.take(pair, axis=0)
    qx, qy = np.repeat(px, times), np.repeat(py, times)
    cx = np.repeat(border.middle[at], times)
    up, up_end = edges[:, 1] - qy, edges[:, 3] - qy
    upright = border.upright[pair]
    level = (up < 0) != (up_end < 0)
    doubt = (up == 0) | (up_end == 0)
    x, x_end = edges[:, 0], edges[:, 2]
    corner, sure = _side(x - cx, up, x_end - cx, up_end)
    doubt |= ~sure & (level | (upright != 0))
    point, sure = _side(x - qx, up, x_end - qx, up_end)
    doubt |= ~sure & level
    crossed = (level & (point != corner)) ^ ((upright != 0) & (corner != (upright > 0)))
    flips = np.where(crossed, border.flips[pair], 0)
    state = border.state[at] ^ np.bitwise_xor.reduceat(flips, first)
    return state, np.logical_or.reduceat(doubt, first)


def _side(
    right: Floats, up: Floats, right_end: Floats, up_end: Floats
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return whether a determinant is positive and whether its sign is certain."""
    left = right * up_end
    other = up * right_end
    determinant = left - other
    bound = SIDE_ERROR * (np.abs(left) + np.abs(other)) + TINY
    return determinant > 0, np.abs(determinant) > bound


def _read_state(border: Border, at: NDArray[np.int32], state: NDArray[np.int32]) -> Owners:
    """Return the owners of points from the candidates that hold them."""
    lowest = np.bitwise_count((state & -state) - np.int32(1)).astype(np.int32)
    first = border.first[at]
    held = np.flatnonzero(state)
    candidate = border.candidates[border.candidate_start[at[held]] + lowest[held]]
    first[held] = np.minimum(first[held], candidate)
    interiors = border.interiors[at] + np.bitwise_count(state)
    owner = np.where(interiors > 0, first, np.int32(-1))
    return Owners(owner, matches_of(interiors, np.zeros(len(at), dtype=bool)))


def _ask_shapely(
    border: Border, polygons: Any, at: NDArray[np.int32], x: Floats, y: Floats
) -> Owners:
    """Return the owners of points in pixels that boundaries touch from shapely's tests."""
    begin = border.candidate_start[at].astype(np.int64)
    times = border.candidate_start[at + 1] - begin
    point = np.repeat(np.arange(len(at)), times)
    rank = np.arange(len(point)) - np.repeat(np.cumsum(times) - times, times)
    polygon = border.candidates[begin[point] + rank]
    order = np.argsort(polygon, kind="stable")
    point, polygon = point[order], polygon[order]
    first = border.first[at]
    interiors = border.interiors[at].astype(np.int32)
    on_edge = np.zeros(len(at), dtype=bool)
    ends = np.append(np.flatnonzero(np.diff(polygon)) + 1, len(polygon))
    begin_at = 0
    for end in ends.tolist():
        position = int(polygon[begin_at])
        mine = point[begin_at:end]
        begin_at = end
        shape = polygons[position]
        within = shapely.contains_xy(shape, x[mine], y[mine])
        interiors[mine] += within
        rest = mine[~within]
        edge = rest[shapely.intersects_xy(shape, x[rest], y[rest])]
        on_edge[edge] = True
        for covered in (mine[within], edge):
            first[covered] = np.minimum(first[covered], position)
    covered_by_one = (interiors > 0) | on_edge
    owner = np.where(covered_by_one, first, np.int32(-1))
    return Owners(owner, matches_of(interiors, on_edge))
