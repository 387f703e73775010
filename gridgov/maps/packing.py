"""Numbers packed for the browser: whole numbers, seven bits a byte, deflated.

A map carries arrays and not polygons of text. Coordinates become whole multiples of a
small fraction of a degree, each one stored as the difference to the one before. A column
that nearly follows from another, such as p from z, stores what it differs by. Every column
is deflated by itself, so that the script reads only those that it shows: a hotspot with
its id and all its numbers takes one to four bytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "MISSING",
    "Column",
    "Rings",
    "codes",
    "deflate",
    "differences",
    "micro",
    "pack",
    "rings",
    "varints",
]

Integers = NDArray[np.int64]

MISSING = -(2**31)
"""Stands for "no value" in a column whose values can be negative."""


class Column(NamedTuple):
    """One column of whole numbers.

    Attributes
    ----------
    name
        What the script asks for.
    values
        The numbers.
    delta
        Store differences, for runs that change little.
    given
        The name of an earlier column of the same length that nearly settles this one.
    passing
        Whether the script reads it afresh each time, as one of many periods.
    """

    name: str
    values: Any
    delta: bool = False
    given: str | None = None
    passing: bool = False


class Rings(NamedTuple):
    """Rings of vertices in a row: how many each has, and their coordinates in units."""

    sizes: Integers
    x: Integers
    y: Integers


def pack(columns: Iterable[Column]) -> tuple[list[list[Any]], bytes]:
    """Return the layout (name, number of values, flags, bytes, what is given) and the bytes.

    Flags are 1 for differences, 2 where another column is given, 4 where it is passing.
    """
    layout: list[list[Any]] = []
    parts: list[bytes] = []
    ways: dict[str, tuple[Integers, Integers]] = {}
    held: dict[str, Any] = {}
    for column in columns:
        whole = held[column.name] = np.asarray(column.values, dtype=np.int64)
        flags = 1 * column.delta + 4 * column.passing
        entry: list[Any] = [column.name, len(whole)]
        stored = np.diff(whole, prepend=0) if column.delta else whole
        if column.given is not None:
            if column.given not in ways:
                _, first, number = np.unique(
                    held[column.given], return_index=True, return_inverse=True
                )
                ways[column.given] = first, number
            apart = differences(whole, *ways[column.given])
            # What does not follow from the other column is smaller as it is.
            if _bits(apart) < _bits(stored):
                stored, flags = apart, (flags & ~1) | 2
        parts.append(deflate(varints(stored)))
        entry += [flags, len(parts[-1])]
        layout.append([*entry, column.given] if flags & 2 else entry)
    return layout, b"".join(parts)


def differences(values: ArrayLike, first: Integers, number: Integers) -> Integers:
    """Return what values differ by from the one where the value of another column is met first.

    Parameters
    ----------
    values
        Whole numbers.
    first, number
        The place where each value of the other column is met first, and which of these
        values stands at every place.

    Examples
    --------
    The other column is 7, 7, 9, 7:

    >>> differences([5, 5, 2, 6], np.array([0, 2]), np.array([0, 0, 1, 0])).tolist()
    [5, 0, 2, 1]
    """
    whole = np.asarray(values, dtype=np.int64)
    apart = whole - whole[first][number]
    apart[first] = whole[first]
    return apart


def deflate(data: bytes) -> bytes:
    """Return bytes deflated (RFC 1951), without header and sum."""
    packer = zlib.compressobj(level=6, wbits=-15)
    return packer.compress(data) + packer.flush()


def _bits(values: Integers) -> float:
    """Return about how many bits whole numbers hold."""
    return float(np.log2(1.0 + np.abs(values)).sum())


def varints(values: ArrayLike) -> bytes:
    """Return whole numbers as bytes: sign in the lowest bit, seven bits a byte, low first.

    Examples
    --------
    >>> varints([0, -1, 1, 64]).hex(" ")
    '00 01 02 80 01'
    """
    whole = np.asarray(values, dtype=np.int64)
    folded = ((whole << 1) ^ (whole >> 63)).view(np.uint64)
    width = np.ones(len(folded), dtype=np.int64)
    for bits in range(7, 64, 7):
        width += folded >= np.uint64(1 << bits)
    start = np.cumsum(width) - width
    out = np.zeros(int(width.sum()), dtype=np.uint8)
    for place in range(int(width.max(initial=0))):
        here = width > place
        low = (folded[here] >> np.uint64(7 * place)) & np.uint64(127)
        follows = (width[here] > place + 1).astype(np.uint64) << np.uint64(7)
        out[start[here] + place] = (low | follows).astype(np.uint8)
    return out.tobytes()


def micro(degrees: ArrayLike, unit: int = 10**6) -> Integers:
    """Return degrees as whole multiples of 1 / `unit` degree."""
    return np.rint(np.asarray(degrees, dtype=np.float64) * unit).astype(np.int64)


def rings(linear_rings: Any, unit: int = 10**6) -> Rings:
    """Return shapely rings as whole numbers, each without its closing vertex.

    A ring across the antimeridian is laid out on one side of it.
    """
    coordinates, of = shapely.get_coordinates(linear_rings, return_index=True)
    if len(of) == 0:
        empty = np.zeros(0, dtype=np.int64)
        return Rings(empty, empty, empty)
    last = np.append(of[1:] != of[:-1], True)
    coordinates, of = coordinates[~last], of[~last]
    starts = np.flatnonzero(np.diff(of, prepend=-1))
    sizes = np.diff(np.append(starts, len(of)))
    longitude = coordinates[:, 0]
    apart = longitude - np.repeat(longitude[starts], sizes)
    longitude = longitude - 360 * np.rint(apart / 360)
    return Rings(sizes, micro(longitude, unit), micro(coordinates[:, 1], unit))


def codes(texts: Iterable[Any]) -> tuple[Integers, list[str]]:
    """Return a code for each text, -1 where it is missing, and the texts by first use.

    Examples
    --------
    >>> numbers, names = codes(["b", None, "a", "b"])
    >>> numbers.tolist(), names
    ([0, -1, 1, 0], ['b', 'a'])
    """
    import pandas as pd

    numbers, found = pd.factorize(pd.Series(list(texts), dtype=object))
    return np.asarray(numbers, dtype=np.int64), [str(text) for text in found]
