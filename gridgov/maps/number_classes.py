"""Classes of the numbers of a map, from much to little, and none where there is no number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridgov.errors import OptionError
from gridgov.maps.cell_values import Classes
from gridgov.maps.classes import Scheme, make_classes
from gridgov.taxonomy.sequence import (
    SEQUENCE_COLORS,
    check_breaks,
    class_breaks,
    class_codes,
    class_colors,
    class_texts,
)

__all__ = ["number_bounds", "number_classes"]

Floats = NDArray[np.float64]
_SCHEMES: dict[str, Scheme] = {"quantile": "quantile", "natural": "natural", "equal": "equal"}


def number_bounds(
    values: Any, breaks: str | Sequence[float] | None, *, most: int = len(SEQUENCE_COLORS)
) -> list[float]:
    """Return ascending bounds above 0 between at most `most` classes of numbers from 0 on.

    Parameters
    ----------
    values
        The numbers; NaN for none.
    breaks
        A scheme of :func:`gridgov.make_classes`, bounds, or None for classes of about
        equally many with bounds of two figures.
    most
        The most classes; a scheme makes five, or fewer where `most` is.

    Raises
    ------
    OptionError
        If there is no such scheme, or bounds are no ascending numbers above 0.

    Examples
    --------
    >>> number_bounds([1, 2, 3, 20, 21, 23, 90], "natural", most=3)
    [10.0, 60.0]
    >>> number_bounds([1, 2, 3], [2])
    [2.0]
    """
    numbers: Floats = np.asarray(values, dtype=np.float64)
    if isinstance(breaks, str):
        if breaks not in _SCHEMES:
            raise OptionError(
                "breaks must be 'quantile', 'natural', 'equal', or bounds such as "
                f"[50, 100, 200]. Found: {breaks!r}."
            )
        if not np.isfinite(numbers).any():
            return []
        # A class below a bound at 0 would be of numbers that cannot be.
        found = make_classes(numbers, scheme=_SCHEMES[breaks], k=min(5, most))
        return [bound for bound in found if bound > 0]
    bounds = check_breaks(breaks, most=most - 1)
    return class_breaks(numbers, classes=most) if bounds is None else bounds


def number_classes(values: Any, breaks: str | Sequence[float] | None) -> Classes:
    """Return classes of numbers with the highest first, as a legend reads.

    A number that is missing is in no class, and not in that of zero.

    Raises
    ------
    OptionError
        If there is no such scheme, or bounds are no ascending numbers above 0.

    Examples
    --------
    >>> found = number_classes([0.0, 60.0, float("nan")], [50.0])
    >>> found.names, found.codes.tolist()
    (['≥ 50', '< 50'], [1, 0, 2])
    """
    numbers: Floats = np.asarray(values, dtype=np.float64)
    bounds = number_bounds(numbers, breaks)
    # After the last class those without a number.
    last = len(bounds)
    codes = np.where(np.isfinite(numbers), last - class_codes(numbers, bounds), last + 1)
    return Classes(codes, class_texts(bounds)[::-1], class_colors(last + 1)[::-1])
