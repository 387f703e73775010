"""Text as words of eight bytes, for loops that compare many bytes at a time.

The words begin at every byte: the words of a text are those at its first byte, eight
bytes on, and so forth, and the last one is best taken where it ends. Two texts are equal
exactly when their lengths and these words are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gridgov.arrays.text_buffers import TextPiece

__all__ = ["TextWords", "WordPiece"]

_WORD = 8


class WordPiece(NamedTuple):
    """Rows whose text lies together; its arrays cannot be written.

    Attributes
    ----------
    offsets
        Where each row's bytes begin, and where the last row's end.
    words
        The eight bytes from every byte on, but the last seven.
    valid, bit
        As in :class:`gridgov.arrays.text_buffers.TextPiece`; no bits when none is missing.
    first
        Place of the first row in the column.
    """

    offsets: NDArray[np.int32] | NDArray[np.int64]
    words: NDArray[np.uint64]
    valid: NDArray[np.uint8]
    bit: int
    first: int


class TextWords:
    """A column of text as words.

    Parameters
    ----------
    pieces
        What :func:`gridgov.arrays.text_buffers.text_pieces` returns of it.

    Examples
    --------
    >>> import pandas as pd
    >>> from gridgov.arrays.text_buffers import text_pieces
    >>> column = TextWords(text_pieces(pd.Series(["waste collection", "noise"], dtype="str")))
    >>> (piece,) = column.between(1, 2)
    >>> bytes(piece.words[piece.offsets[1] - 8 : piece.offsets[1] - 7])
    b'ionnoise'
    """

    def __init__(self, pieces: Sequence[TextPiece]) -> None:
        self._pieces = [(piece, _words(piece.data)) for piece in pieces]
        self._firsts = [piece.first for piece in pieces]

    def between(self, first: int, last: int) -> Iterator[WordPiece]:
        """Yield the pieces of the rows from one on to before another."""
        none = _words(np.empty(0, dtype=np.uint8)).view(np.uint8)[:0]
        for piece, words in self._pieces[max(bisect_right(self._firsts, first) - 1, 0) :]:
            begin, end = max(first, piece.first), min(last, piece.first + piece.rows)
            if begin >= end:
                return
            row = begin - piece.first
            valid = none if piece.valid is None else piece.valid
            yield WordPiece(
                piece.offsets[row : row + end - begin + 1], words, valid, piece.bit + row, begin
            )


def _words(data: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Return the eight bytes from every byte on, without copying any."""
    if len(data) < _WORD:
        data = np.concatenate([data, np.zeros(_WORD - len(data), dtype=np.uint8)])
    words = np.ndarray((len(data) - _WORD + 1,), np.uint64, buffer=data, strides=(1,))
    words.flags.writeable = False
    return words
