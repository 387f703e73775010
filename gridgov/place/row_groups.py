"""Which group each row on the grid is in, and the names of the groups.

Text is coded in the pass that places the rows, in a compiled loop where numba pays;
each thread keeps its own list of the texts it met, and the lists are put together by
name. What else there is to group by is coded by pandas or comes as categories.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.arrays.compiled import each_piece
from gridgov.arrays.text_buffers import text_pieces
from gridgov.arrays.text_words import TextWords
from gridgov.errors import ColumnsError
from gridgov.place.distinct import distinct
from gridgov.place.met_texts import MetTexts
from gridgov.place.row_places import BLOCK, PIECE, Places, tally_loops

__all__ = ["Groups", "TextCoder", "group_rows"]


class Groups(NamedTuple):
    """Groups of rows.

    Attributes
    ----------
    names
        Name of every group; the missing one comes last.
    codes
        A number for every row, -1 for a missing value; whatever off the grid. None when
        there is one group only.
    tables
        The group of every code, the last entry that of -1.
    table_of
        Which of the tables goes with each block of rows; None for the first.
    """

    names: Any
    codes: NDArray[Any] | None
    tables: list[NDArray[np.int64]]
    table_of: NDArray[np.int32] | None = None


def group_rows(located: Any, by: Any, place: Places, coder: TextCoder | None) -> Groups:
    """Return the groups of rows on the grid at any time, counted or not.

    Raises
    ------
    ColumnsError
        If there is no such column.
    """
    if by is None:
        return Groups(pd.array([None], dtype="str"), None, [np.zeros(1, dtype=np.int64)])
    if coder is not None:
        return coder.groups()
    if by not in located.columns or by == "geometry":
        found = ", ".join(str(name) for name in located.columns if name != "geometry")
        raise ColumnsError(
            f"by must name a column of located. Found: {by!r}; the columns are {found}.",
            problems=[{"table": "located", "column": by, "problem": "missing"}],
        )
    column = located[by]
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, values = column.cat.codes.to_numpy(), column.cat.categories
    else:
        codes, values = distinct(column)
    there = _used(codes, place, len(values))
    # Text is made of the distinct values only, and 1 and "1" become one group.
    texts = [str(value) if used else None for value, used in zip(values, there[:-1], strict=True)]
    names, (table,) = _name([texts], missing=bool(there[-1]))
    return Groups(names, codes, [table])


def _used(codes: NDArray[Any], place: Places, number: int) -> NDArray[np.bool_]:
    """Return which codes rows on the grid have; the last entry serves code -1."""
    used = np.zeros(number + 1, dtype=bool)
    loops = tally_loops(len(codes))

    def mark(first: int, last: int) -> None:
        for begin in range(first, last, BLOCK):
            here = slice(begin, min(begin + BLOCK, last))
            if loops is None:
                used[codes[here][place[here] >= 0]] = True
            else:
                loops.mark_used(place[here], codes[here].astype(np.int32), used)

    each_piece(len(codes), mark, size=PIECE)
    return used


def _name(lists: list[list[str | None]], *, missing: bool) -> tuple[Any, list[NDArray[np.int64]]]:
    """Return the names of groups and the group of every text of some lists."""
    names: list[str | None] = [*sorted({text for one in lists for text in one if text is not None})]
    place_of = {name: place for place, name in enumerate(names)}
    if missing or not names:
        names.append(None)
    last = len(names) - 1
    tables = [
        np.array([*(place_of.get(text, 0) for text in one), last], dtype=np.int64) for one in lists
    ]
    return pd.array(names, dtype="str"), tables


class TextCoder:
    """Codes a column of text block by block.

    Parameters
    ----------
    column
        The column.
    text
        Its bytes.
    loops
        The compiled loops.
    """

    def __init__(self, column: pd.Series, text: TextWords, loops: Any) -> None:
        self._column = column
        self._text = text
        self._loops = loops
        self._codes = np.empty(len(column), dtype=np.int32)
        self._table_of = np.zeros(-(-len(column) // BLOCK), dtype=np.int32)
        self._free: list[MetTexts] = []
        self._all: list[MetTexts] = []

    @classmethod
    def of(cls, located: Any, by: Any) -> TextCoder | None:
        """Return a coder of a column, None where it is not text or the loops do not pay."""
        loops = tally_loops(len(located))
        if loops is None or by is None or by not in located.columns or by == "geometry":
            return None
        pieces = text_pieces(located[by])
        return None if pieces is None else cls(located[by], TextWords(pieces), loops)

    def code(self, first: int, last: int, place: Places) -> None:
        """Code the rows of a block that are on the grid."""
        try:
            texts = self._free.pop()
        except IndexError:
            texts = MetTexts(self._loops)
            self._all.append(texts)
        self._table_of[first // BLOCK] = next(
            number for number, one in enumerate(self._all) if one is texts
        )
        for piece in self._text.between(first, last):
            begin = piece.first - first
            here = slice(begin, begin + len(piece.offsets) - 1)
            texts.code(piece, place[here], self._codes[first:last][here])
        self._free.append(texts)

    def groups(self) -> Groups:
        """Return the groups of what was coded."""
        lists: list[list[str | None]] = [
            self._column.iloc[texts.rows()].tolist() for texts in self._all
        ]
        missing = any(texts.missing for texts in self._all)
        names, tables = _name(lists, missing=missing)
        return Groups(names, self._codes, tables, self._table_of)
