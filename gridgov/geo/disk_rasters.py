"""Cells laid out flat on a raster, where a disk is a few runs of neighboring places."""

from __future__ import annotations

from importlib import import_module
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gridgov.arrays.compiled import each_piece, read_only, use_loops

__all__ = ["Raster", "lay_out"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Places of a raster: 2 MB, or 16 for each cell.
_LARGE_RASTER = 1 << 18
_PLACES_A_CELL = 16
# Additions at once, so that they stay in cache.
_BLOCK = 1 << 15


class Raster(NamedTuple):
    """Cells on a raster.

    Attributes
    ----------
    place
        Of each cell; around all there is a rim of empty places as wide as the rings, so
        that no shift wraps around.
    width, size
        Places in a row of the raster, and in all.
    rings
        Steps from the middle to the edge of a disk.
    """

    place: Ints
    width: int
    size: int
    rings: int

    def sums(self, values: Any) -> Any:
        """Return the sum of whole numbers over every disk, in their own dtype."""
        rings, width = self.rings, self.width
        laid = np.zeros(self.size, dtype=values.dtype)
        laid[self.place] = values
        # A disk has one run in its middle row, of 2 k + 1 places, and one above and below
        # that is a place shorter for every row. run[p] is the sum of the run that begins at p.
        run = laid.copy()
        first = rings * width + rings
        total = np.zeros(self.size - 2 * first, dtype=values.dtype)
        for length in range(1, 2 * rings + 2):
            if length > 1:
                run[: self.size - length + 1] += laid[length - 1 :]
            away = 2 * rings + 1 - length
            if away <= rings:
                for start in {-away * width - rings, away * width + away - rings}:
                    total += run[first + start : first + start + total.size]
        return total[self.place - first]

    def sizes(self) -> Ints:
        """Return how many cells lie in each disk."""
        most = 1 + 3 * self.rings * (self.rings + 1)
        small = np.int16 if most < 1 << 15 else np.int64
        return np.asarray(self.sums(np.ones(len(self.place), dtype=small)), dtype=np.int64)

    def ordered_sums(self, values: Floats) -> Floats:
        """Return the sum of numbers over every disk, added in the order of the table."""
        total = np.zeros(self.size)
        # The matrix is symmetric: cells in the order of the table each add to the sums
        # around them, so every sum grows in that order. Sums of no cell are not read.
        starts, ends = self.runs()
        if use_loops(len(values)) and len(values) == len(self.place):
            loops = import_module("gridgov.geo.disk_kernels")
            loops.add_around(read_only(self.place), read_only(values), starts, ends, total)
            return np.asarray(total[self.place])
        shifts = self.shifts()
        rows = max(_BLOCK // len(shifts), 1)
        for start in range(0, len(values), rows):
            block = slice(start, start + rows)
            around = (self.place[block, None] + shifts).ravel()
            np.add.at(total, around, np.repeat(values[block], len(shifts)))
        return np.asarray(total[self.place])

    def neighbors(self) -> tuple[Ints, NDArray[np.int32]] | None:
        """Return where each cell's neighbors begin and end in a list of all, and the list.

        Those of a cell ascend. None where no compiled loop is at hand, or too many neighbors.
        """
        sizes = self.sizes()
        if not use_loops(len(sizes)) or sizes.sum() >= 1 << 31:
            return None
        ends = np.concatenate([[0], np.cumsum(sizes)])
        # At the place of every cell where its next neighbor will stand; no cell, -1.
        waiting = np.full(self.size, -1, dtype=np.int64)
        waiting[self.place] = ends[:-1]
        found = np.empty(int(ends[-1]), dtype=np.int32)
        place, (run_starts, run_ends) = read_only(self.place), self.runs()
        loops = import_module("gridgov.geo.disk_kernels")

        def fill(first: int, last: int) -> None:
            loops.write_neighbors(place, run_starts, run_ends, first, last, waiting, found)

        # Every piece goes through all cells, so there are few of them.
        each_piece(self.size, fill, size=max(1 << 18, self.size >> 3))
        return ends, found

    def runs(self) -> tuple[Ints, Ints]:
        """Return how far from its middle every run of a disk starts, and ends before."""
        away = np.arange(-self.rings, self.rings + 1)
        starts = np.maximum(-self.rings, away - self.rings)
        ends = np.minimum(self.rings, away + self.rings) + 1
        return read_only(away * self.width + starts), read_only(away * self.width + ends)

    def shifts(self) -> Ints:
        """Return how far from its middle the places of a disk lie, ascending."""
        return np.concatenate([np.arange(*run) for run in zip(*self.runs(), strict=True)])


def lay_out(i: Ints, j: Ints, rings: int) -> Raster | None:
    """Return cells of the lattice on a raster, None where it would be large and empty."""
    if len(i) == 0:
        return None
    wide_i, wide_j = int(np.ptp(i)), int(np.ptp(j))
    # So many rings reach from any cell to any other.
    rings = min(rings, wide_i + wide_j)
    width = wide_j + 2 * rings + 1
    size = (wide_i + 2 * rings + 1) * width
    if size > max(_LARGE_RASTER, _PLACES_A_CELL * len(i)):
        return None
    return Raster((i - i.min() + rings) * width + (j - j.min() + rings), width, size, rings)
