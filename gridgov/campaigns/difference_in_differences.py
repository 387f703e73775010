"""Difference in differences: by what ratio the treated rate changed beyond the control's.

A log-Poisson model with an effect for the role, one for the time and one for both: its
estimate is the ratio of two ratios of sums and needs no iteration. What needs care is how
sure it is. Three standard errors stand side by side: Poisson chance alone, chance times
the overdispersion φ, and one that is robust to whatever each cell does (clusters are
cells). Robust errors from few treated cells are too small; they get a correction and the
t distribution with the degrees of freedom that so few cells leave.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri
from scipy.stats import t as student

from gridgov.campaigns.exact_ratio import exact_ratio
from gridgov.campaigns.overdispersion import change_dispersion

__all__ = ["RateRatio", "cluster_variance", "rate_ratio"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RateRatio:
    """A ratio of rates and how sure it is; NaN where the counts do not tell.

    Attributes
    ----------
    ratio
        After over before of the treated, over the same of the control.
    low, high, p_value
        The interval to go by, see :func:`rate_ratio`, and the two-sided p-value of ratio 1.
    poisson, quasi, robust
        Ends of the intervals under Poisson chance, under chance times φ, and robust.
    dispersion
        φ.
    method
        Which one to go by: ``"robust"``, ``"quasi"``, ``"exact"`` (quasi, of counts too small
        for the normal curve) or ``"none"``.
    """

    ratio: float
    low: float
    high: float
    p_value: float
    poisson: tuple[float, float]
    quasi: tuple[float, float]
    robust: tuple[float, float]
    dispersion: float
    method: str


def cluster_variance(before: Floats, after: Floats) -> float:
    """Return the cluster-robust variance of log(Σ after / Σ before), a cell a cluster.

    Parameters
    ----------
    before, after
        Counts of every cell of one role, shape (n,); both sums above 0.

    Returns
    -------
    float
        Σ (after/Σafter - before/Σbefore)²: the sandwich of the log-Poisson model, without a
        correction for few cells.

    Raises
    ------
    None

    Examples
    --------
    Two cells with one ratio leave no doubt; two with different ones do:

    >>> import numpy as np
    >>> cluster_variance(np.array([10.0, 20.0]), np.array([5.0, 10.0]))
    0.0
    >>> cluster_variance(np.array([10.0, 10.0]), np.array([10.0, 0.0]))
    0.5
    """
    share = after / after.sum() - before / before.sum()
    return float((share**2).sum())


def rate_ratio(
    treated_before: Floats,
    treated_after: Floats,
    control_before: Floats,
    control_after: Floats,
    *,
    days_ratio: float = 1.0,
    control_days_ratio: float = 1.0,
    confidence: float = 0.95,
) -> RateRatio:
    """Return the ratio of rates by difference in differences, with its intervals.

    Parameters
    ----------
    treated_before, treated_after
        Counts of every treated cell, shape (n,).
    control_before, control_after
        Counts of every control cell, shape (m,); m = 0 compares after with before alone.
    days_ratio, control_days_ratio
        Days after over days before, of the treated and of the control.
    confidence
        Probability of the intervals.

    Returns
    -------
    RateRatio
        NaN when there is no treated incident before or no control incident before or after.

    Raises
    ------
    None

    Notes
    -----
    log ratio = log(T1/T0) - log(C1/C0), all per day. Variances: Poisson
    1/T0 + 1/T1 + 1/C0 + 1/C1; quasi the same times φ of
    :func:`gridgov.campaigns.overdispersion.change_dispersion`, with t of its degrees of
    freedom; robust the sum over both roles of :func:`cluster_variance` · n/(n-1), n the cells
    that have incidents, with t of the Welch-Satterthwaite degrees of freedom [2]_ [3]_. With
    at least 10 treated cells with incidents the interval to go by is the wider of robust and
    quasi; with fewer cells it is the quasi one, because few clusters give robust errors that
    are too small [1]_. When a sum is below 5 it is the exact one of
    :func:`gridgov.campaigns.exact_ratio.exact_ratio`, at φ.

    Null hypothesis: the treated cells' rate changes by the ratio by which that of the
    control cells does.

    References
    ----------
    .. [1] Cameron, A. C. and Miller, D. L. (2015). A practitioner's guide to cluster-robust
       inference. Journal of Human Resources 50(2), 317-372.
       https://doi.org/10.3368/jhr.50.2.317
    .. [2] Welch, B. L. (1947). The generalization of Student's problem when several
       different population variances are involved. Biometrika 34, 28-35.
       https://doi.org/10.1093/biomet/34.1-2.28
    .. [3] Liang, K.-Y. and Zeger, S. L. (1986). Longitudinal data analysis using generalized
       linear models. Biometrika 73(1), 13-22. https://doi.org/10.1093/biomet/73.1.13

    Examples
    --------
    207 fell to 110 while the control went from 308 to 318:

    >>> import numpy as np
    >>> found = rate_ratio(*(np.array([float(n)]) for n in (207, 110, 308, 318)))
    >>> round(found.ratio, 4), [round(end, 4) for end in found.poisson]
    (0.5147, [0.3893, 0.6806])
    """
    before, after = (treated_before, control_before), (treated_after, control_after)
    sums = [float(one.sum()) for one in (treated_before, treated_after)]
    has_control = control_before.size > 0
    if has_control:
        sums += [float(one.sum()) for one in (control_before, control_after)]
    dispersion, freedom = change_dispersion(
        np.concatenate(before),
        np.concatenate(after),
        np.repeat([0, 1], [treated_before.size, control_before.size]),
    )
    ends, p_values = {"poisson": _UNKNOWN, "quasi": _UNKNOWN, "robust": _UNKNOWN}, {}
    # Without an incident before, or after in the control, there is no ratio to speak of.
    told = sums[0] > 0 and (not has_control or (sums[2] > 0 and sums[3] > 0))
    change = sums[3] / sums[2] / control_days_ratio if told and has_control else 1.0
    ratio = sums[1] / sums[0] / days_ratio / change if told else np.nan
    treated_cells = 0
    if min(sums) > 0:
        chance = sum(1 / one for one in sums)
        error, degrees, treated_cells = _robust(before, after)
        for name, size, of in (
            ("poisson", np.sqrt(chance), 0.0),
            ("quasi", np.sqrt(dispersion * chance), float(freedom)),
            ("robust", error, degrees),
        ):
            ends[name], p_values[name] = _by_t(float(np.log(ratio)), size, of, confidence)
    method = "quasi" if told else "none"
    if min(sums) < _FEW and told:
        pair = (sums[2], sums[3]) if has_control else None
        for name, of in (("poisson", 1.0), ("quasi", dispersion)):
            *limits, p_values[name] = exact_ratio(
                (sums[0], sums[1]),
                pair,
                days_ratio=days_ratio,
                control_days_ratio=control_days_ratio,
                dispersion=of,
                confidence=confidence,
            )
            ends[name] = (limits[0], limits[1])
        method = "exact"
    elif treated_cells >= _MANY and _width(ends["robust"]) > _width(ends["quasi"]):
        method = "robust"
    chosen = "robust" if method == "robust" else "quasi"
    return RateRatio(
        float(ratio),
        *ends[chosen],
        p_values.get(chosen, np.nan),
        ends["poisson"],
        ends["quasi"],
        ends["robust"],
        dispersion,
        method,
    )


_UNKNOWN = (np.nan, np.nan)
# Fewer incidents than this in one of the sums: the normal curve does not hold.
_FEW = 5
# Fewer treated cells than this say too little about how much cells vary.
_MANY = 10


def _by_t(
    log: float, error: float, freedom: float, confidence: float
) -> tuple[tuple[float, float], float]:
    """Return the interval and the p-value of a log ratio; normal without degrees of freedom."""
    if not np.isfinite(error) or error <= 0:
        return _UNKNOWN, np.nan
    tail = 0.5 + confidence / 2
    if freedom > 0:
        reach, p_value = student.ppf(tail, freedom), 2 * student.sf(abs(log) / error, freedom)
    else:
        reach, p_value = ndtri(tail), 2 * ndtr(-abs(log) / error)
    low, high = np.exp(log - reach * error), np.exp(log + reach * error)
    return (float(low), float(high)), float(p_value)


def _width(ends: tuple[float, float]) -> float:
    """Return how wide an interval is on the scale of logarithms, -1 when it is not known."""
    return float(np.log(ends[1] / ends[0])) if ends[0] > 0 else -1.0


def _robust(
    before: tuple[Floats, Floats], after: tuple[Floats, Floats]
) -> tuple[float, float, int]:
    """Return the robust standard error, its degrees of freedom, and the treated cells it has."""
    numbers = [int((of + then > 0).sum()) for of, then in zip(before, after, strict=True)]
    roles = [role for role in (0, 1) if before[role].size]
    if min(numbers[role] for role in roles) < 2:
        return np.nan, np.nan, numbers[0]
    variances = [
        cluster_variance(before[role], after[role]) * numbers[role] / (numbers[role] - 1)
        for role in roles
    ]
    total = sum(variances)
    if total <= 0:
        return np.nan, np.nan, numbers[0]
    below = sum(one**2 / (numbers[role] - 1) for one, role in zip(variances, roles, strict=True))
    return float(np.sqrt(total)), float(total**2 / below), numbers[0]
