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
from gridgov.geo.disk_rasters import Raster, lay_out
from gridgov.geo.unfold import unfold

__all__ = ["DiskSums"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


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
    def _raster(self) -> Raster | None:
        """The raster of the cells, None where the matrix is to answer."""
        layout = self._layout
        return None if layout.flat is None else lay_out(*layout.flat, layout.rings)

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
