"""Polygons on a raster: which pixels a boundary can touch, which lie wholly inside.

Everything is array arithmetic over all polygons at once. Each polygon has its own
window of pixels, laid end to end in one flat array. The claims are one-sided and
safe against rounding: a pixel that is not marked keeps a distance of at least 0.04
pixels from every boundary, so nothing that rounds to it can be on the other side.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["Frame", "Segments", "Windows", "boundary_pixels", "inside_pixels", "segments"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Boundaries are sampled so that every boundary point is within 0.25 pixels of a
# sample, and each sample marks the (at most four) pixels within 0.3 pixels of it.
# The 0.05 between the two is what keeps unmarked pixels clear of rounding.
_SAMPLE_STEP = 0.5
_REACH = 0.3

# Pixels around the data that no sample can mark: whatever is outside clips into them.
_MARGIN = 2


class Frame(NamedTuple):
    """A raster over a box: pixel (0, 0) is at its south-west corner, outside the data."""

    west: float
    south: float
    columns_per_degree: float
    rows_per_degree: float
    columns: int
    rows: int

    @classmethod
    def over(cls, bounds: Floats, pixels: int) -> Frame:
        """Return a frame of about `pixels` square pixels over west, south, east, north."""
        west, south, east, north = (float(bound) for bound in bounds)
        width, height = east - west, north - south
        # Neither side may starve: a street a thousand times longer than wide still
        # gets a few rows.
        columns = int(np.clip(np.sqrt(pixels * width / height), 8, pixels / 8))
        rows = max(int(pixels / columns), 8)
        return cls.with_pixels(bounds, width / columns, height / rows)

    @classmethod
    def with_pixels(cls, bounds: Floats, width: float, height: float) -> Frame:
        """Return a frame over west, south, east, north of pixels of at most this size."""
        west, south, east, north = (float(bound) for bound in bounds)
        # The quotient of two widths that fit may round up to just above a whole number.
        columns = max(math.ceil((east - west) / width - 1e-9), 1)
        rows = max(math.ceil((north - south) / height - 1e-9), 1)
        per_column, per_row = columns / (east - west), rows / (north - south)
        return cls(
            west - _MARGIN / per_column,
            south - _MARGIN / per_row,
            per_column,
            per_row,
            columns + 2 * _MARGIN,
            rows + 2 * _MARGIN,
        )

    def place(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return coordinates in pixels."""
        return (x - self.west) * self.columns_per_degree, (y - self.south) * self.rows_per_degree


class Segments(NamedTuple):
    """Every boundary segment of every polygon, and the polygon each belongs to."""

    x: Floats
    y: Floats
    x_end: Floats
    y_end: Floats
    polygon: Ints


class Windows(NamedTuple):
    """The pixels each polygon can touch: a box per polygon, laid end to end."""

    column: Ints
    row: Ints
    width: Ints
    height: Ints
    start: Ints

    @property
    def pixels(self) -> int:
        """Return the number of pixels in all windows together."""
        return int(self.start[-1])

    @classmethod
    def of(cls, frame: Frame, bounds: Floats) -> Windows:
        """Return the windows of polygons with the given bounds, shape (k, 4)."""
        west, south = frame.place(bounds[:, 0], bounds[:, 1])
        east, north = frame.place(bounds[:, 2], bounds[:, 3])
        column, row = _floor(west - _REACH), _floor(south - _REACH)
        width = _floor(east + _REACH) - column + 1
        height = _floor(north + _REACH) - row + 1
        start = np.concatenate([[0], np.cumsum(width * height)])
        return cls(column, row, width, height, start)


def segments(polygons: Any) -> Segments:
    """Return the boundary segments of polygons: shells and holes of every part."""
    parts, part_of = shapely.get_parts(polygons, return_index=True)
    rings, ring_of = shapely.get_rings(parts, return_index=True)
    coordinates, vertex_of = shapely.get_coordinates(rings, return_index=True)
    starts = np.flatnonzero(vertex_of[:-1] == vertex_of[1:])
    x, y = coordinates[:, 0], coordinates[:, 1]
    return Segments(
        x[starts], y[starts], x[starts + 1], y[starts + 1], part_of[ring_of[vertex_of[starts]]]
    )


def boundary_pixels(lines: Segments, frame: Frame, windows: Windows) -> NDArray[np.bool_]:
    """Return which pixels of the windows the boundary of their own polygon can touch."""
    column, row = frame.place(lines.x, lines.y)
    column_end, row_end = frame.place(lines.x_end, lines.y_end)
    right, up = column_end - column, row_end - row
    steps = np.maximum(np.maximum(np.abs(right), np.abs(up)) / _SAMPLE_STEP, 1)
    steps = np.ceil(steps).astype(np.int64)
    # The last sample of a segment is the first of the next in its ring.
    segment = np.repeat(np.arange(len(steps)), steps)
    along = (np.arange(len(segment)) - np.repeat(np.cumsum(steps) - steps, steps)) / steps[segment]
    polygon = lines.polygon[segment]
    local_column = column[segment] + along * right[segment] - windows.column[polygon]
    local_row = row[segment] + along * up[segment] - windows.row[polygon]
    width, start = windows.width[polygon], windows.start[polygon]
    marked = np.zeros(windows.pixels, dtype=bool)
    for row_reach in (-_REACH, _REACH):
        row_start = start + (local_row + row_reach).astype(np.int64) * width
        for column_reach in (-_REACH, _REACH):
            marked[row_start + (local_column + column_reach).astype(np.int64)] = True
    return marked


def inside_pixels(lines: Segments, frame: Frame, windows: Windows) -> NDArray[np.bool_]:
    """Return which pixels of the windows have their center in their own polygon.

    A horizontal line through the centers of each row crosses the boundary an even
    number of times; a center with an odd number of crossings to its left is inside.
    A crossing is exact enough for every pixel that :func:`boundary_pixels` does not
    mark, as rounding moves it by far less than the distance kept there.
    """
    column, row = frame.place(lines.x, lines.y)
    column_end, row_end = frame.place(lines.x_end, lines.y_end)
    # Centers of rows in [low, high): both segments at a vertex round it alike, so
    # each crossing is counted once.
    first = np.ceil(np.minimum(row, row_end) - 0.5).astype(np.int64)
    last = np.ceil(np.maximum(row, row_end) - 0.5).astype(np.int64)
    times = last - first
    segment = np.repeat(np.arange(len(times)), times)
    crossed = first[segment] + np.arange(len(segment))
    crossed -= np.repeat(np.cumsum(times) - times, times)
    rise = row_end[segment] - row[segment]
    along = np.clip((crossed + 0.5 - row[segment]) / rise, 0, 1)
    at = column[segment] + along * (column_end[segment] - column[segment])
    polygon = lines.polygon[segment]
    local_column = np.ceil(at - 0.5).astype(np.int64) - windows.column[polygon]
    local_row = crossed - windows.row[polygon]
    # A crossing right of the last center falls on the first pixel of the next row,
    # which is what "the row is over" means to the running parity.
    where = windows.start[polygon] + local_row * windows.width[polygon] + local_column
    crossings = np.zeros(windows.pixels + 1, dtype=np.uint8)
    np.add.at(crossings, where, np.uint8(1))
    parity: NDArray[np.bool_] = (np.cumsum(crossings, dtype=np.uint8)[:-1] & 1).astype(bool)
    return parity


def _floor(values: Floats) -> Ints:
    """Return the whole part of non-negative values."""
    return np.floor(values).astype(np.int64)
