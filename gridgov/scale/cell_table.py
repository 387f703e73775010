"""Where every cell of a grid stands, for rows that come by the million.

The digits of a cell are a number, and the cells of an area share the coarse ones. The
table has two levels: the coarse digits name a block, the four finest digits a place in
it. Only blocks that hold cells of the grid exist, so that the whole fits the cache and a
row takes two look-ups and no comparison, because a batch has one resolution.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridgov.place.cell_places import CellPlaces, index_cells

__all__ = ["CellTable", "index_digits", "resolution_of"]

Cells = NDArray[np.uint64]
Ints = NDArray[np.int64]

# Bits of a block: four digits of three bits.
_BITS = np.uint64(12)
_IN_BLOCK = np.uint64((1 << 12) - 1)
_MOST_BLOCKS = 1 << 20
_PIECE = 1 << 15


@dataclass(frozen=True, slots=True)
class CellTable:
    """The places of the cells of a grid, by their digits.

    Attributes
    ----------
    unused
        Number of bits of an id that no cell of this resolution uses.
    least
        The first coarse digits in the grid.
    blocks
        Where the block of coarse digits begins in `places`, by the digits less `least`.
    places
        Place by the fine digits, -1 for no cell of the grid; the first block is that of
        coarse digits that do not occur.
    """

    unused: np.uint64
    least: np.uint64
    blocks: NDArray[np.int32]
    places: NDArray[np.int32]

    def find(self, cells: Cells) -> Ints:
        """Return the place of cells of the grid's resolution, -1 off the grid and for 0."""
        found = np.empty(len(cells), dtype=np.int64)
        beyond = np.uint64(len(self.blocks) - 1)
        for start in range(0, len(cells), _PIECE):
            key = cells[start : start + _PIECE] >> self.unused
            # Digits below the least wrap around to great numbers.
            coarse = np.minimum((key >> _BITS) - self.least, beyond)
            at = self.blocks.take(coarse.view(np.int64))
            at += (key & _IN_BLOCK).astype(np.int32)
            found[start : start + _PIECE] = self.places.take(at)
        return found


def index_digits(cells: Cells) -> CellTable | CellPlaces:
    """Return what finds cells of one resolution.

    Parameters
    ----------
    cells
        Cells of one resolution in ascending order, each once, at least one.

    Examples
    --------
    >>> import numpy as np
    >>> cells = np.array([0x8931AA50E23FFFF, 0x8931AA50E27FFFF], dtype=np.uint64)
    >>> index_digits(cells).find(np.array([0x8931AA50E27FFFF, 0, 0x8931AA50E2BFFFF], np.uint64))
    array([ 1, -1, -1])
    """
    unused = np.uint64(3 * (15 - resolution_of(cells[0])))
    key = cells >> unused
    coarse = key >> _BITS
    least = coarse[0]
    size = int(coarse[-1] - least) + 1
    met = np.unique(coarse)
    # Fine cells of places far apart.
    if size > _MOST_BLOCKS or len(met) > _MOST_BLOCKS >> 4:
        return index_cells(cells)
    # The last entry is for whatever lies beyond.
    blocks = np.zeros(size + 1, dtype=np.int32)
    blocks[(met - least).astype(np.intp)] = np.arange(1, len(met) + 1) << 12
    places = np.full((len(met) + 1) << 12, -1, dtype=np.int32)
    at = blocks[(coarse - least).astype(np.intp)] + (key & _IN_BLOCK).astype(np.int32)
    places[at] = np.arange(len(cells), dtype=np.int32)
    return CellTable(unused, least, blocks, places)


def resolution_of(cell: Any) -> int:
    """Return the resolution that a cell's id states."""
    return (int(cell) >> 52) & 15
