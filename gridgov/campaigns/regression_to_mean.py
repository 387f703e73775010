"""What would have fallen anyway: places picked because they were high come down by themselves.

A cell with 12 incidents in a month is more often a cell of mean 8 in a bad month than one of
mean 16 in a good one, because there are more of the former. A campaign that picks its
cells by last month's map buys that fall. How much it is follows from how the cells of the
same city differ: where no other cell comes near, a high count is real; where many have
a little less, it is mostly luck.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, xlogy

__all__ = ["Regression", "expected_means", "regression_to_mean"]

Floats = NDArray[np.float64]

_HIGH = 0.9
# Fewer cells do not tell how cells differ.
_LEAST_CELLS = 30
# Means that the mixture may have, a fifth of a standard deviation of chance apart.
_STEP = 0.2
_MOST_MEANS = 400
_ROUNDS = 500


@dataclass(frozen=True, slots=True)
class Regression:
    """What regression to the mean alone would do; NaN where nothing can be said.

    Attributes
    ----------
    share
        Share of the treated count before that would vanish by itself, if the cells were
        picked for their counts; negative when they were low.
    high
        Whether the treated cells hold, per cell, more than nine in ten of all cells.
    matched_ratio
        After over before of the other cells with counts like those of the treated, over
        the same of all other cells.
    """

    share: float
    high: bool
    matched_ratio: float


def expected_means(counts: Floats) -> Floats:
    """Return the expected mean of every cell, given its count and how all cells differ.

    Parameters
    ----------
    counts
        Counts of all cells, shape (n,).

    Returns
    -------
    float64 array, shape (n,)
        Expected number in as long a time, with the luck taken out; they add up to the
        counts but for a few percent.

    Raises
    ------
    None

    Notes
    -----
    Nonparametric empirical Bayes: a cell's count is Poisson about a mean drawn from a
    distribution of any shape, which is estimated as weights of a fine grid of means by
    maximum likelihood (expectation-maximization) [1]_ [2]_. A gamma distribution in its
    place would take a city's few true black spots for luck.

    References
    ----------
    .. [1] Laird, N. (1978). Nonparametric maximum likelihood estimation of a mixing
       distribution. Journal of the American Statistical Association 73(364), 805-811.
       https://doi.org/10.1080/01621459.1978.10480103
    .. [2] Hauer, E. (1997). Observational Before-After Studies in Road Safety, chapter 11.
       Pergamon. ISBN 0-08-043053-8.

    Examples
    --------
    Among 99 cells with 2 incidents one with 5 is luck, one with 50 is not:

    >>> import numpy as np
    >>> expected_means(np.repeat([2.0, 5.0], [99, 1]))[-1].round(1)
    np.float64(2.1)
    >>> expected_means(np.repeat([2.0, 50.0], [99, 1]))[-1].round(0)
    np.float64(50.0)
    """
    values, of, times = np.unique(counts, return_inverse=True, return_counts=True)
    top = 2 * np.sqrt(values[-1] + 0.375)
    roots = np.linspace(0.0, top + 1, min(int(np.ceil((top + 1) / _STEP)) + 1, _MOST_MEANS))
    means = np.maximum((roots / 2) ** 2, 1e-3)
    log = xlogy(values[:, None], means) - means - gammaln(values + 1)[:, None]
    chance = np.exp(log - log.max(axis=1, keepdims=True))
    weight = np.full(means.size, 1 / means.size)
    for _ in range(_ROUNDS):
        joint = chance * weight
        posterior = joint / joint.sum(axis=1, keepdims=True)
        weight = times @ posterior / times.sum()
    joint = chance * weight
    expected = (joint @ means) / joint.sum(axis=1)
    return np.asarray(expected[of])


def regression_to_mean(
    before: Floats, after: Floats, treated: NDArray[np.bool_], free: NDArray[np.bool_]
) -> Regression:
    """Return the fall to be expected of cells that were picked for their counts.

    Parameters
    ----------
    before, after
        Counts of all cells, shape (n,).
    treated, free
        Which cells were treated, and which are far from anything done, shape (n,).

    Returns
    -------
    Regression
        NaN with fewer than 30 free cells or without incidents in them.

    Raises
    ------
    None

    Notes
    -----
    The share is 1 - Σ expected / Σ before over the treated cells, with
    :func:`expected_means` of treated and free cells together. It says what happens to cells
    that were picked for these counts; a place that is treated for another reason does not
    regress.

    Examples
    --------
    Forty cells, half with 1 and half with 3 incidents, are what chance makes of a mean of 2; of
    the 6 in the treated cell two thirds are luck.

    >>> import numpy as np
    >>> before = np.repeat([1.0, 3.0, 6.0], [20, 20, 1])
    >>> treated = before == 6
    >>> found = regression_to_mean(before, before, treated, ~treated)
    >>> round(found.share, 2), found.high
    (0.65, True)
    """
    total = float(before[treated].sum())
    others = before[free]
    if others.size < _LEAST_CELLS or not others.any() or not total:
        return Regression(np.nan, False, np.nan)
    of = treated | free
    expected = np.zeros(before.size)
    expected[of] = expected_means(before[of])
    per_cell = total / int(treated.sum())
    high = bool((before[of] < per_cell).mean() > _HIGH)
    share = 1 - float(expected[treated].sum()) / total
    return Regression(share, high, _matched_ratio(before[treated], others, after[free]))


def _matched_ratio(treated: Floats, before: Floats, after: Floats) -> float:
    """Return the change of other cells with counts like the treated, over that of all others."""
    # Within one standard deviation of chance, on the scale where that is 1 for every count.
    scale, own = 2 * np.sqrt(before + 0.375), 2 * np.sqrt(treated + 0.375)
    ordered = np.sort(own)
    place = np.searchsorted(ordered, scale)
    below = np.abs(scale - ordered[np.maximum(place - 1, 0)])
    above = np.abs(scale - ordered[np.minimum(place, ordered.size - 1)])
    like = (np.minimum(below, above) <= 1) & (before > 0)
    if not before[like].sum() or not after.sum():
        return np.nan
    return float((after[like].sum() / before[like].sum()) / (after.sum() / before.sum()))
