"""Where on the grid each row counts, and what becomes of the rows that do not.

The first fate that applies is a row's: no point, outside of every jurisdiction, off the
grid. One compiled loop reads cell and match where numba pays, NumPy does elsewhere.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.arrays.compiled import each_piece, use_loops
from gridgov.arrays.text_buffers import text_pieces
from gridgov.arrays.text_words import TextWords
from gridgov.errors import InputError
from gridgov.place.area_index import OWNED_MATCHES
from gridgov.place.cell_places import index_cells

__all__ = ["BLOCK", "PIECE", "Placed", "check_one_resolution", "place_rows", "tally_loops"]

BLOCK = 1 << 15
"""Rows that are done at once: what is noted of them stays in the processor's cache."""

PIECE = 4 * BLOCK
"""Rows that a thread does before it takes the next ones."""

_OWNED, _NO_POINT = 1, 2
_FLAGS = {**dict.fromkeys(OWNED_MATCHES, _OWNED), "no_point": _NO_POINT}
_SLOTS_A_CELL = 4

Flags = NDArray[np.uint8]
Places = NDArray[np.int32]
Hook = Callable[[int, int, Places], None]
Finder = Callable[[NDArray[np.uint64], NDArray[np.bool_], Flags, Places, NDArray[np.int64]], None]


class Placed(NamedTuple):
    """Rows on the grid.

    Attributes
    ----------
    place
        Place of every row in the cells, -1 where it does not count on the grid.
    lost
        How many rows met each fate.
    """

    place: Places
    lost: dict[str, int]


def tally_loops(rows: int) -> Any:
    """Return the compiled loops of a tally, None where plain NumPy is to answer."""
    if sys.byteorder != "little" or not use_loops(rows):
        return None
    return import_module("gridgov.place.tally_kernels")


def place_rows(located: Any, cells: NDArray[np.uint64], hooks: Sequence[Hook] = ()) -> Placed:
    """Return where rows count.

    Parameters
    ----------
    located
        Table with ``cell`` and ``match``.
    cells
        Cells of the grid, ascending.
    hooks
        Called with every block of rows (the first, the one after the last, and their
        places) once it is placed, by several threads.

    Raises
    ------
    InputError
        If a cell has another resolution than the grid.
    """
    column = located["cell"]
    place = np.empty(len(column), dtype=np.int32)
    loops = tally_loops(len(column))
    read = _flag_reader(located["match"], loops)
    find = _plain_finder(cells) if loops is None else _compiled_finder(cells, loops)

    def work(first: int, last: int) -> NDArray[np.int64]:
        part = column.iloc[first:last]
        ids, absent = _ids(part), part.isna().to_numpy(dtype=bool)
        flags = read(first, last)
        totals = np.zeros(4, dtype=np.int64)
        for begin in range(first, last, BLOCK):
            end = min(begin + BLOCK, last)
            here = slice(begin - first, end - first)
            find(ids[here], absent[here], flags[here], place[begin:end], totals)
            for hook in hooks:
                hook(begin, end, place[begin:end])
        return totals

    totals = sum(each_piece(len(column), work, size=PIECE), np.zeros(4, dtype=np.int64))
    if totals[3]:
        there = ~column.isna().to_numpy(dtype=bool)
        # A cell that is in the grid has the grid's resolution.
        check_one_resolution(_ids(column)[there], cells, "located")
    return Placed(
        place, dict(zip(("no_point", "outside", "off_grid"), totals[:3].tolist(), strict=True))
    )


def check_one_resolution(ids: NDArray[np.uint64], cells: NDArray[np.uint64], table: str) -> None:
    """Refuse cells of another resolution than the grid's: they would all count as off the grid."""
    other = _other_resolution(ids, cells)
    if other.any():
        raise InputError(
            "located and grid must have one resolution. Found: resolution "
            f"{_resolution(cells[:1])[0]} in the grid and {_resolution(ids[other][:1])[0]} "
            f"in {int(other.sum())} rows of {table}. Make both with the same resolution."
        )


