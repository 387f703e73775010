"""Cells to 15-digit hexadecimal text and back, for arrays.

The quick way takes only what is plain: 15 characters from 0-9, a-f and A-F. Any
other table goes through :mod:`gridgov.geo.h3_plain`, which names the first bad text.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gridgov.geo import cell_digits, h3_plain

__all__ = ["cells_to_text", "text_to_cells"]

Cells = NDArray[np.uint64]

_LENGTH = 15
_SHIFTS = np.arange(4 * (_LENGTH - 1), -1, -4, dtype=np.uint64)
_LETTERS = np.array([ord(letter) for letter in "0123456789abcdef"], dtype=np.uint32)


def cells_to_text(cells: ArrayLike) -> NDArray[np.object_]:
    """Return the 15-digit hexadecimal text of every cell."""
    table = np.asarray(cells)
    if table.dtype != np.uint64 or table.ndim != 1 or len(table) == 0:
        return h3_plain.cells_to_text(table)
    # Fifteen digits hold ids of 2**56 to 2**60, which all cells are.
    if int(table.min()) < 1 << 56 or int(table.max()) >= 1 << 60:
        return h3_plain.cells_to_text(table)
    letters = _LETTERS[((table[:, None] >> _SHIFTS) & np.uint64(15)).astype(np.intp)]
    return np.ascontiguousarray(letters).view(f"<U{_LENGTH}").ravel().astype(object)


def text_to_cells(texts: Iterable[Any]) -> Cells:
    """Return the cells that hexadecimal texts name.

    Raises
    ------
    InputError
        If a text is no H3 cell; the first one is named.
    """
    listed = list(texts)
    if not listed or not all(type(text) is str and len(text) == _LENGTH for text in listed):
        return h3_plain.text_to_cells(listed)
    codes = np.array(listed, dtype=f"<U{_LENGTH}").view(np.uint32).reshape(-1, _LENGTH)
    if int(codes.max()) > 127:
        return h3_plain.text_to_cells(listed)
    digits = _digit_of_code()[codes]
    cells = np.bitwise_or.reduce(digits << _SHIFTS, axis=1)
    if int(digits.max()) > 15 or not cell_digits.valid_cells(cells).all():
        return h3_plain.text_to_cells(listed)
    return np.asarray(cells, dtype=np.uint64)


def _digit_of_code() -> NDArray[np.uint64]:
    """Return the value of every ASCII code as a hexadecimal digit, 16 for the others."""
    table = np.full(128, 16, dtype=np.uint64)
    for value, letter in enumerate("0123456789abcdef"):
        table[ord(letter)] = table[ord(letter.upper())] = value
    return table
