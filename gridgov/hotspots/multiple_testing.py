"""Adjust p-values for testing many cells at once.

A city has thousands of cells, and at p < 0.05 one in twenty of them stands out by
chance alone. The false discovery rate is the expected share of false claims among
all claims; an adjusted value, q, is the smallest rate at which a cell is still
claimed. Benjamini-Hochberg is proven for independent and for positively dependent
tests. Two-sided tests of overlapping neighborhoods are neither, so for them it rests
on simulation (docs/hotspots.md). Benjamini-Yekutieli holds under every dependence and
pays for it with the factor 1 + 1/2 + ... + 1/m.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from gridgov.errors import InputError

__all__ = ["benjamini_hochberg", "benjamini_yekutieli"]

Floats = NDArray[np.float64]


def benjamini_hochberg(p_values: ArrayLike) -> Floats:
    """Return the Benjamini-Hochberg adjusted value, q, of every p-value.

    Parameters
    ----------
    p_values
        Unadjusted p-values of one family of tests, shape (n,). NaN is no test: it is
        left out, does not count as a test and stays NaN.

    Returns
    -------
    float64 array, shape (n,)
        q in the order of `p_values`; never below p.

    Raises
    ------
    InputError
        If a value lies outside 0 to 1, or `p_values` is not one-dimensional.

    Notes
    -----
    With p sorted ascending, q_(i) = min over j >= i of min(1, m p_(j) / j), m the number
    of tests [1]_.

    References
    ----------
    .. [1] Benjamini, Y. & Hochberg, Y. (1995). Controlling the false discovery rate.
       Journal of the Royal Statistical Society B 57(1), 289-300.
       https://doi.org/10.1111/j.2517-6161.1995.tb02031.x

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.04, 0.03, float("nan")]).tolist()
    [0.03, 0.04, 0.04, nan]
    """
    return _step_up(p_values, lambda tests: 1.0)


def benjamini_yekutieli(p_values: ArrayLike) -> Floats:
    """Return the Benjamini-Yekutieli adjusted value of every p-value.

    Parameters
    ----------
    p_values
        Unadjusted p-values of one family of tests, shape (n,). NaN is left out and
        stays NaN.

    Returns
    -------
    float64 array, shape (n,)
        The adjusted values in the order of `p_values`; never below Benjamini-Hochberg's.

    Raises
    ------
    InputError
        If a value lies outside 0 to 1, or `p_values` is not one-dimensional.

    Notes
    -----
    Benjamini-Hochberg's values times 1 + 1/2 + ... + 1/m, at most 1 [1]_.

    References
    ----------
    .. [1] Benjamini, Y. & Yekutieli, D. (2001). The control of the false discovery rate
       in multiple testing under dependency. Annals of Statistics 29(4), 1165-1188.
       https://doi.org/10.1214/aos/1013699998

    Examples
    --------
    >>> benjamini_yekutieli([0.01, 0.04]).round(3).tolist()
    [0.03, 0.06]
    """
    return _step_up(p_values, lambda tests: float((1.0 / np.arange(1, tests + 1)).sum()))


def _step_up(p_values: ArrayLike, penalty: Callable[[int], float]) -> Floats:
    """Return step-up adjusted values, each multiplied by a penalty for the family's size."""
    p = np.asarray(p_values, dtype=np.float64)
    if p.ndim != 1:
        raise InputError(f"p_values must be one row of numbers. Found: shape {p.shape}.")
    if (p < 0).any() or (p > 1).any():
        wrong = np.flatnonzero((p < 0) | (p > 1))
        raise InputError(
            f"p_values must lie between 0 and 1. Found: {wrong.size} outside, the first is "
            f"{p[wrong[0]]} at position {wrong[0]}."
        )
    # Whole counts give few different p, and equal ones get one q, that of the last of them.
    place, distinct = pd.factorize(p)
    order = np.argsort(distinct)
    last = np.cumsum(np.bincount(place[place >= 0], minlength=distinct.size)[order])
    adjusted = np.full(distinct.size + 1, np.nan)
    if distinct.size:
        tests = int(last[-1])
        # Dividing first keeps m / m = 1, so that the largest q is not pushed below its p.
        raised = distinct[order] * (penalty(tests) * (tests / last))
        adjusted[order] = np.minimum(1.0, np.minimum.accumulate(raised[::-1])[::-1])
    # Where there is no test the place is -1: the NaN at the end.
    return np.asarray(adjusted[place], dtype=np.float64)
