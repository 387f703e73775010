"""Ids of incidents: rows without one, ids that come again, and numbers for those.

An id is compared as text, byte by byte. Ids that grow from row to row are different, and
so are ids with different hashes: only what shares its hash is compared itself.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow.compute as pc
from numpy.typing import NDArray

from gridgov.sources.text_blanks import blank_rows
from gridgov.sources.text_chunks import TextChunk, each_chunk
from gridgov.sources.text_values import as_text

__all__ = ["first_rows", "numbered", "read_ids", "repeated_ids"]

Flags = NDArray[np.bool_]
Rows = NDArray[np.intp]
Hashes = NDArray[np.uint64]

ALL = slice(None)

# Rows from which hashes are quicker than comparing ids.
_MANY = 1 << 14

# Longer ids, or of more different lengths, are compared as they are.
_LONGEST = 128
_KINDS = 16

# An odd number whose bits look random.
_MIX = np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)


def read_ids(frame: pd.DataFrame, ours: Mapping[str, str]) -> tuple[pd.Series, Flags]:
    """Return the id of every row and which rows have none."""
    if "incident_id" not in ours:
        numbers = pd.Series(np.arange(1, len(frame) + 1), index=frame.index).astype("str")
        return "row-" + numbers, np.zeros(len(frame), bool)
    ids = as_text(frame[ours["incident_id"]])
    return ids, np.asarray(ids.isna()) | blank_rows(ids)


def repeated_ids(ids: pd.Series, kept: Rows | slice = ALL) -> Rows:
    """Return the rows whose id an earlier row has.

    Parameters
    ----------
    ids
        The id of every row.
    kept
        Rows that count.

    Examples
    --------
    >>> import pandas as pd
    >>> repeated_ids(pd.Series(["A", "B", "A"], dtype="str")).tolist()
    [2]
    """
    rows: Rows | slice = kept
    if len(ids) >= _MANY:
        if _ascending(ids):
            return np.empty(0, np.intp)
        hashes = _hashes(ids)
        if hashes is not None:
            rows = _in_twos(hashes[kept])
            rows = rows if isinstance(kept, slice) else kept[rows]
    again = np.flatnonzero(np.asarray(ids.iloc[rows].duplicated()))
    return again if isinstance(rows, slice) else rows[again]


def _ascending(ids: pd.Series) -> bool:
    """Return whether every id comes after the one before it in the order of bytes."""

    def ends(chunk: TextChunk) -> tuple[bool, str, str]:
        array, steps = chunk.array, len(chunk.array) - 1
        less = pc.less(array.slice(0, steps), array.slice(1, steps))
        grows = chunk.valid is None and pc.all(less, min_count=0).as_py()
        return grows, str(array[0]), str(array[-1])

    found = each_chunk(ids, ends)
    if found is None or not all(grows for grows, _, _ in found):
        return False
    # Texts are in the order of their characters, which is that of their bytes in UTF-8.
    return all(one[2] < other[1] for one, other in itertools.pairwise(found))


def _in_twos(hashes: Hashes) -> Rows:
    """Return the places of hashes that are there more than once."""
    ordered = np.sort(hashes)
    twice = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(twice):
        return np.empty(0, np.intp)
    return np.flatnonzero(np.isin(hashes, twice))


def _hashes(ids: pd.Series) -> Hashes | None:
    """Return a number for every id, the same for the same; None where that does not pay."""
    result = np.empty(len(ids), dtype=np.uint64)

    def fill(chunk: TextChunk) -> bool:
        lengths = chunk.lengths
        kinds = [int(lengths[0])] if (lengths == lengths[0]).all() else np.unique(lengths)
        if len(kinds) > _KINDS or max(kinds) > _LONGEST:
            return False
        starts, out = chunk.piece.offsets[:-1], result[chunk.rows]
        for length in kinds:
            if len(kinds) == 1:
                text = chunk.piece.data[starts[0] : starts[0] + length * len(starts)]
                out[:] = _hash(text.reshape(len(starts), length))
            else:
                at = np.flatnonzero(lengths == length)
                out[at] = _hash(chunk.piece.data[starts[at, None] + np.arange(length)])
        return True

    done = each_chunk(ids, fill)
    return result if done is not None and all(done) else None


def _hash(text: NDArray[np.uint8]) -> Hashes:
    """Return a number for every row of a table of bytes."""
    rows, length = text.shape
    words = np.zeros((rows, -(-length // 8)), dtype=np.uint64)
    words.view(np.uint8)[:, :length] = text
    result = np.full(rows, length, dtype=np.uint64)
    for word in words.T:
        result ^= word
        result *= _MIX
        result ^= result >> _HALF
    return result


def numbered(ids: pd.Series, later: Rows, kept: Rows | slice) -> pd.Series:
    """Return ids in which later rows of the same id carry a number."""
    if not len(later):
        return ids
    result = ids.copy()
    order = ids.iloc[kept].groupby(ids.iloc[kept]).cumcount() + 1
    numbers = order.loc[ids.index[later]].astype("str")
    result.iloc[later] = ids.iloc[later] + "#" + numbers
    # The source may hold an id such as A1#2 itself; ours then grows until it is new.
    rows = np.arange(len(ids))[kept]
    clash = np.asarray(result.iloc[kept].duplicated(keep=False))
    while (at := np.intersect1d(rows[clash], later)).size:
        result.iloc[at] = result.iloc[at] + "#2"
        clash = np.asarray(result.iloc[kept].duplicated(keep=False))
    return result


def first_rows(ids: pd.Series, kept: Rows | slice, repeated: Rows) -> pd.Series:
    """Return the row, from 1, of the accepted row of every id that is repeated."""
    first = ids.iloc[kept]
    first = first[first.isin(ids.iloc[repeated])].drop_duplicates()
    return pd.Series(first.index + 1, index=pd.Index(first))
