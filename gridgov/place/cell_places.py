"""Where cells stand in a sorted list of cells, for millions of cells at once.

A cell's id, multiplied by an odd constant, gives a slot of a table by its first bits.
Where several cells of the list meet in one slot the last one has it, and the others get
a table of their own, and so on until each has a slot. A search is exact whatever the
slots: a cell is found only where the list holds that very id.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["CellPlaces", "index_cells"]

# 2**64 divided by the golden ratio, odd: neighboring ids fall far apart.
_FACTOR = 0x9E3779B97F4A7C15
_SLOTS_A_CELL = 8


@dataclass(frozen=True, slots=True)
class CellPlaces:
    """Cells in ascending order, and the tables that find them.

    Attributes
    ----------
    cells
        The cells.
    tables
        Each the odd factor, the bits to shift off and the place of a cell by slot.
    """

    cells: NDArray[np.uint64]
    tables: tuple[tuple[np.uint64, np.uint64, NDArray[np.int32]], ...]

    def find(self, ids: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return the place of every id in the cells, -1 where it is not there."""
        rows: NDArray[np.intp] | None = None
        result = np.empty(0, dtype=np.int64)
        for factor, shift, table in self.tables:
            slot = ((ids * factor) >> shift).view(np.int64)
            place = table.take(slot, mode="clip")
            same = self.cells.take(place, mode="clip") == ids
            if rows is None:
                result = np.where(same, place, np.int64(-1))
                rows = np.flatnonzero(~same)
            else:
                result[rows[same]] = place[same]
                rows = rows[~same]
            if not len(rows):
                break
            ids = ids[~same]
        return result


def index_cells(cells: NDArray[np.uint64]) -> CellPlaces:
    """Return tables that find cells.

    Parameters
    ----------
    cells
        Ids in ascending order, each once, at least one.

    Examples
    --------
    >>> import numpy as np
    >>> places = index_cells(np.array([3, 5, 9], dtype=np.uint64))
    >>> places.find(np.array([9, 4, 3], dtype=np.uint64)).tolist()
    [2, -1, 0]
    """
    tables = []
    left = np.arange(len(cells), dtype=np.int32)
    factor = _FACTOR
    while len(left):
        bits = int(_SLOTS_A_CELL * len(left) - 1).bit_length()
        shift = np.uint64(64 - bits)
        table = np.zeros(1 << bits, dtype=np.int32)
        slot = ((cells[left] * np.uint64(factor)) >> shift).astype(np.intp)
        table[slot] = left
        tables.append((np.uint64(factor), shift, table))
        left = left[table[slot] != left]
        # Powers of an odd number are odd, so that no two ids become one.
        factor = factor * _FACTOR % 2**64
    return CellPlaces(cells, tuple(tables))
