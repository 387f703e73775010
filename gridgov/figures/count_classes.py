"""Classes of counts for still maps and charts: the bounds, ranges and colors of the web maps.

Bounds come from outside for maps that are to be compared. Where nothing happened is a
class of its own if a measure asks for it: none at all is another fact than few.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridgov.maps.cell_values import Classes
from gridgov.taxonomy.sequence import (
    SEQUENCE_COLORS,
    check_breaks,
    class_breaks,
    class_codes,
    class_texts,
)

__all__ = ["counted_classes"]

Floats = NDArray[np.float64]

_DOUBLING = (2.0, 3.0, 5.0, 9.0, 17.0)


def counted_classes(
    values: Any, breaks: Sequence[float] | None, *, whole: bool = True, most: int = 6
) -> Classes:
    """Return classes with the highest first and a class of its own, the palest, for zero.

    Parameters
    ----------
    values
        Numbers from 0 on; NaN is no answer.
    breaks
        Ascending bounds above 0, at most `most` - 1; None: classes of about equally many.
    whole
        Whether they are whole numbers: ranges are then told by their first and last.
    most
        Number of classes above zero.

    Raises
    ------
    OptionError
        If `breaks` are no ascending numbers above 0.

    Examples
    --------
    >>> found = counted_classes([0, 1, 4, 9], [2, 5])
    >>> found.names, found.codes.tolist()
    (['≥ 5', '2 – 4', '1', '0'], [3, 2, 1, 0])
    """
    number: Floats = np.asarray(values, dtype=np.float64)
    bounds = check_breaks(breaks, most=most - 1)
    if bounds is None:
        bounds = class_breaks(number, classes=most)
        highest = float(np.max(number, initial=0.0, where=np.isfinite(number)))
        if whole and len(bounds) < 3:
            # Where most counts are 1, quantiles fall together; doubling steps do not.
            bounds = [bound for bound in _DOUBLING[: most - 1] if bound <= highest]
    ranges = _whole_texts(bounds) if whole else _texts_above_zero(bounds)
    if whole:
        bounds = [bound for bound in np.ceil(bounds).tolist() if bound > 1]
        bounds = sorted(set(bounds))
    places = np.linspace(1, len(SEQUENCE_COLORS) - 1, len(ranges)).round().astype(int)
    if len(ranges) == 1:
        places = np.array([4])
    colors = [SEQUENCE_COLORS[place] for place in [0, *places.tolist()]]
    number_of = np.where(number > 0, 1 + class_codes(number, bounds), 0)
    last = len(ranges)
    codes = np.where(np.isfinite(number), last - number_of, last + 1)
    return Classes(codes, ["0", *ranges][::-1], colors[::-1])


def _whole_texts(bounds: Sequence[float]) -> list[str]:
    """Return the ranges of whole numbers from 1 on."""
    firsts = sorted({1, *(int(np.ceil(bound)) for bound in bounds if bound > 1)})
    between = [
        f"{low:,}" if high == low + 1 else f"{low:,} – {high - 1:,}"
        for low, high in pairwise(firsts)
    ]
    return [*between, f"≥ {firsts[-1]:,}"]


def _texts_above_zero(bounds: Sequence[float]) -> list[str]:
    """Return the ranges of numbers above zero."""
    if not bounds:
        return ["> 0"]
    ranges = class_texts(bounds)
    return [f"> 0, {ranges[0]}", *ranges[1:]]
