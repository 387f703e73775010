"""The likelihood ratio of a window, and how many incidents it takes to reach one.

With c incidents in a window where the null expects m, of C in all, the Poisson
likelihood given the total is largest at the observed rates inside and outside, and its
logarithm exceeds that of the null by

    c log(c / m) + (C - c) log((C - c) / (C - m))

on the side that is looked for, and by 0 on the other. For a given m it grows with the
distance of c from m; that is what lets a search discard a window by its count alone.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import xlogy

__all__ = ["Direction", "Thresholds", "log_likelihood_ratio"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Direction = Literal["high", "low", "both"]

# Less than this is 0: quotients by it overflow.
_NOTHING = 1e-290


def log_likelihood_ratio(
    incidents: ArrayLike, expected: ArrayLike, *, total: int, direction: Direction
) -> Floats:
    """Return Kulldorff's log-likelihood ratio of windows.

    Parameters
    ----------
    incidents
        Incidents in each window.
    expected
        Incidents that the null expects there; shapes that broadcast.
    total
        All incidents, and the sum of the expected ones.
    direction
        ``"high"``: 0 where there are no more than expected; ``"low"``: 0 where there are
        no fewer; ``"both"``: either.

    Examples
    --------
    Three of four incidents where one is expected, 3 log 3 - log 3:

    >>> float(log_likelihood_ratio(3, 1.0, total=4, direction="high").round(6))
    2.197225
    """
    c, m = np.broadcast_arrays(np.asarray(incidents, float), np.asarray(expected, float))
    # Nothing expected inside, or outside, and nothing there: no evidence either way.
    inside = np.divide(c, m, out=np.ones_like(m), where=m > _NOTHING)
    rest = total - m
    outside = np.divide(total - c, rest, out=np.ones_like(m), where=rest > _NOTHING)
    ratio = xlogy(c, inside) + xlogy(total - c, outside)
    if direction != "both":
        ratio = np.where(c > m if direction == "high" else c < m, ratio, 0.0)
    return np.asarray(np.maximum(ratio, 0.0))


class Thresholds:
    """For windows of every expectation, the count it takes to reach a likelihood ratio.

    The counts are for a grid of expectations, even in their square roots and so even in
    standard deviations. A window takes the grid's next expectation towards the side
    that lets more windows through, so that none is discarded that reaches the ratio.

    Parameters
    ----------
    total
        All incidents.
    """

    def __init__(self, total: int) -> None:
        self._total = total
        # A sixteenth of a standard deviation, as long as the grid stays small.
        cells = int(min(16_384, 64 + 16 * np.sqrt(total)))
        self._step = np.sqrt(total) / cells
        self._expected = (self._step * np.arange(cells + 2)) ** 2

    def place(self, expected: Floats) -> NDArray[np.intp]:
        """Return the grid's last expectation that is not above each window's."""
        place = (np.sqrt(expected) / self._step * (1 - 1e-12)).astype(np.intp)
        return np.asarray(np.minimum(place, len(self._expected) - 2))

    def least(self, level: float) -> Whole:
        """Return, for each place, a count below which no window is high enough."""
        expected = np.minimum(self._expected, self._total)
        lower = np.floor(expected).astype(np.int64) + 1
        upper = np.full_like(lower, self._total + 1)
        while (lower < upper).any():
            middle = (lower + upper) // 2
            reached = self._reaches(middle, expected, level)
            upper = np.where(reached, middle, upper)
            lower = np.where(reached, lower, np.minimum(middle + 1, upper))
        return np.asarray(upper, dtype=np.int64)

    def most(self, level: float) -> Whole:
        """Return, for each place, a count above which no window is low enough, -1 for none."""
        # The grid's next expectation: being low takes no fewer incidents there.
        expected = np.minimum(self._expected[1:], self._total)
        upper = np.ceil(expected).astype(np.int64) - 1
        lower = np.full_like(upper, -1)
        while (lower < upper).any():
            middle = (lower + upper + 1) // 2
            reached = self._reaches(middle, expected, level)
            lower = np.where(reached, middle, lower)
            upper = np.where(reached, upper, np.maximum(middle - 1, lower))
        return np.asarray(lower, dtype=np.int64)

    def _reaches(self, count: Whole, expected: Floats, level: float) -> NDArray[np.bool_]:
        """Tell which counts reach the level, short of rounding; one out of range always does."""
        ratio = log_likelihood_ratio(
            np.clip(count, 0, self._total), expected, total=self._total, direction="both"
        )
        possible = (count >= 0) & (count <= self._total)
        # The ends of the grid stand for windows where almost nothing is expected, inside or
        # outside: a single incident there is any amount of evidence.
        at_end = ((expected <= _NOTHING) & (count > 0)) | (
            (expected >= self._total) & (count < self._total)
        )
        return np.asarray(~possible | at_end | (ratio >= level * (1 - 1e-9)))
