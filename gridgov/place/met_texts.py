"""The texts that one thread has met in a column, each with a number.

Room for them is made here, and the compiled loop goes on where it had none.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridgov.arrays.text_words import WordPiece

__all__ = ["MetTexts"]

_TEXTS = 1 << 7
_SLOTS_A_TEXT = 4
_WORDS = 1 << 10


class MetTexts:
    """Texts in the order they were met, and a table that finds them by their bytes.

    Parameters
    ----------
    loops
        The compiled loops.
    """

    def __init__(self, loops: Any) -> None:
        self._loops = loops
        self._slots = np.full(_TEXTS * _SLOTS_A_TEXT, -1, dtype=np.int32)
        self._known = np.zeros((_TEXTS, 3), dtype=np.uint64)
        self._ends = np.zeros((_TEXTS, 3), dtype=np.int64)
        self._middles = np.zeros(_WORDS, dtype=np.uint64)
        self._totals = np.zeros(3, dtype=np.int64)

    @property
    def missing(self) -> bool:
        """Return whether a row was met that is missing."""
        return bool(self._totals[2])

    def rows(self) -> NDArray[np.int64]:
        """Return the row of the column in which each text was met first."""
        return self._ends[: self._totals[0], 2]

    def code(self, piece: WordPiece, place: NDArray[np.int32], codes: NDArray[np.int32]) -> None:
        """Write the number of every text, -1 where missing; rows with place -1 are left out."""
        row = 0
        while row < len(codes):
            row = self._loops.code_text(
                piece.offsets,
                piece.words,
                piece.valid,
                piece.bit,
                place,
                row,
                piece.first,
                self._slots,
                self._known,
                self._ends,
                self._middles,
                self._totals,
                codes,
            )
            if row < len(codes):
                self._make_room(int(piece.offsets[row + 1]) - int(piece.offsets[row]))

    def _make_room(self, length: int) -> None:
        """Make room for a text of so many bytes, and for as much again as there is."""
        number, used = self._totals[:2].tolist()
        if number == len(self._known):
            self._known = np.concatenate([self._known, np.zeros_like(self._known)])
            self._ends = np.concatenate([self._ends, np.zeros_like(self._ends)])
            self._slots = np.full(2 * len(self._slots), -1, dtype=np.int32)
            self._loops.fill_text_slots(self._known, number, self._slots)
        if used + length // 8 > len(self._middles):
            more = np.zeros(len(self._middles) + length // 8, dtype=np.uint64)
            self._middles = np.concatenate([self._middles, more])
