"""The rows of a piece of delimited text as Arrow columns, cut by the compiled loop."""

from __future__ import annotations

import sys
from collections.abc import Collection
from types import ModuleType

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gridgov.sources.text_pieces import SPARE_BYTES

__all__ = ["FieldCutter"]

# A wider table would take more room for its columns than reading it takes otherwise.
_WIDEST = 64


class FieldCutter:
    """The compiled loop with room to write to; for one thread at a time.

    Parameters
    ----------
    loops
        :mod:`gridgov.sources.field_kernels`.
    columns
        The column names.
    delimiter
        What cuts a row.
    passing
        Columns that are looked at and not kept: they lie where the next piece is written.
    """

    def __init__(
        self,
        loops: ModuleType,
        columns: list[str],
        delimiter: str,
        passing: Collection[str] = (),
    ) -> None:
        self._loops = loops
        self._columns = columns
        self._passing = [name in passing for name in columns]
        self._delimiter = ord(delimiter)
        self._room: NDArray[np.uint8] = np.empty((len(columns), 0), dtype=np.uint8)
        self._offsets: NDArray[np.int64] = np.empty((len(columns), 0), dtype=np.int64)

    def table(self, data: NDArray[np.uint8]) -> pa.Table | None:
        """Return the rows of a piece as text columns, empty fields missing.

        Parameters
        ----------
        data
            The bytes of whole rows, in UTF-8, and as many spare line ends as the loop needs.

        Returns
        -------
        Table or None
            None where the piece is to be read otherwise.
        """
        width = len(self._columns)
        # Words are looked at from their lowest byte.
        if width > _WIDEST or sys.byteorder != "little":
            return None
        if self._room.shape[1] < len(data):
            self._room = np.empty((width, len(data)), dtype=np.uint8)
            # A row has a byte behind every field.
            self._offsets = np.zeros((width, len(data) // width + 2), dtype=np.int64)
        ends = np.zeros(width, dtype=np.int64)
        eights = self._loops.eights
        rows = self._loops.cut_rows(
            data,
            eights(data),
            len(data) - SPARE_BYTES,
            self._delimiter,
            eights(self._room),
            self._offsets,
            ends,
        )
        if rows < 0:
            return None
        columns = [self._column(number, rows, int(end)) for number, end in enumerate(ends)]
        return pa.table(columns, names=self._columns)

    def _column(self, number: int, rows: int, end: int) -> pa.Array:
        """Return a column, in memory of its own if it is kept."""
        offsets, text = self._offsets[number, : rows + 1], self._room[number, :end]
        if not self._passing[number]:
            offsets, text = offsets.copy(), text.copy()
        filled = offsets[1:] != offsets[:-1]
        missing = rows - np.count_nonzero(filled)
        return pa.LargeStringArray.from_buffers(
            rows,
            pa.py_buffer(offsets),
            pa.py_buffer(text),
            pa.py_buffer(np.packbits(filled, bitorder="little")) if missing else None,
            missing,
        )
