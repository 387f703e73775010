"""Exact siting with capacities: which sites open, and which demand each one serves.

    x_j   1 when site j is open (1 for existing posts)
    z_ij  share of demand i that site j serves: whole, or any share when it may be split

    Σ_i w_i z_ij ≤ C_j x_j,   z_ij ≤ x_j,   Σ_j z_ij = 1 (maximal coverage: ≤ 1)

Set cover minimizes the new sites, maximal coverage maximizes Σ w z and the p-median
minimizes Σ w d z, the last two with a given number of new sites.

References
----------
Current & Storbeck (1988), Capacitated covering models, doi:10.1068/b150153.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from gridgov.coverage.siting.siting_distances import Pairs
from gridgov.coverage.siting.siting_solver import Clock, Solved, power_of_two, solve

__all__ = ["Assigned", "Goal", "Limits", "assign", "place_with_capacity"]

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

Goal = Literal["set_cover", "maximal_coverage", "p_median"]

# Whole shares come out of the solver with its tolerance.
_TOLERANCE = 1e-6
# Who serves what is told as short as can be found to this share of the least distance.
_NEAR_ENOUGH = 1e-3


class Limits(NamedTuple):
    """What a placement with capacities is about.

    Attributes
    ----------
    pairs
        The demand and site pairs that may be used.
    weights
        Of every demand.
    capacity
        Of every site.
    existing
        Which sites stand already.
    split
        Whether several sites may share one demand.
    """

    pairs: Pairs
    weights: Floats
    capacity: Floats
    existing: Bools
    split: bool


class Assigned(NamedTuple):
    """Which sites are open and who serves what.

    Attributes
    ----------
    sites
        The new ones, ascending.
    shares
        Of every pair: the part of the demand that the site serves.
    bound
        Of what is minimized: new sites, minus the weight covered, or weighted meters.
    finished
        Whether the solver stopped by itself, and not by the clock.
    """

    sites: Ints
    shares: Floats
    bound: float
    finished: bool


def place_with_capacity(
    limits: Limits,
    goal: Goal,
    *,
    posts: int | None,
    gap: float,
    clock: Clock,
    open_sites: Ints | None = None,
) -> Assigned | Solved:
    """Return the placement, or what the solver said when it has none.

    Parameters
    ----------
    limits, goal
        What is placed and what for.
    posts
        How many new sites; None in set cover, or where `open_sites` says which.
    gap, clock
        When to stop.
    open_sites
        The sites to open, no others; only who serves what is left to find.
    """
    pairs, weights = limits.pairs, limits.weights
    if open_sites is not None:
        # Pairs of closed sites only make the model larger.
        usable = np.isin(pairs.site, open_sites)
    else:
        usable = np.ones(len(pairs.row), dtype=bool)
    if goal != "set_cover":
        # What weighs nothing takes no capacity and counts for nothing.
        usable &= weights[pairs.row] > 0
    row, site, meters = pairs.row[usable], pairs.site[usable], pairs.meters[usable]
    n, m = pairs.rows, pairs.sites
    n_pairs = len(row)
    low, high = limits.existing.astype(np.float64), np.ones(m)
    if open_sites is not None:
        low[:] = high[:] = 0.0
        low[open_sites] = high[open_sites] = 1.0
    weight = weights[row]
    match goal:
        case "set_cover":
            cost = np.append((~limits.existing).astype(np.float64), np.zeros(n_pairs))
        case "maximal_coverage":
            cost = np.append(np.zeros(m), -weight)
        case "p_median":
            cost = np.append(np.zeros(m), weight * meters)
    scale = 1.0 if goal == "set_cover" else power_of_two(np.abs(cost))

    served = np.unique(row) if goal != "set_cover" else np.arange(n)
    must = goal != "maximal_coverage"
    if goal == "p_median":
        served = np.flatnonzero(weights > 0)
    place = np.full(n, -1)
    place[served] = np.arange(len(served))
    # Rows: each demand, each site's capacity in parts of it, each pair's link, the number.
    size = np.where(limits.capacity > 0, limits.capacity, 1.0)
    filled = np.where(limits.capacity > 0, 1.0, 0.0)
    links = np.arange(n_pairs)
    at_capacity, at_link = len(served), len(served) + m
    at_number = at_link + n_pairs
    counted = np.flatnonzero(~limits.existing) if posts is not None else np.empty(0, dtype=int)
    parts = [
        (place[row], m + links, np.ones(n_pairs)),
        (at_capacity + site, m + links, weight / size[site]),
        (at_capacity + np.arange(m), np.arange(m), -filled),
        (at_link + links, m + links, np.ones(n_pairs)),
        (at_link + links, site, -np.ones(n_pairs)),
        (np.full(len(counted), at_number), counted, np.ones(len(counted))),
    ]
    values = np.concatenate([value for _, _, value in parts])
    at = tuple(np.concatenate([part[axis] for part in parts]) for axis in (0, 1))
    matrix = sparse.coo_array((values, at), shape=(at_number + 1, m + n_pairs)).tocsr()
    least = np.full(at_number + 1, -np.inf)
    least[: len(served)] = 1.0 if must else 0.0
    most = np.zeros(at_number + 1)
    most[: len(served)] = 1.0
    least[at_number] = most[at_number] = 0.0 if posts is None else float(posts)
    solved = solve(
        cost * scale,
        matrix,
        least,
        most,
        whole=np.append(np.ones(m, dtype=bool), np.full(n_pairs, not limits.split)),
        low=np.append(low, np.zeros(n_pairs)),
        high=np.append(high, np.ones(n_pairs)),
        gap=gap,
        clock=clock,
    )
    if solved.values is None:
        return solved
    opened = solved.values[:m] > 0.5
    shares = np.zeros(len(pairs.row))
    shares[usable] = _clean(solved.values[m:], split=limits.split)
    bound = solved.bound / scale
    if goal == "set_cover" and np.isfinite(bound):
        bound = float(np.ceil(bound - _TOLERANCE))
    return Assigned(np.flatnonzero(opened & ~limits.existing), shares, bound, solved.finished)


def assign(limits: Limits, opened: Ints, shares: Floats, *, clock: Clock) -> Floats:
    """Return who serves what as near as can be found, each demand as much as before.

    Parameters
    ----------
    limits
        What was placed.
    opened
        The open sites.
    shares
        Of every pair, as the placement found them; returned when the clock leaves nothing
        better.
    """
    pairs = limits.pairs
    amount = np.bincount(pairs.row, weights=shares, minlength=pairs.rows)
    usable = np.isin(pairs.site, opened) & (amount[pairs.row] > 0)
    row, site = pairs.row[usable], pairs.site[usable]
    weight = limits.weights[row]
    n_pairs = len(row)
    if not n_pairs:
        return shares
    size = np.where(limits.capacity > 0, limits.capacity, 1.0)
    # What the placement put on a site fits it up to the solver's tolerance.
    used = np.bincount(
        pairs.site, weights=shares * limits.weights[pairs.row], minlength=pairs.sites
    )
    room = np.maximum(limits.capacity, used) / size
    links = np.arange(n_pairs)
    matrix = sparse.coo_array(
        (
            np.append(np.ones(n_pairs), weight / size[site]),
            (np.append(row, pairs.rows + site), np.append(links, links)),
        ),
        shape=(pairs.rows + pairs.sites, n_pairs),
    ).tocsr()
    # What weighs nothing takes no room; it goes to the nearest all the same.
    cost = np.where(weight > 0, weight, 1.0) * pairs.meters[usable]
    solved = solve(
        cost * power_of_two(cost),
        matrix,
        np.append(amount, np.full(pairs.sites, -np.inf)),
        np.append(amount, room),
        whole=np.full(n_pairs, not limits.split),
        low=np.zeros(n_pairs),
        high=np.ones(n_pairs),
        gap=0.0 if limits.split else _NEAR_ENOUGH,
        clock=clock,
    )
    if solved.values is None:
        return shares
    near = np.zeros(len(pairs.row))
    near[usable] = _clean(solved.values, split=limits.split)
    return near


def _clean(shares: Floats, *, split: bool) -> Floats:
    """Return shares without what the solver's tolerance left on them."""
    if not split:
        return (shares > 0.5).astype(np.float64)
    kept = np.where(shares < _TOLERANCE, 0.0, shares)
    return np.where(kept > 1 - _TOLERANCE, 1.0, kept)
