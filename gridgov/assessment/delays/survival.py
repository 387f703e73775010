"""How many are still open after how long, when some have not been seen to the end.

A case that is open today has been open for at least so long: it is censored. Leaving such
cases out makes a street look fast whose old cases lie about; the product-limit estimate of
Kaplan and Meier [1]_ counts each for as long as it was seen. It takes censoring to tell
nothing about how much longer a case would have taken.

References
----------
.. [1] Kaplan, E. L. and Meier, P. (1958). Nonparametric estimation from incomplete
   observations. Journal of the American Statistical Association 53(282), 457-481.
   https://doi.org/10.1080/01621459.1958.10501452
.. [2] Kalbfleisch, J. D. and Prentice, R. L. (2002). The Statistical Analysis of Failure
   Time Data, 2nd ed., Wiley. https://doi.org/10.1002/9781118032985
.. [3] Brookmeyer, R. and Crowley, J. (1982). A confidence interval for the median survival
   time. Biometrics 38(1), 29-41. https://doi.org/10.2307/2530286
.. [4] Royston, P. and Parmar, M. K. B. (2013). Restricted mean survival time. BMC Medical
   Research Methodology 13, 152. https://doi.org/10.1186/1471-2288-13-152
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

__all__ = ["Curve", "make_curve", "quantile", "restricted_mean", "still_open"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# A million factors are off by less than this, and no step is smaller.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Curve:
    """The share still open, a step down at every time at which any was closed.

    Attributes
    ----------
    times
        The steps, ascending.
    closed, at_risk
        How many were closed then, and how many had been seen open up to then.
    share, low, high
        The share still open from then on, with its interval; the interval is missing once
        all are closed.
    variance
        Greenwood's sum, the variance of log share.
    end
        The longest time any was seen; -1 without any.
    """

    times: Ints
    closed: Ints
    at_risk: Ints
    share: Floats
    low: Floats
    high: Floats
    variance: Floats
    end: int

    @property
    def last(self) -> float:
        """Return the share still open at the end."""
        return float(self.share[-1]) if len(self.share) else 1.0

    def seen(self, time: int) -> bool:
        """Return whether the curve reaches as far as a time."""
        return self.end >= time or (self.end >= 0 and self.last <= _ROUNDING)


def make_curve(times: Ints, closed: NDArray[np.bool_], *, confidence: float = 0.95) -> Curve:
    """Return the product-limit curve.

    Parameters
    ----------
    times
        How long each was open, or has been open so far; whole numbers of any unit, from 0.
    closed
        Whether it was closed then.
    confidence
        Probability of the pointwise intervals.

    Notes
    -----
    At every time with d closings among n at risk the share is multiplied by 1 - d / n; who
    is censored then was still at risk [1]_. Intervals are those of log(-log share) with
    Greenwood's variance, so that they stay within 0 and 1 [2]_.

    Examples
    --------
    Closed after 1 and 3 days, one open for 2 days so far:

    >>> curve = make_curve(np.array([1, 2, 3]), np.array([True, False, True]))
    >>> curve.times.tolist(), curve.at_risk.tolist(), curve.share.round(4).tolist()
    ([1, 3], [3, 1], [0.6667, 0.0])
    """
    order = np.argsort(times, kind="stable")
    ordered, ends = times[order], closed[order]
    first = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(ordered) else order
    events = np.add.reduceat(ends, first, dtype=np.int64) if len(first) else first
    risk = len(ordered) - first
    step = events > 0
    d, n = events[step], risk[step]
    share = np.cumprod((n - d) / n).astype(np.float64)
    terms = np.zeros(len(d))
    np.divide(d, n * (n - d).astype(np.float64), out=terms, where=n > d)
    variance = np.cumsum(terms).astype(np.float64)
    low, high = _log_log(share, variance, confidence)
    end = int(ordered[-1]) if len(ordered) else -1
    return Curve(ordered[first][step], d, n, share, low, high, variance, end)


def quantile(curve: Curve, share_closed: float) -> tuple[float, float, float]:
    """Return after how long a share of the cases is closed, and its interval.

    Missing where the curve does not come down so far. The ends of the interval are where
    the ends of the curve's own interval come down so far [3]_.

    Examples
    --------
    >>> curve = make_curve(np.array([1, 2, 3, 4]), np.array([True, True, True, False]))
    >>> quantile(curve, 0.5)[0], quantile(curve, 0.9)[0]
    (2.0, nan)
    """
    level = 1 - share_closed + _ROUNDING
    found = []
    for values in (curve.share, curve.low, curve.high):
        # Once all are closed the interval is missing and comes down nowhere.
        down = np.flatnonzero(values <= level)
        found.append(float(curve.times[down[0]]) if len(down) else np.nan)
    return found[0], found[1], found[2]


def restricted_mean(curve: Curve, until: int, *, confidence: float = 0.95) -> tuple[float, ...]:
    """Return the mean time open within the first `until`, and its interval.

    Missing where no case was seen for so long and some are still open.

    Notes
    -----
    The area under the curve up to `until`; its variance is the sum over the steps of
    (area to the right)² d / (n (n - d)) [4]_.

    Examples
    --------
    >>> curve = make_curve(np.array([1, 3]), np.array([True, True]))
    >>> restricted_mean(curve, 4)[0], restricted_mean(curve, 2)[0]
    (2.0, 1.5)
    """
    if not curve.seen(until):
        return np.nan, np.nan, np.nan
    inside = curve.times < until
    times, shares = curve.times[inside], curve.share[inside]
    steps = np.diff(np.r_[0, times, until]).astype(np.float64)
    areas = steps * np.r_[1.0, shares]
    after = areas[::-1].cumsum()[::-1][1:]
    terms = np.diff(np.r_[0.0, curve.variance[inside]])
    half = float(ndtri(0.5 + confidence / 2)) * float(np.sqrt((after**2 * terms).sum()))
    mean = float(areas.sum())
    return mean, max(mean - half, 0.0), min(mean + half, float(until))


def still_open(curve: Curve, times: Ints) -> tuple[Floats, Floats, Floats, Ints]:
    """Return the share still open after some times, its interval and how many steps lie before.

    Missing beyond the longest time seen, unless all are closed.

    Examples
    --------
    >>> curve = make_curve(np.array([1, 3]), np.array([True, False]))
    >>> still_open(curve, np.array([0, 1, 3, 4]))[0].tolist()
    [1.0, 0.5, 0.5, nan]
    """
    before = np.searchsorted(curve.times, times, side="right")
    beyond = np.array([not curve.seen(int(time)) for time in times], dtype=bool)
    shares = (np.r_[1.0, values][before] for values in (curve.share, curve.low, curve.high))
    share, low, high = (np.where(beyond, np.nan, values) for values in shares)
    return share, low, high, before


def _log_log(share: Floats, variance: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Return the ends of the interval; 1 before anything was closed, missing after all was."""
    low, high = np.full(len(share), np.nan), np.full(len(share), np.nan)
    inner = (share > 0) & (share < 1)
    logs = np.log(share[inner])
    width = float(ndtri(0.5 + confidence / 2)) * np.sqrt(variance[inner]) / -logs
    low[inner] = np.exp(logs * np.exp(width))
    high[inner] = np.exp(logs * np.exp(-width))
    return low, high
