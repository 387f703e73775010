"""The E-test: whether two counts are those of one rate.

For one area and two times without any control, or two areas and one time. Better than
the conditional binomial test at small counts: it uses the estimated distribution of the
difference and not only its margin.
"""

from __future__ import annotations

from scipy.stats import poisson_means_test

from gridgov.errors import InputError

__all__ = ["poisson_e_test"]


def poisson_e_test(
    first: int, second: int, *, first_exposure: float = 1.0, second_exposure: float = 1.0
) -> float:
    """Return the two-sided p-value of the E-test of two Poisson counts.

    Parameters
    ----------
    first, second
        Counts, whole numbers from 0 on.
    first_exposure, second_exposure
        What they were counted over, such as days.

    Returns
    -------
    float
        Probability of a difference of rates at least as large, for equal rates; 1 when
        both counts are 0.

    Raises
    ------
    InputError
        If a count is negative or an exposure is not above 0.

    Notes
    -----
    Null hypothesis: both counts are Poisson with the same rate per exposure. The statistic is
    the difference of the rates over its estimated standard error; its distribution is summed
    over all pairs of counts at the pooled rate [1]_. SciPy does the sum.

    References
    ----------
    .. [1] Krishnamoorthy, K. and Thomson, J. (2004). A more powerful test for comparing two
       Poisson means. Journal of Statistical Planning and Inference 119(1), 23-35.
       https://doi.org/10.1016/S0378-3758(02)00408-1

    Examples
    --------
    >>> round(poisson_e_test(6, 2), 4)
    0.1749
    """
    if min(first, second) < 0 or not min(first_exposure, second_exposure) > 0:
        raise InputError(
            "Counts must be 0 or more and exposures above 0. Found: counts "
            f"{first!r} and {second!r}, exposures {first_exposure!r} and {second_exposure!r}."
        )
    if first == second == 0:
        return 1.0
    found = poisson_means_test(
        int(first), float(first_exposure), int(second), float(second_exposure)
    )
    return min(float(found.pvalue), 1.0)
