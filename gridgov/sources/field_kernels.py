"""Delimited rows cut into fields in a compiled loop, with numba.

Eight bytes are looked at together and written as they are read; what stands behind the end
of a field is written over by the next field of its column. Arrow's parser looks at one byte
after another, which costs more than everything else about a file.

Import this module only where numba pays (:mod:`gridgov.arrays.compiled`). Without numba the
loop is plain Python, for a look at a few rows.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gridgov.arrays.loops import compile_loop

__all__ = ["cut_rows", "eights"]

_ONES = np.uint64(0x0101010101010101)
_HIGHEST = np.uint64(0x8080808080808080)
_NOTHING = np.uint64(0)
_SEVEN = np.uint64(7)
_TOP = np.uint64(56)
# Times a power of 256 it has the number of that power in its highest byte.
_PLACES = np.uint64(0x0001020304050607)
_QUOTES = np.uint64(0x2222222222222222)
_LINE_FEEDS = np.uint64(0x0A0A0A0A0A0A0A0A)
_RETURNS = np.uint64(0x0D0D0D0D0D0D0D0D)


def eights(data: Any) -> Any:
    """Return the eight bytes that start at every byte of the last axis, in a view."""
    shape = (*data.shape[:-1], data.shape[-1] - 7)
    return np.ndarray(shape, dtype=np.uint64, buffer=data, strides=data.strides)


@compile_loop
def _zero_bytes(word: Any) -> Any:
    """Mark the bytes that are zero; above the lowest of them a mark can be wrong."""
    return (word - _ONES) & ~word & _HIGHEST


@compile_loop
def _lowest(marks: Any) -> Any:
    """Return the place of the lowest mark."""
    return np.int64((((marks & (_NOTHING - marks)) >> _SEVEN) * _PLACES) >> _TOP)


@compile_loop
def cut_rows(
    data: Any, words: Any, length: int, delimiter: int, out: Any, offsets: Any, ends: Any
) -> int:
    """Write the fields of every row to their columns.

    Parameters
    ----------
    data
        The bytes of whole rows, and spare line ends behind them.
    words
        The same as :func:`eights`.
    length
        How many bytes there are without the spare ones.
    delimiter
        The byte that cuts a row.
    out
        Written: :func:`eights` of a column a row, each as long as `data`.
    offsets
        Written: where in its column each field ends, from the second on; a column a row.
    ends
        Written: where each column ends; zeros before.

    Returns
    -------
    int
        How many rows there are; -1 for rows of another length, text behind a quoted field,
        a quote left open, or more rows than offsets.
    """
    width = out.shape[0]
    most = offsets.shape[1] - 1
    delimiters = np.uint64(delimiter) * _ONES
    at, row = 0, 0
    while at < length:
        if data[at] == 10 or data[at] == 13:
            at += 1
            continue
        if row == most:
            return -1
        for column in range(width):
            end = ends[column]
            if data[at] == 34:
                at += 1
                while True:
                    if at >= length:
                        return -1
                    word = words[at]
                    out[column, end] = word
                    marks = _zero_bytes(word ^ _QUOTES)
                    if marks == _NOTHING:
                        at += 8
                        end += 8
                        continue
                    place = _lowest(marks)
                    at += place + 1
                    end += place
                    # A quote in a text is written as two.
                    if data[at] != 34:
                        break
                    at += 1
                    end += 1
            else:
                while True:
                    word = words[at]
                    out[column, end] = word
                    marks = (
                        _zero_bytes(word ^ delimiters)
                        | _zero_bytes(word ^ _LINE_FEEDS)
                        | _zero_bytes(word ^ _RETURNS)
                    )
                    if marks != _NOTHING:
                        break
                    at += 8
                    end += 8
                place = _lowest(marks)
                at += place
                end += place
            behind = data[at]
            if column < width - 1:
                if behind != delimiter:
                    return -1
            elif behind != 10 and behind != 13:
                return -1
            at += 1
            ends[column] = end
            offsets[column, row + 1] = end
        row += 1
    return row
