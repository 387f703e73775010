"""Whether treated and control already drifted apart before the campaign.

Difference in differences takes the control's change for what would have happened to the
treated area. That cannot be tested, but its past can: month by month before the campaign
the treated area's share of all incidents in treated and control should stay what it was.
The share and not the two series is modeled, so that what both have in common (season,
holidays, reporting) cancels. A trend that is not found is no proof that there is none,
and controls that were matched on the trend look better here than they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from scipy.stats import t as student

__all__ = ["Pretrend", "pretrend"]

Floats = NDArray[np.float64]

_LEAST_PERIODS = 4
_YEAR_DAYS = 365.2425


@dataclass(frozen=True, slots=True)
class Pretrend:
    """How treated and control drifted apart before; NaN where nothing can be said.

    Attributes
    ----------
    ratio
        By what factor the treated rate changed in a year over the factor of the control.
    p_value
        Two-sided, of no difference of the slopes.
    periods
        Periods with incidents that were looked at.
    """

    ratio: float
    p_value: float
    periods: int


def pretrend(treated: Floats, control: Floats, middle_days: Floats) -> Pretrend:
    """Return the test of different slopes before the campaign.

    Parameters
    ----------
    treated, control
        Counts of every period before, shape (n,).
    middle_days
        Day of the middle of every period, counted from anywhere, shape (n,).

    Returns
    -------
    Pretrend
        NaN with fewer than 4 periods that have incidents, or when one of the two has none.

    Raises
    ------
    None

    Notes
    -----
    Logistic regression of the treated share on time, by iteratively reweighted least
    squares; it is the conditional form of a log-Poisson model with an effect for every
    period, the role, and role by time. The standard error carries φ, Pearson's chi-square
    over n - 2 and at least 1, and the test is t with n - 2 degrees of freedom. Null
    hypothesis: both roles have the same slope of the log rate.

    References
    ----------
    .. [1] Roth, J. (2022). Pretest with caution: event-study estimates after testing for
       parallel trends. American Economic Review: Insights 4(3), 305-322.
       https://doi.org/10.1257/aeri.20210236

    Examples
    --------
    The treated area doubles in four months while the control stays:

    >>> import numpy as np
    >>> found = pretrend(np.array([40.0, 50, 63, 80]), np.full(4, 100.0), np.arange(4) * 30.4)
    >>> round(found.ratio, 1), round(found.p_value, 3)
    (16.1, 0.091)
    """
    both = treated + control
    told = both > 0
    periods = int(told.sum())
    unknown = Pretrend(np.nan, np.nan, periods)
    if periods < _LEAST_PERIODS or not treated.sum() or not control.sum():
        return unknown
    years = (middle_days[told] - middle_days[told].mean()) / _YEAR_DAYS
    number, share = both[told], treated[told] / both[told]
    design = np.column_stack([np.ones(periods), years])
    beta = np.array([np.log(treated.sum() / control.sum()), 0.0])
    for _ in range(50):
        expected = expit(design @ beta)
        weight = number * expected * (1 - expected)
        information = design.T @ (weight[:, None] * design)
        try:
            step = np.linalg.solve(information, design.T @ (number * (share - expected)))
        except np.linalg.LinAlgError:
            return unknown
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            break
    else:
        # The two never stand in one period: their slopes are infinitely far apart.
        return unknown
    expected = expit(design @ beta)
    weight = number * expected * (1 - expected)
    freedom = periods - 2
    chi_square = float((number**2 * (share - expected) ** 2 / weight).sum())
    covariance = np.linalg.inv(design.T @ (weight[:, None] * design))
    error = np.sqrt(covariance[1, 1] * max(chi_square / freedom, 1.0))
    return Pretrend(
        float(np.exp(beta[1])), float(2 * student.sf(abs(beta[1]) / error, freedom)), periods
    )
