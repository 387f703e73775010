"""What each new post adds: ordered by marginal gain within the chosen set.

The rule: the existing posts stand; the new post that adds most to them comes first, then
the one that adds most to both, and so on; of equal ones the lower id. What a set of
posts is worth is the weight it serves (within the distance, as far as capacities go), and
in the p-median, once all weight is served, the weighted meters. A choice of n posts that
is best need not contain the best choice of n − 1.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gridgov.coverage.siting.siting_capacity import Assigned, Goal, Limits, place_with_capacity
from gridgov.coverage.siting.siting_distances import Pairs
from gridgov.coverage.siting.siting_solver import Clock

__all__ = ["Gains", "rank_posts", "worth_of_limited", "worth_of_unlimited"]

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

Worth = Callable[[Ints, Ints], tuple[Floats, Floats]]
"""From posts that stand and posts to add one at a time: weight served and weighted meters."""

# Sums of the same weights in another order differ in the last digits.
_EQUAL = 1e-12


class Gains(NamedTuple):
    """The new posts in order, NaN where nothing can be said.

    Attributes
    ----------
    order
        The sites, best first.
    gain, value_with, value_without
        One entry a site, in that order.
    """

    order: Ints
    gain: Floats
    value_with: Floats
    value_without: Floats


def rank_posts(worth: Worth, goal: Goal, *, existing: Ints, new: Ints, total: float) -> Gains:
    """Return the new posts in the order of their marginal gain."""

    def value(served: Floats, meters: Floats) -> Floats:
        """Return what counts: weight served, or weighted meters once all is served."""
        if goal != "p_median":
            return served
        return np.where(served >= total * (1 - 1e-9), meters, np.nan)

    stand, left, order = existing, new, []
    gains, values = [], []
    now = float(value(*worth(existing, np.array([-1])))[0])
    while len(left):
        served, meters = worth(stand, left)
        if np.isnan(served).any():
            # Out of time: what is left keeps the order of its ids.
            break
        best = served >= served.max() - _EQUAL * total
        least = np.where(best, meters, np.inf)
        at = int(np.flatnonzero(least <= least.min() * (1 + _EQUAL))[0])
        then = float(value(served, meters)[at])
        gains.append(now - then if goal == "p_median" else then - now)
        values.append(then)
        now = then
        order.append(int(left[at]))
        stand = np.append(stand, left[at])
        left = np.delete(left, at)
    lacking = np.full(len(left), np.nan)
    ordered = np.append(np.array(order, dtype=np.intp), left)
    everyone = np.append(existing, new)
    without = [
        float(value(*worth(everyone[everyone != site], np.array([-1])))[0])
        for site in ordered.tolist()
    ]
    return Gains(
        ordered,
        np.append(np.array(gains, dtype=np.float64), lacking),
        np.append(np.array(values, dtype=np.float64), lacking),
        np.array(without, dtype=np.float64),
    )


def worth_of_unlimited(pairs: Pairs, weights: Floats, goal: Goal, opened: Ints) -> Worth:
    """Return the worth of sets of `opened` posts that serve all that is near enough."""
    some = np.isin(pairs.site, opened)
    column = np.full(pairs.sites, -1)
    column[opened] = np.arange(len(opened))
    # The last column is no post: what stands already is compared with itself.
    costs = np.full((pairs.rows, len(opened) + 1), np.inf)
    meters = pairs.meters[some] if goal == "p_median" else 0.0
    costs[pairs.row[some], column[pairs.site[some]]] = meters
    counted = weights > 0
    costs, weights = costs[counted], weights[counted]

    def worth(stand: Ints, added: Ints) -> tuple[Floats, Floats]:
        """Return weight served and weighted meters with each one added."""
        paid = costs[:, column[stand]].min(axis=1, initial=np.inf)
        then = np.minimum(paid[:, None], costs[:, np.where(added < 0, -1, column[added])])
        reached = np.isfinite(then)
        return weights @ reached, weights @ np.where(reached, then, 0.0)

    return worth


def worth_of_limited(limits: Limits, goal: Goal, *, clock: Clock) -> Worth:
    """Return the worth of sets of posts with capacities, NaN once the clock has run out."""

    def one(opened: Ints) -> tuple[float, float]:
        """Return weight served and weighted meters of one set of posts."""
        weight = limits.weights[limits.pairs.row]
        fixed = partial(
            place_with_capacity, limits, posts=None, gap=0.0, clock=clock, open_sites=opened
        )
        if goal == "p_median":
            found = fixed("p_median")
            if isinstance(found, Assigned) and found.finished:
                pays = weight * found.shares
                return float(pays.sum()), float(pays @ limits.pairs.meters)
        found = fixed("maximal_coverage")
        if isinstance(found, Assigned) and found.finished:
            return float(weight @ found.shares), 0.0
        return np.nan, np.nan

    def worth(stand: Ints, added: Ints) -> tuple[Floats, Floats]:
        """Return weight served and weighted meters with each one added."""
        found = [one(np.append(stand, site) if site >= 0 else stand) for site in added]
        served, meters = np.array(found, dtype=np.float64).T
        return served, meters

    return worth
