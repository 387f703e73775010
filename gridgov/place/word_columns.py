"""A column of few different texts, made from their codes.

Five million rows that say which of nine streets is theirs need nine texts and as many
copies of bytes. The column is the one that pandas makes, byte by byte, and its parts are
written in threads.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from gridgov.arrays.compiled import each_piece, use_loops

__all__ = ["word_column"]

# Rows of a piece: whole bytes of the bits that say which rows are missing.
_PIECE = 1 << 17


def word_column(words: Iterable[str], codes: NDArray[np.int32] | NDArray[np.int8]) -> Any:
    """Return a pandas array of text of every row's word.

    Parameters
    ----------
    words
        The texts.
    codes
        Each row's place in `words`, -1 for none.

    Returns
    -------
    array of dtype ``str``
        Missing where there is no word.

    Examples
    --------
    >>> word_column(["inside", "border"], np.array([1, -1, 0], dtype=np.int8))
    <ArrowStringArray>
    ['border', nan, 'inside']
    Length: 3, dtype: str
    """
    words = [str(word) for word in words]
    known = pd.array(words, dtype="str")
    # Text may be set to be kept as Python's own.
    in_arrow = getattr(known.dtype, "storage", None) == "pyarrow"
    if not in_arrow or not use_loops(len(codes)):
        return known.take(codes.astype(np.intp), allow_fill=True)
    return known.dtype.__from_arrow__(_spelled(words, codes))


def _spelled(words: list[str], codes: NDArray[np.int32] | NDArray[np.int8]) -> Any:
    """Return an Arrow array of every row's word from the compiled loops."""
    loop = import_module("gridgov.place.word_kernels")
    texts = [b"", *(word.encode() for word in words)]
    size = np.array([len(text) for text in texts], dtype=np.uint64)
    whole = [text.ljust(-(-len(text) // 8) * 8, b"\0") for text in texts]
    letters = np.frombuffer(b"".join(whole), dtype="<u8").astype(np.uint64)
    lengths = np.array([len(text) // 8 for text in whole], dtype=np.uint64)
    start = np.cumsum(lengths) - lengths
    rows = len(codes)

    def some(first: int, last: int) -> NDArray[np.int32]:
        return codes[first:last].astype(np.int32, copy=False)

    def count(first: int, last: int) -> int:
        return int(loop.spelled_bytes(some(first, last), size))

    counted = np.array(each_piece(rows, count, size=_PIECE), dtype=np.uint64)
    before = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(counted)])
    ends = np.zeros(rows + 1, dtype=np.uint64)
    out = np.empty(int(before[-1]), dtype=np.uint8)
    given = np.empty(-(-rows // 8), dtype=np.uint8)

    def work(first: int, last: int) -> int:
        piece = first // _PIECE
        mine = some(first, last)
        begin, end = before[piece], before[piece + 1]
        loop.spell(mine, size, start, letters, begin, ends[first + 1 : last + 1], out[begin:end])
        there = mine >= 0
        given[first // 8 : -(-last // 8)] = np.packbits(there, bitorder="little")
        return int(np.count_nonzero(there))

    missing = rows - sum(each_piece(rows, work, size=_PIECE))
    bits = pa.py_buffer(given) if missing else None
    buffers = [bits, pa.py_buffer(ends.view(np.int64)), pa.py_buffer(out)]
    return pa.Array.from_buffers(pa.large_string(), rows, buffers, null_count=missing)
