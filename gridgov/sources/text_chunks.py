"""A column of text in pieces that threads share.

pandas keeps text in Arrow, and a file that was read in parts keeps each part in a chunk.
What concerns a value alone is found piece by piece by all processors: Arrow lets other
threads run, and what a piece needs stays in the cache.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from gridgov.arrays.compiled import each_piece, use_loops
from gridgov.arrays.text_buffers import TextPiece, text_piece, text_pieces

__all__ = ["TextChunk", "each_chunk", "text_chunk", "text_loops"]

Flags = NDArray[np.bool_]
Result = TypeVar("Result")

_ALL = np.empty(0, bool)
_LONGEST = 1 << 16
_TASKS = 16


class TextChunk(NamedTuple):
    """Rows of a column whose text lies together.

    Attributes
    ----------
    array
        The texts, for Arrow.
    piece
        The same as bytes and offsets, and where in the column they stand.
    valid
        Which rows are not missing; None where none is.
    """

    array: Any
    piece: TextPiece
    valid: Flags | None

    @property
    def rows(self) -> slice:
        """Where in the column the rows stand."""
        return slice(self.piece.first, self.piece.first + self.piece.rows)

    @property
    def there(self) -> Flags:
        """The same for compiled loops: nothing instead of None."""
        return _ALL if self.valid is None else self.valid

    @property
    def lengths(self) -> NDArray[Any]:
        """Bytes of every row; those of a missing row mean nothing."""
        return np.diff(self.piece.offsets)


def each_chunk(values: pd.Series, work: Callable[[TextChunk], Result]) -> list[Result] | None:
    """Do work on the pieces of a column of text, in as many threads as there are processors.

    Parameters
    ----------
    values
        Any column.
    work
        Takes a piece, and writes nothing that another piece reads or writes.

    Returns
    -------
    list or None
        What the pieces returned, in order; None unless pandas keeps the column as text in
        Arrow.

    Examples
    --------
    >>> import pandas as pd
    >>> column = pd.Series(["waste", None, "noise"], dtype="str")
    >>> each_chunk(column, lambda chunk: chunk.lengths.tolist())
    [[5, 0, 5]]
    """
    pieces = text_pieces(values) if isinstance(values.dtype, pd.StringDtype) else None
    if pieces is None:
        return None
    array = pa.array(values.array)
    whole = array.chunks if isinstance(array, pa.ChunkedArray) else [array]
    parts = [
        (chunk, piece, begin)
        for chunk, piece in zip([one for one in whole if len(one)], pieces, strict=True)
        for begin in range(0, piece.rows, _LONGEST)
    ]

    def some(first: int, last: int) -> list[Result]:
        return [work(_cut(*part)) for part in parts[first:last]]

    found = each_piece(len(parts), some, size=-(-len(parts) // _TASKS))
    return [one for several in found for one in several]


def text_loops(rows: int) -> ModuleType | None:
    """Return the compiled loops over text, None where Arrow and NumPy are to answer."""
    return import_module("gridgov.sources.text_kernels") if use_loops(rows) else None


def text_chunk(array: Any) -> TextChunk:
    """Return the rows of an Arrow array of text, at least one."""
    valid = np.asarray(array.is_valid()) if array.null_count else None
    return TextChunk(array, text_piece(array), valid)


def _cut(chunk: Any, piece: TextPiece, begin: int) -> TextChunk:
    """Return the rows of a piece from one on, no more than fit into the cache."""
    rows = min(_LONGEST, piece.rows - begin)
    part = TextPiece(
        piece.offsets[begin : begin + rows + 1],
        piece.data,
        piece.valid,
        piece.bit + begin,
        piece.first + begin,
        rows,
    )
    array = chunk.slice(begin, rows)
    return TextChunk(array, part, np.asarray(array.is_valid()) if array.null_count else None)
