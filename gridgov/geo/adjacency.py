"""Which cells of a table lie within so many rings of each other, as a sparse matrix.

Adjacency is derived from the cell ids and from nothing else: two cells are
neighbors when H3 says so. Only cells of the table count, so a cell on the rim of
the study area has fewer neighbors than one inside, and a cell that stands alone
has only itself. There is no wrap-around and no distance in it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gridgov.arrays.compiled import each_piece
from gridgov.errors import InputError, OptionError
from gridgov.geo.disk_rasters import lay_out
from gridgov.geo.hexgrid import disks
from gridgov.geo.unfold import unfold

__all__ = ["check_cells", "check_rings", "disk_matrix", "matrix_by_library", "matrix_by_shifts"]

# Places of a table of the lattice, and rows at once: 16 MB and a few.
_LARGE_TABLE = 1 << 22
_BLOCK = 1 << 14


def disk_matrix(cells: ArrayLike, *, rings: int) -> Any:
    """Return the 0/1 matrix of which cells lie within `rings` steps of each other.

    Parameters
    ----------
    cells
        H3 cells as uint64, shape (n,), all of one resolution, each once, in any order.
    rings
        Steps from cell to cell, 0 or more; 1 is a cell and its up to six neighbors.

    Returns
    -------
    scipy.sparse.csr_array of float64, shape (n, n)
        1 where the column's cell lies within the rings of the row's cell, each cell
        itself included; rows and columns in the order of `cells`. Symmetric, column
        indices of every row ascending.

    Raises
    ------
    OptionError
        If `rings` is not a whole number from 0 on.
    InputError
        If a cell stands twice in the table or is none, or resolutions are mixed.

    Notes
    -----
    Around a city the cells are laid out flat (:mod:`gridgov.geo.unfold`) and neighbors are
    shifts of the index; where they do not lie flat the H3 library answers cell by cell,
    with the same matrix. The row sums are 1 + 3k(k + 1) for k rings inside the table, fewer
    on its rim and around one of the twelve pentagons.

    Examples
    --------
    A cell, its neighbor and a cell far away:

    >>> import numpy as np
    >>> cells = np.array([0x8931AA50E27FFFF, 0x8931AA50E23FFFF, 0x892A100D2D7FFFF], np.uint64)
    >>> disk_matrix(cells, rings=1).toarray().astype(int).tolist()
    [[1, 1, 0], [1, 1, 0], [0, 0, 1]]
    """
    rings = check_rings(rings)
    table = check_cells(cells)
    flat = unfold(table)
    if flat is None:
        return matrix_by_library(table, rings)
    return matrix_by_shifts(*flat, rings)


def check_rings(rings: Any) -> int:
    """Return `rings` as an int if it is a whole number from 0 on.

    Raises
    ------
    OptionError
        If it is not.
    """
    if isinstance(rings, bool) or not hasattr(rings, "__index__") or int(rings) < 0:
        raise OptionError(f"rings must be a whole number, 0 or more. Found: {rings!r}.")
    return int(rings)


def matrix_by_library(table: NDArray[np.uint64], rings: int) -> Any:
    """Return the matrix from one disk of the H3 library for every cell."""
    # Sparse matrices take longer to import than most counts to analyze, and sums over
    # disks seldom need one.
    from scipy.sparse import csr_array

    count = len(table)
    order = np.argsort(table)
    ascending = table[order]
    # A disk holds cells that are not in the table; the place found for them is someone
    # else's, so the ids must be compared.
    row, found = disks(table, rings)
    place = np.minimum(np.searchsorted(ascending, found), count - 1)
    known = ascending[place] == found
    entries = np.ones(int(known.sum())), (row[known], order[place[known]])
    matrix = csr_array(entries, shape=(count, count))
    matrix.sort_indices()
    return matrix


def matrix_by_shifts(i: NDArray[np.int64], j: NDArray[np.int64], rings: int) -> Any:
    """Return the matrix from cells laid out flat: neighbors are shifts of the index."""
    from scipy.sparse import csr_array

    count = len(i)
    if count == 0:
        return csr_array((0, 0), dtype=np.float64)
    raster = lay_out(i, j, rings)
    listed = raster.neighbors() if raster is not None else None
    if listed is not None:
        return _matrix(*listed)
    # A rim of empty places as wide as the rings keeps a shift from wrapping around.
    width = int(np.ptp(j)) + 2 * rings + 1
    code = (i - i.min() + rings) * width + (j - j.min() + rings)
    size = (int(np.ptp(i)) + 2 * rings + 1) * width
    reach = np.arange(-rings, rings + 1)
    step_i, step_j = (steps.ravel() for steps in np.meshgrid(reach, reach, indexing="ij"))
    near = np.abs(step_i - step_j) <= rings
    shifts = step_i[near] * width + step_j[near]

    if size <= max(_LARGE_TABLE, 8 * count):
        table = np.full(size, -1, dtype=np.int32)
        table[code] = np.arange(count, dtype=np.int32)
    else:
        table = None
        order = np.argsort(code)
        ascending = code[order]

    def block(first: int, last: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        sought = code[first:last, None] + shifts
        if table is not None:
            place = table[sought]
        else:
            found = np.minimum(np.searchsorted(ascending, sought), count - 1)
            place = np.where(ascending[found] == sought, order[found], -1).astype(np.int32)
        place.sort(axis=1)
        known = place >= 0
        return known.sum(axis=1), place[known]

    numbers, indices = zip(*each_piece(count, block, size=_BLOCK), strict=True)
    starts = np.concatenate([[0], np.cumsum(np.concatenate(numbers))])
    return _matrix(starts, np.concatenate(indices))


def _matrix(starts: NDArray[np.int64], columns: NDArray[np.int32]) -> Any:
    """Return the matrix that has a 1 in some columns of every row."""
    from scipy.sparse import csr_array

    count = len(starts) - 1
    # Of one width with the columns, or those are copied to the wider one.
    starts = starts.astype(np.int32 if len(columns) < 1 << 31 else np.int64)
    return csr_array((np.ones(len(columns)), columns, starts), shape=(count, count))


def check_cells(cells: ArrayLike) -> NDArray[np.uint64]:
    """Return the cells as uint64 if each stands once and all have one resolution.

    Raises
    ------
    InputError
        If a cell stands twice or is none, or resolutions are mixed.
    """
    table = np.asarray(cells, dtype=np.uint64).ravel()
    if _in_order(table):
        return table
    unique, first, number = np.unique(table, return_index=True, return_counts=True)
    if len(unique) and unique[0] == 0:
        raise InputError(
            f"cells must be H3 cells. Found: no cell (0) in row {first[0]}. Drop rows without "
            "a cell first."
        )
    if len(unique) < len(table):
        repeated = number > 1
        where = int(first[repeated].min())
        raise InputError(
            f"cells must stand once each. Found: {int(repeated.sum())} of {len(unique)} cells more "
            f"than once, the first is {int(table[where]):x} in row {where}. A table with periods "
            "or groups has one row a cell in each: take one period and group at a time."
        )
    resolutions = np.unique((table >> np.uint64(52)) & np.uint64(15))
    if len(resolutions) > 1:
        listed = ", ".join(map(str, resolutions.tolist()))
        raise InputError(
            f"cells must all have one resolution. Found: resolutions {listed}. Make one grid "
            "with gridgov.make_grid(..., resolution=...)."
        )
    return table


def _in_order(table: NDArray[np.uint64]) -> bool:
    """Return whether nothing is wrong, as is quickly seen where cells ascend."""
    ascending = table if (table[1:] > table[:-1]).all() else np.sort(table)
    resolution = np.uint64(15 << 52)
    return bool(
        (ascending[1:] > ascending[:-1]).all()
        and (ascending[:1] != 0).all()
        and not ((ascending ^ ascending[:1]) & resolution).any()
    )
