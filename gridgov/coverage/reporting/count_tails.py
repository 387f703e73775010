"""Lower tails of counts with overdispersion, and the dispersion that the counts themselves show.

A count is tested against an expectation that never saw it. It varies for two reasons beyond
counting: the expectation is itself known only from so many incidents, and places and periods
differ more than any expectation says. Both enter as a squared coefficient of variation:
the first is given, the second estimated from all counts of the family by maximum
likelihood. With neither, the negative binomial is the Poisson distribution. With an
expectation from A incidents of an equal reference it is the exact conditional binomial
test: the number of incidents here before the A-th there is negative binomial of size A.

Counts out of a known total (incidents of a channel among all of a month) are
beta-binomial by the same reasoning; without overdispersion this is Fisher's exact test.

What the estimate cannot do: it takes true silences and true hotspots for dispersion too.
Where there are many, the test finds fewer than there are, never more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import betainc, betaln, gammaincc, gammaln, xlog1py, xlogy

__all__ = [
    "beta_binomial_tail",
    "beta_parameters",
    "fit_correlation",
    "fit_dispersion",
    "negative_binomial_log",
    "negative_binomial_tail",
]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

# Squared coefficients of variation below this cannot be told from none: the tail is Poisson.
_NO_SPREAD = 1e-9
# Where a dispersion is sought: from a hundredth of a percent of the variance of one
# expected incident to places that differ by a factor of ten and more.
_DISPERSIONS = np.concatenate([[0.0], np.logspace(-4, 2, 13)])
_CORRELATIONS = np.concatenate([[0.0], np.logspace(-6, -0.05, 13)])
# Terms of a beta-binomial tail that are added up at once.
_TERMS = 1 << 20


def negative_binomial_tail(incidents: Any, expected: Any, spread: Any) -> Floats:
    """Return the probability of so few incidents or fewer.

    Parameters
    ----------
    incidents
        Counts, shape (n,).
    expected
        Their expectations, 0 or more, shape (n,).
    spread
        Squared coefficient of variation beyond counting, 0 or more: the variance is
        ``expected + spread * expected ** 2``.

    Returns
    -------
    float64 array, shape (n,)
        1 where nothing is expected.

    Examples
    --------
    exp(-2) for none where two are expected, and 1 / 3 when the expectation comes from one
    incident in half the exposure (three chances, all of which fall to the other side):

    >>> negative_binomial_tail([0, 0], [2.0, 2.0], [0.0, 1.0]).round(4).tolist()
    [0.1353, 0.3333]
    """
    y, mu, inverse = (np.asarray(part, dtype=np.float64) for part in (incidents, expected, spread))
    y, mu, inverse = np.broadcast_arrays(y, mu, inverse)
    tail = np.ones(y.shape)
    plain = (mu > 0) & (inverse < _NO_SPREAD)
    tail[plain] = gammaincc(y[plain] + 1, mu[plain])
    more = (mu > 0) & ~plain
    size = 1 / inverse[more]
    tail[more] = betainc(size, y[more] + 1, size / (size + mu[more]))
    return tail


def negative_binomial_log(incidents: Any, expected: Any, spread: Any) -> Floats:
    """Return the logarithm of the probability of so many incidents; expectations above 0."""
    y, mu = np.asarray(incidents, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    size = 1 / np.maximum(np.asarray(spread, dtype=np.float64), _NO_SPREAD)
    ways = gammaln(y + size) - gammaln(size) - gammaln(y + 1)
    found: Floats = ways - xlog1py(size, mu / size) + xlogy(y, mu / (size + mu))
    return found


def fit_dispersion(incidents: Any, expected: Any, spread: Any) -> tuple[float, float]:
    """Return the dispersion under which the counts are likeliest, and that log-likelihood.

    Parameters
    ----------
    incidents, expected
        Counts and their expectations (above 0), shape (n,).
    spread
        Squared coefficient of variation of each expectation, shape (n,): what is already
        known to vary.

    Returns
    -------
    dispersion, log_likelihood
        The dispersion is added to `spread`; 0 or more.

    Examples
    --------
    Counts that differ less than chance alone would have it show no dispersion:

    >>> fit_dispersion([3, 3, 4, 2], [3.0] * 4, [0.0] * 4)[0]
    0.0
    """

    def loss(dispersion: float) -> float:
        return -float(negative_binomial_log(incidents, expected, spread + dispersion).sum())

    spread = np.asarray(spread, dtype=np.float64)
    best, least = _least(loss, _DISPERSIONS)
    return best, -least


def beta_parameters(
    earlier: Any, earlier_others: Any, correlation: Any, scale: Any
) -> tuple[Floats, Floats]:
    """Return the beta distribution of a share of which so much was seen before.

    Parameters
    ----------
    earlier, earlier_others
        Incidents seen earlier with and without the mark.
    correlation
        Chance that two incidents of one period are alike beyond the common share, 0 to 1.
    scale
        How often this enters: 1 for the period itself plus the sum of squares of the
        earlier periods' weights.

    Returns
    -------
    alpha, beta
        Without correlation ``earlier`` and ``earlier_others + 1``: Fisher's exact test.
    """
    alpha = np.asarray(earlier, dtype=np.float64)
    beta = np.asarray(earlier_others, dtype=np.float64) + 1.0
    known = alpha + beta
    # The correlation of two draws is 1 / (known + 1); what periods add is added there.
    both = np.minimum(1 / (known + 1) + np.asarray(correlation) * scale, 1 - 1e-9)
    wanted = np.minimum(1 / both - 1, known)
    return alpha / known * wanted, beta / known * wanted


def beta_binomial_tail(incidents: Any, total: Any, alpha: Any, beta: Any) -> Floats:
    """Return the probability of so few of the total or fewer, the share being beta.

    Examples
    --------
    Before, 4 of 6 had the mark; now none of 5. Fisher: C(7, 5) / C(11, 5) = 21 / 462.

    >>> beta_binomial_tail([0], [5], [4.0], [3.0]).round(6).tolist()
    [0.045455]
    """
    y, n = (np.asarray(part, dtype=np.int64).ravel() for part in (incidents, total))
    a, b = (np.asarray(part, dtype=np.float64).ravel() for part in (alpha, beta))
    tail = np.ones(len(y))
    # A tail that is the whole distribution needs no sum.
    rows = np.flatnonzero(y < n)
    ends = np.cumsum(y[rows] + 1)
    first = 0
    while first < len(rows):
        last = int(np.searchsorted(ends, (ends[first - 1] if first else 0) + _TERMS, side="right"))
        part = rows[first : max(last, first + 1)]
        number = y[part] + 1
        begin = np.concatenate([[0], np.cumsum(number)[:-1]])
        k = np.arange(int(number.sum())) - begin.repeat(number)
        row = part.repeat(number)
        chance = np.exp(_beta_binomial_log(k, n[row], a[row], b[row]))
        tail[part] = np.minimum(np.add.reduceat(chance, begin), 1.0)
        first += len(part)
    return tail


def fit_correlation(
    incidents: Any, total: Any, earlier: Any, earlier_others: Any, scale: Any
) -> float:
    """Return the correlation within periods under which the counts are likeliest.

    Parameters
    ----------
    incidents, total
        Incidents with the mark and all of them, shape (n,).
    earlier, earlier_others, scale
        As for :func:`beta_parameters`.
    """

    def loss(correlation: float) -> float:
        alpha, beta = beta_parameters(earlier, earlier_others, correlation, scale)
        return -float(_beta_binomial_log(incidents, total, alpha, beta).sum())

    return _least(loss, _CORRELATIONS)[0]


def _beta_binomial_log(y: Any, n: Any, alpha: Any, beta: Any) -> Floats:
    """Return the logarithm of the beta-binomial probability."""
    ways = gammaln(n + 1.0) - gammaln(y + 1.0) - gammaln(n - y + 1.0)
    found: Floats = ways + betaln(y + alpha, n - y + beta) - betaln(alpha, beta)
    return found


def _least(loss: Callable[[float], float], grid: Floats) -> tuple[float, float]:
    """Return where a function of one number above 0 is least, and how small it is there."""
    losses = np.array([loss(float(value)) for value in grid])
    best = int(np.argmin(losses))
    if best == 0:
        return 0.0, float(losses[0])
    low, high = grid[max(best - 1, 1)], grid[min(best + 1, len(grid) - 1)]
    finer = minimize_scalar(
        lambda log: loss(float(np.exp(log))),
        bounds=(np.log(low), np.log(high)),
        method="bounded",
        options={"xatol": 1e-4},
    )
    if finer.fun < losses[best]:
        return float(np.exp(finer.x)), float(finer.fun)
    return float(grid[best]), float(losses[best])
