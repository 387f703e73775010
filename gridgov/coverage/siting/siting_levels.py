"""Exact choice of n sites where each demand pays for how far down its list it must go.

Maximal coverage and the p-median are one model. Every demand lists the sites that can
serve it, cheapest first, in levels of equal cost D_1 < D_2 < …, and pays D_1 and then
D_{k+1} − D_k for every level k without a chosen site (y_k = 1):

    y_1 + Σ_{level 1} x ≥ 1,   y_k − y_{k−1} + Σ_{level k} x ≥ 0,   Σ x = n

After its last level it pays its outside cost, or must not get there. The sum is exact
for whole x. Long lists are cut where the start needs them no longer; what lies behind
the cut is counted at its cheapest, so the bound holds, and lists that turn out too
short grow until the answer does not depend on a cut.

References
----------
García, Labbé & Marín (2011), Solving large p-median problems with a radius
formulation, doi:10.1287/ijoc.1100.0418. Church (2008), BEAMR: an exact and approximate
model for the p-median problem, doi:10.1016/j.cor.2006.06.006.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gridgov.coverage.siting.siting_lists import Lists
from gridgov.coverage.siting.siting_multipliers import settle
from gridgov.coverage.siting.siting_solver import Choice, Clock, power_of_two, solve
from gridgov.coverage.siting.siting_start import improve, pick_greedily

__all__ = ["least_cost"]

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

# Equal up to what sums of floats in another order leave.
_EQUAL = 1e-9


def least_cost(lists: Lists, *, posts: int, gap: float, clock: Clock) -> Choice | None:
    """Return the `posts` sites with the least total cost; None when there are none.

    What the start finds is returned when the clock leaves nothing better.
    """
    # A finite stand-in lets the start trade among choices that leave some out.
    worst = 2 * float(lists.cost.max(initial=0.0)) + 1
    finite = lists._replace(outside=np.where(np.isfinite(lists.outside), lists.outside, worst))
    best = improve(finite, pick_greedily(finite, posts), clock)
    if not np.isfinite(lists.total(best)):
        return _solve_lists(lists, posts, None, gap=gap, clock=clock)
    known = settle(lists, posts, best, gap=gap, clock=clock)
    best, best_cost = known.best, lists.total(known.best)
    if best_cost - known.bound <= max(gap, _EQUAL) * abs(best_cost - lists.base):
        return Choice(best, known.bound, finished=True)
    inside = np.flatnonzero(known.inside)
    left = np.flatnonzero(~known.inside & ~known.outside)
    more = posts - len(inside)
    # A better choice takes the settled sites and some of those that are left, if it exists.
    if more < 0 or more > len(left):
        return Choice(best, best_cost, finished=True)
    rest = lists.with_chosen(inside, left)
    if more == 0:
        return _better(lists, best, Choice(inside, rest.total(inside[:0]), finished=True))
    start = np.flatnonzero(np.isin(left, best))
    found = _solve_lists(rest, more, start if len(start) == more else None, gap=gap, clock=clock)
    if found is None:
        finished = clock.left > 0
        return Choice(best, best_cost if finished else known.bound, finished)
    chosen = np.sort(np.append(inside, left[found.sites]))
    bound = min(max(found.bound, known.bound), best_cost)
    return _better(lists, best, Choice(chosen, bound, found.finished))


def _better(lists: Lists, best: Ints, found: Choice) -> Choice:
    """Return the cheaper one of two choices; what was known stays when they are equal."""
    cost, best_cost = lists.total(found.sites), lists.total(best)
    if cost < best_cost - _EQUAL * abs(best_cost):
        return found._replace(bound=min(found.bound, cost))
    return Choice(best, min(found.bound, best_cost), found.finished)


def _solve_lists(
    lists: Lists, posts: int, start: Ints | None, *, gap: float, clock: Clock
) -> Choice | None:
    """Return the cheapest choice by the model of levels; None when none was found."""
    levels = _Levels(lists)
    best, best_cost, bound = start, np.inf, -np.inf
    depth = np.minimum(levels.number, 4 + 2 * lists.sites // posts)
    if start is not None:
        best_cost = lists.total(start)
        depth = np.minimum(levels.depth_of(lists.paid(start)) * 3 // 2 + 1, levels.number)
    while True:
        found = _solve_cut(levels, depth, posts, gap, clock)
        if found is None:
            return None
        chosen, below, finished = found
        bound = max(bound, below)
        if chosen is not None and (cost := lists.total(chosen)) < best_cost:
            best, best_cost = chosen, cost
        needed = depth if chosen is None else levels.depth_of(lists.paid(chosen))
        close = best_cost - bound <= max(gap, _EQUAL) * abs(best_cost - lists.base)
        if not finished or close or (needed <= depth).all():
            if best is None or not np.isfinite(best_cost):
                return None
            return Choice(best, min(bound, best_cost), finished)
        # Half as deep again, or many models differ by a few levels each.
        depth = np.maximum(depth, np.minimum(needed * 3 // 2 + 1, levels.number))


class _Levels:
    """The lists in levels of equal cost."""

    def __init__(self, lists: Lists) -> None:
        row, cost = lists.row, lists.cost
        first = np.append(True, (row[1:] != row[:-1]) | (cost[1:] != cost[:-1]))[: len(row)]
        self.lists = lists
        self.level = np.cumsum(first) - 1
        self.row = row[first]
        self.cost = cost[first]
        self.start = np.searchsorted(self.row, np.arange(len(lists.weights) + 1))
        self.number = np.diff(self.start)
        # What follows a level: the next one, or the outside cost after the last.
        self.next = np.append(self.cost[1:], np.inf)[: len(self.cost)]
        last = self.start[1:][self.number > 0] - 1
        self.next[last] = lists.outside[self.number > 0]

    def depth_of(self, paid: Floats) -> Ints:
        """Return how many levels of every row cost up to what it pays, at least one."""
        near = self.cost <= paid[self.row]
        depth = np.bincount(self.row[near], minlength=len(self.number))
        # A row that went outside paid for all its levels.
        return np.minimum(np.maximum(depth, 1), self.number)


def _solve_cut(
    levels: _Levels, depth: Ints, posts: int, gap: float, clock: Clock
) -> tuple[Ints | None, float, bool] | None:
    """Solve the model of the first levels: sites, bound, whether finished; None if infeasible."""
    lists = levels.lists
    n_sites = lists.sites
    place = np.arange(len(levels.row)) - levels.start[levels.row]
    kept = place < depth[levels.row]
    number = np.cumsum(kept) - 1
    n_levels = int(kept.sum())
    row, cost, after = levels.row[kept], levels.cost[kept], levels.next[kept]
    weight = lists.weights[row]
    pays = np.isfinite(after)
    step = np.where(pays, weight * (np.where(pays, after, 0.0) - cost), 0.0)
    scale = power_of_two(step)

    # A variable that is 1 carries what is paid in any case, so that the solver takes its
    # gap of the whole. Rows without a list pay their outside cost whatever is chosen.
    listed = levels.number > 0
    fixed = float(lists.weights[~listed] @ lists.outside[~listed])
    fixed += float(lists.weights[listed] @ levels.cost[levels.start[:-1][listed]]) - lists.base

    entry = kept[levels.level]
    first = place[kept] == 0
    behind = np.flatnonzero(~first)
    # Columns: the sites, the levels, the one that is 1. Rows: the levels, the number of posts.
    parts = (
        (number[levels.level[entry]], lists.site[entry], 1.0),
        (np.arange(n_levels), n_sites + np.arange(n_levels), 1.0),
        (behind, n_sites + behind - 1, -1.0),
        (np.full(n_sites, n_levels), np.arange(n_sites), 1.0),
    )
    values = np.concatenate([np.full(len(at), value) for at, _, value in parts])
    at = tuple(np.concatenate([part[axis] for part in parts]) for axis in (0, 1))
    n_columns = n_sites + n_levels + 1
    matrix = sparse.coo_array((values, at), shape=(n_levels + 1, n_columns)).tocsr()
    solved = solve(
        np.concatenate([np.zeros(n_sites), step * scale, [fixed * scale]]),
        matrix,
        np.append(first.astype(np.float64), posts),
        np.append(np.full(n_levels, np.inf), posts),
        whole=np.arange(n_columns) < n_sites,
        low=np.append(np.zeros(n_columns - 1), 1.0),
        high=np.concatenate([np.ones(n_sites), pays.astype(np.float64), [1.0]]),
        gap=gap,
        clock=clock,
    )
    if solved.infeasible:
        return None
    chosen = None if solved.values is None else np.flatnonzero(solved.values[:n_sites] > 0.5)
    return chosen, solved.bound / scale + lists.base, solved.finished
