"""Decimal numbers in their usual spelling, read in one pass over a column of text.

Plain is what has up to 15 digits and is neither huge nor tiny: then there is one nearest
float64, and every reader finds it. So are more digits, where pandas rounds them to the
nearest. What is written otherwise is read value by value, as pandas reads it.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from gridgov.sources.text_chunks import TextChunk, each_chunk, text_loops
from gridgov.sources.written_text import NOTHING, WrittenArray

__all__ = ["PlainNumbers", "plain_numbers"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_PLAIN = r"^[+-]?\d{1,3}\.\d{1,12}$"

# 15 digits and a point, or fewer digits and an exponent; a sign may stand before. Digits
# as a whole number and the power of ten that it is divided by are exact for such numbers
# between these bounds: the quotient rounds once.
_LONGEST = 16
_LEAST, _MOST = 1e-9, 1e15

# As many as this where pandas, too, finds the nearest number.
_LONG = 24

# Shorter than any power of ten that becomes zero.
_SHORT_ZERO = 5

# Rows tried together where some are no number.
_FEW = 1 << 10


POWERS = np.array([float(10**k) for k in range(23)])
"""Powers of ten, each exact."""


class PlainNumbers(NamedTuple):
    """What one pass found.

    Attributes
    ----------
    numbers
        The numbers, NaN where not plain.
    missing
        Rows without text.
    rest
        Rows with text that is not plain, in order.
    """

    numbers: Floats
    missing: Flags
    rest: NDArray[np.intp]


def plain_numbers(values: pd.Series) -> PlainNumbers:
    """Read the plain numbers of a column; in one that is no text there are none.

    Examples
    --------
    >>> import pandas as pd
    >>> found = plain_numbers(pd.Series(["116.25", None, "east"], dtype="str"))
    >>> found.numbers[:1].tolist(), found.missing.tolist(), found.rest.tolist()
    ([116.25], [False, True, False], [2])
    """
    if isinstance(values.array, WrittenArray):
        kept = values.array
        left = kept.rows[np.isnan(kept.values[kept.rows])]
        return PlainNumbers(kept.values, kept.forms == NOTHING, left)
    numbers = np.empty(len(values), dtype=np.float64)
    missing = np.zeros(len(values), bool)

    loops = text_loops(len(values))

    def read(chunk: TextChunk) -> NDArray[np.intp]:
        part = numbers[chunk.rows]
        if loops is None:
            part[:] = read_by_arrow(chunk)
        else:
            piece = chunk.piece
            forms = np.empty(piece.rows, np.uint8)
            loops.read_numbers(piece.offsets, piece.data, chunk.there, POWERS, part, forms)
            left = np.isnan(part)
            # Arrow reads more digits.
            if left.any():
                part[left] = read_by_arrow(chunk, left)[left]
        left = np.isnan(part)
        if chunk.valid is not None:
            missing[chunk.rows] = ~chunk.valid
            left &= chunk.valid
        return chunk.piece.first + np.flatnonzero(left)

    rest = each_chunk(values, read)
    if rest is None:
        numbers[:] = np.nan
        return PlainNumbers(numbers, missing, np.arange(len(values)))
    return PlainNumbers(numbers, missing, np.concatenate([np.empty(0, np.intp), *rest]))


def read_by_arrow(chunk: TextChunk, wanted: Flags | None = None) -> Floats:
    """Return the numbers of a piece, NaN where there is no plain one that is wanted."""
    lengths = chunk.lengths
    longest = _LONG if _pandas_rounds() else _LONGEST + 1
    every = wanted is None and chunk.valid is None
    if every and lengths.min() > 0 and lengths.max() <= longest:
        return _numbers(chunk.array, lengths)
    likely = (lengths > 0) & (lengths <= longest)
    if chunk.valid is not None:
        likely &= chunk.valid
    if wanted is not None:
        likely &= wanted
    result = np.full(len(lengths), np.nan)
    result[likely] = _numbers(chunk.array.filter(pa.array(likely)), lengths[likely])
    return result


def _numbers(texts: Any, lengths: NDArray[Any]) -> Floats:
    """Return the numbers of texts of a few characters."""
    try:
        numbers = np.array(texts.cast(pa.float64()))
    except pa.ArrowInvalid:
        if len(texts) > _FEW:
            starts = range(0, len(texts), _FEW)
            parts = [
                _numbers(texts.slice(start, _FEW), lengths[start : start + _FEW])
                for start in starts
            ]
            return np.concatenate(parts)
        # One that is no number: those of the usual look are read.
        result = np.full(len(texts), np.nan)
        plain = np.asarray(pc.match_substring_regex(texts, _PLAIN))
        result[plain] = np.asarray(texts.filter(pa.array(plain)).cast(pa.float64()))
        return result
    least, most = (numbers.min(), numbers.max()) if len(numbers) else (1.0, 1.0)
    usual = (least >= _LEAST and most < _MOST) or (most <= -_LEAST and least > -_MOST)
    if usual and (not len(lengths) or lengths.max() <= _LONGEST + (most < 0)):
        return numbers
    size = np.abs(numbers)
    exact = lengths <= _LONGEST + (numbers < 0)
    if not exact.all() and _pandas_rounds():
        # pandas takes another way where a plus sign stands before.
        exact |= ~np.asarray(pc.starts_with(texts, "+"))
    exact &= (size >= _LEAST) & (size < _MOST)
    exact |= (size == 0) & (lengths <= _SHORT_ZERO)
    numbers[~exact] = np.nan
    return numbers


@cache
def _pandas_rounds() -> bool:
    """Return whether pandas finds the nearest number for more than 15 digits; it did not ever."""
    digits = [str(7_919 * 2_654_435_761**k)[:20] for k in range(3, 40)]
    texts = [f"{d[:head]}.{d[head:n]}" for d in digits for head in (2, 3) for n in range(16, 21)]
    found = pd.to_numeric(pd.Series([*texts, ""], dtype=object), errors="coerce")
    return bool((found[:-1] == [float(text) for text in texts]).all())
