"""Sums over the cells within so many rings of every cell of a table, without a matrix.

Where the cells lie flat (:mod:`gridgov.geo.unfold`) their values are laid out on a
raster. A disk is then some runs of neighboring places, one in each row, and all sums
at once are a few additions of shifted rasters. Whole numbers may be added in any order;
fractions are added in the order of the table, as multiplying by the 0/1 matrix of
:func:`gridgov.geo.adjacency.disk_matrix` does, so that both ways give the same bits.
Cells that do not lie flat, or lie so far apart that the raster would be empty, are
summed by that matrix.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gridgov.geo.adjacency import check_cells, check_rings, matrix_by_library, matrix_by_shifts
from gridgov.geo.unfold import unfold

__all__ = ["DiskSums"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Places of a raster: 2 MB, or 16 for each cell.
_LARGE_RASTER = 1 << 18
_PLACES_A_CELL = 16
# Additions at once, so that they stay in cache.
_BLOCK = 1 << 16


class DiskSums:
    """The disk of so many rings around every cell of a table, and sums over them.

    Parameters
    ----------
    cells
        H3 cells as uint64, shape (n,), all of one resolution, each once, in any order.
    rings
        Steps from cell to cell, 0 or more; 1 is a cell and its up to six neighbors.

    Raises
    ------
    OptionError
        If `rings` is not a whole number from 0 on.
    InputError
        If a cell stands twice in the table or is none, or resolutions are mixed.

    Examples
    --------
    A cell, its neighbor and a cell far away:

    >>> import numpy as np
    >>> cells = np.array([0x8931AA50E27FFFF, 0x8931AA50E23FFFF, 0x892A100D2D7FFFF], np.uint64)
    >>> near = DiskSums(cells, rings=1)
    >>> near.sizes.tolist(), near.whole_sums(np.array([1, 10, 100])).tolist()
    ([2, 2, 1], [11, 11, 100])
    """

    def __init__(self, cells: ArrayLike, *, rings: int) -> None:
        rings = check_rings(rings)
        table = check_cells(cells)
        flat = unfold(table)
        self._layout = _Layout(table.size, rings, flat, None)
        if flat is None:
            # At once, because the library may refuse a cell.
            self._layout = self._layout._replace(matrix=matrix_by_library(table, rings))

    @classmethod
    def _of(cls, layout: _Layout) -> DiskSums:
        """Return the sums of a table whose cells were checked before."""
        new = cls.__new__(cls)
        new._layout = layout
        return new

    @cached_property
    def matrix(self) -> Any:
        """The 0/1 matrix of :func:`gridgov.geo.adjacency.disk_matrix`, made when first asked."""
        layout = self._layout
        if layout.flat is None:
            return layout.matrix
        return matrix_by_shifts(*layout.flat, layout.rings)

    @cached_property
    def sizes(self) -> Ints:
        """How many cells of the table lie in each disk, the cell itself included."""
        raster = self._raster
        if raster is None:
            return np.asarray(np.diff(self.matrix.indptr), dtype=np.int64)
        return raster.sizes()

    def whole_sums(self, values: Ints) -> Ints:
        """Return the sum of whole numbers over every disk.

        Parameters
        ----------
        values
            int64, shape (n,) or (n, k).

        Returns
        -------
        int64 array of the same shape
            Exact below 2**63.
        """
        raster = self._raster
        if raster is None:
            return np.asarray(self._whole_matrix @ values)
        if values.ndim == 1:
            return np.asarray(raster.sums(values))
        sums = np.empty(values.shape, dtype=np.int64)
        for column in range(values.shape[1]):
            sums[:, column] = raster.sums(values[:, column])
        return sums

    def ordered_sums(self, values: Floats) -> Floats:
        """Return the sum of numbers over every disk, added one by one in the order of the table.

        Parameters
        ----------
        values
            float64, shape (n,), all finite.

        Returns
        -------
        float64 array, shape (n,)
            To the last bit ``matrix @ values``.
        """
        raster = self._raster
        if raster is None:
            return np.asarray(self.matrix @ values)
        return raster.ordered_sums(values)

    def among(self, rows: Ints) -> DiskSums:
        """Return the disks of some cells of the table, which then are all there are."""
        layout = self._layout
        if layout.flat is None:
            matrix, flat = layout.matrix[rows][:, rows], None
        else:
            matrix, flat = None, (layout.flat[0][rows], layout.flat[1][rows])
        return DiskSums._of(_Layout(len(rows), layout.rings, flat, matrix))

    @cached_property
    def _raster(self) -> _Raster | None:
        """The raster of the cells, None where the matrix is to answer."""
        layout = self._layout
        return None if layout.flat is None else _raster(*layout.flat, layout.rings)

    @cached_property
    def _whole_matrix(self) -> Any:
        """The matrix in whole numbers."""
        return self.matrix.astype(np.int64)


class _Layout(NamedTuple):
    """Where cells lie: on a lattice, or else which of them are neighbors."""

    cells: int
    rings: int
    flat: tuple[Ints, Ints] | None
    matrix: Any


class _Raster(NamedTuple):
    """Cells on a raster: the place of each, with a rim of empty places all around."""

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
                # The run starts at (-away, -rings) and at (away, away - rings).
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
        shifts = disk_shifts(self.rings, self.width)
        total = np.zeros(self.size)
        # The matrix is symmetric: cells in the order of the table each add to the sums
        # around them, so every sum grows in that order. Sums of no cell are not read.
        rows = max(_BLOCK // len(shifts), 1)
        for start in range(0, len(values), rows):
            block = slice(start, start + rows)
            around = (self.place[block, None] + shifts).ravel()
            np.add.at(total, around, np.repeat(values[block], len(shifts)))
        return total[self.place]


def _raster(i: Ints, j: Ints, rings: int) -> _Raster | None:
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
    return _Raster((i - i.min() + rings) * width + (j - j.min() + rings), width, size, rings)


def disk_shifts(rings: int, width: int) -> Ints:
    """Return how far the places of a disk lie from its middle on a raster, ascending."""
    reach = np.arange(-rings, rings + 1)
    step_i, step_j = (steps.ravel() for steps in np.meshgrid(reach, reach, indexing="ij"))
    near = np.abs(step_i - step_j) <= rings
    return np.asarray(step_i[near] * width + step_j[near])
