"""Bounds between classes of numbers, for one map or for several that are to be compared.

A map shows classes, and the choice of their bounds is a choice of what is seen: quantiles
spread the colors evenly over the places, natural breaks put the bounds where the numbers
have gaps, equal intervals keep distances true. Two maps compare only with the same bounds:
work them out from the numbers of both and give them to both.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gridgov.errors import InputError, OptionError

__all__ = ["make_classes"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Scheme = Literal["quantile", "natural", "equal"]


def make_classes(
    values: ArrayLike, *, scheme: Scheme | Sequence[float] = "quantile", k: int = 5
) -> list[float]:
    """Return ascending bounds between classes, to give to a map as its ``breaks``.

    Parameters
    ----------
    values
        The numbers to be classed, missing ones allowed. For maps that are to be compared:
        the numbers of all of them in one, as by ``pd.concat``.
    scheme
        ``"quantile"``: about equally many numbers in each class. ``"natural"``: the
        classes with the least sum of squares within, exact (Fisher-Jenks). ``"equal"``:
        intervals of one width. Or bounds of your own, which are checked and returned.
    k
        Number of classes, 2 to 7; bounds of your own make one class more than there are
        bounds. Fewer come out where there are fewer different numbers.

    Returns
    -------
    list of float
        ``k`` - 1 bounds or fewer. A number on a bound is in the class above.

    Raises
    ------
    OptionError
        If `scheme` or `k` does not exist, or own bounds are not ascending numbers.
    InputError
        If there are no numbers, or `values` is not a plain row of numbers.

    Notes
    -----
    Of all bounds that class the given numbers alike, the one with the fewest digits is
    returned, so that a legend can be read aloud and is still exact. A bound of equal
    intervals may move by up to 1/200 of an interval for the same reason. Natural breaks
    are found by dynamic programming over the different numbers, in about n log n steps for
    each class; the sum of squares is the least of all partitions.

    References
    ----------
    Fisher, W. D. (1958). On grouping for maximum homogeneity. Journal of the American
    Statistical Association 53(284), 789-798. https://doi.org/10.1080/01621459.1958.10501479

    Jenks, G. F. (1967). The data model concept in statistical mapping. International
    Yearbook of Cartography 7, 186-190.

    Examples
    --------
    >>> make_classes([1, 2, 3, 20, 21, 23, 90], scheme="natural", k=3)
    [10.0, 60.0]
    >>> make_classes([1, 2, 3, 20, 21, 23, 90], scheme="quantile", k=2)
    [10.0]
    >>> make_classes([0, 100], scheme="equal", k=4)
    [25.0, 50.0, 75.0]
    """
    numbers = _numbers(values)
    if not isinstance(scheme, str):
        return _given(scheme)
    if scheme not in ("quantile", "natural", "equal"):
        raise OptionError(
            "scheme must be 'quantile', 'natural', 'equal' or bounds of your own. "
            f"Found: {scheme!r}."
        )
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or not 2 <= k <= 7:
        raise OptionError(f"k must be a whole number of classes from 2 to 7. Found: {k!r}.")
    unique, counts = np.unique(numbers, return_counts=True)
    if len(unique) == 1:
        return []
    if scheme == "equal":
        step = float(unique[-1] - unique[0]) / k
        exact = unique[0] + step * np.arange(1, k)
        return [_plainest(float(at - step / 200), float(at + step / 200)) for at in exact]
    starts = _natural(unique, counts, k) if scheme == "natural" else _quantiles(unique, counts, k)
    return [_plainest(float(unique[at - 1]), float(unique[at])) for at in starts.tolist()]


def _numbers(values: Any) -> Floats:
    """Return the finite numbers.

    Raises
    ------
    InputError
        If there are none.
    """
    try:
        if hasattr(values, "to_numpy"):
            numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        else:
            numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(
            "values must be a row of numbers, such as a column of a table. Found: "
            f"{type(values).__name__} that holds something else ({error})."
        ) from error
    if numbers.ndim != 1:
        raise InputError(f"values must be one row of numbers. Found: {numbers.ndim} dimensions.")
    finite: Floats = numbers[np.isfinite(numbers)]
    if not len(finite):
        raise InputError(
            f"Classes need at least one number. Found: {len(numbers):,} values, none of them a "
            "number."
        )
    return finite


def _given(bounds: Any) -> list[float]:
    """Return bounds of the caller's own.

    Raises
    ------
    OptionError
        If they are not one to six ascending numbers.
    """
    try:
        own = [float(bound) for bound in bounds]
    except (TypeError, ValueError):
        own = []
    rising = all(low < high for low, high in pairwise(own))
    if not (1 <= len(own) <= 6 and rising and np.isfinite(own).all()):
        raise OptionError(
            "Bounds of your own must be 1 to 6 ascending numbers, such as [50, 100, 200]. "
            f"Found: {bounds!r}."
        )
    return own


def _quantiles(unique: Floats, counts: Integers, k: int) -> Integers:
    """Return where classes of about equally many numbers start."""
    below = np.cumsum(counts) - counts
    wanted = below[-1] + counts[-1]
    # The start whose share of numbers below is the nearest; what is alike stays together.
    nearest = np.abs(below[:, None] * k - wanted * np.arange(1, k)[None, :])
    starts: Integers = np.unique(nearest[1:].argmin(axis=0) + 1).astype(np.int64)
    return starts


def _natural(unique: Floats, counts: Integers, k: int) -> Integers:
    """Return where the classes with the least sum of squares within start.

    The best start of the last class never moves back as numbers are added, so each class
    is worked out for the middle number first and for the halves within its bounds.
    """
    classes = min(k, len(unique))
    n = len(unique)
    # Around their mean, or the squares of large numbers leave no digits for differences.
    centered = (unique - np.average(unique, weights=counts)) / max(float(np.ptp(unique)), 1e-300)
    weight = np.concatenate([[0.0], np.cumsum(counts.astype(np.float64))])
    total = np.concatenate([[0.0], np.cumsum(counts * centered)])
    square = np.concatenate([[0.0], np.cumsum(counts * centered**2)])

    def within(first: Integers, after: Integers) -> Floats:
        held = weight[after] - weight[first]
        spread = square[after] - square[first] - (total[after] - total[first]) ** 2 / held
        least: Floats = np.maximum(spread, 0.0)
        return least

    ends = np.arange(1, n + 1)
    best = np.concatenate([[0.0], within(np.zeros(n, dtype=np.int64), ends)])
    chosen = np.zeros((classes, n + 1), dtype=np.int64)
    for number in range(1, classes):
        best, chosen[number] = _one_more(best, within, number, n)
    starts = np.zeros(classes - 1, dtype=np.int64)
    after = n
    for number in range(classes - 1, 0, -1):
        after = int(chosen[number, after])
        starts[number - 1] = after
    return starts


def _one_more(before: Floats, within: Any, number: int, n: int) -> tuple[Floats, Integers]:
    """Return the least sums with one class more, and where that class starts."""
    best = np.full(n + 1, np.inf)
    chosen = np.zeros(n + 1, dtype=np.int64)
    # Open stretches of ends, each with the first and last start that can be best.
    stretch = np.array([[number + 1, n, number, n - 1]], dtype=np.int64)
    while len(stretch):
        low, high, first, last = stretch.T
        middle = (low + high) // 2
        last_here = np.minimum(last, middle - 1)
        length = last_here - first + 1
        offset = np.cumsum(length) - length
        start = np.arange(int(length.sum())) - np.repeat(offset - first, length)
        sums = before[start] + within(start, np.repeat(middle, length))
        least = np.minimum.reduceat(sums, offset)
        place = np.flatnonzero(sums == np.repeat(least, length))
        _, once = np.unique(np.searchsorted(offset, place, side="right"), return_index=True)
        best[middle], chosen[middle] = least, start[place[once]]
        at = chosen[middle]
        left = np.column_stack([low, middle - 1, first, at])
        right = np.column_stack([middle + 1, high, at, last])
        stretch = np.concatenate([left, right])
        stretch = stretch[stretch[:, 0] <= stretch[:, 1]]
    return best, chosen


def _plainest(low: float, high: float) -> float:
    """Return the number with the fewest digits above `low`, up to and with `high`."""
    for power in range(int(np.ceil(np.log10(high - low))) + 1, -320, -1):
        least, most = np.floor(low / 10.0**power) + 1, np.floor(high / 10.0**power)
        if not np.isfinite(most) or max(abs(least), abs(most)) > 2**53:
            break
        if least > most:
            continue
        # Of several with as few digits the one nearest the middle. By decimal text and not by
        # multiplication, or 0.3 comes out as 0.30000000000000004.
        steps = min(max(round((low + high) / 2 / 10.0**power), least), most)
        bound = float(f"{int(steps)}e{power}")
        if low < bound <= high:
            return bound
    return high
