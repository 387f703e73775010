"""Intervals of a ratio of rates from counts too small for the normal curve.

Given all margins of the two-by-two table of role and time, the treated count after has
Fisher's noncentral hypergeometric distribution, whose odds ratio is the ratio of the
rates. Without a control the count after is binomial. Both hold at any count, 0
included: a place that is clean after the campaign has the ratio 0 and an upper limit.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import binomtest, nchypergeom_fisher
from scipy.stats.contingency import odds_ratio

__all__ = ["exact_ratio"]

_SIDES = ("less", "greater")


def exact_ratio(
    treated: tuple[float, float],
    control: tuple[float, float] | None,
    *,
    days_ratio: float = 1.0,
    control_days_ratio: float = 1.0,
    dispersion: float = 1.0,
    confidence: float = 0.95,
) -> tuple[float, float, float]:
    """Return the ends of the exact interval of a ratio of rates, and the p-value of ratio 1.

    Parameters
    ----------
    treated, control
        Counts before and after; None without a control.
    days_ratio, control_days_ratio
        Days after over days before, of the treated and of the control.
    dispersion
        φ: counts that vary so much more than Poisson count as so many fewer.
    confidence
        Probability of the interval.

    Returns
    -------
    low, high, p_value : float
        NaN when a role has no incident before and after, so that it has no ratio.

    Raises
    ------
    None

    Notes
    -----
    Clopper-Pearson limits on the conditional distribution [1]_ [2]_, on counts over φ rounded
    to whole numbers; p is twice the smaller tail.

    References
    ----------
    .. [1] Clopper, C. J. and Pearson, E. S. (1934). The use of confidence or fiducial limits
       illustrated in the case of the binomial. Biometrika 26(4), 404-413.
       https://doi.org/10.1093/biomet/26.4.404
    .. [2] Cornfield, J. (1956). A statistical problem arising from retrospective studies.
       Proceedings of the Third Berkeley Symposium 4, 135-148.

    Examples
    --------
    20 before and none after, while the control stayed at 20:

    >>> low, high, p_value = exact_ratio((20, 0), (20, 20))
    >>> low, round(high, 2), p_value < 0.001
    (0.0, 0.25, True)
    """
    before, after = (round(count / dispersion) for count in treated)
    if before + after == 0:
        return np.nan, np.nan, np.nan
    if control is None:
        share = days_ratio / (1 + days_ratio)
        whole = binomtest(after, before + after, share)
        ends = whole.proportion_ci(confidence_level=confidence, method="exact")
        low, high = (
            one / (1 - one) / days_ratio if one < 1 else np.inf for one in (ends.low, ends.high)
        )
        tails = (binomtest(after, before + after, share, side).pvalue for side in _SIDES)
        return float(low), float(high), min(2 * min(map(float, tails)), 1.0)
    of_control = [round(count / dispersion) for count in control]
    if not sum(of_control) or not before + of_control[0] or not after + of_control[1]:
        return np.nan, np.nan, np.nan
    table = [[after, before], [of_control[1], of_control[0]]]
    found = odds_ratio(table, kind="conditional")
    interval = found.confidence_interval(confidence_level=confidence)
    # The odds of a treated incident to lie after, when rates change alike.
    alike = days_ratio / control_days_ratio
    chance = nchypergeom_fisher(
        before + after + sum(of_control), before + after, after + of_control[1], alike
    )
    p_value = 2 * min(float(chance.cdf(after)), float(chance.sf(after - 1)))
    return float(interval.low) / alike, float(interval.high) / alike, min(p_value, 1.0)
