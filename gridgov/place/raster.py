"""Polygons on a raster: the frame of pixels, and which pixel centers lie in which polygon.

Everything is array arithmetic over all polygons at once. A horizontal line through
the centers of a row of pixels crosses the boundary of a polygon an even number of
times; a center with an odd number of crossings to its left is inside. Pixel
coordinates are rounded, so that is certain only for centers that keep some distance
from every boundary; how much is for the callers to see to.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

__all__ = ["Frame", "Runs", "Segments", "Windows", "inside_pixels", "inside_runs", "segments"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# A window reaches this much of a pixel beyond the box of its polygon.
_REACH = 0.3

# Pixels around the data that no boundary can touch: whatever is outside clips into them.
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

    def split(self, parts: int) -> Frame:
        """Return the frame whose pixels are this one's cut into so many rows and columns."""
        return Frame(
            self.west,
            self.south,
            self.columns_per_degree * parts,
            self.rows_per_degree * parts,
            self.columns * parts,
            self.rows * parts,
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


def inside_pixels(lines: Segments, frame: Frame, windows: Windows) -> NDArray[np.bool_]:
    """Return which pixels of the windows have their center in their own polygon."""
    polygon, row, column = _crossings(lines, frame)
    local_column = column - windows.column[polygon]
    local_row = row - windows.row[polygon]
    # A crossing right of the last center falls on the first pixel of the next row,
    # which is what "the row is over" means to the running parity.
    where = windows.start[polygon] + local_row * windows.width[polygon] + local_column
    crossings = np.zeros(windows.pixels + 1, dtype=np.uint8)
    np.add.at(crossings, where, np.uint8(1))
    parity: NDArray[np.bool_] = (np.cumsum(crossings, dtype=np.uint8)[:-1] & 1).astype(bool)
    return parity


class Runs(NamedTuple):
    """Pixels of a row whose centers lie in one polygon, for every polygon and row.

    Attributes
    ----------
    keys
        Crossings in order, two a run: (polygon * rows + row) * columns + column.
    pixels
        Pixels of the whole frame.
    """

    keys: Ints
    pixels: int

    @property
    def polygon(self) -> Ints:
        """Return the polygon of every run, ascending."""
        return self.keys[::2] // self.pixels

    @property
    def begin(self) -> Ints:
        """Return the first pixel of every run."""
        return self.keys[::2] % self.pixels

    @property
    def end(self) -> Ints:
        """Return the pixel after the last of every run."""
        return self.keys[1::2] % self.pixels

    def holds(self, polygon: Ints, pixel: Ints) -> NDArray[np.bool_]:
        """Return whether the centers of pixels lie in polygons, one pixel each."""
        left = np.searchsorted(self.keys, polygon * self.pixels + pixel, side="right")
        odd: NDArray[np.bool_] = (left & 1).astype(bool)
        return odd


def inside_runs(lines: Segments, frame: Frame) -> Runs:
    """Return the runs of pixels with their centers inside, of every polygon."""
    polygon, row, column = _crossings(lines, frame)
    keys = (polygon * frame.rows + row) * frame.columns + column
    keys.sort()
    return Runs(keys, frame.rows * frame.columns)


def _crossings(lines: Segments, frame: Frame) -> tuple[Ints, Ints, Ints]:
    """Return the polygon, the row and the first center at or right of every crossing."""
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
    return lines.polygon[segment], crossed, np.ceil(at - 0.5).astype(np.int64)


def _floor(values: Floats) -> Ints:
    """Return the whole part of non-negative values."""
    return np.floor(values).astype(np.int64)
