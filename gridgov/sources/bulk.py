"""Where most points of a table lie, and which rows lie where they would if exchanged.

These are the rules 4 and 5 of :mod:`gridgov.sources.coordinates`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gridgov.arrays.compiled import each_piece

__all__ = ["flawless", "misplaced"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Box = tuple[float, float, float, float]

_ENOUGH_FOR_A_BULK = 5
_BULK_DEGREES = 1.0
_BULK_DEVIATIONS = 10.0

# Rows from which the median is looked for where a sample says that it must lie.
_MANY = 1 << 17
_SAMPLE = 1 << 13
_BLOCK = 1 << 16


def flawless(x: Floats, y: Floats, bounds: Box | None) -> bool:
    """Return whether every row has coordinates in range, in the bulk and not at 0, 0.

    Then none is missing, swapped or out of range. False says that each must be looked at.

    Examples
    --------
    >>> import numpy as np
    >>> flawless(np.array([116.2, 116.3]), np.array([39.9, 39.8]), None)
    True
    """
    if not len(x):
        return False

    def extent(begin: int, end: int) -> tuple[float, ...]:
        some_x, some_y = x[begin:end], y[begin:end]
        # The least of numbers among which there is a NaN is NaN.
        return some_x.min(), some_y.min(), some_x.max(), some_y.max()

    each = np.array(each_piece(len(x), extent, size=_BLOCK))
    west, south = each[:, :2].min(axis=0).tolist()
    east, north = each[:, 2:].max(axis=0).tolist()
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        return False
    if west <= 0 <= east and south <= 0 <= north:
        return False
    if bounds is None and max(east - west, north - south) < _BULK_DEGREES:
        return True
    bulk = _bulk(x, y, bounds)
    corners = np.array([west, east]), np.array([south, north])
    return bulk is None or bool(_inside(*corners, bulk).all())


def misplaced(x: Floats, y: Floats, usable: Flags, bounds: Box | None) -> tuple[Flags, Flags, bool]:
    """Return swapped rows, rows out of range, and whether most rows are swapped.

    Parameters
    ----------
    x, y
        Degrees, NaN where there are none.
    usable
        Rows that have both coordinates and are not at 0, 0.
    bounds
        Box of the jurisdictions, if there are any.
    """
    with np.errstate(invalid="ignore"):
        in_range = usable & (np.abs(x) <= 180) & (np.abs(y) <= 90)
        other_in_range = usable & (np.abs(y) <= 180) & (np.abs(x) <= 90)
        bulk = _bulk(x[in_range], y[in_range], bounds)
        if bulk is None:
            swapped = ~in_range & other_in_range
        else:
            here = _inside(x, y, bulk)
            there = other_in_range & _inside(y, x, bulk)
            swapped = usable & ~(in_range & here) & there
        outside = usable & ~in_range & ~swapped
    half = usable.sum() / 2
    mostly = bool((~in_range & other_in_range).sum() > half or swapped.sum() > half)
    return swapped, outside, mostly


def _bulk(x: Floats, y: Floats, bounds: Box | None) -> Box | None:
    """Return the box in which the rows are expected, or None if nothing tells."""
    if bounds is not None:
        west, south, east, north = bounds
        wide, high = max(east - west, 0.1), max(north - south, 0.1)
        return west - wide, south - high, east + wide, north + high
    if len(x) < _ENOUGH_FOR_A_BULK:
        return None
    middle_x, middle_y = _median(x, None), _median(y, None)
    spread_x = max(_BULK_DEGREES, _BULK_DEVIATIONS * _median(x, middle_x))
    spread_y = max(_BULK_DEGREES, _BULK_DEVIATIONS * _median(y, middle_y))
    return middle_x - spread_x, middle_y - spread_y, middle_x + spread_x, middle_y + spread_y


def _inside(x: Floats, y: Floats, box: Box) -> Flags:
    """Return which points lie in a box."""
    west, south, east, north = box
    inside: Flags = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    return inside


def _median(values: Floats, center: float | None) -> float:
    """Return the median of numbers, or of how far they are from a center."""
    if len(values) < _MANY:
        return float(np.median(values if center is None else np.abs(values - center)))

    def some(begin: int, end: int, step: int = 1) -> Floats:
        part = values[begin:end:step]
        return part if center is None else np.abs(part - center)

    sample = np.sort(some(0, len(values), len(values) // _SAMPLE))
    # Some six times as far to both sides as the middle of a sample strays.
    low, high = sample[int(0.46 * len(sample))], sample[int(0.54 * len(sample))]

    def between(begin: int, end: int) -> tuple[int, Floats]:
        part = some(begin, end)
        below = part < low
        return int(np.count_nonzero(below)), part[~below & (part <= high)]

    counts, parts = zip(*each_piece(len(values), between, size=_BLOCK), strict=True)
    inside = np.concatenate(parts)
    first, last = (len(values) - 1) // 2 - sum(counts), len(values) // 2 - sum(counts)
    if first < 0 or last >= len(inside):
        return float(np.median(some(0, len(values))))
    inside.partition((first, last))
    return float((inside[first] + inside[last]) / 2)
