"""A column of text as the bytes and offsets it is kept in, without copying any.

pandas keeps text in Arrow: one long run of UTF-8 bytes, where each row's begin and end,
and a bit a row that says whether it is there. A table read in parts or filtered has its
text in several chunks, or in a part of one. A loop over bytes needs no Python text, and
two texts are equal exactly when their bytes are.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

__all__ = ["TextPiece", "text_piece", "text_pieces"]


class TextPiece(NamedTuple):
    """Rows whose text lies together; its arrays cannot be written.

    Attributes
    ----------
    offsets
        Where each row's bytes begin, and where the last row's end, int32 or int64. The
        first need not be 0.
    data
        The bytes, uint8, of these rows and maybe of others.
    valid
        Bits, the lowest of a byte first, 1 where the row is not missing; None where no
        row is. A missing row may have any bytes.
    bit
        Place of the first row's bit in `valid`.
    first
        Place of the first row in the column.
    rows
        How many rows there are, at least one.
    """

    offsets: NDArray[np.int32] | NDArray[np.int64]
    data: NDArray[np.uint8]
    valid: NDArray[np.uint8] | None
    bit: int
    first: int
    rows: int


def text_pieces(column: pd.Series) -> list[TextPiece] | None:
    """Return where the text of a column lies, row by row.

    Parameters
    ----------
    column
        Any column.

    Returns
    -------
    list or None
        Its pieces in the order of the rows, together all of them; None unless it is text
        that is kept in Arrow.

    Examples
    --------
    >>> import pandas as pd
    >>> column = pd.Series(["waste", None, "noise"], dtype="str").iloc[1:]
    >>> (piece,) = text_pieces(column)
    >>> first, last = piece.offsets[1], piece.offsets[2]
    >>> piece.rows, bytes(piece.data[first:last])
    (2, b'noise')
    >>> text_pieces(pd.Series([1, 2])) is None
    True
    """
    arrow = _arrow_text(column)
    if arrow is None:
        return None
    pieces = []
    first = 0
    for chunk in arrow.chunks if isinstance(arrow, pa.ChunkedArray) else [arrow]:
        if len(chunk):
            pieces.append(text_piece(chunk, first))
        first += len(chunk)
    return pieces


def _arrow_text(column: pd.Series) -> Any:
    """Return the Arrow array that keeps a column of text, None if none does."""
    dtype = column.dtype
    if isinstance(dtype, pd.StringDtype):
        kept = dtype.storage == "pyarrow"
    else:
        kept = isinstance(dtype, pd.ArrowDtype)
    if not kept:
        return None
    arrow = pa.array(column.array)
    plain = pa.types.is_string(arrow.type) or pa.types.is_large_string(arrow.type)
    return arrow if plain else None


def text_piece(chunk: Any, first: int = 0) -> TextPiece:
    """Return the buffers of an Arrow array of text with at least one row.

    Examples
    --------
    >>> text_piece(pa.array(["waste", "noise"])).offsets.tolist()
    [0, 5, 10]
    """
    valid, offsets, data = chunk.buffers()
    width = np.dtype(np.int64 if pa.types.is_large_string(chunk.type) else np.int32)
    rows, begin = len(chunk), chunk.offset
    return TextPiece(
        _fixed(offsets, width)[begin : begin + rows + 1],
        _fixed(data, np.dtype(np.uint8)),
        _fixed(valid, np.dtype(np.uint8)) if chunk.null_count else None,
        begin,
        first,
        rows,
    )


def _fixed(buffer: Any, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return a buffer as an array that cannot be written, none as an empty one."""
    # Some buffers could be written: one kind of array, so that loops compile once.
    count = 0 if buffer is None else buffer.size // dtype.itemsize
    array = np.frombuffer(buffer, dtype, count) if count else np.empty(0, dtype)
    array.flags.writeable = False
    return array
