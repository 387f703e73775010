"""Indices of inequality over many samples at once.

Units (cells, or square kilometers of them) hold different amounts. `values` are the
amounts a unit of size one holds, one number a class of units; `sizes` say how many units
are in every class, one row a sample, so that a bootstrap is one call. All answers are NaN
for a sample that holds nothing. Order plays no part.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "fewest_units",
    "generalized_gini",
    "gini",
    "lorenz",
    "smallest_size",
    "theil",
    "theil_between",
    "unbiased",
]

Floats = NDArray[np.float64]


def gini(values: ArrayLike, sizes: ArrayLike) -> Any:
    """Return the Gini index: twice the area between the Lorenz curve and the diagonal.

    Parameters
    ----------
    values
        Amount a unit, shape (k,).
    sizes
        Units of each, shape (..., k).

    Returns
    -------
    float64, shape (...)

    Notes
    -----
    Σ_i Σ_j |y_i - y_j| / (2 n² ȳ).

    Examples
    --------
    Ten cells, of which three hold 10, 8 and 2 incidents:

    >>> round(float(gini([0, 2, 8, 10], [7, 1, 1, 1])), 2)
    0.78
    """
    value, size = _ascending(values, sizes)
    amount = size * value
    total, whole = amount.sum(axis=-1), size.sum(axis=-1)
    below = np.cumsum(amount, axis=-1)
    twice = (size * (2 * below - amount)).sum(axis=-1)
    return 1.0 - _divided(twice, whole * total)


def generalized_gini(index: ArrayLike, units: ArrayLike, amount: ArrayLike) -> Any:
    """Return the Gini index against the most even distribution that whole amounts allow.

    Parameters
    ----------
    index
        The Gini index.
    units
        Number of units, N.
    amount
        Number of incidents, C.

    Notes
    -----
    max(1, N / C) (G - 1) + 1 [1]_. With fewer incidents than units most units must be
    empty; G is high then even where no unit holds two.

    References
    ----------
    .. [1] Bernasco, W. & Steenbeek, W. (2017). More places than crimes: implications for
       evaluating the law of crime concentration at place. Journal of Quantitative
       Criminology 33(3), 451-467. https://doi.org/10.1007/s10940-016-9324-7

    Examples
    --------
    Eight incidents in ten cells, five in one of them:

    >>> round(float(generalized_gini(0.8, 10, 8)), 2)
    0.75
    """
    ratio = _divided(np.asarray(units, dtype=np.float64), np.asarray(amount, dtype=np.float64))
    return np.maximum(1.0, ratio) * (np.asarray(index) - 1.0) + 1.0


def unbiased(index: ArrayLike, number: ArrayLike) -> Any:
    """Return an index times n / (n - 1), so that all in one unit is 1; NaN for n below 2."""
    n = np.asarray(number, dtype=np.float64)
    return np.asarray(index) * _divided(n, np.where(n > 1, n - 1.0, 0.0))


def theil(values: ArrayLike, sizes: ArrayLike) -> Any:
    """Return Theil's T, the mean of (y / ȳ) ln(y / ȳ) over the units, 0 ln 0 being 0.

    Examples
    --------
    All in one of four cells is ln 4:

    >>> round(float(theil([0, 5], [3, 1])), 4)
    1.3863
    """
    value, size = np.asarray(values, dtype=np.float64), np.asarray(sizes, dtype=np.float64)
    amount = size * value
    total, whole = amount.sum(axis=-1), size.sum(axis=-1)
    logs = np.log(value, out=np.zeros_like(value), where=value > 0)
    return _divided(amount @ logs, total) - _logarithm(_divided(total, whole))


def theil_between(amounts: ArrayLike, sizes: ArrayLike) -> Any:
    """Return the part of Theil's T between groups, from each group's amount and size.

    Notes
    -----
    Σ_g (Y_g / Y) ln((Y_g / Y) / (n_g / n)). What is left of T is Σ_g (Y_g / Y) T_g, the part
    within groups.

    Examples
    --------
    Two streets of two cells, one with everything:

    >>> round(float(theil_between([8, 0], [2, 2])), 4)
    0.6931
    """
    amount, size = np.asarray(amounts, dtype=np.float64), np.asarray(sizes, dtype=np.float64)
    share = _divided(amount, amount.sum(axis=-1, keepdims=True))
    room = _divided(size, size.sum(axis=-1, keepdims=True))
    ratio = np.divide(share, room, out=np.ones_like(share), where=share > 0)
    return (share * np.log(ratio)).sum(axis=-1)


def fewest_units(values: ArrayLike, times: ArrayLike, percent: int) -> Any:
    """Return the least number of whole units that hold a percentage of the amount.

    Parameters
    ----------
    values
        Whole amounts, shape (k,).
    times
        How many units hold each, whole numbers, shape (..., k).
    percent
        Whole number, 1 to 100.

    Examples
    --------
    Of 10, 8 and 2 incidents, half lie in one cell and 80 % in two:

    >>> [int(fewest_units([0, 2, 8, 10], [7, 1, 1, 1], percent)) for percent in (50, 80)]
    [1, 2]
    """
    value, number = _ascending(values, times)
    value, number = value[::-1], number[..., ::-1]
    # Whole numbers all through, so that exactly half is half.
    held = 100 * np.cumsum(number * value, axis=-1)
    wanted = percent * (number * value).sum(axis=-1, keepdims=True)
    at = np.argmax(held >= wanted, axis=-1, keepdims=True)
    amount, count = value[at], np.take_along_axis(number, at, axis=-1)
    missing = wanted - np.take_along_axis(held, at, axis=-1) + 100 * amount * count
    before = np.take_along_axis(np.cumsum(number, axis=-1), at, axis=-1) - count
    units = before + np.ceil(_divided(missing, 100 * amount))
    return np.where(wanted > 0, units, np.nan)[..., 0]


def smallest_size(values: ArrayLike, sizes: ArrayLike, share: float) -> Any:
    """Return the least size, the last unit in part, that holds a share of the amount.

    Examples
    --------
    A field of 1 km² with 6 incidents and one of 3 km² with 6; half lie in the first, three
    quarters in that and half of the other:

    >>> [float(smallest_size([6.0, 2.0], [1.0, 3.0], share)) for share in (0.5, 0.75)]
    [1.0, 2.5]
    """
    value, size = _ascending(values, sizes)
    value, size = value[::-1], size[..., ::-1]
    held = np.cumsum(size * value, axis=-1)
    wanted = share * held[..., -1:]
    # Rounding in the sum must not push the end of one unit into the next.
    at = np.argmax(held >= wanted * (1 - 1e-12), axis=-1, keepdims=True)
    through = np.take_along_axis(np.cumsum(size, axis=-1), at, axis=-1)
    over = np.take_along_axis(held, at, axis=-1) - wanted
    return np.where(wanted > 0, through - _divided(over, value[at]), np.nan)[..., 0]


def lorenz(values: ArrayLike, sizes: ArrayLike) -> tuple[Floats, Floats]:
    """Return the corners of the Lorenz curve of one sample, from (0, 0) to (1, 1).

    Returns
    -------
    unit_share, amount_share
        Shares of the units, emptiest first, and of what they hold; units that hold alike
        are one straight piece.

    Examples
    --------
    >>> lorenz([0, 1, 3], [2, 1, 1])
    (array([0.  , 0.5 , 0.75, 1.  ]), array([0.  , 0.  , 0.25, 1.  ]))
    """
    value, size = _ascending(values, sizes)
    distinct, of = np.unique(value, return_inverse=True)
    together = np.bincount(of, weights=size).astype(np.float64)
    amount = np.append(0.0, np.cumsum(together * distinct))
    units = np.append(0.0, np.cumsum(together))
    return units / units[-1], _divided(amount, amount[-1])


def _ascending(values: ArrayLike, sizes: ArrayLike) -> tuple[Floats, Floats]:
    """Return values in ascending order, and their sizes."""
    value, size = np.asarray(values, dtype=np.float64), np.asarray(sizes, dtype=np.float64)
    if np.all(value[1:] >= value[:-1]):
        return value, size
    order = np.argsort(value, kind="stable")
    return value[order], size[..., order]


def _divided(above: Any, below: Any) -> Floats:
    """Return a quotient, NaN where the divisor is 0."""
    above, below = np.broadcast_arrays(above, below)
    result: Floats = np.divide(above, below, out=np.full(above.shape, np.nan), where=below != 0)
    return result


def _logarithm(value: Floats) -> Floats:
    """Return the logarithm, NaN where there is none."""
    return np.log(value, out=np.full(value.shape, np.nan), where=value > 0)
