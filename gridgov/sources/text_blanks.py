"""Blanks around the texts of a column: found by the bytes at the ends, cut off where there are.

A blank is what Unicode calls white space, as for :meth:`str.strip`. Most columns have none
at an end: a look at the first and last byte of every text says so.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gridgov.sources.text_chunks import TextChunk, each_chunk, text_loops
from gridgov.sources.text_values import as_text

__all__ = ["blank_rows", "without_blanks"]

Flags = NDArray[np.bool_]

_SPACE = 0x20


def _first_bytes() -> Flags:
    """Return which bytes begin a blank or what may be one; all of Unicode's were asked."""
    first = np.zeros(256, bool)
    first[: _SPACE + 1] = True
    first[[0xC2, 0xE1, 0xE2, 0xE3]] = True
    return first


_MAY_BEGIN = _first_bytes()


def without_blanks(values: pd.Series) -> pd.Series:
    """Return a column as text without blanks around; what is then empty is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> without_blanks(pd.Series([" waste", "　", 7])).tolist()
    ['waste', nan, '7']
    """
    text = as_text(values)
    loops = text_loops(len(text))

    def cut_off(chunk: TextChunk) -> tuple[Any, bool]:
        if loops is None:
            return _cut_off(chunk, np.flatnonzero(_begins_blank(chunk) | _ends_blank(chunk)))
        piece, maybe = chunk.piece, np.empty(chunk.piece.rows, np.int64)
        count = loops.mark_ends(piece.offsets, piece.data, chunk.there, _MAY_BEGIN, maybe)
        return _cut_off(chunk, maybe[:count])

    parts = each_chunk(text, cut_off)
    if parts is None:
        stripped = text.str.strip()
        return stripped.where(stripped != "")
    if not any(changed for _, changed in parts):
        return text
    chunks = pa.chunked_array([chunk for chunk, _ in parts])
    return pd.Series(text.dtype.__from_arrow__(chunks), index=text.index)


def blank_rows(text: pd.Series) -> Flags:
    """Return which texts have nothing but blanks; a missing one has none.

    Examples
    --------
    >>> import pandas as pd
    >>> blank_rows(pd.Series(["A1", " ", "", None], dtype="str")).tolist()
    [False, True, True, False]
    """
    blank = np.zeros(len(text), bool)

    def find(chunk: TextChunk) -> None:
        maybe = np.flatnonzero(_begins_blank(chunk))
        if len(maybe):
            trimmed = pc.utf8_trim_whitespace(chunk.array.take(pa.array(maybe)))
            blank[chunk.piece.first + maybe] = np.asarray(pc.binary_length(trimmed)) == 0

    if each_chunk(text, find) is None:
        return np.asarray(text.str.strip() == "")
    return blank


def _begins_blank(chunk: TextChunk) -> Flags:
    """Return which texts of a piece are empty or may begin with a blank."""
    starts, lengths = chunk.piece.offsets[:-1], chunk.lengths
    if chunk.valid is None and lengths.min() > 0:
        begins: Flags = _MAY_BEGIN[chunk.piece.data[starts]]
        return begins
    there = lengths > 0
    if chunk.valid is not None:
        there &= chunk.valid
    maybe: Flags = lengths == 0
    if chunk.valid is not None:
        maybe &= chunk.valid
    maybe[there] = _MAY_BEGIN[chunk.piece.data[starts[there]]]
    return maybe


def _ends_blank(chunk: TextChunk) -> Flags:
    """Return which texts of a piece that are not empty may end with a blank."""
    data, ends, lengths = chunk.piece.data, chunk.piece.offsets[1:], chunk.lengths
    if lengths.min() > 0:
        byte = data[ends - 1]
        if byte.min() > _SPACE and byte.max() < 0x80:
            return np.zeros(len(lengths), bool)
    maybe = np.zeros(len(lengths), bool)
    there = np.flatnonzero(lengths > 0)
    last = ends[there] - 1
    byte = data[last]
    maybe[there] = byte <= _SPACE
    # Inside a character: its first byte lies one or two before.
    inside = there[byte >= 0x80]
    if len(inside):
        last = ends[inside] - 1
        one, two = data[np.maximum(last - 1, 0)], data[np.maximum(last - 2, 0)]
        maybe[inside] = _MAY_BEGIN[one] | _MAY_BEGIN[two]
    if chunk.valid is not None:
        maybe &= chunk.valid
    return maybe


def _cut_off(chunk: TextChunk, maybe: NDArray[Any]) -> tuple[Any, bool]:
    """Return the texts of a piece without blanks around, empty ones missing; whether any had."""
    if not len(maybe):
        return chunk.array, False
    some = chunk.array.take(pa.array(maybe))
    kept = np.asarray(pc.binary_length(pc.utf8_trim_whitespace(some)))
    lengths = np.asarray(pc.binary_length(some))
    if ((kept == lengths) & (kept > 0)).all():
        return chunk.array, False
    trimmed = pc.utf8_trim_whitespace(chunk.array)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, trimmed.type), trimmed), True
