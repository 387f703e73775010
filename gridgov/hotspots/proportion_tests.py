"""Two-by-two tests of one unit's share against all others, for many units at once.

Before, a of n incidents lay in the unit; after, b of m. The null hypothesis is that an
incident falls into the unit with the same probability before and after. All functions
take arrays of a and b and the two totals, and answer NaN where the table has an empty
row or column: a unit without any incident, or with all of them, says nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, gammaln

__all__ = ["chi_square", "fisher_exact"]

Floats = NDArray[np.float64]

# Of equal probabilities that differ by rounding both belong to the tail; as R does.
_ALIKE = 1 + 1e-7


def chi_square(
    before: Any, after: Any, before_total: int, after_total: int, *, kind: str
) -> tuple[Floats, Floats]:
    """Return the chi-square of every unit and its upper tail at one degree of freedom.

    Parameters
    ----------
    before, after
        Incidents of every unit, shape (k,).
    before_total, after_total
        All incidents of the two times.
    kind
        ``"n-1"``, ``"pearson"`` or ``"yates"``.

    Returns
    -------
    statistic, p_value : float64 arrays, shape (k,)

    Examples
    --------
    >>> statistic, p = chi_square([10], [20], 100, 100, kind="n-1")
    >>> statistic.round(4).tolist(), p.round(4).tolist()
    ([3.902], [0.0482])
    """
    a, b = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    n, m, inside = float(before_total), float(after_total), a + b
    total, outside = n + m, n + m - (a + b)
    # Observed minus expected is the same number in all four fields but for the sign.
    away = np.abs(a - inside * n / total) if total else np.full(a.shape, np.nan)
    if kind == "yates":
        away = np.maximum(away - 0.5, 0.0)
    statistic = np.full(a.shape, np.nan)
    margins = inside * outside * n * m
    np.divide(away**2 * total**3, margins, out=statistic, where=margins > 0)
    if kind == "n-1":
        statistic *= (total - 1) / total if total else np.nan
    return statistic, np.asarray(chdtrc(1.0, statistic), dtype=np.float64)


def fisher_exact(before: Any, after: Any, before_total: int, after_total: int) -> Floats:
    """Return the two-sided p-value of Fisher's exact test of every unit.

    Parameters
    ----------
    before, after, before_total, after_total
        As in :func:`chi_square`.

    Returns
    -------
    float64 array, shape (k,)
        Sum of the probabilities of all tables that are no likelier than the one seen.

    Examples
    --------
    Fisher's lady: 3 of 4 cups right, (1 + 16 + 16 + 1) of 70 tables no likelier.

    >>> fisher_exact([3], [1], 4, 4).round(4).tolist()
    [0.4857]
    """
    a, b = np.asarray(before, dtype=np.int64), np.asarray(after, dtype=np.int64)
    n, m = int(before_total), int(after_total)
    p = np.full(a.shape, np.nan)
    # Units with the same number in all share one distribution, and few numbers occur.
    for inside in np.unique(a + b).tolist():
        if 0 < inside < n + m and n and m:
            here = a + b == inside
            p[here] = _fisher_p(a[here], inside, n, m)
    return p


def _fisher_p(a: NDArray[np.int64], inside: int, n: int, m: int) -> Floats:
    """Return the p-values of units that hold `inside` incidents, `a` of them before."""
    low, high = max(0, inside - m), min(inside, n)
    seen = np.arange(low, high + 1)
    log = _log_binomial(n, seen) + _log_binomial(m, inside - seen)
    probability = np.exp(log - log.max())
    ascending = np.sort(probability)
    tail = np.concatenate([[0.0], np.cumsum(ascending)])
    found = np.searchsorted(ascending, probability[a - low] * _ALIKE, side="right")
    return np.asarray(np.minimum(1.0, tail[found] / tail[-1]), dtype=np.float64)


def _log_binomial(n: int, k: NDArray[np.int64]) -> Floats:
    """Return the logarithm of n over k."""
    return np.asarray(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1), dtype=np.float64)
