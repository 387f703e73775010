"""A trend of constant yearly change through counts, with as much doubt as the counts show.

The model is the quasi-Poisson one: the mean is exposure · exp(a + b t), the variance φ times
the mean. φ is estimated from what the counts scatter about the trend, so that a season or
bursts widen the intervals instead of passing for a trend. What it cannot say: whether the
change was steady; a step up fits a slope too.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

__all__ = ["LogTrend", "fit_log_trend"]

Floats = NDArray[np.float64]

_STEPS = 100


class LogTrend(NamedTuple):
    """A fitted trend.

    Attributes
    ----------
    fitted, low, high
        Counts by the trend and the ends of its interval, one a row.
    dispersion
        φ, not below 1.
    slope, slope_low, slope_high
        b and the ends of its interval, in the unit of time.
    """

    fitted: Floats
    low: Floats
    high: Floats
    dispersion: float
    slope: float
    slope_low: float
    slope_high: float


def fit_log_trend(
    counts: Floats, times: Floats, exposure: Floats, *, level: float
) -> LogTrend | None:
    """Return the trend through counts, None where there are too few to tell.

    Parameters
    ----------
    counts
        Numbers from 0 on.
    times
        When, in any unit.
    exposure
        How long each count took, above 0.
    level
        Probability of the intervals.

    Raises
    ------
    None

    Notes
    -----
    Iteratively reweighted least squares, the maximum of the Poisson likelihood; φ is
    Pearson's chi-square over n - 2; intervals by Student's t with n - 2 degrees of freedom,
    on the scale of the logarithm [1]_.

    References
    ----------
    .. [1] McCullagh, P. and Nelder, J. A. (1989). Generalized Linear Models, 2nd ed.,
       chapter 6. https://doi.org/10.1201/9780203753736
    """
    if len(counts) < 3 or np.count_nonzero(counts) < 2 or np.ptp(times) == 0:
        return None
    middle, span = times.mean(), float(np.ptp(times))
    design = np.column_stack([np.ones(len(counts)), (times - middle) / span])
    offset = np.log(exposure)
    beta = np.array([np.log(counts.sum() / exposure.sum()), 0.0])
    for _ in range(_STEPS):
        mean = np.exp(np.clip(offset + design @ beta, -700, 700))
        step = np.linalg.solve(design.T @ (mean[:, None] * design), design.T @ (counts - mean))
        # A step too long throws the mean out of all bounds; half of it is tried then.
        step = np.clip(step, -2.0, 2.0)
        beta = beta + step
        if np.abs(step).max() < 1e-12 * max(1.0, np.abs(beta).max()):
            break
    mean = np.exp(offset + design @ beta)
    free = len(counts) - 2
    dispersion = max(1.0, float((np.square(counts - mean) / mean).sum() / free))
    covariance = dispersion * np.linalg.inv(design.T @ (mean[:, None] * design))
    wide = float(student.ppf((1 + level) / 2, free))
    about = wide * np.sqrt(np.einsum("ij,jk,ik->i", design, covariance, design))
    slope, error = beta[1] / span, wide * np.sqrt(covariance[1, 1]) / span
    return LogTrend(
        mean,
        mean * np.exp(-about),
        mean * np.exp(about),
        dispersion,
        float(slope),
        float(slope - error),
        float(slope + error),
    )
