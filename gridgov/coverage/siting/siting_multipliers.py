"""Which sites no better choice can have, or must have: a bound from Lagrange multipliers.

With a price λ_i for serving demand i the sites come apart. Site j is worth
ρ_j = Σ_i w_i min(0, c_ij − λ_i), and

    L(λ) = Σ_i w_i λ_i + the n smallest ρ,   λ_i ≤ outside cost of i,

is no more than the cost of any choice of n sites. Taking in a site that is not among the
n smallest raises L by at least ρ_j − ρ_(n), leaving out one that is by ρ_(n+1) − ρ_j: when
that passes what a known choice costs, the site is settled. Prices rise for demand that
nobody serves and fall for demand that several do (subgradient steps). Every bound and
every settled site is exact, however well the prices are found.

References
----------
Narula, Ogbu & Samuelsson (1977), An algorithm for the p-median problem,
doi:10.1287/opre.25.4.709. Beasley (1993), Lagrangean heuristics for location problems,
doi:10.1016/0377-2217(93)90118-7.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gridgov.coverage.siting.siting_lists import Lists
from gridgov.coverage.siting.siting_solver import Clock

__all__ = ["Settled", "settle"]

Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]

_STEPS = 600
_STALLED = 20
_KEPT = 0.7
_EQUAL = 1e-9


class Settled(NamedTuple):
    """What is known of a choice better than the best known one.

    Attributes
    ----------
    inside, outside
        Sites that it must have, and that it cannot have.
    bound
        No choice at all costs less.
    best
        The best choice known, perhaps better than the one given.
    """

    inside: Bools
    outside: Bools
    bound: float
    best: Ints


def settle(lists: Lists, posts: int, best: Ints, *, gap: float, clock: Clock) -> Settled:
    """Settle what sites can be settled; `best` is a choice of finite cost."""
    row, site, cost, m = lists.row, lists.site, lists.cost, lists.sites
    weight = lists.weights[row]
    inside, outside = np.zeros(m, dtype=bool), np.zeros(m, dtype=bool)
    best_cost, bound = lists.total(best), -np.inf
    # Between what is paid and what would be without that post is where prices end up.
    price = np.minimum(lists.paid(best), lists.outside)
    at_best, pace, stalled, way = price, 1.0, 0, np.zeros(len(price))
    until = clock.left * 2 / 3
    for _ in range(_STEPS):
        if clock.left <= until:
            break
        below = np.minimum(cost - price[row], 0.0)
        worth = np.bincount(site, weights=weight * below, minlength=m)
        order = np.argsort(worth, kind="stable")
        taken = np.zeros(m, dtype=bool)
        taken[order[:posts]] = True
        low = float(lists.weights @ price + worth[taken].sum())
        if low > bound:
            # A step that closes next to nothing of the gap is none.
            stalled = stalled + 1 if low - bound < 1e-4 * (best_cost - low) else 0
            bound, at_best = low, price
            picked = np.flatnonzero(taken)
            if (found := lists.total(picked)) < best_cost:
                best, best_cost = picked, found
        else:
            stalled += 1
        limit = best_cost - _EQUAL * abs(best_cost)
        if posts < m:
            outside |= ~taken & (low + worth - worth[order[posts - 1]] >= limit)
            inside |= taken & (low - worth + worth[order[posts]] >= limit)
        if best_cost - bound <= max(gap, _EQUAL) * abs(best_cost - lists.base):
            break
        if stalled >= _STALLED:
            price, pace, stalled, way = at_best, pace / 2, 0, np.zeros(len(price))
            if pace < 0.005:
                break
            continue
        serves = taken[site] & (below < 0)
        lacks = 1.0 - np.bincount(row[serves], minlength=len(price))
        # At its outside cost a row is served from outside for nothing more.
        lacks[(price >= lists.outside) & (lacks > 0)] = 0.0
        # Steps that keep some of the way before do not zigzag.
        way = lacks + _KEPT * way
        steepness = float(lists.weights @ way**2)
        if steepness == 0:
            break
        step = pace * (best_cost - low) / steepness
        price = np.minimum(np.maximum(price + step * way, 0.0), lists.outside)
    return Settled(inside, outside, min(bound, best_cost), best)
