"""Intervals of estimates from a sample: of means and totals by t, of shares by Wilson."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from gridgov.assessment.indicators.wilson import score_limits

__all__ = ["share_interval", "t_interval"]

Floats = NDArray[np.float64]


def t_interval(
    estimate: Floats, se: Floats, *, degrees: Floats, confidence: float
) -> tuple[Floats, Floats]:
    """Return the estimate less and plus its standard errors by Student's t."""
    away = stats.t.ppf(0.5 + confidence / 2, degrees) * se
    return estimate - away, estimate + away


def share_interval(
    share: Floats,
    se: Floats,
    *,
    answered: Floats,
    units: Floats,
    degrees: Floats,
    confidence: float,
) -> tuple[Floats, Floats]:
    """Return Wilson's interval at the effective sample size of the design.

    The effective size is that of a simple random sample, with replacement, whose share has
    the standard error found. A share of 0 or 1 has none: there it is the number of answers,
    as many times larger as the units that were not visited are fewer.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        unvisited = 1 - answered / units
        found = share * (1 - share) / se**2
        plain = answered / unvisited
        size = np.where((share > 0) & (share < 1), found, plain)
        t2 = stats.t.ppf(0.5 + confidence / 2, degrees) ** 2
        low, high = score_limits(share, size, t2)
    # Everything was visited: nothing is left to chance.
    whole = ~np.isfinite(size)
    low, high = np.where(whole, share, low), np.where(whole, share, high)
    # Rounding must not push the end past the share itself.
    return np.minimum(low, share), np.maximum(high, share)
