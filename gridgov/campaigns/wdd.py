"""The weighted displacement difference: what the treated area lost beyond its control.

Counts before and after in up to four areas: treated, its control, the displacement area
around it and a control of that. The difference of the differences is an estimate of
incidents prevented (negative) or added, spill-over included, and under Poisson counts
its variance is the sum of the counts. It compares differences, not ratios: a control
area must be about as busy as the treated one, or be weighted to be so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from gridgov.errors import InputError

__all__ = ["DisplacementDifference", "weighted_displacement_difference"]

_AREAS = ("treated", "control", "buffer", "buffer_control")


@dataclass(frozen=True, slots=True)
class DisplacementDifference:
    """Estimates of :func:`weighted_displacement_difference`.

    Attributes
    ----------
    treated, treated_se
        Change of the treated area less that of its control, and its standard error.
    buffer, buffer_se
        The same of the displacement area; 0 without one.
    total, total_se
        Their sum.
    z, p_value
        Total over its standard error, and the two-sided probability of as much by chance;
        NaN when all counts are 0.
    low, high
        Interval of the total.
    """

    treated: float
    treated_se: float
    buffer: float
    buffer_se: float
    total: float
    total_se: float
    z: float
    p_value: float
    low: float
    high: float


def weighted_displacement_difference(
    treated: Any,
    control: Any,
    *,
    buffer: Any = (0, 0),
    buffer_control: Any = (0, 0),
    time_weights: Any = (1.0, 1.0),
    area_weights: Any = (1.0, 1.0, 1.0, 1.0),
    control_time_weights: Any = None,
    confidence: float = 0.95,
) -> DisplacementDifference:
    """Return the weighted displacement difference of counts before and after.

    Parameters
    ----------
    treated, control
        Two counts each: before and after.
    buffer, buffer_control
        Two counts of the displacement area, and of its control.
    time_weights
        Weights of the time before and after, such as their years: counts are divided by
        them.
    area_weights
        Weights of the four areas in the order of the parameters, such as their km².
    control_time_weights
        Weights of the time for the two controls, when they were counted at other times.
    confidence
        Probability of the interval.

    Returns
    -------
    DisplacementDifference
        Estimates per unit of time and area weight.

    Raises
    ------
    InputError
        If there are not two counts an area, a count is negative, or a weight is not above
        0.

    Notes
    -----
    With w the product of the time and the area weight of a count N, the estimate of an area
    is (N1/w1 - N0/w0) less the same of its control, with variance ΣN/w² [1]_: independent
    Poisson counts, normal approximation, poor for counts below about 5. Null hypothesis: the
    treated area's rate changes by as much as the control's. Counts that vary more than
    Poisson make the interval too narrow.

    References
    ----------
    .. [1] Wheeler, A. P. and Ratcliffe, J. H. (2018). A simple weighted displacement
       difference test to evaluate place based crime interventions. Crime Science 7, 11.
       https://doi.org/10.1186/s40163-018-0085-5

    Examples
    --------
    20 incidents before and 10 after, 20 and 20 in the control:

    >>> found = weighted_displacement_difference((20, 10), (20, 20), confidence=0.9)
    >>> round(found.total, 1), round(found.total_se, 4), round(found.z, 6)
    (-10.0, 8.3666, -1.195229)
    >>> round(found.low, 4), round(found.high, 4)
    (-23.7618, 3.7618)
    """
    counts = np.array(
        [
            _two(pair, name)
            for pair, name in zip((treated, control, buffer, buffer_control), _AREAS, strict=True)
        ]
    )
    time = _above_zero(time_weights, "time_weights", 2)
    of_control = time
    if control_time_weights is not None:
        of_control = _above_zero(control_time_weights, "control_time_weights", 2)
    area = _above_zero(area_weights, "area_weights", 4)
    weights = area[:, None] * np.array([time, of_control, time, of_control])
    rates, variances = counts / weights, (counts / weights**2).sum(axis=1)
    change = rates[:, 1] - rates[:, 0]
    local, moved = change[0] - change[1], change[2] - change[3]
    local_se, moved_se = np.sqrt(variances[:2].sum()), np.sqrt(variances[2:].sum())
    total, total_se = local + moved, np.sqrt(variances.sum())
    z = total / total_se if total_se > 0 else np.nan
    reach = float(ndtri(0.5 + confidence / 2)) * total_se
    return DisplacementDifference(
        treated=float(local),
        treated_se=float(local_se),
        buffer=float(moved),
        buffer_se=float(moved_se),
        total=float(total),
        total_se=float(total_se),
        z=float(z),
        p_value=float(2 * ndtr(-abs(z))),
        low=float(total - reach),
        high=float(total + reach),
    )


def _two(pair: Any, name: str) -> Any:
    """Return the counts before and after of one area."""
    numbers = np.asarray(pair, dtype=np.float64)
    if numbers.shape != (2,) or not (numbers >= 0).all() or np.isinf(numbers).any():
        raise InputError(
            f"{name} must hold two counts, before and after, of 0 or more. Found: {pair!r}."
        )
    return numbers


def _above_zero(weights: Any, name: str, number: int) -> Any:
    """Return weights that counts can be divided by."""
    numbers = np.asarray(weights, dtype=np.float64)
    if numbers.shape != (number,) or not ((numbers > 0) & (numbers < np.inf)).all():
        raise InputError(f"{name} must hold {number} numbers above 0. Found: {weights!r}.")
    return numbers
