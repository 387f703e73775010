"""Classes and colors for numbers that run from little to much.

Seven colors from pale to dark, each clearly darker than the one before, so that they stay
in order for color-blind readers and in a gray print. Classes hold about equally many
places, with bounds rounded to two figures so that a legend can be read aloud; a map that
is to be compared with another takes its bounds from outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from gridgov.errors import OptionError

__all__ = [
    "SEQUENCE_COLORS",
    "check_breaks",
    "class_breaks",
    "class_codes",
    "class_colors",
    "class_texts",
]

SEQUENCE_COLORS = ("#f7f3df", "#f5dd9c", "#efbb61", "#e1903d", "#c26231", "#93392b", "#5c1a22")
"""From little to much; fewer classes take an even selection, the ends included."""


def class_breaks(values: ArrayLike, *, classes: int = 7) -> list[float]:
    """Return ascending bounds between at most so many classes of about equal number.

    Parameters
    ----------
    values
        The numbers; what is not above 0 plays no part.
    classes
        The most classes, 2 to 7.

    Returns
    -------
    list of float
        Rounded to two figures; fewer than `classes` - 1 where numbers lie close, none
        where all are alike.

    Raises
    ------
    None

    Examples
    --------
    >>> class_breaks(range(1, 1001), classes=4)
    [250.0, 500.0, 750.0]
    """
    number = np.asarray(list(values) if isinstance(values, range) else values, dtype=np.float64)
    number = number[np.isfinite(number) & (number > 0)]
    if not len(number):
        return []
    inner = np.quantile(number, np.arange(1, classes) / classes)
    power = 10.0 ** (np.floor(np.log10(inner)) - 1)
    # Divided and not multiplied by a power below one, or 0.3 comes out as 0.30000000000000004.
    rounded = [
        float(f"{round(bound / unit) * unit:.2g}") for bound, unit in zip(inner, power, strict=True)
    ]
    return sorted({bound for bound in rounded if number.min() < bound <= number.max()})


def check_breaks(breaks: Sequence[float] | None, *, most: int = 6) -> list[float] | None:
    """Return bounds as floats if they are one to `most` ascending numbers above 0.

    Raises
    ------
    OptionError
        If they are not.
    """
    if breaks is None:
        return None
    try:
        bounds = [float(bound) for bound in breaks]
    except (TypeError, ValueError):
        bounds = []
    ascending = all(low < high for low, high in pairwise([0.0, *bounds]))
    if not (1 <= len(bounds) <= most and ascending and np.isfinite(bounds).all()):
        raise OptionError(
            f"breaks must be 1 to {most} numbers above 0 in ascending order, such as "
            f"[50, 100, 200]. Found: {breaks!r}."
        )
    return bounds


def class_codes(values: ArrayLike, breaks: Sequence[float]) -> Any:
    """Return the class of every number, from 0; a number on a bound is in the class above.

    Examples
    --------
    >>> class_codes([0.0, 50.0, 70.0, 900.0], [50.0, 100.0]).tolist()
    [0, 1, 1, 2]
    """
    return np.searchsorted(np.asarray(breaks), np.asarray(values, dtype=np.float64), side="right")


def class_texts(breaks: Sequence[float]) -> list[str]:
    """Return the range of every class, bounds to ten digits: the legend says what is drawn.

    Examples
    --------
    >>> class_texts([50.0, 1200.0])
    ['< 50', '50 – 1,200', '≥ 1,200']
    >>> class_texts([0.25, 1234.5])
    ['< 0.25', '0.25 – 1,234.5', '≥ 1,234.5']
    """
    if not breaks:
        return ["≥ 0"]
    shown = [f"{bound:,.10g}" for bound in breaks]
    between = [f"{low} – {high}" for low, high in pairwise(shown)]
    return [f"< {shown[0]}", *between, f"≥ {shown[-1]}"]


def class_colors(number: int) -> list[str]:
    """Return the colors of so many classes, evenly taken.

    Examples
    --------
    >>> class_colors(2)
    ['#f7f3df', '#5c1a22']
    """
    places = np.linspace(0, len(SEQUENCE_COLORS) - 1, max(number, 1)).round().astype(int)
    return [SEQUENCE_COLORS[place] for place in places.tolist()]
