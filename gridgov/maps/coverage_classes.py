"""Classes of shares, meters and whole numbers for the maps of coverage, and numbers as text.

Shares of land have a class of their own for all and for nothing: a street that is reached
to 99.9 % is not reached, and a planner asks for what is missing. The best class stands
first in the legend.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridgov.errors import OptionError
from gridgov.maps.cell_values import Classes
from gridgov.taxonomy.coverage_palette import UNREACHED_COLOR, reach_colors
from gridgov.taxonomy.sequence import (
    check_breaks,
    class_breaks,
    class_codes,
    class_colors,
    class_texts,
)

__all__ = [
    "amount_classes",
    "amount_text",
    "amount_texts",
    "breaks_of",
    "distance_classes",
    "floats",
    "share_classes",
    "share_text",
    "share_texts",
    "whole_classes",
]

Floats = NDArray[np.float64]

# Shares are quotients of areas: the last digits are rounding.
_ALL = 1 - 1e-9
_SHARES = (0.25, 0.5, 0.75, 0.9)
_METERS = (300.0, 500.0, 800.0, 1000.0, 1500.0, 2000.0)
_NUMBERS = (1, 2, 3, 4, 6)


def floats(values: Any) -> Floats:
    """Return numbers as floats, NaN where there is none."""
    return np.asarray(pd.Series(values).to_numpy(dtype=np.float64, na_value=np.nan))


def breaks_of(
    breaks: Mapping[str, Sequence[float]] | None, known: Sequence[str]
) -> dict[str, list[float] | None]:
    """Return the caller's bounds by the column they are for, None where there are none.

    Raises
    ------
    OptionError
        If a column is not on the map, or bounds are no ascending numbers above 0.
    """
    given = breaks if breaks is not None else {}
    if not isinstance(given, Mapping):
        raise OptionError(
            "breaks must name the column that the bounds are for, such as "
            f"{{{known[0]!r}: [0.5, 0.9]}}. Found: {breaks!r}."
        )
    strange = [key for key in given if key not in known]
    if strange:
        raise OptionError(
            f"breaks must be for what the map shows: {', '.join(known)}. Found: {strange[0]!r}."
        )
    return {column: check_breaks(given.get(column)) for column in known}


def share_classes(values: Any, words: Mapping[str, str], breaks: Any = None) -> Classes:
    """Return classes of shares from all to nothing, the bounds between them in percent.

    Examples
    --------
    >>> words = {"all_of_it": "100 %", "none_of_it": "0 %"}
    >>> found = share_classes([1.0, 0.5, 0.0, None], words, [0.5])
    >>> found.names
    ['100 %', '50 – 100 %', '0 – 50 %', '0 %']
    >>> found.codes.tolist()
    [0, 1, 3, 4]
    """
    numbers = floats(values)
    bounds = [bound for bound in breaks or _SHARES if bound < 1]
    codes = 1 + len(bounds) - class_codes(numbers, bounds)
    codes[numbers >= _ALL] = 0
    codes[numbers <= 0] = len(bounds) + 2
    codes[np.isnan(numbers)] = len(bounds) + 3
    edges = [f"{100 * bound:.10g}" for bound in (0.0, *bounds, 1.0)]
    between = [f"{low} – {high} %" for low, high in pairwise(edges)][::-1]
    colors = reach_colors(len(bounds) + 2)[::-1]
    return Classes(
        codes.astype(np.int64),
        [words["all_of_it"], *between, words["none_of_it"]],
        [*colors, UNREACHED_COLOR],
    )


def distance_classes(values: Any, breaks: Any = None) -> Classes:
    """Return classes of meters, the nearest first and darkest.

    Examples
    --------
    >>> found = distance_classes([100.0, 300.0, None], [300])
    >>> found.names, found.codes.tolist()
    (['< 300', '≥ 300'], [0, 1, 2])
    """
    numbers = floats(values)
    bounds = list(breaks or _METERS)
    codes = np.where(np.isnan(numbers), len(bounds) + 1, class_codes(numbers, bounds))
    colors = [*reach_colors(len(bounds))[::-1], UNREACHED_COLOR]
    return Classes(codes.astype(np.int64), class_texts(bounds), colors)


def whole_classes(values: Any, breaks: Any = None) -> Classes:
    """Return classes of whole numbers, the largest first and none at all last.

    Examples
    --------
    >>> found = whole_classes([0, 1, 2, 9], [1, 2, 4])
    >>> found.names, found.codes.tolist()
    (['≥ 4', '2 – 3', '1', '0'], [3, 2, 1, 0])
    """
    numbers = floats(values)
    bounds = [int(bound) for bound in breaks or _NUMBERS]
    steps = [0, *bounds]
    between = [
        f"{low:,}" if high == low + 1 else f"{low:,} – {high - 1:,}"
        for low, high in pairwise(steps)
    ]
    codes = len(bounds) - class_codes(numbers, bounds)
    codes = np.where(np.isnan(numbers), len(steps), codes)
    colors = [*reach_colors(len(bounds))[::-1], UNREACHED_COLOR]
    return Classes(codes.astype(np.int64), [f"≥ {bounds[-1]:,}", *between[::-1]], colors)


def amount_classes(values: Any, zero: str, breaks: Any = None, *, most: int = 6) -> Classes:
    """Return classes of amounts, the largest first and darkest, and one for nothing.

    Examples
    --------
    >>> found = amount_classes([0.0, 5.0, 20.0], "None", [10])
    >>> found.names, found.codes.tolist()
    (['≥ 10', '< 10', 'None'], [2, 1, 0])
    """
    numbers = floats(values)
    bounds = list(breaks) if breaks is not None else class_breaks(numbers, classes=most)
    last = len(bounds)
    codes = np.where(numbers > 0, last - class_codes(numbers, bounds), last + 1)
    codes = np.where(np.isnan(numbers), last + 2, codes)
    names = class_texts(bounds)[::-1] if bounds else ["> 0"]
    colors = [*class_colors(last + 2)[1:][::-1], "#f2f2ef"]
    return Classes(codes.astype(np.int64), [*names, zero], colors)


def share_text(share: float) -> str:
    """Return a share in percent, never as all or nothing of what is not.

    Examples
    --------
    >>> [share_text(share) for share in (1.0, 0.999999, 0.975, 0.00001, 0.0)]
    ['100 %', '> 99.99 %', '97.5 %', '< 0.01 %', '0 %']
    """
    if share >= _ALL:
        return "100 %"
    percent = 100 * share
    if percent > 99.99:
        return "> 99.99 %"
    if 0 < percent < 0.01:
        return "< 0.01 %"
    return f"{percent:.2f}".rstrip("0").rstrip(".") + " %"


def share_texts(values: Any) -> pd.Series:
    """Return shares as texts, missing where they are."""
    return _texts(values, share_text)


def amount_text(number: float) -> str:
    """Return an amount with thousands apart and at most two places, fewer if it is large.

    Examples
    --------
    >>> [amount_text(number) for number in (12345.678, 123.45, 1.234, 7.0, 0.004)]
    ['12,346', '123.5', '1.23', '7', '0.004']
    """
    size = abs(number)
    if 0 < size < 0.01:
        return f"{number:.1g}"
    places = 0 if size >= 1000 else 1 if size >= 100 else 2
    text = f"{number:,.{places}f}"
    return text.rstrip("0").rstrip(".") if places else text


def amount_texts(values: Any) -> pd.Series:
    """Return amounts as texts, missing where they are."""
    return _texts(values, amount_text)


def _texts(values: Any, write: Any) -> pd.Series:
    """Return numbers as texts, missing where they are."""
    numbers = pd.Series(values).astype(object).reset_index(drop=True)
    return numbers.map(lambda value: None if pd.isna(value) else write(float(value)))
