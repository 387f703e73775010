"""Points to polygons: who owns each point, and how sure that is.

The owner of a point is the first polygon in table order that covers it, edges
included. What the match says:

- ``inside``: in the interior of exactly one polygon and on no polygon's edge,
- ``border``: on the edge of at least one polygon (the outer edge counts as well),
- ``overlap``: in the interior of two or more polygons and on no edge,
- ``outside``: covered by none,
- ``no_point``: there is no point to ask about.

:func:`owners_plain` asks shapely about every pair and is the reference.
:func:`owners` gives the same answers through a raster: a pixel that no boundary can
touch lies wholly inside or wholly outside each polygon, so its points are answered
by look-up; the pixels that boundaries touch keep the list of those polygons, and
only their points meet shapely.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from gridgov.place.raster import Frame, Windows, boundary_pixels, inside_pixels, segments

__all__ = [
    "MATCHES",
    "OWNED_MATCHES",
    "AreaIndex",
    "Owners",
    "index_areas",
    "owners",
    "owners_plain",
]

Floats = NDArray[np.float64]

MATCHES = ("inside", "border", "overlap", "outside", "no_point")
"""The five matches; ``Owners.match`` holds positions in this tuple."""

OWNED_MATCHES = MATCHES[:3]
"""The matches of an incident that has an owner."""

_INSIDE, _BORDER, _OVERLAP, _OUTSIDE, _NO_POINT = range(5)

# Below this the raster costs more than it saves.
_FEW_POINTS = 200

# A pixel must be many times coarser than the spacing of the numbers, or rounding would
# move a point by whole pixels.
_FINEST = 2.0**-40

# Rows looked up at once: small enough for the processor's cache.
_BLOCK = 1 << 15


class Owners(NamedTuple):
    """Who owns each point.

    Attributes
    ----------
    owner
        Position of the owning polygon, -1 where there is none.
    match
        Position in :data:`MATCHES`.
    """

    owner: NDArray[np.int32]
    match: NDArray[np.int8]


class AreaIndex(NamedTuple):
    """A raster of answers.

    Attributes
    ----------
    polygons
        The polygons it answers for.
    frame
        Where its pixels are.
    codes
        For every pixel: -1 outside all; 2 i, wholly inside polygon i alone; 2 i + 1, wholly
        inside polygon i and later ones; -2 - b, the b-th pixel that boundaries touch.
    first, interiors
        For every pixel that boundaries touch, the first polygon it lies wholly inside
        (the number of polygons when none) and how many there are, up to 2.
    candidates, start
        The polygons whose boundary touches pixel b: ``candidates[start[b]:start[b + 1]]``.
    """

    polygons: NDArray[np.object_]
    frame: Frame
    codes: NDArray[np.int32]
    first: NDArray[np.int32]
    interiors: NDArray[np.int8]
    candidates: NDArray[np.int32]
    start: NDArray[np.int64]


def owners_plain(polygons: Any, longitude: Floats, latitude: Floats) -> Owners:
    """Return every point's owner and match by asking shapely about every pair.

    Parameters
    ----------
    polygons
        Array of shapely Polygons or MultiPolygons.
    longitude, latitude
        Arrays of one length, in the polygons' coordinates; NaN for a missing point.

    Returns
    -------
    Owners
        ``owner`` and ``match``, aligned with the points.
    """
    present = np.isfinite(longitude) & np.isfinite(latitude)
    points = shapely.points(longitude[present], latitude[present])
    first = np.full(len(points), -1, dtype=np.int32)
    interiors = np.zeros(len(points), dtype=np.int32)
    on_edge = np.zeros(len(points), dtype=bool)
    for position, polygon in enumerate(polygons):
        covers = shapely.covers(polygon, points)
        touches = shapely.touches(polygon, points)
        first[covers & (first < 0)] = position
        interiors += covers & ~touches
        on_edge |= touches
    owner = np.full(len(longitude), -1, dtype=np.int32)
    match = np.full(len(longitude), _NO_POINT, dtype=np.int8)
    owner[present] = first
    match[present] = _matches(interiors, on_edge)
    return Owners(owner, match)


def owners(polygons: Any, longitude: Floats, latitude: Floats) -> Owners:
    """Return every point's owner and match, bit for bit those of :func:`owners_plain`.

    Parameters
    ----------
    polygons
        Array of shapely Polygons or MultiPolygons; invalid ones take the plain path.
    longitude, latitude
        Arrays of one length, in the polygons' coordinates; NaN for a missing point.

    Returns
    -------
    Owners
        ``owner`` and ``match``, aligned with the points.
    """
    index = index_areas(polygons, points=len(longitude))
    if index is None:
        return owners_plain(polygons, longitude, latitude)
    present = np.isfinite(longitude) & np.isfinite(latitude)
    if present.all():
        return _look_up(index, longitude, latitude)
    found = _look_up(index, longitude[present], latitude[present])
    owner = np.full(len(longitude), -1, dtype=np.int32)
    match = np.full(len(longitude), _NO_POINT, dtype=np.int8)
    owner[present], match[present] = found
    return Owners(owner, match)


def index_areas(polygons: Any, *, points: int, pixels: int | None = None) -> AreaIndex | None:
    """Return a raster of answers for about so many points, None where plain is better.

    Parameters
    ----------
    polygons
        Array of shapely Polygons or MultiPolygons.
    points
        How many points will be asked about; sets the size of the pixels.
    pixels
        The number of pixels, if not that.

    Returns
    -------
    AreaIndex or None
        None when there are too few points, a polygon is invalid or no polygon, or all
        are so small that rounding would matter.
    """
    shapes = np.asarray(polygons, dtype=object)
    usable = points >= _FEW_POINTS and len(shapes) > 0
    if not usable or not (shapely.is_valid(shapes) & (shapely.area(shapes) > 0)).all():
        return None
    bounds = shapely.bounds(shapes)
    whole = np.concatenate([bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)])
    if pixels is None:
        pixels = _pixels(points, bounds, whole)
    frame = Frame.over(whole, pixels)
    finest = _FINEST * np.abs(whole).max()
    if min(1 / frame.columns_per_degree, 1 / frame.rows_per_degree) < finest:
        return None
    windows = Windows.of(frame, bounds)
    lines = segments(shapes)
    touched = boundary_pixels(lines, frame, windows)
    inside = inside_pixels(lines, frame, windows) & ~touched

    size = (frame.rows, frame.columns)
    first = np.full(size, len(shapes), dtype=np.int32)
    once = np.zeros(size, dtype=bool)
    twice = np.zeros(size, dtype=bool)
    border = np.zeros(size, dtype=bool)
    pairs: list[NDArray[np.int64]] = []
    # From last to first, so that the first in table order has the last word.
    for position in range(len(shapes) - 1, -1, -1):
        begin, end = windows.start[position], windows.start[position + 1]
        shape = (int(windows.height[position]), int(windows.width[position]))
        top, left = int(windows.row[position]), int(windows.column[position])
        view = (slice(top, top + shape[0]), slice(left, left + shape[1]))
        own = inside[begin:end].reshape(shape)
        twice[view] |= once[view] & own
        once[view] |= own
        first[view][own] = position
        edge = touched[begin:end].reshape(shape)
        border[view] |= edge
        row, column = np.divmod(np.flatnonzero(edge), shape[1])
        pairs.append((row + top) * frame.columns + column + left)

    codes = np.where(once, 2 * first + twice, np.int32(-1)).ravel()
    at = np.flatnonzero(border)
    codes[at] = -2 - np.arange(len(at), dtype=np.int32)
    pixel = -2 - codes[np.concatenate(pairs)]
    polygon = np.repeat(
        np.arange(len(shapes) - 1, -1, -1, dtype=np.int32), [len(pair) for pair in pairs]
    )
    order = np.argsort(pixel, kind="stable")
    start = np.concatenate([[0], np.cumsum(np.bincount(pixel, minlength=len(at)))])
    return AreaIndex(
        shapes,
        frame,
        codes,
        first.ravel()[at],
        (once.ravel()[at].astype(np.int8) + twice.ravel()[at]),
        polygon[order],
        start,
    )


def _pixels(points: int, bounds: Floats, whole: Floats) -> int:
    """Return how many pixels pay off for so many points and these boxes."""
    boxes = np.prod(bounds[:, 2:] - bounds[:, :2], axis=1).sum()
    layers = max(1.0, boxes / np.prod(whole[2:] - whole[:2]))
    return int(np.clip(points / layers, 1 << 12, 1 << 22))


def _look_up(index: AreaIndex, x: Floats, y: Floats) -> Owners:
    """Return the owners of points that are all present."""
    frame = index.frame
    count = len(index.polygons)
    # Position -1 of both tables answers for code -1, outside all.
    owner_of = np.append(np.repeat(np.arange(count, dtype=np.int32), 2), np.int32(-1))
    match_of = np.append(np.tile(np.array([_INSIDE, _OVERLAP], np.int8), count), np.int8(_OUTSIDE))
    owner = np.empty(len(x), dtype=np.int32)
    match = np.empty(len(x), dtype=np.int8)
    border_points = []
    border_pixels = []
    for begin in range(0, len(x), _BLOCK):
        block = slice(begin, begin + _BLOCK)
        # A coordinate of 1e308 is outside whichever way it overflows.
        with np.errstate(over="ignore"):
            column, row = frame.place(x[block], y[block])
        np.clip(column, 0, frame.columns - 1, out=column)
        np.clip(row, 0, frame.rows - 1, out=row)
        pixel = row.astype(np.int32)
        pixel *= np.int32(frame.columns)
        pixel += column.astype(np.int32)
        code = index.codes.take(pixel)
        border = np.flatnonzero(code < -1)
        border_points.append(border + begin)
        border_pixels.append(-2 - code[border])
        code[border] = -1
        owner[block] = owner_of[code]
        match[block] = match_of[code]
    points = np.concatenate(border_points) if border_points else np.empty(0, dtype=np.int64)
    if points.size:
        pixels = np.concatenate(border_pixels)
        owner[points], match[points] = _at_border(index, pixels, x[points], y[points])
    return Owners(owner, match)


def _at_border(index: AreaIndex, pixels: NDArray[np.int32], x: Floats, y: Floats) -> Owners:
    """Return the owners of points in pixels that boundaries touch: the exact tests."""
    times = index.start[pixels + 1] - index.start[pixels]
    point = np.repeat(np.arange(len(pixels)), times)
    rank = np.arange(len(point)) - np.repeat(np.cumsum(times) - times, times)
    polygon = index.candidates[index.start[pixels][point] + rank]
    order = np.argsort(polygon, kind="stable")
    point, polygon = point[order], polygon[order]
    first = index.first[pixels]
    interiors = index.interiors[pixels].astype(np.int32)
    on_edge = np.zeros(len(pixels), dtype=bool)
    ends = np.append(np.flatnonzero(np.diff(polygon)) + 1, len(polygon))
    begin = 0
    for end in ends.tolist():
        position = int(polygon[begin])
        mine = point[begin:end]
        begin = end
        shape = index.polygons[position]
        within = shapely.contains_xy(shape, x[mine], y[mine])
        interiors[mine] += within
        rest = mine[~within]
        edge = rest[shapely.intersects_xy(shape, x[rest], y[rest])]
        on_edge[edge] = True
        for covered in (mine[within], edge):
            first[covered] = np.minimum(first[covered], position)
    owner = np.where(first < len(index.polygons), first, np.int32(-1))
    return Owners(owner, _matches(interiors, on_edge))


def _matches(interiors: NDArray[Any], on_edge: NDArray[np.bool_]) -> NDArray[np.int8]:
    """Return the match of points from the number of interiors they lie in and their edges."""
    by_interiors = np.array([_OUTSIDE, _INSIDE, _OVERLAP], dtype=np.int8)
    return np.where(on_edge, np.int8(_BORDER), by_interiors[np.minimum(interiors, 2)])
