"""Whether a count changed: against the period before, with an interval, hedged rightly.

Two counts always differ. A bulletin says "rose" or "fell" only when chance does not explain
the difference: the exact test of two Poisson counts given their sum, on counts thinned by how
much more than Poisson neighboring periods have differed before. The ratio to a count of 0
does not exist: it is missing and never +100 %.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from gridgov.campaigns.exact_ratio import exact_ratio

__all__ = ["ALPHA", "Change", "ChangeKind", "adjacent_dispersion", "compare_counts"]

ChangeKind = Literal["rose", "fell", "no_clear_change", "undefined", "not_recorded"]

ALPHA = 0.05
"""A change is said to be one when its p, or q among several, is below."""


@dataclass(frozen=True, slots=True)
class Change:
    """A count against an earlier one.

    Attributes
    ----------
    now, before
        The counts; `before` is None where the records do not reach back.
    share, low, high
        ``now / before - 1`` and its interval; NaN where there is none.
    p_value
        Two-sided, of an equal number a day.
    kind
        ``rose``, ``fell``, ``no_clear_change``; ``undefined`` when `before` is 0,
        ``not_recorded`` when it is None.
    """

    now: int
    before: int | None
    share: float = np.nan
    low: float = np.nan
    high: float = np.nan
    p_value: float = np.nan
    kind: ChangeKind = "not_recorded"


def compare_counts(
    now: int,
    before: int | None,
    *,
    days: float = 1.0,
    days_before: float = 1.0,
    dispersion: float = 1.0,
    confidence: float = 0.95,
) -> Change:
    """Return a count against an earlier one.

    Parameters
    ----------
    now, before
        The counts; None for a time that the records do not cover.
    days, days_before
        What they were counted over: February is no fall.
    dispersion
        Variance of counts over that of Poisson, 1 or more.
    confidence
        Probability of the interval.

    Notes
    -----
    Null hypothesis: the same rate a day. Given their sum the later count is binomial; limits
    are Clopper and Pearson's, p is twice the smaller tail
    (:func:`gridgov.campaigns.exact_ratio.exact_ratio`).

    Examples
    --------
    30 after 20 may well be chance, and a change from 0 has no share:

    >>> change = compare_counts(30, 20)
    >>> round(change.share, 2), round(change.p_value, 3), change.kind
    (0.5, 0.203, 'no_clear_change')
    >>> compare_counts(3, 0).kind, compare_counts(3, None).kind
    ('undefined', 'not_recorded')
    """
    if before is None:
        return Change(now, None)
    longer = days / days_before
    low, high, p_value = exact_ratio(
        (before, now),
        None,
        days_ratio=longer,
        dispersion=max(1.0, dispersion),
        confidence=confidence,
    )
    if before == 0:
        kind: ChangeKind = "no_clear_change" if now == 0 else "undefined"
        return Change(now, before, p_value=p_value, kind=kind)
    kind = "no_clear_change"
    if p_value < ALPHA:
        kind = "rose" if now > before * longer else "fell"
    return Change(
        now,
        before,
        now / before - 1,
        low * longer - 1,
        high * longer - 1,
        p_value,
        kind,
    )


def adjacent_dispersion(counts: Any, days: Any) -> float:
    """Return how much more than Poisson counts of neighboring periods differ, 1 or more.

    Parameters
    ----------
    counts
        Counts of periods that follow each other.
    days
        Their lengths.

    Notes
    -----
    Two Poisson counts of equal rate differ by their sum in the mean square. The sum of
    squared differences of neighbors over the sum of what chance makes of them is a
    difference-based estimate of the dispersion: a slow trend or season cancels [1]_, what
    makes one period unlike the next stays in.

    References
    ----------
    .. [1] von Neumann, J. (1941). Distribution of the ratio of the mean square successive
       difference to the variance. Annals of Mathematical Statistics 12(4), 367-395.
       https://doi.org/10.1214/aoms/1177731677

    Examples
    --------
    Squares 36 + 36 over sums 26 + 26:

    >>> round(adjacent_dispersion([10, 16, 10], [1, 1, 1]), 3)
    1.385
    """
    number = np.asarray(counts, dtype=np.float64)
    length = np.asarray(days, dtype=np.float64)
    rate, variance = number / length, number / length**2
    chance = float((variance[1:] + variance[:-1]).sum())
    if chance == 0:
        return 1.0
    return max(1.0, float((np.diff(rate) ** 2).sum()) / chance)
