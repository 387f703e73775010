"""Codes spelled as text in compiled loops, when numba is installed.

Import this module only where numba pays (:mod:`gridgov.arrays.compiled`). Without numba the
loops are plain Python, for a look at a few rows.

All numbers are unsigned: numba turns a uint64 that meets a signed number into a float64,
and asks of a signed place whether it counts from the end.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gridgov.arrays.loops import compile_loop

__all__ = ["spell", "spelled_bytes"]

_ONE, _EIGHT, _BYTE = np.uint64(1), np.uint64(8), np.uint64(255)


@compile_loop
def spelled_bytes(codes: Any, size: Any) -> Any:
    """Return how many bytes the texts of some rows take.

    Parameters
    ----------
    codes
        A text's code, -1 for none, int32.
    size
        Bytes of no text, which is 0, and then of every text, uint64.
    """
    total = np.uint64(0)
    for row in range(len(codes)):
        total += size[np.uint64(codes[row] + 1)]
    return total


@compile_loop
def spell(
    codes: Any, size: Any, start: Any, letters: Any, before: Any, ends: Any, out: Any
) -> None:
    """Write the texts of some rows, and where each ends.

    Parameters
    ----------
    codes, size
        As of :func:`spelled_bytes`.
    start
        Where each text begins in `letters`, in words, uint64; the first is of no text.
    letters
        The texts, each in whole words of eight bytes, uint64.
    before
        Bytes of the texts of the rows before, uint64.
    ends
        Written: where each row's text ends, uint64.
    out
        Written: the bytes, as many as :func:`spelled_bytes` says, uint8.
    """
    at, room, rows = np.uint64(0), np.uint64(len(out)), len(codes)
    longest = size.max()
    row = 0
    # Eight bytes at a time, as long as there is room for a whole number of those.
    while row < rows and at + longest + _EIGHT <= room:
        code = np.uint64(codes[row] + 1)
        word, put = start[code], at
        at += size[code]
        while put < at:
            now = letters[word]
            # These become one store; the bytes beyond the text are written over by the next.
            out[put] = np.uint8(now & _BYTE)
            out[put + np.uint64(1)] = np.uint8((now >> np.uint64(8)) & _BYTE)
            out[put + np.uint64(2)] = np.uint8((now >> np.uint64(16)) & _BYTE)
            out[put + np.uint64(3)] = np.uint8((now >> np.uint64(24)) & _BYTE)
            out[put + np.uint64(4)] = np.uint8((now >> np.uint64(32)) & _BYTE)
            out[put + np.uint64(5)] = np.uint8((now >> np.uint64(40)) & _BYTE)
            out[put + np.uint64(6)] = np.uint8((now >> np.uint64(48)) & _BYTE)
            out[put + np.uint64(7)] = np.uint8((now >> np.uint64(56)) & _BYTE)
            word += _ONE
            put += _EIGHT
        ends[row] = before + at
        row += 1
    while row < rows:
        code = np.uint64(codes[row] + 1)
        for byte in range(size[code]):
            now = letters[start[code] + np.uint64(byte) // _EIGHT]
            out[at] = np.uint8((now >> (np.uint64(byte) % _EIGHT * _EIGHT)) & _BYTE)
            at += _ONE
        ends[row] = before + at
        row += 1
