"""A raster of answers: who owns the points of a pixel.

A pixel that no boundary can touch lies wholly inside or wholly outside each polygon,
so its points are answered by look-up; the points of a pixel that boundaries touch are
set against the few edges in it, see :mod:`gridgov.place.border`; and the very few
within rounding of an edge meet shapely.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gridgov.place.border import SIDE_ERROR, TINY, Border, make_border
from gridgov.place.owners import NO_POINT, Owners, matches_of
from gridgov.place.raster import Frame, Runs, inside_runs, segments

__all__ = ["AreaRaster", "build_raster", "look_up"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# A pixel must be many times coarser than the spacing of the numbers, or rounding would
# move a point by whole pixels.
_FINEST = 2.0**-40

# Parts of pixels that an area should have, and the most rows of parts in a pixel.
_PARTS_PER_AREA = 256
_MOST_SPLITS = 64

# Rows looked up at once, and pairs of points and edges: small enough for the cache.
_BLOCK = 1 << 14
_PAIRS = 1 << 15


class AreaRaster(NamedTuple):
    """Who owns the points of each pixel.

    Attributes
    ----------
    frame
        Where its pixels are.
    codes
        For every pixel: 0, outside all; 2 i + 1, wholly inside polygon i alone; 2 i + 2,
        wholly inside polygon i and later ones; -1 - b, the b-th that boundaries touch.
    splits
        Into how many rows and columns the pixels are cut that boundaries touch; when 1,
        `border` describes them, otherwise the parts that boundaries touch.
    parts
        The codes of the parts of the b-th pixel from ``b * splits**2`` on, row by row.
    border
        The pixels or parts that boundaries touch.
    """

    frame: Frame
    codes: NDArray[np.int32]
    splits: int
    parts: NDArray[np.int32]
    border: Border


def build_raster(polygons: Any, pixels: int, *, splits: int | None = None) -> AreaRaster | None:
    """Return a raster of about so many pixels over valid polygons.

    None when a polygon is invalid or has no area, or all are so small that rounding
    would matter. Areas that are small beside the whole, as the streets of a country's
    cities are, get pixels cut into `splits` by `splits` parts where boundaries are.
    """
    shapes = np.asarray(polygons, dtype=object)
    if not len(shapes) or not (shapely.is_valid(shapes) & (shapely.area(shapes) > 0)).all():
        return None
    bounds = shapely.bounds(shapes)
    whole = np.concatenate([bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)])
    frame = Frame.over(whole, pixels)
    room = min(1 / frame.columns_per_degree, 1 / frame.rows_per_degree)
    room /= _FINEST * np.abs(whole).max()
    if room < 1:
        return None
    lines = segments(shapes)
    runs = inside_runs(lines, frame)
    border, held = make_border(lines, frame, runs, len(shapes))
    places, stretch = _stretches(runs, border, held, len(shapes))
    codes = np.repeat(stretch, np.diff(np.append(places, runs.pixels)))
    codes[border.pixel] = -1 - np.arange(len(border.pixel), dtype=np.int32)
    if splits is None:
        splits = _splits(frame, bounds, len(border.pixel), pixels)
    if splits < 2 or splits > room:
        return AreaRaster(frame, codes, 1, np.empty(0, dtype=np.int32), border)

    fine = frame.split(splits)
    runs = inside_runs(lines, fine)
    cut, held = make_border(lines, fine, runs, len(shapes))
    places, stretch = _stretches(runs, cut, held, len(shapes))
    row, column = np.divmod(border.pixel, frame.columns)
    corner = row * splits * fine.columns + column * splits
    step = np.arange(splits)
    part = corner[:, None, None] + step[:, None] * fine.columns + step
    parts = stretch[np.searchsorted(places, part.ravel(), side="right") - 1]
    row, column = np.divmod(cut.pixel, fine.columns)
    pixel = -1 - codes[row // splits * frame.columns + column // splits].astype(np.int64)
    at = (pixel * splits + row % splits) * splits + column % splits
    parts[at] = -1 - np.arange(len(at), dtype=np.int32)
    return AreaRaster(frame, codes, splits, parts, cut)


def _splits(frame: Frame, bounds: Floats, touched: int, pixels: int) -> int:
    """Return into how many rows and columns to cut the pixels that boundaries touch."""
    wide = (bounds[:, 2] - bounds[:, 0]) * frame.columns_per_degree
    tall = (bounds[:, 3] - bounds[:, 1]) * frame.rows_per_degree
    # Enough parts for half of the areas, and no more parts than twice the pixels.
    wanted = _PARTS_PER_AREA / max(float(np.median(wide * tall)), 1e-9)
    paid = 2 * pixels / max(touched, 1)
    finest = min(wanted, paid, _MOST_SPLITS**2)
    return int(2 ** np.floor(np.log2(finest) / 2)) if finest >= 4 else 1


def look_up(raster: AreaRaster, polygons: Any, x: Floats, y: Floats) -> Owners:
    """Return the owners of points; a coordinate that is not finite is no point."""
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


def _parts(raster: AreaRaster, pixel: NDArray[np.int32], x: Floats, y: Floats) -> NDArray[np.int32]:
    """Return the codes of parts of pixels."""
    column, row = raster.frame.place(x, y)
    # The number is a power of two: the whole pixels come out as they did before.
    step = raster.splits
    part = pixel * (step * step) + np.floor((row - np.floor(row)) * step) * step
    part += np.floor((column - np.floor(column)) * step)
    codes: NDArray[np.int32] = raster.parts[part.astype(np.intp)]
    return codes


def _stretches(
    runs: Runs, border: Border, held: NDArray[np.bool_], count: int
) -> tuple[Ints, NDArray[np.int32]]:
    """Return where a code begins and the code, up to the next, boundaries left aside.

    Also fills in what border pixels lie wholly inside.
    """
    polygon, begin, end = runs.polygon, runs.begin, runs.end
    # Between one begin or end of a run and the next, the same polygons hold the centers.
    places = np.concatenate([[0], begin, end])
    order = np.argsort(places, kind="stable")
    ones = np.repeat([0, 1, -1], [1, len(begin), len(begin)])
    numbers = np.concatenate([[0], polygon, -polygon])
    places = places[order]
    covers = np.cumsum(ones[order])
    # Where one polygon holds the center, the sum of the numbers is its number.
    first = np.cumsum(numbers[order])
    lengths = np.diff(np.append(places, runs.pixels))
    several = np.flatnonzero((covers > 1) & (lengths > 0))
    if several.size:
        there, who = _spread(places[several], runs)
        first[several] = count
        np.minimum.at(first, several[there], who)
    stretch = np.where(covers > 0, 2 * first + 1 + (covers > 1), 0).astype(np.int32)

    # A border pixel lies wholly inside what holds its center and has no boundary in it.
    at = border.pixel
    candidate_at = np.repeat(np.arange(len(at)), np.diff(border.candidate_start))
    candidates = border.candidates.astype(np.int64)
    here = np.searchsorted(places, at, side="right") - 1
    whole = covers[here] - np.bincount(candidate_at[held], minlength=len(at))
    border.interiors[:] = np.minimum(whole, 2)
    alone = (whole == 1) & (covers[here] == 1)
    border.first[alone] = first[here[alone]]
    shared = np.flatnonzero((whole > 0) & ~alone)
    if shared.size:
        there, who = _spread(at[shared], runs)
        entries = at[candidate_at] * count + candidates
        keys = at[shared[there]] * count + who
        near = np.minimum(np.searchsorted(entries, keys), len(entries) - 1)
        apart = entries[near] != keys
        np.minimum.at(border.first, shared[there[apart]], who[apart].astype(np.int32))
    return places, stretch


def _spread(pixels: Ints, runs: Runs) -> tuple[Ints, Ints]:
    """Return, for every run and every one of ascending pixels in it, pixel and polygon."""
    low, high = np.searchsorted(pixels, runs.begin), np.searchsorted(pixels, runs.end)
    times = high - low
    where = np.arange(times.sum()) + np.repeat(low - (np.cumsum(times) - times), times)
    return where, np.repeat(runs.polygon, times)


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
