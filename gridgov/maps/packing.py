"""Numbers packed for the browser: whole numbers, seven bits a byte.

A map carries arrays and not polygons of text. Coordinates become whole multiples of a
small fraction of a degree, each one stored as the difference to the one before, so that
most take one or two bytes; a cell with its outline and all its values takes about 40.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

__all__ = ["MISSING", "Column", "Rings", "codes", "micro", "pack", "rings", "varints"]

Integers = NDArray[np.int64]

MISSING = -(2**31)
"""Stands for "no value" in a column whose values can be negative."""


class Column(NamedTuple):
    """One column of whole numbers; `delta` stores differences, for runs that change little."""

    name: str
    values: Any
    delta: bool = False


class Rings(NamedTuple):
    """Rings of vertices in a row: how many each has, and their coordinates in units."""

    sizes: Integers
    x: Integers
    y: Integers


def pack(columns: Iterable[Column]) -> tuple[list[list[Any]], bytes]:
    """Return the layout (name, number of values, whether differences) and the bytes."""
    layout: list[list[Any]] = []
    parts: list[bytes] = []
    for name, values, delta in columns:
        whole = np.asarray(values, dtype=np.int64)
        parts.append(varints(np.diff(whole, prepend=0) if delta else whole))
        layout.append([name, len(whole), int(delta)])
    return layout, b"".join(parts)


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
