"""Columns of plain times and numbers read while the rows of a file are cut, piece by piece.

Their text is judged where it lies in the cache and then forgotten: columns of it that are
only made to be read take as much memory as the rest of the table.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gridgov.sources.plain_numbers import POWERS, read_by_arrow
from gridgov.sources.plain_times import months
from gridgov.sources.text_chunks import text_chunk
from gridgov.sources.written_text import OTHER, WrittenArray

__all__ = ["PlainColumns", "PlainNames", "WrittenColumn", "WrittenPiece", "written_piece"]


class PlainColumns(NamedTuple):
    """Columns of which nothing but times or numbers is wanted.

    Attributes
    ----------
    times, numbers
        Their names.
    day_first
        Whether the day stands before the month in ``05/03/2016``.
    """

    times: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    day_first: bool = False


PlainNames = Callable[[list[str]], PlainColumns]
"""From the column names of a file to those that are plain."""


class WrittenPiece(NamedTuple):
    """Some rows of a column, as the parameters of :class:`WrittenArray`."""

    values: NDArray[Any]
    forms: NDArray[np.uint8]
    rows: NDArray[np.intp]
    texts: Any


def written_piece(loops: ModuleType, texts: Any, name: str, plain: PlainColumns) -> WrittenPiece:
    """Return what texts of a column say and how they are written.

    Parameters
    ----------
    loops
        :mod:`gridgov.sources.text_kernels`.
    texts
        Arrow array of the texts; nothing of it is kept.
    name
        The name of the column.
    plain
        Which columns are read as what.
    """
    count = len(texts)
    time = name in plain.times
    values = np.empty(count, dtype=np.int64 if time else np.float64)
    forms = np.empty(count, dtype=np.uint8)
    if not count:
        return WrittenPiece(values, forms, np.empty(0, np.intp), texts)
    chunk = text_chunk(texts)
    given = chunk.piece.offsets, chunk.piece.data, chunk.there
    if time:
        found = np.zeros(3, dtype=np.int64)
        loops.read_times(*given, months(), plain.day_first, values, forms, found)
    else:
        loops.read_numbers(*given, POWERS, values, forms)
    rows = np.flatnonzero(forms == OTHER)
    others = texts.take(pa.array(rows)) if len(rows) else texts.slice(0, 0)
    if not time and len(rows):
        left = np.isnan(values[rows])
        # Arrow reads more digits.
        if left.any():
            values[rows[left]] = read_by_arrow(text_chunk(others), left)[left]
    return WrittenPiece(values, forms, rows, others)


class WrittenColumn:
    """The pieces of a column, put where they belong as they come.

    Parameters
    ----------
    rows
        How many rows there will be, more or less.
    """

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self._values: NDArray[Any] = np.empty(0)
        self._forms = np.empty(0, dtype=np.uint8)
        self._others: dict[int, tuple[NDArray[np.intp], Any]] = {}

    def put(self, first: int, piece: WrittenPiece) -> None:
        """Write the piece that begins with a row."""
        end = first + len(piece.forms)
        if end > len(self._forms):
            # What is not written takes no memory.
            self._rows = max(self._rows, end + end // 2)
            self._values = _longer(self._values.astype(piece.values.dtype, copy=False), self._rows)
            self._forms = _longer(self._forms, self._rows)
        self._values[first:end] = piece.values
        self._forms[first:end] = piece.forms
        if len(piece.rows):
            self._others[first] = first + piece.rows, piece.texts

    def whole(self, rows: int, *, day_first: bool) -> WrittenArray:
        """Return the column of so many rows, each of which was put."""
        others = [self._others[first] for first in sorted(self._others)]
        return WrittenArray(
            self._values[:rows],
            self._forms[:rows],
            np.concatenate([np.empty(0, np.intp), *(at for at, _ in others)]),
            pa.chunked_array([texts for _, texts in others], pa.large_string()),
            day_first=day_first,
        )


def _longer(values: NDArray[Any], rows: int) -> NDArray[Any]:
    """Return values with room for more behind them."""
    longer = np.empty(rows, dtype=values.dtype)
    longer[: len(values)] = values
    return longer
