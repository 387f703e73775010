"""Pixels that boundaries touch: which side of the edges in it a point of the pixel is on.

Of the center of such a pixel it is known which polygons hold it. A point of the pixel
lies in the same ones, save that every edge crossed on the way from there flips the
polygons it bounds. The way goes from the center up or down to the height of the point
and then left or right, so that only edges in the pixel can be crossed, and whether
one is takes the sides that the two ends of a leg are on.

The side of an edge a point is on is the sign of a determinant. When that is larger
than its rounding error can be, it is the sign that exact arithmetic gives and hence
the one GEOS acts on; every other point is *in doubt* and goes to shapely. So are the
points of pixels where the count of the center is not certain or edges crowd.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gridgov.place.raster import Frame, Runs, Segments

__all__ = ["SIDE_ERROR", "TINY", "Border", "make_border", "merged", "sides"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

SIDE_ERROR = 1e-15
"""Rounding error of a determinant by the sum of its products: 3.4e-16 would do (Shewchuk
1997, doi:10.1007/PL00009321); GEOS leaves its own quick test at 1e-15."""

TINY = 1e-290
"""Below this, products may have lost digits to underflow."""

# Edges that keep this distance from a pixel, in pixels, do not touch it: far more than
# rounding can move a point.
_CLEAR = 0.04

# Rounding of a coordinate in pixels is below 2**-51 of the largest coordinate.
_ROUNDING = 2.0**-46

# Beyond this, shapely's own index of a polygon is quicker.
_CROWD = 64

# Bits of a state: polygons whose boundary touches one pixel.
_MOST_CANDIDATES = 31


class Border(NamedTuple):
    """The pixels that boundaries touch.

    Attributes
    ----------
    pixel
        Which pixel of the frame each is, ascending.
    middle
        Longitude of its center.
    first, interiors
        The first polygon it lies wholly inside (the number of polygons when none) and
        how many there are, up to 2.
    candidates, candidate_start
        The polygons whose boundary touches pixel b, ascending:
        ``candidates[candidate_start[b]:candidate_start[b + 1]]``.
    state
        Bit k says that the center lies in candidate k.
    doubtful
        Whether all points of the pixel are in doubt.
    edges, edge_start
        The edges in pixel b, one row of x, y, x_end, y_end each.
    flips
        Bit k says that the edge bounds candidate k.
    upright
        0 for an edge that does not cross the vertical line through the center, else the
        side of the edge, 1 or -1, that the center is on.
    """

    pixel: Ints
    middle: Floats
    first: NDArray[np.int32]
    interiors: NDArray[np.int8]
    candidates: NDArray[np.int32]
    candidate_start: NDArray[np.int32]
    state: NDArray[np.int32]
    doubtful: Bools
    edges: Floats
    edge_start: NDArray[np.int32]
    flips: NDArray[np.int32]
    upright: NDArray[np.int8]


def make_border(lines: Segments, frame: Frame, runs: Runs, count: int) -> tuple[Border, Bools]:
    """Return the pixels that boundaries touch, and which candidates hold the center.

    ``first`` and ``interiors`` are not yet filled in.

    Parameters
    ----------
    lines
        The boundary segments of all polygons.
    frame
        The raster.
    runs
        Where centers lie inside.
    count
        The number of polygons.
    """
    once, member_start, members = merged(lines)
    pixel_of, segment = _touching(once, frame)
    fresh = np.append(True, pixel_of[1:] != pixel_of[:-1])[: len(pixel_of)]
    edge_start = np.append(np.flatnonzero(fresh), len(pixel_of))
    pixel = pixel_of[fresh]
    b = np.cumsum(fresh) - 1

    # Every (pixel, polygon) whose boundary touches it, by pixel.
    times = np.diff(member_start)[segment]
    pair = np.repeat(np.arange(len(segment)), times)
    polygon = members[_ranges(member_start[segment], times)]
    keys = b[pair] * count + polygon
    entries = _distinct(keys)
    at, candidates = np.divmod(entries, count)
    candidate_start = np.searchsorted(at, np.arange(len(pixel) + 1))
    bits = np.minimum(np.arange(len(entries)) - candidate_start[at], _MOST_CANDIDATES)
    bit = np.int64(1) << bits
    held = runs.holds(candidates, pixel[at])
    state = np.add.reduceat(np.where(held, bit, 0), candidate_start[:-1])
    flips = np.bitwise_xor.reduceat(bit[np.searchsorted(entries, keys)], np.cumsum(times) - times)

    row, column = np.divmod(pixel, frame.columns)
    middle = frame.west + (column + 0.5) / frame.columns_per_degree
    height = frame.south + (row + 0.5) / frame.rows_per_degree
    edges = np.column_stack(
        [once.x[segment], once.y[segment], once.x_end[segment], once.y_end[segment]]
    )
    x, y, x_end, y_end = edges.T
    side, _ = sides(x, y, x_end, y_end, middle[b], height[b])
    upright = np.where((x <= middle[b]) != (x_end <= middle[b]), side, 0).astype(np.int8)
    close = np.logical_or.reduceat(
        _near_center(once, frame, row[b], column[b], segment), edge_start[:-1]
    )
    many = (np.diff(edge_start) > _CROWD) | (np.diff(candidate_start) > _MOST_CANDIDATES)
    border = Border(
        pixel,
        middle,
        np.full(len(pixel), count, dtype=np.int32),
        np.zeros(len(pixel), dtype=np.int8),
        candidates.astype(np.int32),
        candidate_start.astype(np.int32),
        np.where(many, 0, state).astype(np.int32),
        close | many,
        edges,
        edge_start.astype(np.int32),
        np.where(many[b], 0, flips).astype(np.int32),
        upright,
    )
    return border, held


def sides(
    x: Floats, y: Floats, x_end: Floats, y_end: Floats, px: Floats, py: Floats
) -> tuple[NDArray[np.int8], Bools]:
    """Return the side, 1 or -1, of edges that points are on, and whether it is certain."""
    left = (x - px) * (y_end - py)
    right = (y - py) * (x_end - px)
    determinant = left - right
    certain = np.abs(determinant) > SIDE_ERROR * (np.abs(left) + np.abs(right)) + TINY
    return np.where(determinant > 0, np.int8(1), np.int8(-1)), certain


def merged(lines: Segments) -> tuple[Segments, Ints, Ints]:
    """Return every segment once, and the polygons it bounds: start of each, and members."""
    keep = (lines.x != lines.x_end) | (lines.y != lines.y_end)
    x, y, x_end, y_end, polygon = (values[keep] for values in lines)
    # Neighbors draw a common edge in opposite directions.
    back = (x > x_end) | ((x == x_end) & (y > y_end))
    x, x_end = np.where(back, x_end, x), np.where(back, x, x_end)
    y, y_end = np.where(back, y_end, y), np.where(back, y, y_end)
    mix = np.zeros(len(x), dtype=np.uint64)
    for values in (x, y, x_end, y_end):
        mix ^= np.ascontiguousarray(values).view(np.uint64)
        mix *= np.uint64(0x9E3779B97F4A7C15)
        mix ^= mix >> np.uint64(29)
    order = np.argsort(mix, kind="stable")
    x, y, x_end, y_end = x[order], y[order], x_end[order], y_end[order]
    fresh = np.ones(len(x), dtype=bool)
    fresh[1:] = (
        (x[1:] != x[:-1])
        | (y[1:] != y[:-1])
        | (x_end[1:] != x_end[:-1])
        | (y_end[1:] != y_end[:-1])
    )
    start = np.append(np.flatnonzero(fresh), len(x))
    one = start[:-1]
    return Segments(x[one], y[one], x_end[one], y_end[one], one), start, polygon[order]


def _touching(lines: Segments, frame: Frame) -> tuple[Ints, Ints]:
    """Return every pixel that a segment can touch and the segment, by pixel."""
    column, row = frame.place(lines.x, lines.y)
    column_end, row_end = frame.place(lines.x_end, lines.y_end)
    # Row by row, the piece of the segment in it, and the columns of that piece.
    low = (np.minimum(row, row_end) - _CLEAR).astype(np.int64)
    times = (np.maximum(row, row_end) + _CLEAR).astype(np.int64) - low + 1
    segment = np.repeat(np.arange(len(row)), times)
    rows = _ranges(low, times)
    up = (row_end - row)[segment]
    level = up == 0
    below = (rows - _CLEAR) - row[segment]
    rise = np.where(level, 1.0, up)
    begin = np.where(level, 0.0, np.clip(below / rise, 0, 1))
    end = np.where(level, 1.0, np.clip((below + (1 + 2 * _CLEAR)) / rise, 0, 1))
    right, start = (column_end - column)[segment], column[segment]
    begin, end = start + begin * right, start + end * right
    left = (np.minimum(begin, end) - _CLEAR).astype(np.int64)
    times = (np.maximum(begin, end) + _CLEAR).astype(np.int64) - left + 1
    pixel = _ranges(rows * frame.columns + left, times)
    keys = np.sort(pixel * len(lines.x) + np.repeat(segment, times))
    return keys // len(lines.x), keys % len(lines.x)


def _near_center(lines: Segments, frame: Frame, row: Ints, column: Ints, segment: Ints) -> Bools:
    """Return whether segments pass so near the centers of pixels that rounding matters."""
    at_column, at_row = frame.place(lines.x[segment], lines.y[segment])
    end_column, end_row = frame.place(lines.x_end[segment], lines.y_end[segment])
    right, up = end_column - at_column, end_row - at_row
    across = np.abs(right * (row + 0.5 - at_row) - up * (column + 0.5 - at_column))
    finest = _ROUNDING * max(
        abs(frame.west) * frame.columns_per_degree + frame.columns,
        abs(frame.south) * frame.rows_per_degree + frame.rows,
    )
    near: Bools = across <= finest * (np.abs(right) + np.abs(up))
    return near


def _distinct(keys: Ints) -> Ints:
    """Return keys in order, each once; np.unique takes a slower way for whole numbers."""
    ordered = np.sort(keys)
    fresh = np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]
    distinct: Ints = ordered[fresh]
    return distinct


def _ranges(start: Ints, times: Ints) -> Ints:
    """Return start[0], start[0] + 1, ... for the first, and so on, laid end to end."""
    values: Ints = np.arange(times.sum()) + np.repeat(start - (np.cumsum(times) - times), times)
    return values
