"""From demand, sites and pairs to a placement, with or without capacities."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gridgov.coverage.siting.siting_capacity import (
    Assigned,
    Goal,
    Limits,
    assign,
    place_with_capacity,
)
from gridgov.coverage.siting.siting_cover import cover_all, cover_most
from gridgov.coverage.siting.siting_distances import Pairs
from gridgov.coverage.siting.siting_inputs import Demand, Sites
from gridgov.coverage.siting.siting_levels import least_cost
from gridgov.coverage.siting.siting_lists import Lists
from gridgov.coverage.siting.siting_reasons import no_fit, nothing_found, too_few_posts
from gridgov.coverage.siting.siting_solver import Choice, Clock

__all__ = ["Found", "place"]

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


class Found(NamedTuple):
    """A placement.

    Attributes
    ----------
    opened
        Every post that stands then, existing ones too, ascending.
    shares
        Of every pair, the part of the demand that the post serves.
    objective, bound
        New posts in set cover, weight covered, or weighted meters.
    gap
        Their distance in parts of the objective.
    status
        ``optimal``, ``within_gap`` or ``time_limit``.
    """

    opened: Ints
    shares: Floats
    objective: float
    bound: float
    gap: float
    status: str


def place(
    demand: Demand,
    sites: Sites,
    pairs: Pairs,
    goal: Goal,
    *,
    posts: int | None,
    split: bool,
    gap: float,
    clock: Clock,
    time_limit_s: float,
) -> Found:
    """Place the posts.

    Raises
    ------
    InputError
        If there is no placement.
    OptionError
        If the clock ran out before one was found.
    """
    if sites.capacity is None:
        choice = _choose(demand, sites, pairs, goal, posts=posts, gap=gap, clock=clock)
        if choice is None and clock.left <= 0:
            raise nothing_found(time_limit_s)
        if choice is None:
            assert posts is not None
            raise too_few_posts(pairs, sites, demand.weights > 0, posts)
        opened = np.union1d(np.flatnonzero(sites.existing), choice.sites)
        shares = _nearest(pairs, opened)
        bound, finished = choice.bound, choice.finished
        if goal == "maximal_coverage":
            bound = float(demand.weights.sum()) - bound
    else:
        limits = Limits(pairs, demand.weights, sites.capacity, sites.existing, split)
        found = place_with_capacity(limits, goal, posts=posts, gap=gap, clock=clock)
        if not isinstance(found, Assigned):
            if found.infeasible:
                raise no_fit(limits, goal, posts=posts)
            raise nothing_found(time_limit_s)
        opened = np.union1d(np.flatnonzero(sites.existing), found.sites)
        shares = found.shares
        if goal != "p_median":
            shares = assign(limits, opened, shares, clock=clock)
        shares = _with_weightless(limits, goal, opened, shares)
        bound, finished = found.bound, found.finished
        if goal == "maximal_coverage":
            bound = -bound
    return _judged(demand, sites, pairs, goal, opened, shares, bound, finished=finished, gap=gap)


def _choose(
    demand: Demand,
    sites: Sites,
    pairs: Pairs,
    goal: Goal,
    *,
    posts: int | None,
    gap: float,
    clock: Clock,
) -> Choice | None:
    """Return the new sites when every post serves all that is near enough."""
    if goal == "set_cover":
        return cover_all(pairs.matrix(), sites.existing, gap=gap, clock=clock)
    assert posts is not None
    if goal == "maximal_coverage":
        return cover_most(
            pairs.matrix(), demand.weights, sites.existing, posts=posts, gap=gap, clock=clock
        )
    new = np.flatnonzero(~sites.existing)
    outside = np.full(pairs.rows, np.inf)
    stands = sites.existing[pairs.site]
    np.minimum.at(outside, pairs.row[stands], pairs.meters[stands])
    # A candidate that is no nearer than an existing post saves nothing.
    useful = ~stands & (pairs.meters < outside[pairs.row]) & (demand.weights[pairs.row] > 0)
    counted = demand.weights > 0
    number = np.cumsum(counted) - 1
    lists = Lists(
        number[pairs.row[useful]],
        np.searchsorted(new, pairs.site[useful]),
        pairs.meters[useful],
        demand.weights[counted],
        outside[counted],
        len(new),
    )
    found = least_cost(lists, posts=posts, gap=gap, clock=clock)
    return None if found is None else found._replace(sites=new[found.sites])


def _nearest(pairs: Pairs, opened: Ints) -> Floats:
    """Return 1 for the nearest open site of every demand that has one, the first of equals."""
    some = np.flatnonzero(np.isin(pairs.site, opened))
    shares = np.zeros(len(pairs.row))
    shares[some[np.unique(pairs.row[some], return_index=True)[1]]] = 1.0
    return shares


def _with_weightless(limits: Limits, goal: Goal, opened: Ints, shares: Floats) -> Floats:
    """Return shares in which demand that weighs nothing goes to the nearest open site."""
    if goal == "set_cover":
        return shares
    weightless = limits.weights[limits.pairs.row] == 0
    return np.where(weightless, _nearest(limits.pairs, opened), shares)


def _judged(
    demand: Demand,
    sites: Sites,
    pairs: Pairs,
    goal: Goal,
    opened: Ints,
    shares: Floats,
    bound: float,
    *,
    finished: bool,
    gap: float,
) -> Found:
    """Return the placement with its objective, taken from the shares and not from the solver."""
    weighted = demand.weights[pairs.row] * shares
    match goal:
        case "set_cover":
            objective = float((~sites.existing[opened]).sum())
        case "maximal_coverage":
            objective = float(weighted.sum())
        case "p_median":
            objective = float(weighted @ pairs.meters)
    # Rounding may put a bound on the wrong side of what it bounds.
    bound = max(bound, objective) if goal == "maximal_coverage" else min(bound, objective)
    apart = abs(bound - objective)
    left = 0.0 if apart <= 1e-9 * abs(objective) else apart / abs(objective or apart)
    if (finished and gap == 0) or left == 0:
        return Found(opened, shares, objective, objective, 0.0, "optimal")
    status = "within_gap" if finished else "time_limit"
    return Found(opened, shares, objective, bound, left, status)
