"""Times in plain ISO 8601, the usual spelling, read in one pass over a column of text.

Plain are ``2016-03-05``, ``2016-03-05 14:20`` and ``2016-03-05T14:20:00``, when there is
such a time; for compiled loops ``03/05/2016 02:20:00 PM`` of open data portals as well. What
is written otherwise is left to :mod:`gridgov.sources.times`.
"""

from __future__ import annotations

from functools import cache
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gridgov.sources.text_chunks import TextChunk, each_chunk, text_loops
from gridgov.sources.written_text import NOTHING, WrittenArray

__all__ = ["MISSING", "PLAIN", "PlainTimes", "from_plain", "plain_times"]

Flags = NDArray[np.bool_]
Moments = NDArray[np.int64]

PLAIN = r"^\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2})?)?$"
"""What plain ISO 8601 looks like."""

MISSING = np.iinfo(np.int64).min
"""Microseconds of no time."""

_YEAR_ONE_US = int(np.datetime64("0001-01-01", "us").astype(np.int64))

# Of all that Arrow takes for a time, only these spellings are as long.
_LENGTHS = (19, 16, 10)

# Rows tried together where some are no time.
_FEW = 1 << 10


class PlainTimes(NamedTuple):
    """What one pass found.

    Attributes
    ----------
    local
        Microseconds since 1970 on the clock, :data:`MISSING` where not plain.
    missing
        Rows without text.
    rest
        Rows with text that is not plain, in order.
    slashed
        Of the dates read whose year stands last: whether a first number is above 12,
        whether a second one is, and how many dates could be exchanged.
    """

    local: Moments
    missing: Flags
    rest: NDArray[np.intp]
    slashed: tuple[bool, bool, int] = (False, False, 0)


def plain_times(values: pd.Series, *, day_first: bool = False) -> PlainTimes:
    """Read the plain times of a column; in one that is no text there are none.

    Examples
    --------
    >>> import pandas as pd
    >>> found = plain_times(pd.Series(["1970-01-01", None, "soon"], dtype="str"))
    >>> found.local[:1].tolist(), found.missing.tolist(), found.rest.tolist()
    ([0], [False, True, False], [2])
    """
    if isinstance(values.array, WrittenArray):
        kept = values.array
        return PlainTimes(kept.values.copy(), kept.forms == NOTHING, kept.rows, kept.slashed())
    local = np.empty(len(values), dtype=np.int64)
    missing = np.zeros(len(values), bool)

    loops = text_loops(len(values))
    slashed, adding = np.zeros(3, np.int64), Lock()

    def read(chunk: TextChunk) -> NDArray[np.intp]:
        part = local[chunk.rows]
        if loops is not None:
            piece, found = chunk.piece, np.zeros(3, np.int64)
            forms = np.empty(piece.rows, np.uint8)
            loops.read_times(
                piece.offsets, piece.data, chunk.there, months(), day_first, part, forms, found
            )
            with adding:
                slashed[:] += found
        else:
            part[:] = _read(chunk)
        if part.min() >= _YEAR_ONE_US:
            return np.empty(0, np.intp)
        # There is no year 0, and what is missing here may be read in another way.
        part[part < _YEAR_ONE_US] = MISSING
        left = part == MISSING
        if chunk.valid is not None:
            missing[chunk.rows] = ~chunk.valid
            left &= chunk.valid
        return chunk.piece.first + np.flatnonzero(left)

    rest = each_chunk(values, read)
    if rest is None:
        local[:] = MISSING
        return PlainTimes(local, missing, np.arange(len(values)))
    over_first, over_second, ambiguous = slashed.tolist()
    return PlainTimes(
        local,
        missing,
        np.concatenate([np.empty(0, np.intp), *rest]),
        (over_first > 0, over_second > 0, ambiguous),
    )


@cache
def months() -> NDArray[np.int32]:
    """Return the day before each month from January 1900 to January 2100, since 1970."""
    months = np.arange("1900-01", "2100-02", dtype="datetime64[M]").astype("datetime64[D]")
    return (months.astype(np.int64) - 1).astype(np.int32)


def _read(chunk: TextChunk) -> Moments:
    """Return the times of a piece, missing or before the year 1 where there is none."""
    lengths = chunk.lengths
    likely = lengths == _LENGTHS[0]
    if not likely.all():
        likely |= (lengths == _LENGTHS[1]) | (lengths == _LENGTHS[2])
        if chunk.valid is not None:
            likely &= chunk.valid
    if chunk.valid is None and likely.all():
        return _times(chunk.array)
    result = np.full(len(lengths), MISSING)
    result[likely] = _times(chunk.array.filter(pa.array(likely)))
    return result


def _times(texts: Any) -> Moments:
    """Return the times of texts as long as plain ones are."""
    try:
        return np.asarray(texts.cast(pa.timestamp("us")).cast(pa.int64()))
    except pa.ArrowInvalid:
        if len(texts) > _FEW:
            starts = range(0, len(texts), _FEW)
            return np.concatenate([_times(texts.slice(start, _FEW)) for start in starts])
    # One that is no time: each is looked at by itself.
    result = np.full(len(texts), MISSING)
    plain = np.asarray(pc.match_substring_regex(texts, PLAIN))
    result[plain] = from_plain(texts.filter(pa.array(plain)))
    return result


def from_plain(texts: Any) -> Moments:
    """Return microseconds since 1970 for plain ISO 8601, missing where there is no such time."""
    times = pd.to_datetime(
        pd.Series(texts.to_numpy(zero_copy_only=False)), format="ISO8601", errors="coerce"
    )
    result: Moments = times.dt.as_unit("us").to_numpy().view(np.int64)
    return result