def _resolution(ids: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return the resolution of cells."""
    return (ids >> np.uint64(52)) & np.uint64(15)


def _other_resolution(ids: NDArray[np.uint64], cells: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Return which ids have another resolution than the cells."""
    other: NDArray[np.bool_] = _resolution(ids) != _resolution(cells[:1])
    return other


def _ids(part: pd.Series) -> NDArray[np.uint64]:
    """Return the cells of rows, 0 where missing; without a copy where none is."""
    ids: NDArray[np.uint64] = part.to_numpy(dtype=np.uint64, na_value=0)
    return ids


def _flag_reader(match: pd.Series, loops: Any) -> Callable[[int, int], Flags]:
    """Return what tells of some rows whether they are in a jurisdiction or have no point."""
    dtype = match.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        # Every category, and last what is missing.
        each = pd.Categorical.from_codes([*range(len(dtype.categories)), -1], dtype=dtype)
        of_code, codes = _flags(pd.Series(each)), match.cat.codes.to_numpy()
        return lambda first, last: np.asarray(of_code.take(codes[first:last]))
    pieces = text_pieces(match)
    if pieces is None:
        flags = _flags(match)
        return lambda first, last: flags[first:last]
    return _text_flag_reader(TextWords(pieces), _plain_flags if loops is None else loops.flag_text)


def _flags(match: pd.Series) -> Flags:
    """Return whether rows are in a jurisdiction or have no point."""
    flags: Flags = match.isin(OWNED_MATCHES).to_numpy(dtype=bool).astype(np.uint8)
    flags[(match == "no_point").to_numpy(dtype=bool, na_value=False)] = _NO_POINT
    return flags


def _text_flag_reader(text: TextWords, flag_text: Any) -> Callable[[int, int], Flags]:
    """Return what tells the flags of some rows from the bytes of their text."""
    known = np.array([int.from_bytes(name.encode(), "little") for name in _FLAGS], np.uint64)
    lengths = np.array([len(name) for name in _FLAGS])
    of_known = np.array(list(_FLAGS.values()), dtype=np.uint8)

    def read(first: int, last: int) -> Flags:
        flags = np.empty(last - first, dtype=np.uint8)
        for piece in text.between(first, last):
            for row in range(0, len(piece.offsets) - 1, BLOCK):
                offsets = piece.offsets[row : row + BLOCK + 1]
                begin = piece.first - first + row
                here = flags[begin : begin + len(offsets) - 1]
                bit = piece.bit + row
                flag_text(offsets, piece.words, piece.valid, bit, known, lengths, of_known, here)
        return flags

    return read


def _plain_flags(
    offsets: NDArray[Any],
    words: NDArray[np.uint64],
    valid: NDArray[np.uint8],
    bit: int,
    known: NDArray[np.uint64],
    lengths: NDArray[np.int64],
    of_known: Flags,
    flags: Flags,
) -> None:
    """Write the flags of short texts as the compiled loop does."""
    length = np.diff(offsets)
    begin, top = offsets[:-1], len(words) - 1
    if begin[-1] <= top:
        word = words[begin]
    else:
        start = np.minimum(begin, top)
        # Nothing is read of a text without bytes, whatever the shift.
        word = words[start] >> (8 * np.minimum(begin - start, 7)).astype(np.uint64)
    flags[:] = 0
    for one, size, flag in zip(known.tolist(), lengths.tolist(), of_known.tolist(), strict=True):
        same = (word & np.uint64((1 << 8 * size) - 1)) == np.uint64(one)
        same &= length == size
        flags += same.view(np.uint8) * np.uint8(flag)
    if len(valid):
        bits = valid[bit >> 3 : (bit + len(flags) + 7) >> 3]
        there = np.unpackbits(bits, bitorder="little")[bit & 7 :][: len(flags)]
        flags *= there


def _compiled_finder(cells: NDArray[np.uint64], loops: Any) -> Finder:
    """Return what finds the places of rows in a compiled loop."""
    bits = max(int(_SLOTS_A_CELL * len(cells) - 1).bit_length(), 1)
    shift = np.uint64(64 - bits)
    slots = np.full(1 << bits, -1, dtype=np.int32)
    cells = _fixed(cells)
    loops.fill_slots(cells, slots, shift)

    def find(
        ids: NDArray[np.uint64],
        absent: NDArray[np.bool_],
        flags: Flags,
        place: Places,
        totals: NDArray[np.int64],
    ) -> None:
        loops.find_places(_fixed(ids), absent, flags, cells, slots, shift, place, totals)

    return find


def _plain_finder(cells: NDArray[np.uint64]) -> Finder:
    """Return what finds the places of rows with NumPy."""
    index = index_cells(cells)

    def find(
        ids: NDArray[np.uint64],
        absent: NDArray[np.bool_],
        flags: Flags,
        place: Places,
        totals: NDArray[np.int64],
    ) -> None:
        no_point = absent | (flags == _NO_POINT)
        owned = (flags == _OWNED) & ~absent
        place[:] = index.find(ids)
        lost = place < 0
        without, off = np.count_nonzero(no_point), np.count_nonzero(owned & lost)
        other = np.count_nonzero(_other_resolution(ids, cells) & ~absent)
        place[~owned] = -1
        totals += [without, len(ids) - without - np.count_nonzero(owned), off, other]

    return find


def _fixed(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array that cannot be written: one kind of array, so that loops compile once."""
    array = np.ascontiguousarray(array).view()
    array.flags.writeable = False
    return array
